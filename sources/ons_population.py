"""ONS mid-year population estimates, from Nomis NM_2002_1: children aged 0 to 15, and people of all ages, on 30 June.

Ages are pinned by their names in Nomis' code list, because a single year's code is its age and 101, which is easily
one off; two codes mean all ages, and must then give the same figure. Sex and measure are pinned by name too.

The estimates of 2012 to 2020 were worked out anew from the 2021 Census. Nomis' rows do not say whether they are old or
new, but its description of the data set says when it was last updated, and its list of times when each was released.

The indicator that divides these figures is `sources.dwellings_per_child`'s; here is one of its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    series: str
    before: date = date.max
    since: date = date.min


class Asked(BaseModel):
    """What an indicator asks of the estimates."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    first_year: int
    ages: dict[str, str] = Field(
        description="Category and the name of its ages in Nomis' code list"
    )
    updated: list[Updated] = Field(description="Days between them tell nothing")


class Ask(BaseModel):
    """This source's part of an indicator's `ask`; the other parts are other sources'."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)
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
    list_of_role = {code_list.role: code_list for code_list in lists}
    areas: set[str] = set()
    wanted: dict[str, set[str]] = defaultdict(set)
    for indicator in indicators:
        codes = _resolve(
            indicator.read_ask(Ask).population,
            list_of_role,
        )
        areas.update(indicator.wanted_areas)
        wanted["date"].update(codes.years)
        wanted["gender"].add(codes.gender)
        wanted["c_age"].update(codes.ages)
        wanted["measures"].add(codes.measure)
    query = {
        "date": ",".join(sorted(wanted["date"])),
        "gender": ",".join(sorted(wanted["gender"])),
        # The code of a single age is the age and 101, which is easily one off.
        "c_age": ",".join(sorted(wanted["c_age"], key=lambda age: (len(age), age))),
        # `measures` left open would give percentages beside the counts.
        "measures": ",".join(sorted(wanted["measures"])),
    }
    return [
        definition,
        *lists,
        *nomis.fetch_data(
            client,
            DATASET,
            areas,
            query,
            COLUMNS,
        ),
    ]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One count for each area, year and group of ages.

    Raises:
        SourceError: If the bytes do not say what the module knows how to read.
    """
    ask = indicator.read_ask(Ask).population
    codes = _resolve(ask, snapshots)
    lines = _lines(snapshots, codes, indicator.wanted_areas)
    years = [plain_numbers.year(code) for code in codes.years]
    wanted = [
        (area, category, year)
        for category in ask.ages
        for area in indicator.wanted_areas
        for year in years
    ]
    missing = [key for key in wanted if key not in lines and key[0] in indicator.areas]
    check_every_year(years, Place(snapshots["time codes"]))
    place = Place(nomis.data_pages(snapshots)[0])
    if missing:
        raise place.wrong(
            "a row for every area, year and group of ages",
            f"none for {missing[:5]}",
            "refresh.",
        )
    present = [key for key in wanted if key in lines]
    # Rows do not tell estimates from before the 2021 Census from those after it.
    updated = _last_updated(snapshots)
    series = vintages.decide(
        indicator,
        _series_by_day(ask, updated),
        _values(lines, present),
        place,
    )
    return [
        _observation(
            indicator,
            key,
            lines[key],
            series,
            updated,
        )
        for key in present
    ]


def _values(
    lines: Mapping[Key, Line],
    wanted: Iterable[Key],
) -> dict[tuple[str, str, str], float | None]:
    """Figures by area, label of the day and category, by which a vintage is recognised."""
    values: dict[tuple[str, str, str], float | None] = {}
    for area, category, year in wanted:
        value, _ = nomis.read_value(lines[area, category, year])
        values[area, _day(year).label, category] = value
    return values


def _resolve(ask: Asked, snapshots: Mapping[str, Snapshot]) -> Codes:
    lists = {concept: snapshots[f"{concept} codes"] for concept in CONCEPTS}
    names = {concept: nomis.read_codes(code_list) for concept, code_list in lists.items()}
    ages: dict[str, str] = {}
    for category, wanted in ask.ages.items():
        # Both 0 and 200 are called “All Ages”, so that a name may have several codes here.
        codes = _codes_named(names["c_age"], wanted)
        if not codes:
            raise Place(lists["c_age"]).wrong(
                f"ages named “{wanted}”",
                sorted(names["c_age"].values()),
                _REMEDY,
            )
        ages |= dict.fromkeys(codes, category)
    years = nomis.years_from(ask.first_year, names["time"])
    if not years:
        raise Place(lists["time"]).wrong(
            f"years from {ask.first_year}",
            sorted(names["time"]),
            _REMEDY,
        )
    return Codes(
        ages=ages,
        names=names["c_age"],
        gender=nomis.code_named(
            names["gender"],
            "Total",
            Place(lists["gender"]),
        ),
        measure=nomis.code_named(
            names["measures"],
            "value",
            Place(lists["measures"]),
        ),
        years=years,
    )


def _codes_named(names: Mapping[str, str], wanted: str) -> list[str]:
    return [code for code, name in names.items() if nomis.folded(name) == nomis.folded(wanted)]


def _lines(
    snapshots: Mapping[str, Snapshot],
    codes: Codes,
    areas: Sequence[str],
) -> dict[Key, Line]:
    lines: dict[Key, Line] = {}
    for line in nomis.read_data(nomis.data_pages(snapshots), COLUMNS):
        _check(line, codes)
        area = line["geography_code"]
        if area not in areas:
            continue
        key = (area, codes.ages[line["c_age"]], plain_numbers.year(line["date"]))
        first = lines.setdefault(key, line)
        # Two codes may mean the same ages: then their figures are the same too.
        if first["obs_value"] != line["obs_value"]:
            raise line.at("obs_value").wrong(
                f"{first['obs_value']}, as in another row for {key}",
                line["obs_value"],
                "see which of the two the publisher means; nothing is chosen here.",
            )
    return lines


def _check(line: Line, codes: Codes) -> None:
    """Whether the row is what was asked for, under its name."""
    asked = {
        "c_age": list(codes.ages),
        "gender": [codes.gender],
        "measures": [codes.measure],
        "date": list(codes.years),
    }
    for column, expected in asked.items():
        if line[column] not in expected:
            raise line.at(column).wrong(
                f"one of {expected}",
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


def _series_by_day(ask: Asked, updated: date | None) -> str:
    """The series that the day of the last update tells; empty if it tells none."""
    if updated is None:
        return ""
    fitting = [limits.series for limits in ask.updated if limits.since <= updated < limits.before]
    # Between the last day of the old estimates and the first of the new, the day tells nothing.
    return fitting[0] if len(fitting) == 1 else ""


def _day(year: int) -> Period:
    day = date(year, 6, 30)
    # An estimate is of one day in the middle of the year.
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
    edition = "day of the last update not known"
    if updated:
        edition = f"last updated {updated.day} {updated:%B %Y}"
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
