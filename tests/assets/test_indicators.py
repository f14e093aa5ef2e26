"""What a data officer sees of the checks in Dagster: two for each indicator, in words."""

from __future__ import annotations

import pytest
from dagster import AssetCheckResult, AssetCheckSeverity

from assets.indicators import FRESH, GOOD, check_results
from thindicators.observations.observation import empty_table
from thindicators.outcomes.outcome import CheckResult, Outcome, Review

PASSED = CheckResult("key_is_unique", True, "No figure stands twice.")
WARNING = CheckResult("change_is_plausible", False, "London: a rise of 4.", "warning")
FAILED = CheckResult("value_in_range", False, "London: 120 is not within 0 and 100")
EXCEPTED = CheckResult(
    "value_in_range",
    True,
    "England: 101",
    review=Review("A rounding.", "Head of research", "2027-03-31"),
)


def shown(*checks: CheckResult, failed: bool = False) -> dict[str, AssetCheckResult]:
    outcome = Outcome(
        "anxiety", "fresh", "Why not." if failed else "", checks, (), empty_table(), failed
    )
    return {str(one.check_name): one for one in check_results(outcome)}


def said(result: AssetCheckResult) -> dict[str, object]:
    return {name: value.value for name, value in result.metadata.items()}


@pytest.mark.parametrize(
    ("checks", "passed", "severity"),
    [
        ((PASSED,), True, AssetCheckSeverity.ERROR),
        ((PASSED, EXCEPTED), True, AssetCheckSeverity.ERROR),
        ((PASSED, WARNING), False, AssetCheckSeverity.WARN),
        ((WARNING, FAILED), False, AssetCheckSeverity.ERROR),
    ],
)
def test_a_warning_is_no_error(
    checks: tuple[CheckResult, ...], passed: bool, severity: AssetCheckSeverity
) -> None:
    result = shown(*checks)[GOOD]
    assert (result.passed, result.severity) == (passed, severity)


def test_each_rule_is_shown_with_what_was_seen() -> None:
    assert said(shown(PASSED, WARNING, FAILED, EXCEPTED)[GOOD]) == {
        "key_is_unique": "No figure stands twice.",
        "change_is_plausible": "WARNING: London: a rise of 4.",
        "value_in_range": "FAILED: London: 120 is not within 0 and 100 | "
        "EXCEPTED: England: 101. Head of research: A rounding. (until 2027-03-31)",
    }


def test_figures_that_are_not_fresh_say_why() -> None:
    results = shown(failed=True)
    assert (results[FRESH].passed, said(results[FRESH])) == (False, {"seen": "Why not."})
    assert said(results[GOOD]) == {"seen": "Not run: there were no new figures to check."}
    assert shown(PASSED)[FRESH].passed
