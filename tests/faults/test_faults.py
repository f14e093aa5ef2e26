"""Whatever a publisher or a person does wrong, no wrong figure gets out: every fault on every source.

Every figure that may be published after a fault is the good one, or there is an error that names source, file and
place. What came of each is written down in OUTCOMES.md.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.faults import cell_faults, content_faults, return_faults, transport_faults
from tests.faults.corpus import FAULTS, SOURCES, verdicts_of
from tests.faults.fault import Fault
from tests.faults.report import HEAD, OUTCOMES, problems, section
from tests.faults.undetectable import UNDETECTABLE
from thindicators.plan.model import Plan
from thindicators.refreshing import refresh

pytestmark = pytest.mark.system
each_source = pytest.mark.parametrize("source", SOURCES)
verdicts = cache(verdicts_of)


@each_source
def test_no_wrong_figure_gets_out(source: str) -> None:
    assert problems({source: verdicts(source)}) == []


@each_source
def test_what_is_written_down_is_what_happens(source: str) -> None:
    assert section(source, verdicts(source)) in OUTCOMES.read_text(encoding="utf-8"), (
        "run `python -m tests.faults --write` and look at what has changed"
    )


def test_nothing_else_is_written_down() -> None:
    head, *sections = OUTCOMES.read_text(encoding="utf-8").split("\n## ")
    assert f"{head}\n## {sections[0]}" == HEAD
    assert [one.partition("\n")[0] for one in sections[1:]] == list(SOURCES)


def test_every_source_that_is_asked_is_tried(plan: Plan) -> None:
    assert set(SOURCES) == {
        one.id for one in plan.sources.values() if refresh.is_fetched(plan, one)
    }


def test_a_fault_that_cannot_be_seen_is_one_of_a_source() -> None:
    assert {source for source, _ in UNDETECTABLE} <= set(SOURCES)
    assert {fault for _, fault in UNDETECTABLE} <= set(FAULTS)


def test_every_fault_has_a_name_of_its_own() -> None:
    every: list[Fault] = [*transport_faults.FAULTS, *return_faults.FAULTS]
    every += [*content_faults.FAULTS, *cell_faults.FAULTS]
    assert len({one.name for one in every}) == len(every)
