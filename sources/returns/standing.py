"""Council returns: which files are a source's own, which rows stand, and which series they belong to.

What belongs here: what every source that is handed in shares. The file and its rules for single rows belong in `file`
and `rules`; what is published of a row belongs in `figures`.

A cell or a row that breaks the rules of the template stops every indicator that reads the file; a row that does not fit
its indicator stops that indicator. Nothing is taken from what is left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.returns.file import ReturnFile, read_return
from sources.returns.rows import Problem, ReturnRow
from sources.returns.small_numbers import without_small_numbers
from thindicators.errors import SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.plan.fields import Slug
from thindicators.plan.model import Indicator

UNITS_HANDED_IN = {"score_0_10": "score"}
"""Units that a return writes otherwise."""

_SHOWN = 20


class SeriesRule(BaseModel):
    """Which series a row belongs to, by how it was collected and which wording or definition it has."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    collection_mode: Literal["", "f2f", "telephone", "online", "admin"]
    definition_version: str
    series: Slug


class Context(BaseModel):
    """How figures are marked that stand beside an indicator, and are neither its own nor a comparator's."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    category: Slug
    note: str = Field(description="What every figure says of itself")


class Ask(BaseModel):
    """What an indicator takes from a return."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    measure: str = Field(description="The `measure_id` of the return")
    period_types: list[str] = Field(
        [], description="The kinds of period it is measured for; empty for any"
    )
    series: list[SeriesRule] = Field(min_length=1)
    context: Context | None = None


@dataclass(frozen=True)
class Figure:
    """A row that stands, and its series."""

    row: ReturnRow
    series: str


def fetch(
    client: Client,
    indicators: Sequence[Indicator],
) -> list[Snapshot]:
    """The files in the inbox that hold a row of one of the indicators.

    Raises:
        SourceError: If a file cannot be read at all, or names an indicator that is not known.
    """
    return [snapshot for snapshot in client.returns() if _is_of(snapshot, indicators)]


def figures(
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
) -> list[Figure]:
    """The rows of an indicator that may be published: from all files, the later of two that say the same.

    Small numbers are withheld. Rows whose licence is not confirmed are left out.

    Raises:
        SourceError: If anything is wrong in a file, or two files of one day contradict each other.
    """
    ask = ask_of(indicator)
    rows: list[ReturnRow] = []
    for snapshot in snapshots.values():
        file = read_return(snapshot)
        problems = [*file.problems, *indicator_problems(file, indicator)]
        if problems:
            raise refusal(snapshot, problems)
        rows += own_rows(file, indicator)
    # Which rows stand is settled before any is withheld, or a correction could not take the place of a small number.
    latest = _latest(indicator, ask, rows)
    if indicator.has_total:
        _check_totals(latest)
    safe = without_small_numbers(latest, _before_each_return(indicator, ask, rows))
    standing = [Figure(row, _series(indicator, ask, row)) for row in safe]
    _check_breaks(standing)
    return [figure for figure in standing if figure.row.licence_confirmed != "no"]


def indicator_problems(
    file: ReturnFile,
    indicator: Indicator,
) -> list[Problem]:
    """Everything in which a file's rows of an indicator do not fit the indicator.

    Whether a total stands beside its groups is judged only in a file whose rows could all be read.
    """
    ask = ask_of(indicator)
    rows = own_rows(file, indicator)
    seen: list[Problem] = []
    for row in rows:
        seen += _row_problems(row, indicator, ask)
    # Beside a row that could not be read, that a total is missing may not be true.
    if not file.problems:
        seen += _without_total(rows) if indicator.has_total else _with_total(rows)
    return seen


def own_rows(
    file: ReturnFile,
    indicator: Indicator,
) -> list[ReturnRow]:
    """The rows of a file that are about an indicator, and not about an area that another source gives it."""
    return [
        row
        for row in file.rows
        if row.indicator_id == indicator.id and _gives(indicator, row.area_code)
    ]


def unknown_indicators(
    file: ReturnFile,
    indicators: Iterable[str],
    *,
    misspelt_only: bool = False,
) -> list[Problem]:
    """The indicators named in a file that are none of some, or only those that look like one of them."""
    ids = list(indicators)
    unknown = []
    for name, row in file.indicators.items():
        if not name or name in ids:
            continue
        if _close(name, ids) or not misspelt_only:
            what = f"there is no indicator “{name}” here"
            unknown.append(Problem(row, "indicator_id", what, _meant(name, ids)))
    return unknown


def refusal(
    snapshot: Snapshot,
    problems: Sequence[Problem],
) -> SourceError:
    """All problems of a file as one error."""
    shown = " ".join(str(problem) for problem in problems[:_SHOWN])
    hidden = len(problems) - _SHOWN
    more = f" And {hidden} more." if hidden > 0 else ""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return SourceError(
        snapshot.receipt.source,
        expected="a return that keeps the rules of the template",
        came=f"{count}. {shown}{more}",
        where=f"{snapshot.role}, in the inbox of returns",
        remedy="mend the file and hand it in again; until then the figures published before stand.",
    )


def _is_of(
    snapshot: Snapshot,
    indicators: Sequence[Indicator],
) -> bool:
    """Whether a file has a row of ours. One that misspells an indicator of ours is refused."""
    file = read_return(snapshot)
    # Of a file that names no indicator nobody can say whose it is, so that all sources refuse it.
    if not any(file.indicators):
        raise refusal(snapshot, file.problems)
    ids = [indicator.id for indicator in indicators]
    # Taken for another source's, a file with a slip of the pen would be passed over in silence.
    if misspelt := unknown_indicators(file, ids, misspelt_only=True):
        raise refusal(snapshot, misspelt)
    for name, area in file.named:
        if any(name == indicator.id and _gives(indicator, area) for indicator in indicators):
            return True
    return False


def _gives(indicator: Indicator, area: str) -> bool:
    """Whether an area's figures come from this source: context gives its own areas only, and no other source those."""
    if ask_of(indicator).context:
        return area in indicator.areas
    return not any(area in other.areas for other in indicator.also.values())


def _meant(name: str, ids: Sequence[str]) -> str:
    if close := _close(name, ids):
        return f"write `{close[0]}`, if that is meant."
    return f"write one of {', '.join(sorted(ids))}."


def _close(name: str, ids: Sequence[str]) -> list[str]:
    return get_close_matches(name, ids, 1, cutoff=0.8)


def ask_of(indicator: Indicator) -> Ask:
    """What an indicator takes from a return.

    Raises:
        PlanError: If the indicator's file asks for something else, or for a series that it does not have.
    """
    ask = indicator.read_ask(Ask)
    ids = {series.id for series in indicator.series}
    for rule in ask.series:
        if rule.series not in ids:
            what = f"“{rule.series}” is none of the indicator's series: {sorted(ids)}"
            raise indicator.wrong("ask", what)
    return ask


def _row_problems(
    row: ReturnRow,
    indicator: Indicator,
    ask: Ask,
) -> Iterator[Problem]:
    """Everything in which a row does not fit its indicator, in the order of the columns."""
    yield from _not_one_of(row, "measure_id", row.measure_id, [ask.measure], "is not measured here")
    yield from _not_one_of(
        row, "area_code", row.area_code, indicator.areas, "is no area of this indicator"
    )
    if ask.period_types:
        wrong = "is not what this indicator is measured for"
        yield from _not_one_of(row, "period_type", row.period_type, ask.period_types, wrong)
    # A return writes `score` for what is published as `score_0_10`.
    unit = UNITS_HANDED_IN.get(indicator.unit, indicator.unit)
    yield from _not_one_of(row, "unit", row.unit, [unit], "is not this indicator's unit")
    yield from _no_group(row, indicator)
    yield from _no_series(row, indicator, ask)


def _not_one_of(
    row: ReturnRow,
    column: str,
    given: str,
    known: Sequence[str],
    wrong: str,
) -> Iterator[Problem]:
    """That a cell says none of what it may say."""
    if given not in known:
        yield row.problem(column, f"“{given}” {wrong}", f"write {' or '.join(known)}.")


def _no_group(row: ReturnRow, indicator: Indicator) -> Iterator[Problem]:
    dimensions = indicator.breakdowns
    if row.breakdown_type == "total" or row.breakdown in dimensions.get(row.breakdown_type, []):
        return
    groups = [f"{name}: {', '.join(members)}" for name, members in dimensions.items()]
    yield row.problem(
        "breakdown",
        f"“{row.breakdown_type}”, “{row.breakdown}” is no group of this indicator",
        f"it has {'; '.join(groups) or 'total only'}.",
    )


def _no_series(
    row: ReturnRow,
    indicator: Indicator,
    ask: Ask,
) -> Iterator[Problem]:
    if _series(indicator, ask, row):
        return
    modes = [
        f"{rule.collection_mode or 'blank'} with {rule.definition_version}" for rule in ask.series
    ]
    yield row.problem(
        "definition_version",
        f"collection_mode “{row.collection_mode}” with “{row.definition_version}” is no known series "
        f"in {row.period.year}",
        f"known are {'; '.join(modes)}. A new method or wording is a new series: add it to the indicator's YAML first.",
    )


def _series(
    indicator: Indicator,
    ask: Ask,
    row: ReturnRow,
) -> str:
    """The id of the series that fits how a row was collected, worded and when; empty if none does."""
    year = row.period.year
    current = set()
    for series in indicator.series:
        first, last = series.first_year or year, series.last_year or year
        if first <= year <= last:
            current.add(series.id)
    # A series that has ended or not begun in that year takes no row of it.
    for rule in ask.series:
        is_made_so = rule.collection_mode == row.collection_mode
        is_worded_so = rule.definition_version == row.definition_version
        if is_made_so and is_worded_so and rule.series in current:
            return rule.series
    return ""


def _without_total(rows: Sequence[ReturnRow]) -> Iterator[Problem]:
    totals = {row.group for row in rows if row.breakdown_type == "total"}
    for row in rows:
        if row.group not in totals:
            yield row.problem(
                "breakdown",
                f"“{row.breakdown}” has no total beside it for {row.period.label}",
                "add its total.",
            )


def _with_total(rows: Sequence[ReturnRow]) -> Iterator[Problem]:
    for row in rows:
        if row.breakdown_type == "total":
            yield row.problem(
                "breakdown",
                "this indicator has no total",
                "give its groups only.",
            )


def _latest(
    indicator: Indicator,
    ask: Ask,
    rows: Sequence[ReturnRow],
) -> list[ReturnRow]:
    """Of the rows that are one figure, by series, area, group and some of the same days, the one supplied last.

    The days themselves are no part of what tells figures apart: they are corrected like everything else, and a wave
    whose last day was corrected would be published twice.
    """
    lines: dict[tuple[str, ...], list[ReturnRow]] = {}
    for row in sorted(rows, key=lambda row: row.supplied_on):
        series = _series(indicator, ask, row)
        group = (series, row.area_code, row.breakdown_type, row.breakdown)
        _take_in(lines.setdefault(group, []), row)
    return [row for line in lines.values() for row in line]


def _before_each_return(
    indicator: Indicator,
    ask: Ask,
    rows: Sequence[ReturnRow],
) -> list[list[ReturnRow]]:
    """The rows that were published before each day on which a return came, but for the last."""
    days = sorted({row.supplied_on for row in rows})
    versions = []
    for day in days[:-1]:
        known_then = [row for row in rows if row.supplied_on <= day]
        versions.append(_latest(indicator, ask, known_then))
    return versions


def _take_in(line: list[ReturnRow], row: ReturnRow) -> None:
    """Put a row into a line, which is in the order of its days, in the place of those that are one figure with it."""
    last = bisect_right(line, row.period.end, key=lambda other: other.period.start)
    first = last
    while first and line[first - 1].period.end >= row.period.start:
        first -= 1
    replaced = line[first:last]
    # Who handed a row in, and in which file, makes no other figure of it.
    if row in replaced:
        return
    for other in replaced:
        _check_later(row, other)
    line[first:last] = [row]


def _check_later(row: ReturnRow, other: ReturnRow) -> None:
    """Of two rows of one figure and one day of supply nobody knows which is right."""
    if row.supplied_on > other.supplied_on:
        return
    where = f"row {other.row} of {other.snapshot.role}"
    days = ""
    if row.key != other.key:
        days = f" for {row.period.iso} and for {other.period.iso}, which have days in common"
    raise row.at("supplied_on").wrong(
        "one row for each figure and day of supply",
        f"another than {where}: {row.value_text} and {other.value_text}{days}",
        "take the wrong file away, or give the newer return its own, later day in supplied_on.",
    )


def _check_totals(rows: Sequence[ReturnRow]) -> None:
    """A group whose total was replaced by one of other days could no longer be compared with it, or withheld with it."""
    totals = {row.group for row in rows if row.breakdown_type == "total"}
    for row in rows:
        if row.group not in totals:
            raise row.at("period_start").wrong(
                f"a total of the same days beside “{row.breakdown}” of {row.snapshot.role}",
                f"none for {row.period.iso}; its total was replaced by one of other days",
                "hand in the groups again with the total, all of them with the right days.",
            )


def _check_breaks(standing: Sequence[Figure]) -> None:
    """A row that says that the series breaks must not be joined to the one before it."""
    lines: dict[tuple[str, ...], list[Figure]] = {}
    for figure in sorted(standing, key=lambda figure: figure.row.period):
        row = figure.row
        group = (row.area_code, row.breakdown_type, row.breakdown)
        lines.setdefault(group, []).append(figure)
    for line in lines.values():
        for before, after in pairwise(line):
            if after.row.series_break and after.series == before.series:
                raise after.row.at("series_break").wrong(
                    f"a break only where another series than “{after.series}” begins",
                    f"b in {after.row.period.label}, after {before.row.period.label} of the same series",
                    "clear it, or give the new method or wording its own definition_version and series.",
                )
