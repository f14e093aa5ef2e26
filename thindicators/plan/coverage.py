"""Coverage: which indicators a plan's own area has no source for, and what readers are told of it.

What belongs here: holding a source's `covers` against the areas of a plan. What a source covers stands in its file; which
areas there are in `thindicators.areas`.
"""

from __future__ import annotations

from collections.abc import Mapping

from thindicators.areas.register import Tier, register
from thindicators.plan.model import Area, Indicator, Source

_COUNCILS: dict[Tier, str] = {
    "lower": "districts and unitary authorities",
    "upper": "counties and unitary authorities",
}


def covered(
    indicator: Indicator,
    sources: Mapping[str, Source],
    subject: Area,
) -> Indicator:
    """The indicator with the sources that have figures of the plan's own area; if none has, with the reason.

    Args:
        indicator: As its file has it.
        sources: By id.
        subject: The plan's own area.
    """
    main = sources[indicator.source]
    if not main.covers_area(subject.code):
        return indicator.changed().not_covered_because(_why(main, subject))
    also = {}
    breakdowns = dict(indicator.breakdowns)
    for name, part in indicator.also.items():
        # A part of its own areas is context, which is shown wherever the plan's own area is.
        if part.areas or sources[name].covers_area(subject.code):
            also[name] = part
            continue
        for breakdown in part.breakdowns:
            del breakdowns[breakdown]
    return indicator.changed({"also": also, "breakdowns": breakdowns})


def _why(source: Source, subject: Area) -> str:
    assert source.covers is not None, "a source that covers nothing else covers the plan's own area"
    within = register()[source.covers.within]
    if not register().is_within(subject.code, within.code):
        return f"The source, {source.title}, is about {within.name} only."
    councils = " and ".join(_COUNCILS[tier] for tier in source.covers.tiers if tier in _COUNCILS)
    return f"The source, {source.title}, has figures of {councils}, and not of {subject.name}."
