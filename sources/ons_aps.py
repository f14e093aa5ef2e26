"""ONS Annual Population Survey, from Nomis NM_17_5: rates of people by work and by qualification.

Each indicator names its variables in `ask`. A variable is pinned by its name in Nomis' code list, never by a code: the
codes of several groups are not known for sure. Only the twelve months that end in December are asked for, by literal
date, because `latest` drifts through the year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import nomis
from sources.reading import Line, Place, is_number, number
from thindicators.errors import SourceError
from thindicators.http import Client
from thindicators.observations import Observation
from thindicators.periods import Period, twelve_months_ending
from thindicators.plan import Indicator
from thindicators.snapshots import Snapshot

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
MEASURES = {"Variable": "20599", "Numerator": "21001", "Denominator": "21002", "Confidence": "21003"}
UNRELIABLE_LIMITS = "The publisher gives no limits: the sample behind this figure is 3 to 9 people."

_STATUSES = {"sample size is zero or disclosive": "c", "below 500": "low", "less than 500": "low", "missing": "x"}
_REMEDY = "compare the names in Nomis' code list with `ask.variables` in the indicator's YAML."


class Variable(BaseModel):
    """One variable: by its exact name, or, where that is not known for sure, by words that only its name has."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    breakdown: str = "total"
    category: str = "total"
    name: str = ""
    words: list[str] = []
    without: list[str] = []


class Ask(BaseModel):
    """What an indicator asks of the survey."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    search: str = Field(description="Finds the variables in the code list; `*` stands for anything")
    variables: list[Variable]


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """Code lists first, then one query for all variables, areas and Decembers."""
    asks = {one.id: one.read_ask(Ask) for one in indicators}
    searches = sorted({ask.search for ask in asks.values()})
    lists = [nomis.fetch_codes(client, DATASET, "variable", search) for search in searches]
    dates = nomis.fetch_codes(client, DATASET, "time")
    by_role = {one.role: one for one in lists}
    codes = {code for ask in asks.values() for code in _resolve(ask, by_role).values() if code}
    query = {
        "geography": ",".join(sorted({area for one in indicators for area in one.areas})),
        "date": ",".join(sorted(date for date in nomis.read_codes(dates) if date.endswith("-12"))),
        "variable": ",".join(sorted(codes, key=int)),
        "measures": ",".join(MEASURES.values()),
    }
    return [*lists, dates, *nomis.fetch_data(client, DATASET, query, COLUMNS)]


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area, year and variable that the survey has."""
    ask = indicator.read_ask(Ask)
    found = _resolve(ask, snapshots)
    variables = {code: variable for variable, code in zip(ask.variables, found.values(), strict=True) if code}
    cells: dict[tuple[str, str, str], dict[str, Line]] = {}
    for line in nomis.read_data(nomis.data_pages(snapshots), COLUMNS):
        if line["variable"] in variables and line["geography_code"] in indicator.areas:
            key = (line["variable"], line["geography_code"], line["date"])
            _put(cells.setdefault(key, {}), line)
    observations = [
        _observation(indicator, variables[code], area, measures)
        for (code, area, _), measures in cells.items()
        if _in_series(indicator, measures)
    ]
    absent = [variable for variable, code in zip(ask.variables, found.values(), strict=True) if not code]
    return observations + [row for one in absent for row in _not_found(indicator, one, observations)]


def _resolve(ask: Ask, snapshots: Mapping[str, Snapshot]) -> dict[int, str]:
    """The code of each variable by its place in `ask`; empty for words that no name has, or several."""
    snapshot = snapshots[f"variable codes {ask.search}"]
    names = nomis.read_codes(snapshot)
    return {index: _code_of(variable, names, Place(snapshot)) for index, variable in enumerate(ask.variables)}


def _code_of(variable: Variable, names: Mapping[str, str], place: Place) -> str:
    if variable.name:
        wanted = _folded(variable.name)
        codes = [code for code, name in names.items() if _folded(name) == wanted]
        if len(codes) != 1:
            raise place.wrong(
                f"one variable named “{variable.name}”", f"{len(codes)} of {sorted(names.values())}", _REMEDY
            )
        return codes[0]
    codes = [
        code
        for code, name in names.items()
        if all(word in _folded(name) for word in variable.words)
        and not any(word in _folded(name) for word in variable.without)
    ]
    return codes[0] if len(codes) == 1 else ""


def _folded(name: str) -> str:
    return " ".join(name.lower().replace("–", "-").split())


def _put(measures: dict[str, Line], line: Line) -> None:
    name = line["measures_name"]
    if MEASURES.get(name) != line["measures"]:
        raise line.at("measures_name").wrong(f"one of {MEASURES}", f"{name} {line['measures']}", _REMEDY)
    if name in measures:
        raise line.place.wrong(
            "one row for each area, date, variable and measure",
            f"two that differ: {measures[name].cells} and {line.cells}",
            "see which of the two the publisher means; nothing is chosen here.",
        )
    measures[name] = line


def _in_series(indicator: Indicator, measures: Mapping[str, Line]) -> bool:
    """Whether the row is one to publish: years outside every series must be without figures."""
    line = measures.get("Variable") or next(iter(measures.values()))
    year = int(line["date"][:4])
    held = any((s.first_year or year) <= year <= (s.last_year or year) for s in indicator.series)
    if not held and is_number(line["obs_value"]):
        raise line.place.wrong(
            f"no figure for {year}, which no series of {indicator.id} holds",
            line["obs_value"],
            f"read the publisher's notes, then describe the series in indicators/{indicator.id}.yaml.",
        )
    return held


def _observation(indicator: Indicator, variable: Variable, area: str, measures: Mapping[str, Line]) -> Observation:
    missing = [name for name in MEASURES if name not in measures]
    some = next(iter(measures.values()))
    if missing:
        raise some.place.wrong(
            f"the measures {list(MEASURES)}", f"none for {missing}", "refresh; the answer is incomplete."
        )
    value_line, confidence = measures["Variable"], measures["Confidence"]
    period = _period(value_line)
    value, status = _value(value_line)
    half = float(confidence["obs_value"]) if value is not None and is_number(confidence["obs_value"]) else None
    return Observation(
        indicator=indicator.id,
        area_code=area,
        period=period,
        breakdown=variable.breakdown,
        category=variable.category,
        value=value,
        unit=indicator.unit,
        lower_ci_95=None if value is None or half is None else round(value - half, 6),
        upper_ci_95=None if value is None or half is None else round(value + half, 6),
        numerator=_count(measures["Numerator"]),
        denominator=_count(measures["Denominator"]),
        status=status,
        series=indicator.series_of(period.year),
        source_text=value_line["obs_value"],
        snapshot=value_line.place.snapshot.sha256,
        note=UNRELIABLE_LIMITS if value is not None and half is None else "",
    )


def _period(line: Line) -> Period:
    year, _, month = line["date"].partition("-")
    if month != "12" or not year.isdigit():
        raise line.at("date").wrong("twelve months ending in December, YYYY-12", line["date"], "refresh.")
    if line["date_name"] != f"Jan {year}-Dec {year}":
        raise line.at("date_name").wrong(f"“Jan {year}-Dec {year}”", line["date_name"], "read Nomis' notes on dates.")
    return twelve_months_ending(int(year), 12, line["date_name"])


def _value(line: Line) -> tuple[float | None, str]:
    if line["obs_value"]:
        return number(line["obs_value"], line.at("obs_value")), ""
    name = line["obs_status_name"].lower()
    for text, status in _STATUSES.items():
        if text in name or (status == "x" and line["obs_status"] == "Q"):
            return None, status
    raise line.at("obs_status").wrong(
        f"a figure, or a status that says one of {list(_STATUSES)}",
        f"{line['obs_status']} “{line['obs_status_name']}”",
        "add the status with its meaning to sources/ons_aps.py.",
    )


def _count(line: Line) -> float | None:
    return number(line["obs_value"], line.at("obs_value")) if line["obs_value"] else None


def _not_found(indicator: Indicator, variable: Variable, others: Sequence[Observation]) -> list[Observation]:
    """A row for each area that says why the group has no figure, for the latest period of the other groups."""
    if not others:
        raise SourceError(
            indicator.source,
            expected=f"variables for {indicator.id}",
            came="none",
            where="Nomis' code list",
            remedy=_REMEDY,
        )
    latest = max(others, key=lambda one: one.period)
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
            note=f"The publisher's code list names no single variable with the words {', '.join(variable.words)}.",
        )
        for area in indicator.areas
    ]
