"""ONS mid-year population estimates, from Nomis NM_2002_1: children aged 0 to 15, and people of all ages, on 30 June.

Ages are pinned by their names in Nomis' code list, because a single year's code is its age and 101, which is easily
one off; two codes mean all ages, and must then give the same figure. Sex and measure are pinned by name too.

The estimates of 2012 to 2020 were worked out anew from the 2021 Census. Nomis' rows do not say whether they are old or
new, but its description of the data set says when it was last updated, and its list of times when each was released.

The indicator that divides these figures is `sources.dwellings_per_child`'s; here is one of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import nomis
from sources.reading import vintages
from sources.reading.files import Line, Place
from sources.reading.years import check_every_year
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import Period, one_day
from thindicators.plan.model import Indicator

DATASET = "NM_2002_1"
CONCEPTS = ("c_age", "gender", "measures", "time")
COLUMNS = (
    "date",
    "geography_code",
    "gender",
    "c_age",
    "c_age_name",
    "measures",
    "obs_value",
    "obs_status",
    "obs_status_name",
)
_REMEDY = "compare Nomis' code lists with `ask.population` in the indicator's YAML."

Key = tuple[str, str, int]
"""Area, category and year."""


class Updated(BaseModel):
    """The series of estimates that were last updated before or from a day."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    series: str
    before: date = date.max
    since: date = date.min


class Asked(BaseModel):
    """What an indicator asks of the estimates."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    first_year: int
    ages: dict[str, str] = Field(
        description="Category and the name of its ages in Nomis' code list"
    )
    updated: list[Updated] = Field(description="Days between them tell nothing")


class Ask(BaseModel):
    """This source's part of an indicator's `ask`; the other parts are other sources'."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    population: Asked


@dataclass(frozen=True)
class Codes:
    """What to ask for, in the publisher's codes.

    Attributes:
        ages: Category by code; several codes may mean the same.
        names: Of the ages, by code.
    """

    ages: Mapping[str, str]
    names: Mapping[str, str]
    gender: str
    measure: str
    years: Sequence[str]


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The description of the data set and its code lists, then one query for all ages, areas and years.

    Raises:
        SourceError: If an answer cannot be had, or is not what the module knows.
    """
    definition = nomis.fetch_definition(client, DATASET)
    lists = [nomis.fetch_codes(client, DATASET, concept) for concept in CONCEPTS]
    found = {snapshot.role: snapshot for snapshot in lists}
    codes = [_resolve(one.read_ask(Ask).population, found) for one in indicators]
    query = {
        "geography": ",".join(sorted({area for one in indicators for area in one.areas})),
        "date": ",".join(sorted({year for one in codes for year in one.years})),
        "gender": ",".join(sorted({one.gender for one in codes})),
        "c_age": ",".join(
            sorted(
                {age for one in codes for age in one.ages},
                key=lambda age: (len(age), age),
            )
        ),
        "measures": ",".join(sorted({one.measure for one in codes})),
    }
    return [definition, *lists, *nomis.fetch_data(client, DATASET, query, COLUMNS)]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One count for each area, year and group of ages.

    Raises:
        SourceError: If the bytes do not say what the module knows how to read.
    """
    ask = indicator.read_ask(Ask).population
    codes = _resolve(ask, snapshots)
    lines = _lines(snapshots, codes, indicator.areas)
    years = [plain_numbers.year(code) for code in codes.years]
    wanted = [
        (area, category, year)
        for category in ask.ages
        for area in indicator.areas
        for year in years
    ]
    missing = [key for key in wanted if key not in lines]
    check_every_year(years, Place(snapshots["time codes"]))
    if missing:
        place = Place(nomis.data_pages(snapshots)[0])
        raise place.wrong(
            "a row for every area, year and group of ages",
            f"none for {missing[:5]}",
            "refresh.",
        )
    updated = _last_updated(snapshots)
    values = {
        (area, _day(year).label, kind): nomis.read_value(lines[area, kind, year])[0]
        for area, kind, year in wanted
    }
    series = vintages.decide(
        indicator,
        _said(ask, updated),
        values,
        Place(nomis.data_pages(snapshots)[0]),
    )
    return [
        _observation(
            indicator,
            key,
            lines[key],
            series,
            updated,
        )
        for key in wanted
    ]


def _resolve(ask: Asked, snapshots: Mapping[str, Snapshot]) -> Codes:
    names = {concept: nomis.read_codes(snapshots[f"{concept} codes"]) for concept in CONCEPTS}
    places = {concept: Place(snapshots[f"{concept} codes"]) for concept in CONCEPTS}
    ages: dict[str, str] = {}
    for category, wanted in ask.ages.items():
        found = [
            code
            for code, name in names["c_age"].items()
            if nomis.folded(name) == nomis.folded(wanted)
        ]
        if not found:
            raise places["c_age"].wrong(
                f"ages named “{wanted}”",
                sorted(names["c_age"].values()),
                _REMEDY,
            )
        ages |= dict.fromkeys(found, category)
    years = nomis.years_from(ask.first_year, names["time"])
    if not years:
        raise places["time"].wrong(
            f"years from {ask.first_year}",
            sorted(names["time"]),
            _REMEDY,
        )
    gender = nomis.code_named(names["gender"], "Total", places["gender"])
    measure = nomis.code_named(names["measures"], "value", places["measures"])
    return Codes(
        ages,
        names["c_age"],
        gender,
        measure,
        years,
    )


def _lines(
    snapshots: Mapping[str, Snapshot],
    codes: Codes,
    areas: Sequence[str],
) -> dict[Key, Line]:
    lines: dict[Key, Line] = {}
    for line in nomis.read_data(nomis.data_pages(snapshots), COLUMNS):
        _check(line, codes)
        if line["geography_code"] in areas:
            key = (
                line["geography_code"],
                codes.ages[line["c_age"]],
                plain_numbers.year(line["date"]),
            )
            known = lines.setdefault(key, line)
            if known["obs_value"] != line["obs_value"]:
                raise line.at("obs_value").wrong(
                    f"{known['obs_value']}, as in another row for {key}",
                    line["obs_value"],
                    "see which of the two the publisher means; nothing is chosen here.",
                )
    return lines


def _check(line: Line, codes: Codes) -> None:
    """Whether the row is what was asked for, under its name."""
    for column, known in {
        "c_age": list(codes.ages),
        "gender": [codes.gender],
        "measures": [codes.measure],
        "date": list(codes.years),
    }.items():
        if line[column] not in known:
            raise line.at(column).wrong(
                f"one of {known}",
                line[column],
                _REMEDY,
            )
    name = codes.names[line["c_age"]]
    if nomis.folded(line["c_age_name"]) != nomis.folded(name):
        raise line.at("c_age_name").wrong(
            f"“{name}”",
            f"“{line['c_age_name']}”",
            _REMEDY,
        )


def _last_updated(snapshots: Mapping[str, Snapshot]) -> date | None:
    """The latest day that the publisher says the estimates were updated or released on; None if it says none."""
    days = [
        nomis.last_updated(snapshots["definition"], DATASET),
        nomis.last_released(snapshots["time codes"]),
    ]
    return max((day for day in days if day), default=None)


def _said(ask: Asked, updated: date | None) -> str:
    """The series that the day of the last update tells; empty if it tells none."""
    fitting = [one.series for one in ask.updated if updated and one.since <= updated < one.before]
    return fitting[0] if len(fitting) == 1 else ""


def _day(year: int) -> Period:
    day = date(year, 6, 30)
    return one_day(day, f"{day.day} June {year}")


def _observation(
    indicator: Indicator,
    key: Key,
    line: Line,
    series: str,
    updated: date | None,
) -> Observation:
    area, category, year = key
    value, status = nomis.read_value(line)
    edition = (
        f"last updated {updated.day} {updated:%B %Y}"
        if updated
        else "day of the last update not known"
    )
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=_day(year),
        breakdown="part",
        category=category,
        value=value,
        unit="count",
        status=status,
        series=series,
        source_text=line["obs_value"],
        snapshot=line.place.snapshot.sha256,
        note=f"Nomis {DATASET}, {edition}.",
    )
