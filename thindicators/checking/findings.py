"""Findings: what Great Expectations saw, in words for a data officer.

What belongs here: turning broken expectations into findings. Which rows are broken is not judged
here again; words for one row belong in `row_rules`, for what is missing in `presence`; what follows
from a finding belongs in `checks`.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa

from thindicators.checking.expected import Expected
from thindicators.checking.judging import Broken, judge
from thindicators.checking.presence import missing_area, missing_group
from thindicators.checking.row_rules import WORDS, found_at
from thindicators.helper import begin
from thindicators.observations.observation import Row, key_of, rows_of
from thindicators.plan.model import Indicator
from thindicators.plan.rules import RULES, Finding

_LOG = logging.getLogger(__name__)
Findings = dict[str, list[Finding]]
"""What was found, by the name of the rule that it breaks."""


def findings_of(
    table: pa.Table,
    expected: Sequence[Expected],
    indicator: Indicator,
) -> Findings:
    """What breaks the rules, by their names; rules that are kept are left out.

    Args:
        table: The figures.
        expected: What is expected of them.
        indicator: Whose they are.
    """
    by_rule: dict[str, list[Broken]] = defaultdict(list)
    # Great Expectations costs 250 MB beside seconds: the helper has it, where there is one.
    for broken in begin(partial(judge, table, expected)).answer():
        by_rule[broken.expected.rule].append(broken)
    if not by_rule:
        return {}
    rows = rows_of(table)
    findings: Findings = {}
    for rule, parts in by_rule.items():
        findings[rule] = _of_a_rule(rule, parts, rows, indicator)
    return findings


def _of_a_rule(
    rule: str,
    parts: Sequence[Broken],
    rows: Sequence[Row],
    indicator: Indicator,
) -> list[Finding]:
    """All that breaks one rule: at least one finding, so that nothing broken is ever passed."""
    findings = _of_rows(rule, parts, rows, indicator)
    for broken in parts:
        findings += broken.findings
        findings += _of_what_is_missing(broken)
        # A library's own words may name files of this machine, and a finding is published.
        for words in broken.failures:
            _LOG.error("The check %s itself failed: %s", rule, words)
            findings.append(Finding("the check itself failed, as the log says"))
    # Great Expectations may say no without saying where; that must not come to nothing here.
    return findings or [Finding(f"this does not hold: {RULES[rule].says}")]


def _of_rows(
    rule: str,
    parts: Sequence[Broken],
    rows: Sequence[Row],
    indicator: Indicator,
) -> list[Finding]:
    """A finding for each row, whatever number of the rule's parts it breaks."""
    # A list without repetitions, since the words name the parts in the order of the expectations.
    parts_of: dict[int, list[str]] = defaultdict(list)
    for broken in parts:
        part = broken.expected.part
        for index in broken.rows:
            if part not in parts_of[index]:
                parts_of[index].append(part)
    places = sorted(parts_of)
    if rule == "key_is_unique":
        return list(_twice(places, rows))
    findings = []
    for index in places:
        row = rows[index]
        says = WORDS[rule](row, parts_of[index], indicator)
        findings.append(found_at(index, row, says))
    return findings


def _twice(
    places: Sequence[int],
    rows: Sequence[Row],
) -> Iterator[Finding]:
    keys = {index: key_of(rows[index]) for index in places}
    times = Counter(keys.values())
    for index, key in keys.items():
        row = rows[index]
        # All are named, and none is dropped: which is the right one, only the publisher knows.
        says = f"stands {times[key]} times in the series {row['series']}"
        yield found_at(index, row, says)


def _of_what_is_missing(broken: Broken) -> list[Finding]:
    if broken.expected.rule == "areas_present":
        return [missing_area(area) for area in broken.missing]
    return [missing_group(broken.expected.part, member) for member in broken.missing]


def of_an_older_period(
    rows: Sequence[Row],
    published_to: object,
) -> Finding:
    """That the latest period is older than the one already published."""
    newest = max(rows, key=lambda row: row["period_end"])
    label = newest["period_label"]
    return Finding(f"the latest period is {label}; one that ends on {published_to} is published")
