"""Whether a wrong figure got out, and what came of a fault in a few words.

What belongs here: comparing what may be published after a fault with the good figures. The judgement knows nothing of a
fault but what the fault says of itself, and is never made milder for one source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from tests.damage.good_files import Subject, subject
from tests.damage.tables import DoesNotApplyError
from tests.faults.fault import ContentFault, Fault, ReturnFault
from tests.faults.trial import STATES, Bench, Case, Result, State, cases_of
from tests.faults.undetectable import UNDETECTABLE
from thindicators.areas.register import register
from thindicators.observations.observation import KEY
from thindicators.outcomes.outcome import Outcome
from thindicators.parsing.parsing import fetched_for

RIGHT, FEWER = "right rows", "right rows, those that the file has"
HELD, REFUSED, SET_ASIDE, GONE = "held", "refused", "set aside", "no figure, and says so"
DOES_NOT_APPLY, NOT_SEEN = "does not apply", "not to be seen"
KINDS = (RIGHT, FEWER, HELD, REFUSED, SET_ASIDE, GONE, NOT_SEEN, DOES_NOT_APPLY)
"""The ways in which a fault can come out, in the order in which they are written."""

_FIGURE = (
    "value",
    "lower_ci_95",
    "upper_ci_95",
    "numerator",
    "denominator",
    "status",
    "unit",
    "revision",
)
_BESIDE = ("lower_ci_95", "upper_ci_95", "numerator", "denominator")
"""What stands beside a figure, and may be missing where the file honestly lacks it."""

_WORDS = ("area_name", "period_label", "year", "source_text", "note")
_DEFECT = "An error in the source's module"
_ERROR = re.compile(r"(\w+): expected (.*?); came (.*)\. Where: (.*)\. What to do: ", re.DOTALL)

Row = Mapping[str, object]


@dataclass(frozen=True)
class Verdict:
    """What came of a fault in a source.

    Attributes:
        came: In a few words, by whether anything was read before.
        kinds: The same without the words, each once.
        wrong: What must not have happened, a line each; empty if all is well.
    """

    came: Mapping[State, str]
    kinds: Mapping[State, tuple[str, ...]]
    wrong: tuple[str, ...]


def judge(bench: Bench, source: str, fault: Fault) -> Verdict:
    """Try a fault on a source in every way and say what came of it."""
    tried = subject(source)
    try:
        cases = list(cases_of(fault, tried, bench.plan))
    except DoesNotApplyError as problem:
        idle = f"{DOES_NOT_APPLY}: {problem}"
        return Verdict(dict.fromkeys(STATES, idle), dict.fromkeys(STATES, (DOES_NOT_APPLY,)), ())
    came: dict[State, str] = {}
    kinds: dict[State, tuple[str, ...]] = {}
    wrong: list[str] = []
    refused: dict[int, bool] = {}
    for state in STATES:
        chosen = cases if state == "cold" else _once_refused(cases, refused)
        found = []
        for case in chosen:
            came_of_it = list(_findings(bench, tried, fault, case, state))
            found += came_of_it
            refused[id(case)] = all(how.startswith(REFUSED) for how, _ in came_of_it)
        problems = [f"{state}, {problem}" for _, several in found for problem in several]
        hidden = state == "cold" and (source, fault.name) in UNDETECTABLE
        if hidden and not problems:
            problems = [f"cold: {fault.name} is seen in {source} after all; take it off the list"]
            hidden = False
        by_kind = (
            {NOT_SEEN: f"{NOT_SEEN}: {UNDETECTABLE[source, fault.name]}"}
            if hidden
            else _by_kind(found)
        )
        came[state], kinds[state] = "; ".join(by_kind.values()), tuple(by_kind)
        wrong += [] if hidden else problems
    return Verdict(came, kinds, tuple(wrong))


def _once_refused(cases: Sequence[Case], refused: Mapping[int, bool]) -> list[Case]:
    """The cases to try warm: those of files with figures, and of what was refused cold one for each file.

    Reading is a pure function of the bytes, so that what was refused cold is refused warm in the same words.
    """
    first = {case.file: case for case in reversed(cases)}
    return [
        case
        for case in cases
        if case.has_figures and (not refused[id(case)] or first[case.file] is case)
    ]


def _by_kind(found: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """All the ways in which the cases came out; refusals in the words of the last, where figures are read."""
    by_kind = {how.partition(":")[0]: how for how, _ in found}
    return {kind: by_kind[kind] for kind in KINDS if kind in by_kind}


def _findings(
    bench: Bench, tried: Subject, fault: Fault, case: Case, state: State
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """How each indicator came out, and what is wrong about that."""
    good = bench.good(tried.source)
    result = bench.run(tried, case, state)
    for indicator, outcome in result.outcomes.items():
        before = good.outcomes[indicator]
        if before.state == "empty" and outcome.state == "empty" and not outcome.failed:
            continue
        how = _how(outcome, before, result)
        problems = [
            *_wrong_figures(outcome, before, fault),
            *_wrong_loss(outcome, before, fault, state, result),
            *_wrong_words(bench, indicator, outcome, case, fault),
        ]
        yield how, tuple(f"{case.file}, {indicator}, {how}: {problem}" for problem in problems)


def _how(outcome: Outcome, before: Outcome, result: Result) -> str:
    if outcome.state == "fresh":
        return RIGHT if set(_rows(outcome.table)) >= set(_rows(before.table)) else FEWER
    if outcome.held:
        return HELD
    if result.reports and not outcome.failed:
        return f"{SET_ASIDE}: {_short(_first_problem(result.reports[0]))}"
    if not outcome.failed:
        return GONE
    return f"{REFUSED}: {_reason(outcome)}"


def _reason(outcome: Outcome) -> str:
    if failed := [one.name for one in outcome.checks if one.result == "failed"]:
        return f"check {', '.join(failed)}"
    if told := _ERROR.search(outcome.reason):
        return f"expected {_short(told[2])}; came {_short(told[3])}"
    return _short(outcome.reason, 100)


def _first_problem(report: str) -> str:
    return report.splitlines()[2]


def _short(text: str, length: int = 60) -> str:
    folded = " ".join(text.split())
    return folded if len(folded) <= length else f"{folded[: length - 1]}…"


def _wrong_figures(outcome: Outcome, before: Outcome, fault: Fault) -> Iterator[str]:
    """Every figure that may be published is a good one."""
    good, came = _rows(before.table), _rows(outcome.table)
    if len(came) != outcome.table.num_rows:
        yield "a key stands twice"
    rewords = (
        [*fault.rewords, *(["note"] if fault.loses else [])]
        if isinstance(fault, ContentFault)
        else []
    )
    for key, row in came.items():
        if key not in good:
            yield f"a figure that is none of the good ones: {key} {row['value']}"
            continue
        for column in (*_FIGURE, *_WORDS):
            lost = fault_loses(fault) and (
                (row["value"] is None and row["status"] == "x")
                or (row[column] is None and column in _BESIDE)
            )
            if row[column] != good[key][column] and column not in rewords and not lost:
                yield f"{key}: {column} is {row[column]!r}, and should be {good[key][column]!r}"


def _wrong_loss(
    outcome: Outcome, before: Outcome, fault: Fault, state: State, result: Result
) -> Iterator[str]:
    """Nothing good is lost: without a reason that is told, or at all where good figures stood before."""
    good, came = _rows(before.table), _rows(outcome.table)
    left_out = _left_out(outcome)
    lost = [key for key in good.keys() - came.keys() if key[KEY.index("area_code")] not in left_out]
    emptied = [
        key
        for key in came
        if key in good and came[key]["value"] is None and good[key]["value"] is not None
    ]
    gone = [*sorted(lost), *emptied]
    if state == "warm" and gone:
        yield f"{len(gone)} good figures are lost, such as {gone[0]}"
    if state == "cold" and not (outcome.failed or result.reports or fault_loses(fault)):
        if outcome.state != "fresh":
            yield "no figure came, and that is no failure"
        elif gone:
            yield f"{len(gone)} figures are left out and nobody is told, such as {gone[0]}"


def _left_out(outcome: Outcome) -> set[str]:
    """The peers that a remark says are left out, as their figures could not be read."""
    words = " ".join(remark.seen for remark in outcome.remarks)
    return {
        area.code for area in register().by_code.values() if f"{area.name} is left out" in words
    }


def fault_loses(fault: Fault) -> bool:
    """Whether figures may honestly be fewer."""
    return isinstance(fault, ContentFault | ReturnFault) and fault.loses


def _wrong_words(
    bench: Bench, indicator: str, outcome: Outcome, case: Case, fault: Fault
) -> Iterator[str]:
    """A failure names the source, and the file or address that it is about."""
    if not outcome.failed:
        return
    reason = outcome.reason
    if _DEFECT in reason:
        yield f"an error that nobody foresaw: {reason}"
    if outcome.held:
        return
    plan = bench.plan
    of_indicator = plan.indicators[indicator]
    sources = {*of_indicator.sources, *fetched_for(plan, of_indicator)}
    if not any(source in reason for source in sources):
        yield f"the source is not named: {reason}"
    named = (*case.named, *(url.rpartition("/")[2] for url in case.named))
    if not any(one and one in reason for one in named):
        yield f"the file is not named: {reason}"


def _rows(table: pa.Table) -> dict[tuple[object, ...], Row]:
    return {tuple(row[name] for name in KEY): row for row in table.to_pylist()}
