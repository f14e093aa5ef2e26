"""Emissions for each resident: the inventory's emissions divided by the people that ONS' regional accounts count.

It asks nothing itself: `sources.leggi` and `sources.ons_gdhi` bring and read the parts. The inventory has no people of
a borough. The regional accounts print the mid-year estimates that they divide income by, for every area of the same
workbook, so that a borough and London are divided in one way. The year of the emissions is that of the people.

London is its 33 boroughs together. The inventory's own total of London has emissions that it gives to no borough, and in
some editions sectors that no borough's total has: beside it every borough would look better than it is.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sources import leggi, ons_gdhi
from sources.reading.derived import part_of
from sources.reading.files import Place
from thindicators.areas.register import LONDON, register
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator

ALL_BOROUGHS = "The emissions are those of the 33 boroughs together; what the inventory gives to no borough is left out."
"""What is said of London's figure."""

BREAKDOWN = "per_head"
UNIT = "tco2e_per_head"
_TONNES_IN_A_KILOTONNE = 1000
_DECIMALS = 6


CENSUS_YEAR = 2011
LONDONERS_OF_THE_CENSUS_YEAR = 8_204_407
"""London's mid-year estimate of 2011. It follows a census, and no later one has changed it:
https://www.ons.gov.uk/peoplepopulationandcommunity/populationandmigration/populationestimates"""

_SAME = 0.005
"""By how much it may still be revised; from one year to the next London grows by three times as much."""


class Ask(leggi.Ask):
    """What the indicator asks of the inventory; residents are of the same areas and years."""


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """Tonnes for each resident, for each area and year that both parts have.

    Raises:
        SourceError: If a part cannot be read, or the parts have no year in common.
    """
    totals = _totals(indicator, part_of("leggi", snapshots))
    residents = ons_gdhi.residents(indicator, part_of("ons_gdhi", snapshots))
    per_head = []
    for total in totals:
        people = residents.get((total.area_code, total.period.year))
        if people is not None:
            per_head.append(_for_each(indicator, total, people))
    if not per_head:
        raise _no_year_in_common(indicator, totals)
    _check_the_year(indicator, part_of("ons_gdhi", snapshots))
    return per_head


def _check_the_year(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> None:
    """Whether the residents are of the years that they stand under: a table that slipped looks like any other."""
    of_london = ons_gdhi.residents(indicator.changed(areas=(LONDON,)), snapshots)
    people = of_london.get((LONDON, CENSUS_YEAR))
    count = people.count if people else 0
    if not math.isclose(count, LONDONERS_OF_THE_CENSUS_YEAR, rel_tol=_SAME):
        raise Place(snapshots[ons_gdhi.REGIONS]).wrong(
            f"about {LONDONERS_OF_THE_CENSUS_YEAR:,} residents of London in {CENSUS_YEAR}",
            f"{count:,}",
            "compare the table of residents with ONS' mid-year estimates; its years may have slipped.",
        )


def _totals(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """The total of all sectors, for each of the indicator's areas and each year."""
    boroughs = indicator.changed(areas=register().boroughs).with_only_peers(())
    totals = []
    for observation in leggi.parse(boroughs, snapshots):
        if observation.breakdown == "total":
            totals.append(observation)
    own = [total for total in totals if total.area_code in indicator.areas]
    if LONDON not in indicator.areas:
        return own
    by_year: dict[int, list[Observation]] = defaultdict(list)
    for total in totals:
        by_year[total.period.year].append(total)
    return [*own, *map(_together, by_year.values())]


def _together(boroughs: Sequence[Observation]) -> Observation:
    """The total of London: that of its boroughs, of one year."""
    values = [borough.value for borough in boroughs if borough.value is not None]
    is_whole = len(values) == len(boroughs)
    return replace(
        boroughs[0],
        area_code=LONDON,
        value=math.fsum(values) if is_whole else None,
        status="" if is_whole else "x",
        source_text=f"{len(boroughs)} boroughs",
        note=ALL_BOROUGHS,
    )


def _for_each(
    indicator: Indicator,
    total: Observation,
    people: ons_gdhi.Residents,
) -> Observation:
    value = None
    tonnes = None
    status = total.status or "x"
    if total.value is not None:
        tonnes = total.value * _TONNES_IN_A_KILOTONNE
        value = round(tonnes / people.count, _DECIMALS)
        status = ""
    own = (
        f"Divided here by {people.count:,} residents, ONS mid-year estimate of {total.period.year}."
    )
    return Observation(
        indicator=indicator.id,
        area_code=total.area_code,
        period=total.period,
        breakdown=BREAKDOWN,
        category=BREAKDOWN,
        value=value,
        unit=UNIT,
        numerator=tonnes,
        denominator=people.count,
        status=status,
        revision=total.revision,
        series=total.series,
        source_text=f"{total.source_text} / {people.text}",
        # An observation has one snapshot; the note tells the other part.
        snapshot=total.snapshot,
        note=" ".join(filter(None, [own, total.note])),
    )


def _no_year_in_common(indicator: Indicator, totals: Sequence[Observation]) -> SourceError:
    years = sorted({row.period.year for row in totals})
    return SourceError(
        indicator.source,
        expected="residents of a year that the inventory has",
        came=f"none of {years[0]} to {years[-1]}",
        where="the inventory of emissions, and the workbook of regional accounts",
        remedy="see which years the publishers have.",
    )
