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
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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

# Sections T and U come as nil, which is a figure and not a missing one.
_SECTION = re.compile(r"([A-U]) : .+")
_REMEDY = "compare Nomis' code lists with `ask` in the indicator's YAML."


class Total(BaseModel):
    """Names of the employment status and the industry of the headline figure."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    employment_status: str
    industry: str


class Doubted(BaseModel):
    """Years of some areas that the publisher has said are wrong, and not yet corrected."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    areas: list[str] = Field(description="GSS codes")
    first_year: int
    last_year: int
    says: str = Field(description="What stands as a note on each of these figures")

    def is_about(self, area: str, year: int) -> bool:
        """Whether a figure is one of these."""
        return area in self.areas and self.first_year <= year <= self.last_year


class Ask(BaseModel):
    """What an indicator asks of the survey."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    measure: str = Field(description="Name of the measure in the code list")
    first_year: int = Field(description="Years before are on another basis and are not asked for")
    total: Total
    working_pattern: dict[str, str] = Field(
        description="Category and the name of its employment status"
    )
    doubted: list[Doubted] = Field(default_factory=list)


@dataclass(frozen=True)
class Group:
    """One of the figures that an area has for a year; `note` says what its category means."""

    breakdown: str
    category: str
    note: str = ""


class CellKey(NamedTuple):
    """What one row is about, in the publisher's codes."""

    area: str
    year: str
    employment_status: str
    industry: str


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
    list_of_role = {code_list.role: code_list for code_list in lists}
    areas: set[str] = set()
    wanted: dict[str, set[str]] = defaultdict(set)
    for indicator in indicators:
        codes = _resolve(indicator, list_of_role)
        areas.update(indicator.wanted_areas)
        wanted["date"].update(codes.years)
        wanted["measure"].add(codes.measure)
        for status, industry in codes.groups:
            wanted["industry"].add(industry)
            wanted["employment_status"].add(status)
    query = {
        "date": _joined(wanted["date"]),
        "industry": _joined(wanted["industry"]),
        "employment_status": _joined(wanted["employment_status"]),
        "measure": _joined(wanted["measure"]),
        # Left open, every row would come several times over, with other meanings.
        "measures": VALUE,
    }
    return [
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
    """One observation for each area, year and group; a figure that is not there is an error.

    Raises:
        SourceError: If the bytes do not say what the module knows how to read.
    """
    codes = _resolve(indicator, snapshots)
    pages = nomis.data_pages(snapshots)
    cells = _cells(pages, codes)
    wanted = [
        CellKey(area, year, status, industry)
        for status, industry in codes.groups
        for area in indicator.wanted_areas
        for year in codes.years
    ]
    missing = [tuple(key) for key in wanted if key not in cells and key.area in indicator.areas]
    check_every_year(
        map(plain_numbers.year, codes.years),
        Place(pages[0]),
    )
    if missing:
        raise Place(pages[0]).wrong(
            "a row for every area, year, employment status and industry",
            f"none for {missing[:5]}{' and more' if missing[5:] else ''}",
            "refresh; if it lasts, look at the years that Nomis gives for each area, and at its codes of industries: "
            "it answers one that it does not know as “Total”.",
        )
    # Nothing is added up here: every figure is rounded on its own.
    return [_observation(indicator, codes, cells[key]) for key in wanted if key in cells]


def _cells(pages: Sequence[Snapshot], codes: Codes) -> dict[CellKey, Line]:
    cells: dict[CellKey, Line] = {}
    for line in nomis.read_data(pages, COLUMNS):
        _check(line, codes)
        key = CellKey(
            area=line["geography_code"],
            year=line["date"],
            employment_status=line["employment_status"],
            industry=line["industry"],
        )
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
    lists = {concept: snapshots[f"{concept} codes"] for concept in CONCEPTS}
    names = {concept: nomis.read_codes(code_list) for concept, code_list in lists.items()}

    def code(concept: str, name: str) -> str:
        return nomis.code_named(
            names[concept],
            name,
            Place(lists[concept]),
        )

    # Employees, and not employment, which counts the owners of businesses too.
    employees = code("employment_status", ask.total.employment_status)
    total = code("industry", ask.total.industry)
    groups = {(employees, total): Group("total", "total")}
    for category, name in ask.working_pattern.items():
        status = code("employment_status", name)
        groups[status, total] = Group("working_pattern", category)
    sections = _sections(
        indicator,
        names["industry"],
        Place(lists["industry"]),
    )
    for industry, name in sections.items():
        groups[employees, industry] = Group("industry", name[0], name)
    years = nomis.years_from(ask.first_year, names["time"])
    if not years:
        raise Place(lists["time"]).wrong(
            f"years from {ask.first_year}",
            sorted(names["time"]),
            _REMEDY,
        )
    return Codes(
        names=names,
        measure=code("measure", ask.measure),
        years=years,
        groups=groups,
        provisional=nomis.provisional_years(lists["time"]),
    )


def _sections(
    indicator: Indicator,
    names: Mapping[str, str],
    place: Place,
) -> dict[str, str]:
    """Codes and names of the sections that the indicator lists, each once."""
    # The same list has finer industries too; the name of a section begins with its letter.
    sections = {code: name for code, name in names.items() if _SECTION.fullmatch(name)}
    letters = sorted(name[0] for name in sections.values())
    expected = sorted(indicator.breakdowns["industry"])
    if letters != expected:
        raise place.wrong(
            f"the sections {''.join(expected)}",
            f"{''.join(letters)}",
            _REMEDY,
        )
    return sections


def _check(line: Line, codes: Codes) -> None:
    """Whether the row is what was asked for: employees, counted, in a known industry, under their names."""
    asked = {
        "employment_status": {status for status, _ in codes.groups},
        "industry": {industry for _, industry in codes.groups},
        "measure": {codes.measure},
    }
    for concept, expected in asked.items():
        code = line[concept]
        name = nomis.folded(line[f"{concept}_name"])
        names = codes.names[concept]
        # A code that Nomis does not know comes back under the name of the total.
        if code not in expected or name != nomis.folded(names[code]):
            raise line.at(concept).wrong(
                f"one of {_named(expected, names)}",
                f"{code} “{line[f'{concept}_name']}”",
                _REMEDY,
            )
    if line["measures"] != VALUE:
        raise line.at("measures").wrong(
            VALUE,
            line["measures"],
            _REMEDY,
        )
    if line["date"] not in codes.years:
        raise line.at("date").wrong(
            f"one of {codes.years}",
            line["date"],
            "refresh.",
        )


def _named(codes: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    return {code: names[code] for code in sorted(codes)}


def _observation(
    indicator: Indicator,
    codes: Codes,
    line: Line,
) -> Observation:
    group = codes.groups[line["employment_status"], line["industry"]]
    value, status = nomis.read_value(line)
    if line["date_name"] != line["date"]:
        raise line.at("date_name").wrong(
            f"“{line['date']}”, as the date is", line["date_name"], "read Nomis' notes on dates."
        )
    period = calendar_year(
        plain_numbers.year(line["date"]),
        line["date_name"],
    )
    notes = [group.note, "" if line["obs_value"] else line["obs_status_name"]]
    if value is not None:
        notes += _doubts(indicator, line["geography_code"], period.year)
    # What is missing in a provisional year is missing, and not provisional.
    is_provisional = value is not None and line["date"] in codes.provisional
    note = ". ".join(filter(None, notes))
    return Observation(
        indicator=indicator.id,
        area_code=line["geography_code"],
        period=period,
        breakdown=group.breakdown,
        category=group.category,
        value=value,
        unit=indicator.unit,
        status=status,
        revision="p" if is_provisional else "",
        series=indicator.series_of(period.year),
        source_text=line["obs_value"],
        snapshot=line.place.snapshot.sha256,
        note=note,
    )


def _doubts(
    indicator: Indicator,
    area: str,
    year: int,
) -> list[str]:
    """What the publisher has said against a figure, without the last full stop."""
    doubted = indicator.read_ask(Ask).doubted
    return [doubt.says.removesuffix(".") for doubt in doubted if doubt.is_about(area, year)]


def _joined(codes: Iterable[str]) -> str:
    return ",".join(sorted(set(codes)))
