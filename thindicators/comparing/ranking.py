"""Ranking: which places the Plan's own area may hold among councils like it.

What belongs here: which figures are ranked, which of the methods applies, and the words. The methods are in
`methods.ranks`. A place is never said alone where chance could move it, and never compared with that of another year.

Where everybody is counted, or a publisher's model gives no limits, the place is the one that the figures have, and
equal figures share it. Where there are limits it is a set of places, told only if it is narrow enough to help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from thindicators import house_style
from thindicators.comparing import sentences
from thindicators.comparing.comparison import Comparison, Method, Reason
from thindicators.comparing.figures import (
    Case,
    decimals_published,
    estimate_of,
    is_unreliable,
    like,
)
from thindicators.comparing.methods.ranks import Ranks, rank_as_counted, rank_set
from thindicators.comparing.words import sentence_of
from thindicators.observations.observation import Row, value_of

FEWEST = 5
"""Among fewer councils than this a place says nothing."""

_NAMED = 5
"""How many councils without a figure are named; of more only their number is told."""


@dataclass(frozen=True)
class Field:
    """The figures that a place is sought among.

    Attributes:
        title: Of the group of councils, as it stands within a sentence.
        rows: The figure of each council that has one, by its code; the Plan's own is among them.
        missing: The names of the councils without one.
    """

    title: str
    rows: Mapping[str, Row]
    missing: Sequence[str]


def field_of(
    case: Case,
    newest: Row,
    group: str,
) -> Field:
    """The councils of a group, with the figures that were made in the same way for the same time."""
    names = case.plan.area_names
    rows = {}
    missing = []
    for code in case.plan.peer_groups[group]:
        row = newest if code == newest["area_code"] else like(case, newest, code)
        if row is None:
            missing.append(names[code])
        else:
            rows[code] = row
    title = house_style.title_in_a_sentence(case.plan.file.peers[group].title, names.values())
    return Field(title, rows, missing)


def ranked(
    case: Case,
    newest: Row,
    group: str,
    blank: Comparison,
) -> Comparison:
    """The place of the Plan's own area among a group of councils, or why none is given."""
    field = field_of(case, newest, group)
    if len(field.rows) < FEWEST:
        why = sentences.TOO_FEW_COUNCILS.format(title=field.title, count=len(field.rows))
        return _none(blank, "too_few_figures", why)
    if case.indicator.measured_by == "full_count":
        return _as_it_stands(case, newest, field, blank, "as_counted")
    estimates = {code: estimate_of(case, row) for code, row in field.rows.items()}
    has_no_limits = not any(estimates.values())
    if case.indicator.measured_by == "model" and has_no_limits:
        return _as_it_stands(case, newest, field, blank, "as_modelled")
    own = estimates[newest["area_code"]]
    if own is None:
        return _none(blank, "no_limits", sentences.NO_RANK_WITHOUT_LIMITS)
    if is_unreliable(case, own):
        return _none(blank, "unreliable", sentences.NO_RANK_UNRELIABLE)
    with_limits = {code: estimate for code, estimate in estimates.items() if estimate is not None}
    without = [case.plan.area_names[code] for code in estimates if code not in with_limits]
    missing = [*field.missing, *without]
    ranks = rank_set(newest["area_code"], with_limits)
    return _within_chance(replace(field, missing=missing), ranks, blank)


def _as_it_stands(
    case: Case,
    newest: Row,
    field: Field,
    blank: Comparison,
    method: Method,
) -> Comparison:
    """The place that the figures have, once they are rounded as the coarsest of them is published."""
    decimals = decimals_published(list(field.rows.values()))
    figures = {code: round(value_of(row), decimals) for code, row in field.rows.items()}
    ranks = rank_as_counted(newest["area_code"], figures)
    words = sentence_of(
        sentences.RANKED_AS_COUNTED,
        place=_shared_place(ranks),
        of=ranks.of,
        title=field.title,
        how=_HOW[method],
        missing=_missing(field),
    )
    return _judged(blank, ranks, method, words)


_HOW: dict[Method, str] = {"as_counted": "as counted", "as_modelled": "as modelled"}


def _within_chance(
    field: Field,
    ranks: Ranks,
    blank: Comparison,
) -> Comparison:
    """A set of places, if it is narrow enough to help."""
    if not ranks.is_narrow:
        why = sentences.RANK_TOO_WIDE.format(
            title=field.title,
            best=house_style.ordinal(ranks.best),
            worst=house_style.ordinal(ranks.worst),
            of=ranks.of,
        )
        return replace(
            _none(blank, "too_wide", why),
            rank_best=ranks.best,
            rank_worst=ranks.worst,
            rank_of=ranks.of,
        )
    words = sentence_of(
        sentences.RANKED,
        place=_place(ranks),
        of=ranks.of,
        title=field.title,
        above=ranks.above,
        below=ranks.below,
        rest=ranks.not_distinguishable,
        missing=_missing(field),
    )
    return _judged(blank, ranks, "rank_set", words)


def _place(ranks: Ranks) -> str:
    """Places in words, the highest figure being the first."""
    if ranks.best == ranks.worst:
        place = house_style.ordinal(ranks.best)
        return "The highest" if ranks.best == 1 else f"The {place} highest"
    best = house_style.ordinal(ranks.best)
    worst = house_style.ordinal(ranks.worst)
    return f"Between {best} and {worst} highest"


def _shared_place(ranks: Ranks) -> str:
    """The place that the figures have; equal figures share it."""
    equal = ranks.worst - ranks.best
    if not equal:
        return _place(ranks)
    best = house_style.ordinal(ranks.best)
    worst = house_style.ordinal(ranks.worst)
    others = "1 other" if equal == 1 else f"{equal} others"
    return f"From {best} to {worst} highest, equal with {others},"


def _missing(field: Field) -> str:
    if not field.missing:
        return ""
    if len(field.missing) > _NAMED:
        return sentences.COUNCILS_WITHOUT.format(count=len(field.missing))
    return sentences.COUNCILS_MISSING.format(names=house_style.together(list(field.missing)))


def _judged(
    blank: Comparison,
    ranks: Ranks,
    method: Method,
    words: str,
) -> Comparison:
    return replace(
        blank,
        verdict="ranked",
        method=method,
        rank_best=ranks.best,
        rank_worst=ranks.worst,
        rank_of=ranks.of,
        words=words,
    )


def _none(
    blank: Comparison,
    reason: Reason,
    why: str,
) -> Comparison:
    return replace(
        blank,
        reason=reason,
        words=house_style.sentence(why),
    )
