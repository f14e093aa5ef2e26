"""Dwellings for each child aged 0 to 15: the ministry's dwelling stock divided by ONS' mid-year estimates.

It asks nothing itself: `sources.mhclg_dwellings` and `sources.ons_population` bring and read the parts, which are
published beside the ratio, each with its own date, edition and file. Dwellings of 31 March are divided by the children
of 30 June of the same year, three months later; the mid-year before lies nine months away. Both parts were counted anew
after the 2021 Census, so that a ratio is made of two parts of one vintage only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from sources import mhclg_dwellings, ons_population
from sources.reading.derived import part_of
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator

CHILDREN = "children_0_15"
NOT_SETTLED = "The Plan does not define this ratio; ages 0 to 15 are this project's choice until the council confirms it."
_DECIMALS = 6


class Ask(BaseModel):
    """What the indicator asks of its two parts."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    dwellings: mhclg_dwellings.Asked
    population: ons_population.Asked


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """A ratio for each area and year that both parts have, and the parts themselves.

    Raises:
        SourceError: If a part cannot be read, or the parts are of different vintages or have no year in common.
    """
    # Read as a whole too, as each part passes over what is the other's.
    indicator.read_ask(Ask)
    homes = mhclg_dwellings.parse(
        indicator,
        part_of("mhclg_dwellings", snapshots),
    )
    people = ons_population.parse(
        indicator,
        part_of("ons_population", snapshots),
    )
    _check_vintage(indicator, homes, people)
    children: dict[tuple[str, int], Observation] = {}
    for row in people:
        if row.category == CHILDREN:
            children[row.area_code, row.period.year] = row
    ratios: list[Observation] = []
    for home in homes:
        child = children.get((home.area_code, home.period.year))
        if child:
            ratios.append(_ratio(indicator, home, child))
    if not ratios:
        raise _wrong(
            indicator,
            "years that both parts have",
            f"dwellings of {_years(homes)} and children of {_years(people)}",
            "see which years the publishers have.",
        )
    return [*ratios, *homes, *people]


def _check_vintage(
    indicator: Indicator,
    homes: Sequence[Observation],
    people: Sequence[Observation],
) -> None:
    of_homes = sorted({row.series for row in homes})
    of_people = sorted({row.series for row in people})
    if of_homes != of_people:
        raise _wrong(
            indicator,
            "dwellings and children of one vintage",
            f"dwellings {', '.join(of_homes)} and children {', '.join(of_people)}",
            "wait until both publishers have counted anew, and refresh; a ratio of two vintages would show a change "
            "that is none.",
        )


def _ratio(
    indicator: Indicator,
    home: Observation,
    child: Observation,
) -> Observation:
    if child.value is not None and child.value <= 0:
        raise _wrong(
            indicator,
            "a number of children above zero",
            f"{child.source_text} in {child.area_code} on {child.period.label}",
            "look at the publisher's figures.",
        )
    value, status = None, home.status or child.status
    if home.value is not None and child.value is not None:
        value, status = round(home.value / child.value, _DECIMALS), ""
    vintage = next(series.title for series in indicator.series if series.id == home.series)
    notes = [
        f"{NOT_SETTLED} {vintage}.",
        f"Dwellings on {home.period.label}: {home.note}",
        f"Children on {child.period.label}: {child.note}",
    ]
    return Observation(
        indicator=indicator.id,
        area_code=home.area_code,
        period=home.period,
        value=value,
        unit=indicator.unit,
        numerator=home.value,
        denominator=child.value,
        status=status,
        # A ratio bears the mark of the part that has one.
        revision=home.revision or child.revision,
        series=home.series,
        source_text=f"{home.source_text} / {child.source_text}",
        # An observation has one snapshot; the row of the children has the other.
        snapshot=home.snapshot,
        note=" ".join(notes),
    )


def _years(rows: Sequence[Observation]) -> str:
    years = [row.period.year for row in rows]
    return f"{min(years)} to {max(years)}"


def _wrong(
    indicator: Indicator,
    expected: str,
    came: str,
    remedy: str,
) -> SourceError:
    where = "live tables on dwelling stock, and Nomis NM_2002_1"
    return SourceError(
        indicator.source,
        expected=expected,
        came=came,
        where=where,
        remedy=remedy,
    )
