"""Department for Education, key stage 4: pupils with grades 9 to 5 in English and maths GCSEs.

The public API is asked by data set; the catalogue's CSV file of the same data is the second way (`way: csv` in `ask`).
Both give the same rows. There are many for every area and year: by sex, ethnicity, special needs and so on, and rows
that call themselves a total may still be about some pupils only. A row counts only if every filter but the one for free
school meals is at its total. Columns have new names in most releases: `VINTAGES` holds the headers that are known.

The CSV says in `version` which edition a row is of, and in another column of which schools. The API says neither: the
edition is in the name of the file that the API's version is made from, and the schools are in the data set's title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pydantic import Field

from sources.publishers import ees, ees_api, ees_catalogue
from sources.publishers.ees_catalogue import Edition, PublicationFiles, Revision
from sources.publishers.ees_catalogue import is_announcement as is_announcement
from sources.publishers.ees_catalogue import next_release as next_release
from sources.reading.files import Line, Place, csv_header, is_number, json_of
from sources.reading.series import holds
from sources.reading.years import check_every_year
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator

TOTAL = "Total"
ELIGIBLE = ("free_school_meals", "eligible")
GROUPS = {TOTAL: ("total", "total"), "FSM": ELIGIBLE, "FSM eligible": ELIGIBLE}
"""Breakdown and category by the labels that all and eligible pupils have had; other labels are not asked for."""

# As the files of 2018/19 and of 2024/25 call them.
SCHOOLS = frozenset({"State-funded schools (LA)", "All state-funded"})
TITLE_OF_SCHOOLS = "all state-funded"
"""How the title of the API's data set begins, in small letters: its rows do not say of which schools they are."""

_SCHOOL_COLUMNS = ("establishment_type_group", "school_characteristic")
# Flags of investment areas came with the file of 2022/23.
_FLAG_COLUMNS = ("education_investment_area_flag", "priority_area_flag")
_DESCRIBING = frozenset(
    {"version", "breakdown", "breakdown_topic", *_SCHOOL_COLUMNS, *_FLAG_COLUMNS}
)
"""Columns that describe a row but do not divide the pupils; `breakdown` only names the filters that a row is about."""


@dataclass(frozen=True)
class Vintage:
    """The names that columns had in a release.

    Attributes:
        meals: The filter for free school meals.
        totals: The other filters.
    """

    name: str
    percent: str
    numerator: str
    denominator: str
    meals: str
    totals: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All that must be there."""
        return (self.percent, self.numerator, self.denominator, self.meals, *self.totals)


_TO_2024 = ("pt_l2basics_95", "t_l2basics_95", "t_pupils", "free_school_meals")
_FROM_2025 = ("engmath_95_percent", "engmath_95_total", "pupil_count", "fsm_status")
# In 2024/25 nearly every column was renamed, and the filters became twice as many.
VINTAGES = (
    Vintage(
        "2024/25",
        *_FROM_2025,
        totals=(
            "sex",
            "ethnicity_major",
            "ethnicity_minor",
            "sen_provision",
            "sen_status",
            "sen_primary_need",
            "disadvantage_status",
            "first_language",
            "prior_attainment",
            "ks2_scaled_score_group",
            "mobility",
            "young_carer",
            "school_admission_type",
            "school_religious_character",
        ),
    ),
    Vintage(
        "2023/24",
        *_TO_2024,
        totals=(
            "sex",
            "ethnicity_major",
            "ethnicity_minor",
            "sen_provision",
            "sen_status",
            "disadvantage",
            "first_language",
        ),
    ),
    Vintage(
        "2022/23",
        *_TO_2024,
        totals=(
            "gender",
            "ethnicity_major",
            "ethnicity_minor",
            "sen_status",
            "sen_description",
            "disadvantage",
            "first_language",
        ),
    ),
    Vintage(
        "2018/19",
        *_TO_2024,
        totals=(
            "gender",
            "ethnic_major",
            "sen_status",
            "sen_description",
            "disadvantage",
            "first_language",
        ),
    ),
)
"""The headers that are known, by a release that has them; exactly one must fit. That of 2022/23 is inferred."""


class Ask(PublicationFiles):
    """What an indicator asks of the publication."""

    way: Literal["api", "csv"] = "api"
    data_set: str = Field(description="The data set's id in the API", pattern=r"^[0-9a-f-]{36}$")
    major_version: int = Field(
        description="Of the data set in the API; another is refused until someone has read it"
    )


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The catalogue's list, with the API's rows for the areas and groups, or with the file."""
    snapshots: list[Snapshot] = []
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        if ask.way == "csv":
            snapshots += ees_catalogue.fetch_file(client, indicator.id, ask)
            continue
        # The API's version may be made from a file of the release before the newest.
        snapshots += ees_catalogue.fetch_list(
            client,
            indicator.id,
            ask.publication,
            of_every_release=True,
        )
        snapshots += ees_api.fetch(
            client,
            indicator.id,
            ask.data_set,
            ask.major_version,
            partial(_question, indicator.areas),
        )
    return snapshots


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, year and group that the publisher has."""
    vintage, lines = _read(indicator, snapshots)
    rows = _rows_of_groups(vintage, lines)
    published = [line for line in rows if _in_series(indicator, line, vintage)]
    place = lines[0].place
    _check_schools(published)
    _check_all_there(
        indicator,
        published,
        vintage,
        place,
    )
    years = [ees.period_of(line).year for line in published]
    check_every_year(years, place)
    _check_newest(indicator, snapshots, published)
    edition = _edition(indicator, snapshots)
    newest = max(years)
    observations: list[Observation] = []
    for line in published:
        revision = _revision(edition, newest, line)
        observation = _observation(
            indicator,
            line,
            vintage,
            revision,
        )
        observations.append(observation)
    return observations


def _rows_of_groups(vintage: Vintage, lines: Sequence[Line]) -> list[Line]:
    """The one row of each area, year and group: all its filters but that for meals are at their totals."""
    filters = _filters(vintage, lines)
    rows: dict[tuple[str, ...], Line] = {}
    for line in lines:
        meals = line[vintage.meals]
        is_whole = all(line.cells.get(column) == TOTAL for column in filters)
        if meals not in GROUPS or not is_whole:
            continue
        key = (ees.area_of(line), line["time_period"], *GROUPS[meals])
        if key in rows:
            raise line.place.wrong(
                "one row for each area, year and group",
                f"two for {key}: {rows[key].cells} and {line.cells}",
                "see how they differ; a new filter or edition must be known to sources/dfe_ks4.py. Nothing is chosen here.",
            )
        rows[key] = line
    return list(rows.values())


def _question(areas: Sequence[str], meta: ees_api.Meta) -> dict[str, Any]:
    vintage = _vintage(meta.columns, meta.place)
    # A filter that is left out is not at its total: it would give a row for each of its members.
    members = {column: [TOTAL] for column in meta.filters}
    labels = meta.filters[vintage.meals].options
    members[vintage.meals] = [label for label in labels if label in GROUPS]
    columns = [vintage.percent, vintage.numerator, vintage.denominator]
    return ees_api.question(
        meta,
        areas,
        members,
        columns,
    )


def _read(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> tuple[Vintage, list[Line]]:
    if indicator.read_ask(Ask).way == "api":
        meta = ees_api.read_meta(snapshots[f"{indicator.id} meta"])
        vintage = _vintage(meta.columns, meta.place)
        needed = (vintage.percent, vintage.meals, *vintage.totals)
        _check_title(snapshots[f"{indicator.id} data set"])
        return vintage, ees_api.read_rows(indicator.id, snapshots, needed)
    file = snapshots[f"{indicator.id} file"]
    vintage = _vintage(csv_header(file), Place(file))
    lines = ees.read_file(file, vintage.columns, indicator.areas)
    if not lines:
        raise Place(file).wrong(
            f"rows for {indicator.areas}",
            "none",
            "look whether the file has another geography.",
        )
    return vintage, lines


def _check_title(summary: Snapshot) -> None:
    """The API's rows do not say of which schools they are; the title of their data set does."""
    described = json_of(summary)
    title = str(described.get("title", "")) if isinstance(described, dict) else ""
    if not title.lower().startswith(TITLE_OF_SCHOOLS):
        raise Place(summary).wrong(
            f"a title that begins with “{TITLE_OF_SCHOOLS}”",
            title or "none",
            "read which schools the data set covers.",
        )


def _check_newest(
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
    lines: Sequence[Line],
) -> None:
    """What the API's rows are is compared with the API's own list of periods, where they are read."""
    ask = indicator.read_ask(Ask)
    if ask.way == "csv":
        periods = [ees.period_of(line) for line in lines]
        ees_catalogue.check_newest(
            indicator.id,
            snapshots,
            ask.files,
            periods,
        )


def _edition(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> Edition:
    """The edition of the newest year, by the name of the file that the figures are made from."""
    ask = indicator.read_ask(Ask)
    if ask.way == "csv":
        return ees_catalogue.find_file(indicator.id, snapshots, ask.files).edition
    # The API has no filter for the edition; the file's name ends in `_provisional` or `_revised`.
    made_from = ees_api.read_file_id(snapshots[f"{indicator.id} data set"])
    file = ees_catalogue.find_by_id(indicator.id, snapshots, made_from)
    return file.edition if file is not None else Edition.NOT_SAID


def _revision(
    edition: Edition,
    newest: int,
    line: Line,
) -> Revision:
    # The CSV says it of each row, as its years are of different editions.
    if "version" in line.cells:
        return Revision(ees.revision_of(line))
    return ees_catalogue.revision_in(
        edition,
        ees.period_of(line).year == newest,
    )


def _vintage(columns: Sequence[str], place: Place) -> Vintage:
    vintages = {vintage.name: vintage for vintage in VINTAGES}
    name = ees.fitting_header(
        columns,
        {name: vintage.columns for name, vintage in vintages.items()},
        place,
        "add the new names to VINTAGES in sources/dfe_ks4.py; until then the other `way` in the indicator's `ask` "
        "(api or csv) may still have the known ones.",
        describing=_DESCRIBING,
    )
    return vintages[name]


def _filters(vintage: Vintage, lines: Sequence[Line]) -> set[str]:
    """The columns that must say Total: those known, and any that says so in some row."""
    filters = set(vintage.totals)
    # A new filter shows by its totals: in 2018/19 rows by special needs called themselves totals.
    for line in lines:
        filters.update(column for column, cell in line.cells.items() if cell == TOTAL)
    return filters - _DESCRIBING - {vintage.meals}


def _in_series(
    indicator: Indicator,
    line: Line,
    vintage: Vintage,
) -> bool:
    """Whether the row is one to publish: years before the grades 9 to 1 must be without figures."""
    year = ees.period_of(line).year
    # The data set goes back to 2009/10, before there were grades 9 to 1.
    in_series = any(holds(series, year) for series in indicator.series)
    if not in_series and is_number(line[vintage.percent]):
        raise line.at(vintage.percent).wrong(
            f"no figure for {year}, which no series of {indicator.id} holds",
            line[vintage.percent],
            f"read the publisher's notes, then describe the series in indicators/{indicator.id}.yaml.",
        )
    return in_series


def _check_schools(lines: Sequence[Line]) -> None:
    """All figures must be of the same kind of schools: England has several totals."""
    places: dict[str, Place] = {}
    for line in lines:
        for column in _SCHOOL_COLUMNS:
            if column in line.cells:
                places[line[column]] = line.at(column)
    if len(places) > 1 or not places.keys() <= SCHOOLS:
        raise next(iter(places.values())).wrong(
            f"one of {sorted(SCHOOLS)} throughout",
            sorted(places),
            "read which schools the data set covers.",
        )


def _check_all_there(
    indicator: Indicator,
    lines: Sequence[Line],
    vintage: Vintage,
    place: Place,
) -> None:
    expected = {(area, *group) for area in indicator.areas for group in GROUPS.values()}
    present = {(ees.area_of(line), *GROUPS[line[vintage.meals]]) for line in lines}
    missing = expected - present
    if missing:
        raise place.wrong(
            f"a figure for every area and group, where “{vintage.meals}” is one of {list(GROUPS)}",
            f"none for {sorted(missing)}",
            "look at the areas and labels in the data; a new label belongs in GROUPS in sources/dfe_ks4.py.",
        )


def _observation(
    indicator: Indicator,
    line: Line,
    vintage: Vintage,
    revision: Revision,
) -> Observation:
    period = ees.period_of(line)
    breakdown, category = GROUPS[line[vintage.meals]]
    value, status = ees.value_of(line, vintage.percent)
    numerator = _count(line, vintage.numerator)
    denominator = _count(line, vintage.denominator)
    if value is not None and numerator is not None and denominator:
        ees.check_share(
            line.at(vintage.percent),
            value,
            numerator,
            denominator,
            # Shares are printed with one decimal; another measure would be points away.
            within=0.5,
        )
    return Observation(
        indicator=indicator.id,
        area_code=ees.area_of(line),
        period=period,
        breakdown=breakdown,
        category=category,
        value=value,
        unit=indicator.unit,
        numerator=numerator,
        denominator=denominator,
        status=status,
        revision=revision.mark,
        series=indicator.series_of(period.year),
        source_text=line[vintage.percent],
        snapshot=line.place.snapshot.sha256,
        note=revision.note,
    )


def _count(line: Line, column: str) -> float | None:
    # The percentage is published without its counts too.
    if column not in line.cells:
        return None
    value, _ = ees.value_of(line, column)
    return value
