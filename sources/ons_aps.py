"""ONS Annual Population Survey, from Nomis NM_17_5: rates of people by work and by qualification.

Each indicator names its variables in `ask`. A variable is pinned by its name in Nomis' code list, never by a code: the
codes of several groups are not known for sure. The list is narrowed by one word, because nobody has seen how Nomis
reads a space there, and is looked through here. A group that no name fits, or several, is not guessed: it has no
figure, and `remarks` tells which names come near. Only the twelve months that end in December are asked for, by literal
date, because `latest` drifts through the year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sources.publishers import nomis
from sources.reading.files import Line, Place, is_number
from sources.reading.series import holds
from sources.reading.years import check_every_year
from thindicators import plain_numbers
from thindicators.errors import SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import Period, twelve_months_ending
from thindicators.plan.model import Indicator
from thindicators.plan.rules import Finding

DATASET = "NM_17_5"
COLUMNS = (
    "date",
    "date_name",
    "geography_code",
    "variable",
    "variable_name",
    "measures",
    "measures_name",
    "obs_value",
    "obs_status",
    "obs_status_name",
)
# “Confidence” is half of the 95 % interval, in percentage points.
MEASURES = {
    "Variable": "20599",
    "Numerator": "21001",
    "Denominator": "21002",
    "Confidence": "21003",
}
UNRELIABLE = "Unreliable, and without limits: the sample behind this figure is 3 to 9 people."
NO_LIMITS = "The publisher gives no limits for this figure."

Cells = dict[tuple[str, str, str], dict[str, Line]]
"""Rows by measure, by variable, area and date."""

# In the publisher's words for `*`: the interval is left out, and the figure stays.
_SAMPLE_3_TO_9 = "(3-9)"
_SHOWN = 5
_ALIKE = 0.4
"""From which likeness, of 0 to 1, a name is shown as one that comes near."""

_REMEDY = "compare the names in Nomis' code list with `ask.variables` in the indicator's YAML."


class Variable(BaseModel):
    """One variable: by its exact name, or, where that is not known for sure, by words that only its name has."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    breakdown: str = "total"
    category: str = "total"
    name: str = ""
    words: list[str] = []
    without: list[str] = []

    @model_validator(mode="after")
    def _check_one_way(self) -> Variable:
        if bool(self.name) == bool(self.words):
            raise ValueError("a variable has either a name or words")
        return self


class Ask(BaseModel):
    """What an indicator asks of the survey."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    search: str = Field(
        pattern=r"^\*[^\s*+]+\*$",
        description="One word of the variables' names, between `*`, which stand for anything",
    )
    variables: list[Variable]


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """Code lists first, then one query for all variables, areas and Decembers."""
    asks = [indicator.read_ask(Ask) for indicator in indicators]
    searches = sorted({ask.search for ask in asks})
    lists = [
        nomis.fetch_codes(
            client,
            DATASET,
            "variable",
            search,
        )
        for search in searches
    ]
    # Dates are asked for one by one: `latest` would be another month each quarter.
    dates = nomis.fetch_codes(client, DATASET, "time")
    list_of_role = {code_list.role: code_list for code_list in lists}
    areas: set[str] = set()
    codes: set[str] = set()
    for indicator, ask in zip(indicators, asks, strict=True):
        areas.update(indicator.wanted_areas)
        codes.update(filter(None, _resolve(ask, list_of_role)))
    query = {
        "date": ",".join(_decembers(dates)),
        # In the order of numbers, so that an address is the same from run to run.
        "variable": ",".join(sorted(codes, key=lambda code: (len(code), code))),
        "measures": ",".join(MEASURES.values()),
    }
    return [
        *lists,
        dates,
        *nomis.fetch_data(
            client,
            DATASET,
            areas,
            query,
            COLUMNS,
        ),
    ]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, year and variable that the survey has."""
    ask = indicator.read_ask(Ask)
    variables: dict[str, Variable] = {}
    absent: list[Variable] = []
    for variable, code in zip(ask.variables, _resolve(ask, snapshots), strict=True):
        if code:
            variables[code] = variable
        else:
            absent.append(variable)
    cells = _cells(
        indicator,
        ask,
        variables,
        snapshots,
    )
    _check_areas(
        indicator,
        variables,
        cells,
        snapshots,
    )
    observations: list[Observation] = []
    for (code, area, _), measures in cells.items():
        if _in_series(indicator, measures):
            observation = _observation(
                indicator,
                variables[code],
                area,
                measures,
            )
            observations.append(observation)
    empty: list[Observation] = []
    for variable in absent:
        empty += _without_figure(indicator, variable, observations)
    return observations + empty


def remarks(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Finding]:
    """A remark on every group that no name in the code list fits, or several, with the names that come near."""
    ask = indicator.read_ask(Ask)
    names = nomis.read_codes(snapshots[_role(ask)])
    findings: list[Finding] = []
    for variable in ask.variables:
        fitting = [names[code] for code in _fitting(variable, names)]
        if variable.words and len(fitting) != 1:
            findings.append(_finding(variable, fitting, names))
    return findings


def _finding(
    variable: Variable,
    fitting: Sequence[str],
    names: Mapping[str, str],
) -> Finding:
    words = _quoted(variable.words)
    if fitting:
        came = f"{len(fitting)} names have the words {words}: {_quoted(fitting)}"
    else:
        nearest = _quoted(_near(variable, names)) or "none"
        came = f"no name in the code list has the words {words}; the nearest are {nearest}"
    group = f"{variable.breakdown} {variable.category}".replace("_", " ")
    return Finding(f"{group}: {came}; none is taken", category=variable.category)


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_SHOWN])
    return f"{shown} and more" if names[_SHOWN:] else shown


def _near(variable: Variable, names: Mapping[str, str]) -> list[str]:
    """The names most like the words, without those that are of other people for sure."""
    name_of_folded: dict[str, str] = {}
    for name in names.values():
        if not _is_of_others(variable, name):
            name_of_folded[nomis.folded(name)] = name
    near = get_close_matches(
        " ".join(variable.words),
        name_of_folded,
        n=_SHOWN,
        cutoff=_ALIKE,
    )
    return [name_of_folded[folded] for folded in near]


def _decembers(dates: Snapshot) -> list[str]:
    """The codes of the twelve months that end in December."""
    codes = nomis.read_codes(dates)
    # A new period comes each quarter, and shares nine of its twelve months with the one before.
    decembers = sorted(code for code in codes if re.fullmatch(r"[0-9]{4}-12", code))
    if not decembers:
        raise Place(dates).wrong(
            "codes of months, such as 2019-12",
            sorted(codes),
            _REMEDY,
        )
    return decembers


def _resolve(ask: Ask, snapshots: Mapping[str, Snapshot]) -> list[str]:
    """The code of each variable, in the order of `ask`; empty for words that no name has, or several."""
    snapshot = snapshots[_role(ask)]
    names = nomis.read_codes(snapshot)
    codes = [_code_of(variable, names, Place(snapshot)) for variable in ask.variables]
    resolved = [code for code in codes if code]
    if len(set(resolved)) != len(resolved):
        raise Place(snapshot).wrong(
            "another code for each variable",
            resolved,
            _REMEDY,
        )
    return codes


def _role(ask: Ask) -> str:
    return f"variable codes {ask.search}"


def _code_of(
    variable: Variable,
    names: Mapping[str, str],
    place: Place,
) -> str:
    # A name is known letter for letter; words are for names that nobody here has seen.
    if variable.name:
        return nomis.code_named(names, variable.name, place)
    codes = _fitting(variable, names)
    return codes[0] if len(codes) == 1 else ""


def _fitting(variable: Variable, names: Mapping[str, str]) -> list[str]:
    """The codes whose names have all words of a variable, and none of those that mean other people."""
    codes: list[str] = []
    for code, name in names.items():
        folded = nomis.folded(name)
        has_all = all(word in folded for word in variable.words)
        if has_all and not _is_of_others(variable, name):
            codes.append(code)
    return codes


def _is_of_others(variable: Variable, name: str) -> bool:
    folded = nomis.folded(name)
    return any(word in folded for word in variable.without)


def _cells(
    indicator: Indicator,
    ask: Ask,
    variables: Mapping[str, Variable],
    snapshots: Mapping[str, Snapshot],
) -> Cells:
    """The rows of an indicator's variables and areas; the answer has those of other indicators too."""
    names = nomis.read_codes(snapshots[_role(ask)])
    cells: Cells = {}
    for line in nomis.read_data(nomis.data_pages(snapshots), COLUMNS):
        code = line["variable"]
        area = line["geography_code"]
        if code not in variables or area not in indicator.wanted_areas:
            continue
        _check_row(line, names[code])
        measures = cells.setdefault((code, area, line["date"]), {})
        measure = line["measures_name"]
        if measure in measures:
            raise line.place.wrong(
                "one row for each area, date, variable and measure",
                f"two that differ: {measures[measure].cells} and {line.cells}",
                "see which of the two the publisher means; nothing is chosen here.",
            )
        measures[measure] = line
    return cells


def _check_row(line: Line, variable_name: str) -> None:
    """Check that a row is of the variable and the measure that its codes were asked for."""
    if nomis.folded(line["variable_name"]) != nomis.folded(variable_name):
        raise line.at("variable_name").wrong(
            f"“{variable_name}”",
            f"“{line['variable_name']}”",
            _REMEDY,
        )
    measure = line["measures_name"]
    if MEASURES.get(measure) != line["measures"]:
        raise line.at("measures_name").wrong(
            f"one of {MEASURES}",
            f"{measure} {line['measures']}",
            _REMEDY,
        )


def _check_areas(
    indicator: Indicator,
    variables: Mapping[str, Variable],
    cells: Cells,
    snapshots: Mapping[str, Snapshot],
) -> None:
    """Every variable has rows, and every year of it for every area."""
    place = Place(nomis.data_pages(snapshots)[0])
    for code in variables:
        dates = {date for variable, _, date in cells if variable == code}
        missing = [
            (area, date)
            for area in indicator.areas
            for date in dates
            if (code, area, date) not in cells
        ]
        if missing or not dates:
            raise place.wrong(
                f"rows of variable {code} for all of {list(indicator.areas)}",
                f"none for {sorted(missing)}" if dates else "none",
                "refresh.",
            )
        years = [date[:4] for date in dates if plain_numbers.is_year(date[:4])]
        check_every_year(map(plain_numbers.year, years), place)


def _in_series(indicator: Indicator, measures: Mapping[str, Line]) -> bool:
    """Whether the row is one to publish: years outside every series must be without figures."""
    line = measures.get("Variable") or next(iter(measures.values()))
    year = _period(line).year
    in_series = any(holds(series, year) for series in indicator.series)
    # NVQ1 ends with 2021, but Nomis lists later years, as rows without figures.
    if not in_series and is_number(line["obs_value"]):
        raise line.place.wrong(
            f"no figure for {year}, which no series of {indicator.id} holds",
            line["obs_value"],
            f"read the publisher's notes, then describe the series in indicators/{indicator.id}.yaml.",
        )
    return in_series


def _observation(
    indicator: Indicator,
    variable: Variable,
    area: str,
    measures: Mapping[str, Line],
) -> Observation:
    missing = [name for name in MEASURES if name not in measures]
    if missing:
        first = next(iter(measures.values()))
        raise first.place.wrong(
            f"the measures {list(MEASURES)}",
            f"none for {missing}",
            "refresh; the answer is incomplete.",
        )
    line = measures["Variable"]
    confidence = measures["Confidence"]
    period = _period(line)
    value, status = nomis.read_value(line)
    lower, upper = None, None
    half_width = None if value is None else _half_width(confidence)
    if value is not None and half_width is not None:
        # Limits as the sum shows them, without the noise of binary fractions.
        lower = round(value - half_width, 6)
        upper = round(value + half_width, 6)
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=period,
        breakdown=variable.breakdown,
        category=variable.category,
        value=value,
        unit=indicator.unit,
        lower_ci_95=lower,
        upper_ci_95=upper,
        # Counts are rounded to the hundred, and do not give the rate exactly.
        numerator=nomis.read_value(measures["Numerator"])[0],
        denominator=nomis.read_value(measures["Denominator"])[0],
        status=status,
        series=indicator.series_of(period.year),
        source_text=line["obs_value"],
        snapshot=line.place.snapshot.sha256,
        note=_note(line, confidence),
    )


def _half_width(confidence: Line) -> float | None:
    """Half of the 95 % interval, in percentage points; None where the publisher gives none."""
    # With a sample of 3 to 9 people the figure stays, and its interval does not.
    if not confidence["obs_value"] and _SAMPLE_3_TO_9 in confidence["obs_status_name"]:
        return None
    return nomis.read_value(confidence)[0]


def _without_figure(
    indicator: Indicator,
    variable: Variable,
    others: Sequence[Observation],
) -> list[Observation]:
    """A row for each area that says why the group has no figure, for the latest period of the other groups."""
    if not others:
        raise SourceError(
            indicator.source,
            expected=f"variables for {indicator.id}",
            came="none",
            where="Nomis' code list",
            remedy=_REMEDY,
        )
    latest = max(others, key=lambda observation: observation.period)
    words = ", ".join(variable.words)
    return [
        Observation(
            indicator=indicator.id,
            area_code=area,
            period=latest.period,
            breakdown=variable.breakdown,
            category=variable.category,
            value=None,
            unit=indicator.unit,
            status="x",
            series=latest.series,
            source_text="",
            snapshot=latest.snapshot,
            note=f"The publisher's code list names no single variable with the words {words}.",
        )
        for area in indicator.areas
    ]


def _note(line: Line, confidence: Line) -> str:
    # The publisher's own words say best why there is no figure.
    if not line["obs_value"]:
        return line["obs_status_name"]
    if confidence["obs_value"]:
        return ""
    return UNRELIABLE if _SAMPLE_3_TO_9 in confidence["obs_status_name"] else NO_LIMITS


def _period(line: Line) -> Period:
    year, _, month = line["date"].partition("-")
    if month != "12" or not re.fullmatch(r"(19|20)[0-9]{2}", year):
        raise line.at("date").wrong(
            "twelve months ending in December, YYYY-12",
            line["date"],
            "refresh.",
        )
    # 2019-12 is the year to December; 2005-06 is no financial year, but the year to June.
    if line["date_name"] != f"Jan {year}-Dec {year}":
        raise line.at("date_name").wrong(
            f"“Jan {year}-Dec {year}”",
            line["date_name"],
            "read Nomis' notes on dates.",
        )
    return twelve_months_ending(
        plain_numbers.year(year),
        12,
        line["date_name"],
    )
