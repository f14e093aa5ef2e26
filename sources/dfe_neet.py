"""Department for Education, NEET and not known at 16 and 17: three measures, for all and by special educational needs.

Not in education, employment or training (NEET) and “activity not known” are two things; the publisher's headline is
both together. The file is in the catalogue only, under an id that changes with each release. Its year is that of
January and February: a figure for 2025 is the average of December 2024 to February 2025. Fingertips' indicator 93203
has the same headline under the year before; the Department's scorecards have it beside columns that lag a year. Neither
is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import ees, ees_catalogue
from sources.publishers.ees_catalogue import PublicationFiles
from sources.publishers.ees_catalogue import is_announcement as is_announcement
from sources.publishers.ees_catalogue import next_release as next_release
from sources.reading.files import Line, Place
from sources.reading.years import check_every_year
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import Period, PeriodError, from_iso
from thindicators.plan.model import Indicator

Measure = Literal["neet_or_not_known", "neet", "not_known"]
Group = Literal["all", "sen_support", "ehc_plan"]
Rows = dict[tuple[str, int, str], Line]
"""Rows by group, year and area."""

# With a hyphen until 2025, in words since.
BOTH_AGES = frozenset({"16-17", "16 to 17"})
GROUPS = {
    ("total", "total"): "all",
    ("send", "sen support"): "sen_support",
    ("send", "sen ehc/statement"): "ehc_plan",
}
"""Groups by the labels of grouping and characteristic, in small letters; those of 2026 are not known for sure."""

WITHIN_ROUNDING = 0.15 + 1e-9
"""How far two parts of one decimal may be from their sum of one decimal."""

WITHIN_ROUNDED_COUNTS = 0.5
"""Counts of regions and England are rounded to ten, and groups are small; another measure is further away."""


@dataclass(frozen=True)
class Header:
    """The names that columns had in some releases; counts and percentages by measure."""

    age: str
    grouping: str
    characteristic: str
    cohort: str
    counts: Mapping[str, str]
    percents: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """All that must be there."""
        named = (self.age, self.grouping, self.characteristic, self.cohort)
        return (*named, *self.counts.values(), *self.percents.values())


HEADERS = {
    # Every column was renamed in 2026.
    "2026": Header(
        age="age",
        grouping="characteristic_grouping",
        characteristic="characteristic",
        cohort="avg_cohort_count",
        counts={
            "neet_or_not_known": "avg_neet_nk_count",
            "neet": "avg_neet_count",
            "not_known": "avg_nk_count",
        },
        percents={
            "neet_or_not_known": "neet_nk_percent",
            "neet": "neet_percent",
            "not_known": "nk_percent",
        },
    ),
    "2025": Header(
        age="Age",
        grouping="Characteristic_grouping",
        characteristic="Characteristic",
        cohort="avgcohort",
        counts={
            "neet_or_not_known": "avgNEETNK",
            "neet": "avgNEET",
            "not_known": "avgNK",
        },
        percents={
            "neet_or_not_known": "NEETNKprop",
            "neet": "NEETprop",
            "not_known": "Notknownprop",
        },
    ),
}
"""The headers that are known, by the last release that had them."""


class Figure(BaseModel):
    """A measure of a group, and what it is in the indicator."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    measure: Measure
    group: Group = "all"
    breakdown: str = "total"
    category: str = "total"


class Ask(PublicationFiles):
    """What an indicator asks of the publication."""

    series: str = Field("", description="Of all figures from here; by year, if empty")
    figures: list[Figure]


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The catalogue's list and the newest file, once for all indicators that ask for the same one."""
    ask_of_name: dict[str, Ask] = {}
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        ask_of_name[_name(ask)] = ask
    snapshots: list[Snapshot] = []
    for name, ask in ask_of_name.items():
        snapshots += ees_catalogue.fetch_file(client, name, ask)
    return snapshots


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, year and figure that the publisher has."""
    ask = indicator.read_ask(Ask)
    file = snapshots[f"{_name(ask)} file"]
    columns_of_release = {release: header.columns for release, header in HEADERS.items()}
    header = HEADERS[ees.header_of(file, columns_of_release)]
    lines = ees.read_file(file, header.columns, indicator.wanted_areas)
    rows = _rows(header, lines)
    _check_areas(
        indicator,
        ask,
        rows,
        _labels(header, lines),
        Place(file),
    )
    periods = [ees.period_of(line) for line in rows.values()]
    ees_catalogue.check_newest(
        _name(ask),
        snapshots,
        ask.files,
        periods,
    )
    for line in rows.values():
        _check_measures(header, line)
    _check_per_hundred(header, rows)
    observations: list[Observation] = []
    for figure in ask.figures:
        of_group = [line for (group, _, _), line in rows.items() if group == figure.group]
        for line in _given(
            indicator,
            figure,
            header,
            of_group,
        ):
            observation = _observation(
                indicator,
                ask,
                figure,
                header,
                line,
            )
            observations.append(observation)
    return observations


def _name(ask: Ask) -> str:
    # The first name is the newest, under which all indicators ask for the file.
    return ask.files[0].removesuffix(".csv")


def _rows(header: Header, lines: Sequence[Line]) -> Rows:
    rows: Rows = {}
    for line in lines:
        # The same labels have been written with and without capitals.
        labels = (line[header.grouping].lower(), line[header.characteristic].lower())
        group = GROUPS.get(labels)
        if group is None or line[header.age] not in BOTH_AGES:
            continue
        key = (group, winter(line).year, ees.area_of(line))
        if key in rows:
            raise line.place.wrong(
                "one row for each area, year and group",
                f"two for {key}: {rows[key].cells} and {line.cells}",
                "see how they differ; a new filter must be known to sources/dfe_neet.py. Nothing is chosen here.",
            )
        rows[key] = line
    return rows


def _labels(header: Header, lines: Sequence[Line]) -> list[tuple[str, str, str]]:
    """What the rows of a file call themselves, for an error."""
    columns = (header.age, header.grouping, header.characteristic)
    labels: set[tuple[str, str, str]] = set()
    for line in lines:
        age, grouping, characteristic = (line[column] for column in columns)
        labels.add((age, grouping, characteristic))
    return sorted(labels)


def winter(line: Line) -> Period:
    """The three months to the end of February of the year that a row names."""
    # The file calls “Calendar year” what is an average from December to February.
    year = ees.period_of(line).year
    try:
        return from_iso(f"{year - 1}-12-01/P3M", line["time_period"])
    except PeriodError as problem:
        raise line.at("time_period").wrong(
            "a year of four digits",
            problem,
            "look at the file.",
        ) from None


def _check_areas(
    indicator: Indicator,
    ask: Ask,
    rows: Rows,
    labels: Sequence[tuple[str, str, str]],
    place: Place,
) -> None:
    """Each area has a row for all young people in every year, and for the other groups at least in the newest."""
    years = {year for _, year, _ in rows}
    newest = max(years, default=0)
    groups = list(dict.fromkeys(figure.group for figure in ask.figures))
    expected: set[tuple[str, int, str]] = set()
    for area in indicator.areas:
        expected.update((group, newest, area) for group in groups)
        if "all" in groups:
            expected.update(("all", year, area) for year in years)
    missing = expected - rows.keys()
    if missing:
        raise place.wrong(
            f"rows of {groups} for all of {list(indicator.areas)}",
            f"none for {sorted(missing)}; the labels are {labels}",
            "look at the areas and labels in the file; a new label belongs in GROUPS in sources/dfe_neet.py.",
        )
    check_every_year(years, place)


def _check_per_hundred(header: Header, rows: Rows) -> None:
    """In every year some percentage is above one: England's is about five, and fractions are all below."""
    column = header.percents["neet_or_not_known"]
    # One area may well be below one per cent; all areas of a year are not.
    largest: dict[int, float] = {}
    line_of_largest: dict[int, Line] = {}
    for (_, year, _), line in rows.items():
        value = _number(line, column)
        if value is not None and value >= largest.get(year, 0.0):
            largest[year] = value
            line_of_largest[year] = line
    for year, value in largest.items():
        if value <= 1:
            raise (
                line_of_largest[year]
                .at(column)
                .wrong(
                    "percentages from 0 to 100",
                    f"none above {value}",
                    "see whether they are now fractions.",
                )
            )


def _check_measures(header: Header, line: Line) -> None:
    """The two parts make the whole, and every percentage is the share that its counts say."""
    _check_sum(header, line)
    cohort = _number(line, header.cohort)
    for measure, column in header.percents.items():
        value = _number(line, column)
        count = _number(line, header.counts[measure])
        # A withheld count leaves its percentage without this check.
        if value is not None and count is not None and cohort:
            ees.check_share(
                line.at(column),
                value,
                count,
                cohort,
                WITHIN_ROUNDED_COUNTS,
            )


def _check_sum(header: Header, line: Line) -> None:
    both = _number(line, header.percents["neet_or_not_known"])
    neet = _number(line, header.percents["neet"])
    not_known = _number(line, header.percents["not_known"])
    # Where one of the three is withheld, the others say nothing of it.
    if both is None or neet is None or not_known is None:
        return
    if abs(neet + not_known - both) > WITHIN_ROUNDING:
        raise line.at(header.percents["neet_or_not_known"]).wrong(
            f"NEET ({neet}) and not known ({not_known}) together",
            both,
            "see which column is which.",
        )


def _given(
    indicator: Indicator,
    figure: Figure,
    header: Header,
    lines: Sequence[Line],
) -> list[Line]:
    """The rows with a measure. The headline is in every row; a part may be absent for all areas of a year at once."""
    column = header.percents[figure.measure]
    if figure.measure == "neet_or_not_known":
        return list(lines)
    given = [line for line in lines if line[column].strip()]
    years = {line["time_period"] for line in given}
    for line in lines:
        if line["time_period"] in years and not line[column].strip():
            raise line.at(column).wrong(
                f"a figure, as for others of {list(indicator.areas)}",
                "an empty cell",
                "look at the file.",
            )
    return given


def _observation(
    indicator: Indicator,
    ask: Ask,
    figure: Figure,
    header: Header,
    line: Line,
) -> Observation:
    column = header.percents[figure.measure]
    period = winter(line)
    value, status = ees.value_of(line, column)
    return Observation(
        indicator=indicator.id,
        area_code=ees.area_of(line),
        period=period,
        breakdown=figure.breakdown,
        category=figure.category,
        value=value,
        unit=indicator.unit,
        numerator=_number(line, header.counts[figure.measure]),
        denominator=_number(line, header.cohort),
        status=status,
        # Young people with special needs and care leavers share an indicator, with a series each.
        series=ask.series or indicator.series_of(period.year),
        source_text=line[column],
        snapshot=line.place.snapshot.sha256,
    )


def _number(line: Line, column: str) -> float | None:
    """A number, where there is one: neither a symbol nor an empty cell."""
    return ees.value_of(line, column, blank="x")[0]
