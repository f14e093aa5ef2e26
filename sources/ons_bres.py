"""ONS Business Register and Employment Survey, open access, from Nomis NM_189_1: jobs of employees.

Employees are asked for, not employment, which adds the owners of businesses. Industries are the sections of the
Standard Industrial Classification 2007 (https://www.ons.gov.uk/methodology/classificationsandstandards), by letter.
Every figure is rounded on its own (https://www.nomisweb.co.uk/articles/1103.aspx): none is made by adding others up.

Codes are found by name in Nomis' code lists. A code of an industry that Nomis does not know is answered as “Total”
without a word, so that every row must be of an industry that was asked for, and every industry must have its rows.
That a year is provisional is read in the list of times, never in the status of a figure. `measure` (count or share) and
`measures` (the figure itself) are two parameters; if either is left open, every row comes several times over with other
meanings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import nomis
from sources.reading.files import Line, Place
from sources.reading.years import check_every_year
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import calendar_year
from thindicators.plan.model import Indicator

DATASET = "NM_189_1"
CONCEPTS = ("industry", "employment_status", "measure", "time")
COLUMNS = (
    "date",
    "date_name",
    "geography_code",
    "industry",
    "industry_name",
    "employment_status",
    "employment_status_name",
    "measure",
    "measure_name",
    "measures",
    "obs_value",
    "obs_status",
    "obs_status_name",
)
VALUE = "20100"
"""The code of `measures` for the figure itself, in all data sets of Nomis."""

_SECTION = re.compile(r"([A-U]) : .+")
_REMEDY = "compare Nomis' code lists with `ask` in the indicator's YAML."


class Total(BaseModel):
    """Names of the employment status and the industry of the headline figure."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    employment_status: str
    industry: str


class Ask(BaseModel):
    """What an indicator asks of the survey."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    measure: str = Field(description="Name of the measure in the code list")
    first_year: int = Field(description="Years before are on another basis and are not asked for")
    total: Total
    working_pattern: dict[str, str] = Field(
        description="Category and the name of its employment status"
    )


@dataclass(frozen=True)
class Group:
    """One of the figures that an area has for a year; `note` says what its category means."""

    breakdown: str
    category: str
    note: str = ""


@dataclass(frozen=True)
class Codes:
    """What to ask for, in the publisher's codes.

    Attributes:
        names: Names by code, by concept.
        measure: The code for counts.
        years: From the first on the present basis.
        groups: By employment status and industry.
        provisional: Those of the years whose figures were never revised.
    """

    names: Mapping[str, Mapping[str, str]]
    measure: str
    years: Sequence[str]
    groups: Mapping[tuple[str, str], Group]
    provisional: Collection[str]


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """Code lists first, then one query for all areas, years, industries and employment statuses.

    Raises:
        SourceError: If an answer cannot be had, or is not what the module knows.
    """
    lists = [nomis.fetch_codes(client, DATASET, concept) for concept in CONCEPTS]
    codes = [_resolve(one, {snapshot.role: snapshot for snapshot in lists}) for one in indicators]
    groups = [pair for one in codes for pair in one.groups]
    query = {
        "geography": _joined(area for one in indicators for area in one.areas),
        "date": _joined(year for one in codes for year in one.years),
        "industry": _joined(industry for _, industry in groups),
        "employment_status": _joined(status for status, _ in groups),
        "measure": _joined(one.measure for one in codes),
        "measures": VALUE,
    }
    return [*lists, *nomis.fetch_data(client, DATASET, query, COLUMNS)]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, year and group; a figure that is not there is an error.

    Raises:
        SourceError: If the bytes do not say what the module knows how to read.
    """
    codes = _resolve(indicator, snapshots)
    pages = nomis.data_pages(snapshots)
    cells = _cells(pages, codes)
    wanted = [
        (area, year, *pair)
        for pair in codes.groups
        for area in indicator.areas
        for year in codes.years
    ]
    missing = [key for key in wanted if key not in cells]
    check_every_year(map(plain_numbers.year, codes.years), Place(pages[0]))
    if missing:
        raise Place(pages[0]).wrong(
            "a row for every area, year, employment status and industry",
            f"none for {missing[:5]}{' and more' if missing[5:] else ''}",
            "refresh; if it lasts, look at the years that Nomis gives for each area, and at its codes of industries: "
            "it answers one that it does not know as “Total”.",
        )
    return [
        _observation(indicator, codes, cells[area, year, status, industry])
        for area, year, status, industry in wanted
    ]


def _cells(pages: Sequence[Snapshot], codes: Codes) -> dict[tuple[str, str, str, str], Line]:
    """Rows by area, year, employment status and industry."""
    cells: dict[tuple[str, str, str, str], Line] = {}
    for line in nomis.read_data(pages, COLUMNS):
        _check(line, codes)
        key = (line["geography_code"], line["date"], line["employment_status"], line["industry"])
        if key in cells:
            raise line.place.wrong(
                "one row for each area, year, employment status and industry",
                f"two that differ: {cells[key].cells} and {line.cells}",
                "see which of the two the publisher means; nothing is chosen here.",
            )
        cells[key] = line
    return cells


def _resolve(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> Codes:
    ask = indicator.read_ask(Ask)
    names = {concept: nomis.read_codes(snapshots[f"{concept} codes"]) for concept in CONCEPTS}

    def code(concept: str, name: str) -> str:
        return nomis.code_named(names[concept], name, Place(snapshots[f"{concept} codes"]))

    employees = code("employment_status", ask.total.employment_status)
    total = code("industry", ask.total.industry)
    groups = {(employees, total): Group("total", "total")}
    for category, name in ask.working_pattern.items():
        groups[(code("employment_status", name), total)] = Group("working_pattern", category)
    for industry, name in _sections(
        indicator, names["industry"], Place(snapshots["industry codes"])
    ).items():
        groups[(employees, industry)] = Group("industry", name[0], name)
    years = nomis.years_from(ask.first_year, names["time"])
    if not years:
        raise Place(snapshots["time codes"]).wrong(
            f"years from {ask.first_year}", sorted(names["time"]), _REMEDY
        )
    provisional = nomis.provisional_years(snapshots["time codes"])
    return Codes(names, code("measure", ask.measure), years, groups, provisional)


def _sections(indicator: Indicator, names: Mapping[str, str], place: Place) -> dict[str, str]:
    """Codes and names of the sections that the indicator lists, each once."""
    found = {code: name for code, name in names.items() if _SECTION.fullmatch(name)}
    letters = sorted(name[0] for name in found.values())
    expected = sorted(indicator.breakdowns["industry"])
    if letters != expected:
        raise place.wrong(f"the sections {''.join(expected)}", f"{''.join(letters)}", _REMEDY)
    return found


def _check(line: Line, codes: Codes) -> None:
    """Whether the row is what was asked for: employees, counted, in a known industry, under their names."""
    asked = {
        "employment_status": {status for status, _ in codes.groups},
        "industry": {industry for _, industry in codes.groups},
        "measure": {codes.measure},
    }
    for concept, expected in asked.items():
        code, name = line[concept], line[f"{concept}_name"]
        if code not in expected or nomis.folded(name) != nomis.folded(codes.names[concept][code]):
            known = {one: codes.names[concept][one] for one in sorted(expected)}
            raise line.at(concept).wrong(f"one of {known}", f"{code} “{name}”", _REMEDY)
    if line["measures"] != VALUE:
        raise line.at("measures").wrong(VALUE, line["measures"], _REMEDY)
    if line["date"] not in codes.years:
        raise line.at("date").wrong(f"one of {codes.years}", line["date"], "refresh.")


def _observation(indicator: Indicator, codes: Codes, line: Line) -> Observation:
    group = codes.groups[line["employment_status"], line["industry"]]
    value, status = nomis.read_value(line)
    if line["date_name"] != line["date"]:
        raise line.at("date_name").wrong(
            f"“{line['date']}”, as the date is", line["date_name"], "read Nomis' notes on dates."
        )
    period = calendar_year(plain_numbers.year(line["date"]), line["date_name"])
    notes = [group.note, "" if line["obs_value"] else line["obs_status_name"]]
    return Observation(
        indicator=indicator.id,
        area_code=line["geography_code"],
        period=period,
        breakdown=group.breakdown,
        category=group.category,
        value=value,
        unit=indicator.unit,
        status=status,
        revision="p" if value is not None and line["date"] in codes.provisional else "",
        series=indicator.series_of(period.year),
        source_text=line["obs_value"],
        snapshot=line.place.snapshot.sha256,
        note=". ".join(filter(None, notes)),
    )


def _joined(codes: Iterable[str]) -> str:
    return ",".join(sorted(set(codes)))
