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
from sources.reading.series import holds
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


@dataclass(frozen=True)
class Group:
    """Which of its two figures an area has for a year, and what a reader must know of it."""

    breakdown: str
    category: str
    note: str


HEADLINE = Group("total", "total", WITHOUT_EXCEPTIONS)
INCLUDED = Group("exceptions", "included", WITH_EXCEPTIONS)

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
# In CamelCase until 2021, in small letters in 2023, and with other names since.
VINTAGES = {
    "2026": Vintage(
        Share("pc_plans_issued_20_weeks_ex", "plans_issued_20_weeks_ex", "plans_issued_den_ex"),
        _INCLUDED_FROM_2025,
        _GROUPS,
    ),
    # As that of 2026, but for two capital letters.
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
    snapshots: list[Snapshot] = []
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        snapshots += ees_catalogue.fetch_file(client, indicator.id, ask)
        if ask.earlier_file:
            # An old release's file is in no list any more, but its id goes on answering.
            earlier = client.get(
                f"{indicator.id} earlier file",
                f"{ees_catalogue.FILES}/{ask.earlier_file}/download",
                release=f"{TITLE}, an older release",
            )
            snapshots.append(earlier)
    return snapshots


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """Two observations for each area and year: without the exceptions and with them."""
    ask = indicator.read_ask(Ask)
    rows = _read(snapshots[f"{indicator.id} file"], indicator)
    periods = [ees.period_of(row.line) for row in rows.values()]
    ees_catalogue.check_newest(
        indicator.id,
        snapshots,
        ask.files,
        periods,
    )
    if ask.earlier_file:
        earlier = _read(snapshots[f"{indicator.id} earlier file"], indicator)
        rows |= _before(indicator, rows, earlier)
    observations: list[Observation] = []
    for _, row in sorted(rows.items()):
        observations += _observations(indicator, row)
    return observations


def _read(file: Snapshot, indicator: Indicator) -> Rows:
    """The rows for all plans; every area that is expected must have every year that the file has."""
    areas = indicator.areas
    headers = {release: vintage.columns for release, vintage in VINTAGES.items()}
    vintage = VINTAGES[ees.header_of(file, headers)]
    lines = ees.read_file(file, vintage.columns, indicator.wanted_areas)
    rows = _rows_for_all_plans(lines, vintage)
    years = {year for year, _ in rows}
    expected = {(year, area) for year in years for area in areas}
    missing = expected - rows.keys()
    if missing or not rows:
        labels = sorted({line[column] for line in lines for column in vintage.groups})
        raise Place(file).wrong(
            f"a row for all plans, called one of {sorted(ALL_PLANS)}, for each of {list(areas)} in every year",
            f"none for {sorted(missing) or 'any'}; the rows are called {labels}",
            "look at the areas and labels in the file; a new label belongs in ALL_PLANS in sources/dfe_ehc.py.",
        )
    check_every_year(years, Place(file))
    return rows


def _rows_for_all_plans(lines: Sequence[Line], vintage: Vintage) -> Rows:
    rows: Rows = {}
    for line in lines:
        # Since 2025 there are rows by age, sex and need too; before, a file had no such columns.
        if not all(line[column] in ALL_PLANS for column in vintage.groups):
            continue
        key = (ees.period_of(line).year, ees.area_of(line))
        if key in rows:
            raise line.place.wrong(
                "one row for all plans for each area and year",
                f"two for {key}: {rows[key].line.cells} and {line.cells}",
                "see how they differ; a new column may divide the plans. Nothing is chosen here.",
            )
        rows[key] = Row(line, vintage)
    return rows


def _before(
    indicator: Indicator,
    newer: Rows,
    earlier: Rows,
) -> Rows:
    """The rows of an older release for the years before the newest one, if the two agree where they meet."""
    # The two releases meet in 2019, where England's figures are the same in both.
    first = min(year for year, _ in newer)
    meeting = [key for key in newer if key[0] == first]
    for key in meeting:
        _, area = key
        if key not in earlier and area in indicator.peers:
            # A peer may be newer than the older release; there is nothing to compare.
            continue
        if key not in earlier:
            raise newer[key].line.place.wrong(
                "a first year that the older release has too, so that the two can be compared where they meet",
                first,
                "name the file of a younger release as `earlier_file` in the indicator's YAML.",
            )
        _check_same(newer[key], earlier[key])
    return {key: row for key, row in earlier.items() if key[0] < first}


def _check_same(newer: Row, earlier: Row) -> None:
    """Check that both percentages of an area and year are the same in two releases."""
    _check_same_share(
        newer,
        newer.vintage.headline,
        earlier,
        earlier.vintage.headline,
    )
    _check_same_share(
        newer,
        newer.vintage.included,
        earlier,
        earlier.vintage.included,
    )


def _check_same_share(
    newer: Row,
    newer_share: Share,
    earlier: Row,
    earlier_share: Share,
) -> None:
    value, _ = ees.value_of(newer.line, newer_share.percent)
    before, _ = ees.value_of(earlier.line, earlier_share.percent)
    # A figure that neither release has is no difference.
    if value is None and before is None:
        return
    if value is None or before is None or abs(value - before) > _ONE_DECIMAL:
        raise newer.line.at(newer_share.percent).wrong(
            f"{before}, as in the older release ({earlier.line.at(earlier_share.percent)})",
            value,
            "the publisher may have restated the series. Read its notes; if so, take `earlier_file` out of the "
            "indicator's YAML, so that the two are not joined.",
        )


def _observations(indicator: Indicator, row: Row) -> list[Observation]:
    return [
        _observation(
            indicator,
            row.line,
            row.vintage.headline,
            HEADLINE,
        ),
        _observation(
            indicator,
            row.line,
            row.vintage.included,
            INCLUDED,
        ),
    ]


def _observation(
    indicator: Indicator,
    line: Line,
    share: Share,
    group: Group,
) -> Observation:
    period = ees.period_of(line)
    # One file writes 30.200000000000 in a column where others are 47.665.
    value, status = ees.value_of(line, share.percent)
    numerator, _ = ees.value_of(line, share.numerator)
    denominator, _ = ees.value_of(line, share.denominator)
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
        breakdown=group.breakdown,
        category=group.category,
        value=value,
        unit=indicator.unit,
        numerator=numerator,
        denominator=denominator,
        status=status,
        series=_series(indicator, period.year),
        source_text=line[share.percent],
        snapshot=line.place.snapshot.sha256,
        note=group.note,
    )


def _series(indicator: Indicator, year: int) -> str:
    """The one of the series named in `ask` that holds the year; the council's own figures have another."""
    own = indicator.read_ask(Ask).series
    fitting = [series.id for series in indicator.series if series.id in own and holds(series, year)]
    if len(fitting) != 1:
        raise indicator.wrong(
            "series",
            f"{len(fitting)} of {own} hold the year {year}; there must be one",
        )
    return fitting[0]
