"""The checks are not asked twice about the same: but about anything else, and what they say is what they would say now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from thindicators.checking.checks import check
from thindicators.checking.judging import prepare
from thindicators.observations.observation import Observation, empty_table, table_of
from thindicators.observations.periods import twelve_months_ending
from thindicators.observations.tables import table_schemas
from thindicators.plan.exceptions import Exempted
from thindicators.plan.model import Plan
from thindicators.plan.rules import Finding
from thindicators.refreshing import judged_before
from thindicators.refreshing.judged_before import Question, ask_once
from thindicators.settings import Settings

TODAY = date(2026, 11, 22)
NAMES = {"E09000030": "Tower Hamlets", "E12000007": "London", "E92000001": "England"}
Change = Callable[[Question], Question]


def figures(value: float = 8.0, last: int = 2021) -> pa.Table:
    observations = []
    for place, area in enumerate(NAMES):
        for ends in range(2004, last + 1):
            of_year = value + place / 10 + ends % 7 / 100
            observations.append(
                Observation(
                    indicator="level_1_qualification",
                    area_code=area,
                    period=twelve_months_ending(ends, 12, f"Jan {ends}-Dec {ends}"),
                    value=of_year,
                    unit="percent",
                    lower_ci_95=of_year - 3,
                    upper_ci_95=of_year + 3,
                    series="nvq",
                    source_text=f"{of_year:g}",
                    snapshot="ab" * 32,
                )
            )
    return table_of(observations, NAMES)


@pytest.fixture
def question(plan: Plan) -> Question:
    return Question(
        table=figures(),
        indicator=plan.indicators["level_1_qualification"].with_only_peers(()),
        contract=table_schemas()["observations"],
        exceptions=[],
        today=TODAY,
        published=None,
        remarks=[],
        beside=empty_table(),
        others_are_read=True,
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the checks were really asked, once for each time."""
    times: list[object] = []

    def counted(table: pa.Table, *others: Any, **more: Any) -> Any:
        times.append(table)
        return check(table, *others, **more)

    monkeypatch.setattr(judged_before, "check", counted)
    return times


def exception(until: date) -> Exempted:
    return Exempted(
        indicator="level_1_qualification",
        check="change_is_plausible",
        reason="The publisher says so.",
        who="Head of intelligence",
        until=until,
    )


def test_the_same_is_asked_once(question: Question, asked: list[object], tmp_path: Path) -> None:
    path = tmp_path / "level_1_qualification.json"
    answers = [ask_once(question, path) for _ in range(3)]
    assert len(asked) == 1
    assert answers == [question.ask()] * 3


@pytest.mark.parametrize(
    "change",
    [
        lambda asked: replace(asked, today=date(2027, 3, 1)),
        lambda asked: replace(asked, published=figures()),
        lambda asked: replace(asked, published=figures(value=9.0, last=2020)),
    ],
    ids=["another day", "the same were published", "others were published, of earlier years"],
)
def test_neither_the_day_nor_what_was_published_before_matters(
    question: Question, asked: list[object], tmp_path: Path, change: Change
) -> None:
    path = tmp_path / "level_1_qualification.json"
    ask_once(question, path)
    changed = change(question)
    assert ask_once(changed, path) == changed.ask()
    assert len(asked) == 1 + 1


@pytest.mark.parametrize(
    "change",
    [
        lambda asked: replace(asked, table=figures(value=8.1)),
        lambda asked: replace(asked, beside=figures(last=2019)),
        lambda asked: replace(
            asked, indicator=asked.indicator.model_copy(update={"valid_range": (0, 9)})
        ),
        lambda asked: replace(asked, exceptions=[exception(date(2027, 3, 31))]),
        lambda asked: replace(asked, remarks=[Finding("a footnote", periods=frozenset("ab"))]),
        lambda asked: replace(asked, others_are_read=False),
    ],
    ids=["a figure", "figures beside", "the plan", "an exception", "a remark", "another source"],
)
def test_whatever_else_changes_is_asked_anew(
    question: Question, asked: list[object], tmp_path: Path, change: Change
) -> None:
    path = tmp_path / "level_1_qualification.json"
    ask_once(question, path)
    changed = change(question)
    assert ask_once(changed, path) == check(
        changed.table,
        changed.indicator,
        changed.contract,
        changed.exceptions,
        changed.today,
        changed.published,
        changed.remarks,
        beside=changed.beside,
        others_are_read=changed.others_are_read,
    )
    assert len(asked) == 2


def test_an_exception_that_runs_out_is_asked_anew(
    question: Question, asked: list[object], tmp_path: Path
) -> None:
    path = tmp_path / "level_1_qualification.json"
    excepted = replace(question, exceptions=[exception(TODAY)])
    ask_once(excepted, path)
    results = ask_once(replace(excepted, today=date(2026, 11, 23)), path)
    assert len(asked) == 2
    assert [one.name for one in results if one.result == "failed"] == ["exceptions_are_in_date"]


@pytest.mark.parametrize(
    "change",
    [
        lambda asked: replace(asked, today=date(2021, 6, 1)),
        lambda asked: replace(asked, published=figures(last=2024)),
    ],
    ids=["a period that has not ended", "older than what is published"],
)
def test_an_answer_of_this_day_alone_is_never_kept(
    question: Question, asked: list[object], tmp_path: Path, change: Change
) -> None:
    path = tmp_path / "level_1_qualification.json"
    ask_once(question, path)
    for _ in range(2):
        results = {result.result for result in ask_once(change(question), path)}
        assert results & {"failed", "warning"}
    assert len(asked) == 3


def test_what_failed_is_judged_each_time(
    question: Question, asked: list[object], tmp_path: Path
) -> None:
    wrong = replace(question, table=figures(value=108.0))
    path = tmp_path / "level_1_qualification.json"
    for _ in range(2):
        assert "failed" in {result.result for result in ask_once(wrong, path)}
    assert len(asked) == 2
    assert not path.exists()


def test_another_state_of_the_code_is_asked_anew(
    question: Question,
    asked: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "level_1_qualification.json"
    ask_once(question, path)
    monkeypatch.setattr(judged_before, "made_with", lambda: {"code": "another"})
    ask_once(question, path)
    assert len(asked) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"question": 1, "results": "x"}'])
def test_an_answer_that_cannot_be_read_is_asked_anew(
    question: Question, asked: list[object], tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "level_1_qualification.json"
    path.write_bytes(content)
    assert ask_once(question, path) == ask_once(question, path)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("executor", "has_judged", "prepares"),
    [("in_process", False, True), ("in_process", True, False), ("celery", False, False)],
)
def test_only_a_first_run_that_judges_here_prepares_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    executor: str,
    has_judged: bool,
    prepares: bool,
) -> None:
    begun: list[Callable[[], object]] = []
    monkeypatch.setattr(judged_before, "begin", begun.append)
    if has_judged:
        (tmp_path / "judged").mkdir()
    judged_before.prepare_to_judge(Settings(state=tmp_path, executor=executor))
    assert begun == ([prepare] if prepares else [])
