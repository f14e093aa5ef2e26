"""Checks: whether an indicator's figures may be published, and what is said of those that may.

What belongs here: the order of the checks, and what follows from findings and reviewed exceptions.
What is expected of figures belongs in `expected`, judging them in `judging`, the words for what
breaks a rule in `findings`; which rules there are, and which are errors, belongs in `rules`.

First comes the Table Schema of the contract; a table that does not keep it is not looked at
further. Then Great Expectations judges the figures. It is imported only when it is needed: the
import costs seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thindicators.checking.expected import IS_NEW, OLDER, Figures, expected_of, expected_today
from thindicators.checking.findings import Findings, findings_of, of_an_older_period
from thindicators.checking.series_rules import findings_of_series
from thindicators.observations.contract import violations
from thindicators.observations.observation import rows_of
from thindicators.observations.tables import TableSchema
from thindicators.outcomes.outcome import CheckResult, Review
from thindicators.plan.exceptions import Exempted
from thindicators.plan.model import Indicator
from thindicators.plan.rules import (
    CONTRACT,
    FOUND,
    LOST,
    MAY_BE_ELSEWHERE,
    NEEDLESS,
    OUT_OF_DATE,
    RULES,
    Finding,
)
from thindicators.safe_text import harmless

_SHOWN = 5
_SEEN_IN_FIGURES = [rule for rule in RULES if rule not in (LOST, OUT_OF_DATE, NEEDLESS)]


def check(
    table: pa.Table,
    indicator: Indicator,
    contract: TableSchema,
    exceptions: Sequence[Exempted] = (),
    today: date = date.max,
    published: pa.Table | None = None,
    remarks: Sequence[Finding] = (),
    *,
    beside: pa.Table | None = None,
    others_are_read: bool = True,
) -> tuple[CheckResult, ...]:
    """Check the figures of one indicator, or of the part of it that one of its sources gives.

    Args:
        table: Observations, at least one.
        indicator: What they must be like.
        contract: The Table Schema of observations.
        exceptions: The reviewed exceptions of this indicator.
        today: The day by which they are in date, and periods have ended; without one, none is, and
            all have.
        published: The figures published last; None if there are none.
        remarks: What the modules of its sources remarked on, beside the figures.
        beside: Figures that are published with these and were judged before, such as those of the
            indicator's other sources. What must be there may be among them; what is wrong with them
            is said of them, not of these.
        others_are_read: Whether every other source of the indicator was read, now or before. If
            not, what is missing may be there when it is, and stops nothing.

    Returns:
        One result for each rule, and one for each exception that covers a finding. A table that
        does not keep the contract has that one result only.
    """
    # Of a table without the right columns no rule can be asked, and its answer would be a riddle.
    if breaches := violations(table, contract):
        return (_result(CONTRACT, [Finding(breach) for breach in breaches]),)
    everywhere = _findings(table, beside, indicator, today, published)
    seen: Findings = {}
    for rule, findings in everywhere.items():
        seen[rule] = _of_the_new(findings, table)
    seen[FOUND] = everywhere[FOUND] = list(remarks)
    results: list[CheckResult] = []
    for rule in _SEEN_IN_FIGURES:
        results += _results(rule, seen.get(rule, []), exceptions)
    if not others_are_read:
        results = [_may_be_elsewhere(result) for result in results]
    # An exception is still needed where it covers a figure that stands beside these.
    return (*results, *_about_exceptions(everywhere, exceptions, today))


def _findings(
    table: pa.Table,
    beside: pa.Table | None,
    indicator: Indicator,
    today: date,
    published: pa.Table | None,
) -> Findings:
    """What is found in the figures and in those beside them, by the rule's name."""
    everything = _with_those_beside(table, beside)
    published_to = _latest_end(published)
    expected = [
        *expected_of(Figures(everything), indicator),
        *expected_today(Figures(everything), today, published_to),
    ]
    findings = findings_of(everything, expected, indicator)
    if OLDER in findings and published_to is not None:
        findings[OLDER] = [of_an_older_period(rows_of(table), published_to)]
    return findings


def _with_those_beside(
    table: pa.Table,
    beside: pa.Table | None,
) -> pa.Table:
    """The figures, then those beside them, with a column that tells which are which."""
    tables = [table] if beside is None else [table, beside]
    together = pa.concat_tables(tables)
    # The new ones stand first, so that a finding's place tells which figures it is about.
    is_new = [place < table.num_rows for place in range(together.num_rows)]
    return together.append_column(IS_NEW, pa.array(is_new, pa.bool_()))


def _latest_end(published: pa.Table | None) -> date | None:
    """The day on which the latest published period ends."""
    if published is None:
        return None
    return max(published["period_end"].to_pylist(), default=None)


def _of_the_new(
    findings: Sequence[Finding],
    table: pa.Table,
) -> list[Finding]:
    """The findings about rows of the table, which stands first, and about none in particular."""
    return [finding for finding in findings if finding.row is None or finding.row < table.num_rows]


def _may_be_elsewhere(result: CheckResult) -> CheckResult:
    """That something is missing is no error while a source that may have it could not be read."""
    if result.name not in MAY_BE_ELSEWHERE or result.passed:
        return result
    seen = f"{result.seen}; another source, which could not be read, may have it"
    return replace(result, severity="warning", seen=seen)


def lost(why: str) -> CheckResult:
    """The result of the rule that nothing published is lost.

    Args:
        why: Why new figures are held; empty if they are not.
    """
    rule = RULES[LOST]
    return CheckResult(
        name=LOST,
        passed=not why,
        seen=harmless(why) or rule.says,
        severity=rule.severity,
    )


def with_notes(
    table: pa.Table,
    indicator: Indicator,
    exceptions: Sequence[Exempted] = (),
) -> pa.Table:
    """The table with a sentence in the note of each figure that a finding is about.

    Findings here are warnings, and what a reviewed exception covers. The notes are the same
    whenever they are asked for: neither the clock nor what was published before matters.
    """
    own = table["note"].combine_chunks()
    notes: dict[int, list[str]] = {}
    for rule, findings in _worth_a_note(table, indicator, exceptions).items():
        for finding in findings:
            # What is missing has no row that a note could stand in.
            if finding.row is not None:
                # What the publisher says comes first, what the checks say after it.
                of_row = notes.setdefault(finding.row, [own[finding.row].as_py() or ""])
                of_row.append(finding.note)
                of_row += _reviewed(rule, finding, exceptions)
    texts = _replaced(_as_sentences(own), {row: _in_one(several) for row, several in notes.items()})
    place = table.schema.get_field_index("note")
    return table.set_column(place, table.schema.field("note"), texts)


def _as_sentences(notes: pa.Array) -> pa.Array:
    """Each note with its full stop; each different one is looked at once."""
    encoded = notes.dictionary_encode()
    sentences = [_in_one([note]) for note in encoded.dictionary.to_pylist()]
    return pa.array(sentences, pa.string()).take(encoded.indices)


def _replaced(texts: pa.Array, others: Mapping[int, str | None]) -> pa.Array:
    """Texts with others in some places."""
    places = sorted(others)
    is_other = np.zeros(len(texts), bool)
    is_other[places] = True
    replacements = pa.array([others[place] for place in places], pa.string())
    return pc.replace_with_mask(texts, pa.array(is_other), replacements)


def _in_one(notes: Sequence[str]) -> str | None:
    """The notes of one figure in one text; None if nothing is said of it."""
    sentences = [_sentence(note) for note in notes if note]
    return " ".join(sentences) or None


def _worth_a_note(
    table: pa.Table,
    indicator: Indicator,
    exceptions: Sequence[Exempted],
) -> Findings:
    """What is found that a note may speak of."""
    if exceptions and table.num_rows:
        return findings_of(
            table,
            expected_of(Figures(table), indicator),
            indicator,
        )
    # Without an exception only the rules about series have a note: no import of seconds for them.
    return findings_of_series(table, indicator)


def _reviewed(
    rule: str,
    finding: Finding,
    exceptions: Sequence[Exempted],
) -> list[str]:
    covering = [exception for exception in exceptions if exception.covers(rule, finding)]
    return [f"Reviewed exception: {exception.reason}" for exception in covering]


def _sentence(words: str) -> str:
    return words if words[-1] in ".!?…”)" else f"{words}."


def _results(
    rule: str,
    findings: Sequence[Finding],
    exceptions: Sequence[Exempted],
) -> Iterator[CheckResult]:
    """What is left of a rule's findings without the excepted ones, then each exception's."""
    excepted: list[Finding] = []
    reviewed: list[CheckResult] = []
    for exception in exceptions:
        covered = [finding for finding in findings if exception.covers(rule, finding)]
        if covered:
            review = Review(
                exception.reason,
                exception.who,
                exception.until.isoformat(),
            )
            reviewed.append(_result(rule, covered, review))
            excepted += covered
    remaining = [finding for finding in findings if finding not in excepted]
    yield _result(rule, remaining)
    yield from reviewed


def _result(
    name: str,
    findings: Sequence[Finding],
    review: Review | None = None,
) -> CheckResult:
    rule = RULES[name]
    passed = not findings or review is not None
    return CheckResult(
        name=name,
        passed=passed,
        seen=_words(findings) or rule.says,
        severity=rule.severity,
        review=review,
    )


def _words(findings: Sequence[Finding]) -> str:
    words = "; ".join(finding.says for finding in findings[:_SHOWN])
    more = len(findings) - _SHOWN
    if more > 0:
        words = f"{words}; and {more} more"
    # They quote cells, and are published: a cell must not act where it is quoted either.
    return harmless(words)


def _about_exceptions(
    everywhere: Mapping[str, list[Finding]],
    exceptions: Sequence[Exempted],
    today: date,
) -> tuple[CheckResult, CheckResult]:
    # An exception that nobody looks at again would let pass what nobody has seen.
    expired = [exception for exception in exceptions if exception.until < today]
    out_of_date = [Finding(_expired(exception)) for exception in expired]
    idle = [exception for exception in exceptions if not _covers_any(exception, everywhere)]
    needless = [Finding(_needless(exception)) for exception in idle]
    return _result(OUT_OF_DATE, out_of_date), _result(NEEDLESS, needless)


def _covers_any(
    exception: Exempted,
    everywhere: Mapping[str, list[Finding]],
) -> bool:
    covered = []
    for rule, findings in everywhere.items():
        covered += [finding for finding in findings if exception.covers(rule, finding)]
    return bool(covered)


def _needless(exception: Exempted) -> str:
    says = f"the exception from {exception.words} covers nothing any more"
    return f"{says}: delete it from exceptions.yaml"


def _expired(exception: Exempted) -> str:
    return (
        f"the exception from {exception.words} ended on {exception.until}: "
        "review the figures again, then give it another last day in exceptions.yaml, or delete it"
    )
