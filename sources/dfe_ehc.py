"""Department for Education, education, health and care plans: new plans issued within 20 weeks.

These figures stand in for the council's own, which counts assessments under way, so that each carries a note that says
what it is. The headline leaves out the cases where the law allows longer (“exceptions”); the figure with them is a
breakdown. The newest file starts in 2019; `earlier_file` names one of an older release, which stays as it is, for the
years before. Columns have had other names in most releases: `VINTAGES` holds the headers that are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from sources.publishers import ees, ees_catalogue
from sources.publishers.ees_catalogue import PublicationFiles
from sources.publishers.ees_catalogue import is_announcement as is_announcement
from sources.publishers.ees_catalogue import next_release as next_release
from sources.reading.files import Line, Place
from sources.reading.years import check_every_year
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator

TITLE = "Education, health and care plans"
"""Of the publication, for the receipt of a file that is not in its list any more."""

ALL_PLANS = frozenset({"All EHC plans", "All EHC plans issued"})
"""How a row for all plans calls itself, where a file also has rows by age, sex and need."""

_STAND_IN = (
    "A stand-in, not the Plan's own measure: new education, health and care plans issued within 20 weeks, as a share "
    "of all new plans of the calendar year, "
)
WITHOUT_EXCEPTIONS = _STAND_IN + "without the cases where the law allows longer."
WITH_EXCEPTIONS = _STAND_IN + "with the cases where the law allows longer."

_ONE_DECIMAL = 0.051
"""What rounding to one decimal may account for; no file has fewer decimals, and counts are not rounded."""


@dataclass(frozen=True)
class Share:
    """The columns of a percentage and of the counts that it is made of."""

    percent: str
    numerator: str
    denominator: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All that must be there."""
        return (self.percent, self.numerator, self.denominator)


@dataclass(frozen=True)
class Vintage:
    """The names that columns had in a release.

    Attributes:
        headline: Without the exceptions.
        included: With them.
        groups: The columns that tell a row for all plans from others, if there are others.
    """

    headline: Share
    included: Share
    groups: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All that must be there."""
        return (*self.groups, *self.headline.columns, *self.included.columns)


_INCLUDED_FROM_2025 = Share(
    "pc_plans_issued_within_20_weeks",
    "plans_issued_within_20_weeks",
    "plans_issued_den",
)
_GROUPS = ("breakdown_topic", "breakdown")
VINTAGES = {
    "2026": Vintage(
        Share("pc_plans_issued_20_weeks_ex", "plans_issued_20_weeks_ex", "plans_issued_den_ex"),
        _INCLUDED_FROM_2025,
        _GROUPS,
    ),
    "2025": Vintage(
        Share("PC_plans_issued_20_weeks_ex", "plans_issued_20_weeks_ex", "plans_issued_den_ex"),
        _INCLUDED_FROM_2025,
        _GROUPS,
    ),
    "2023": Vintage(
        Share("no_exc_20week_rate", "no_exc_20week_ehc", "tot_no_exc_ehc"),
        Share("inc_exc_20week_rate", "inc_exc_20week_ehc", "tot_inc_exc_ehc"),
    ),
    "2021": Vintage(
        Share("NoExc20weekRate", "NoExc20weekEHC", "TotNoExcEHC"),
        Share("IncExc20weekRate", "IncExc20weekEHC", "TotIncExcEHC"),
    ),
}
"""The headers that are known, by a release that has them; exactly one must fit."""


class Ask(PublicationFiles):
    """What an indicator asks of the publication."""

    earlier_file: str = Field(
        "",
        description="The id of a file of an older release, for the years before",
        pattern=r"^([0-9a-f-]{36})?$",
    )
    series: list[str] = Field(
        description="The indicator's series that these figures belong to, by their years"
    )


@dataclass(frozen=True)
class Row:
    """What a file says of one area and year."""

    line: Line
    vintage: Vintage


Rows = dict[tuple[int, str], Row]
"""By year and area."""


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The newest file and, where one is named, that of an older release."""
    found: list[Snapshot] = []
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        found += ees_catalogue.fetch_file(client, indicator.id, ask)
        if ask.earlier_file:
            address, release = (
                f"{ees_catalogue.FILES}/{ask.earlier_file}/download",
                f"{TITLE}, an older release",
            )
            found.append(client.get(f"{indicator.id} earlier file", address, release=release))
    return found


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """Two observations for each area and year: without the exceptions and with them."""
    ask = indicator.read_ask(Ask)
    rows = _read(snapshots[f"{indicator.id} file"], indicator.areas)
    periods = (ees.period_of(row.line) for row in rows.values())
    ees_catalogue.check_newest(indicator.id, snapshots, ask.files, periods)
    if ask.earlier_file:
        rows |= _before(
            rows,
            _read(
                snapshots[f"{indicator.id} earlier file"],
                indicator.areas,
            ),
        )
    return [one for _, row in sorted(rows.items()) for one in _observations(indicator, row)]


def _read(file: Snapshot, areas: Sequence[str]) -> Rows:
    """The rows for all plans; every area must have every year that the file has."""
    vintage = VINTAGES[
        ees.header_of(
            file,
            {name: one.columns for name, one in VINTAGES.items()},
        )
    ]
    lines = ees.read_file(file, vintage.columns, areas)
    rows: Rows = {}
    for line in lines:
        if all(line[column] in ALL_PLANS for column in vintage.groups):
            _put(
                rows,
                (ees.period_of(line).year, ees.area_of(line)),
                Row(line, vintage),
            )
    missing = {(year, area) for year, _ in rows for area in areas} - rows.keys()
    if missing or not rows:
        groups = sorted({line[column] for line in lines for column in vintage.groups})
        raise Place(file).wrong(
            f"a row for all plans, called one of {sorted(ALL_PLANS)}, for each of {list(areas)} in every year",
            f"none for {sorted(missing) or 'any'}; the rows are called {groups}",
            "look at the areas and labels in the file; a new label belongs in ALL_PLANS in sources/dfe_ehc.py.",
        )
    check_every_year((year for year, _ in rows), Place(file))
    return rows


def _put(rows: Rows, key: tuple[int, str], row: Row) -> None:
    if key in rows:
        raise row.line.place.wrong(
            "one row for all plans for each area and year",
            f"two for {key}: {rows[key].line.cells} and {row.line.cells}",
            "see how they differ; a new column may divide the plans. Nothing is chosen here.",
        )
    rows[key] = row


def _before(newer: Rows, earlier: Rows) -> Rows:
    """The rows of an older release for the years before the newest one, if the two agree where they meet."""
    first = min(year for year, _ in newer)
    for key in (key for key in newer if key[0] == first):
        if key not in earlier:
            raise newer[key].line.place.wrong(
                "a first year that the older release has too, so that the two can be compared where they meet",
                first,
                "name the file of a younger release as `earlier_file` in the indicator's YAML.",
            )
        _check_same(newer[key], earlier[key])
    return {key: row for key, row in earlier.items() if key[0] < first}


def _check_same(newer: Row, earlier: Row) -> None:
    pairs = (
        (newer.vintage.headline, earlier.vintage.headline),
        (newer.vintage.included, earlier.vintage.included),
    )
    for ours, theirs in pairs:
        value, _ = ees.value_of(newer.line, ours.percent)
        before, _ = ees.value_of(earlier.line, theirs.percent)
        if (value is None) != (before is None) or abs((value or 0) - (before or 0)) > _ONE_DECIMAL:
            raise newer.line.at(ours.percent).wrong(
                f"{before}, as in the older release ({earlier.line.at(theirs.percent)})",
                value,
                "the publisher may have restated the series. Read its notes; if so, take `earlier_file` out of the "
                "indicator's YAML, so that the two are not joined.",
            )


def _observations(indicator: Indicator, row: Row) -> list[Observation]:
    headline, included = row.vintage.headline, row.vintage.included
    return [
        _observation(
            indicator,
            row.line,
            headline,
            ("total", "total"),
            WITHOUT_EXCEPTIONS,
        ),
        _observation(
            indicator,
            row.line,
            included,
            ("exceptions", "included"),
            WITH_EXCEPTIONS,
        ),
    ]


def _observation(
    indicator: Indicator,
    line: Line,
    share: Share,
    group: tuple[str, str],
    note: str,
) -> Observation:
    period = ees.period_of(line)
    value, status = ees.value_of(line, share.percent)
    numerator, denominator = (
        ees.value_of(line, column)[0] for column in (share.numerator, share.denominator)
    )
    if value is not None and numerator is not None and denominator is not None:
        ees.check_share(
            line.at(share.percent),
            value,
            numerator,
            denominator,
            _ONE_DECIMAL,
        )
    return Observation(
        indicator=indicator.id,
        area_code=ees.area_of(line),
        period=period,
        breakdown=group[0],
        category=group[1],
        value=value,
        unit=indicator.unit,
        numerator=numerator,
        denominator=denominator,
        status=status,
        series=_series(indicator, period.year),
        source_text=line[share.percent],
        snapshot=line.place.snapshot.sha256,
        note=note,
    )


def _series(indicator: Indicator, year: int) -> str:
    """The one of the series named in `ask` that holds the year; the council's own figures have another."""
    own = indicator.read_ask(Ask).series
    fitting = [
        one.id
        for one in indicator.series
        if one.id in own and (one.first_year or year) <= year <= (one.last_year or year)
    ]
    if len(fitting) != 1:
        raise indicator.wrong(
            "series",
            f"{len(fitting)} of {own} hold the year {year}; there must be one",
        )
    return fitting[0]
