"""A program runs in a process of its own: it is told lines, answers by lines, and ends when nobody is left to tell more."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from thindicators.programs import Program, start
from thindicators.site import vega_process

SQUARE = json.dumps({"width": 10, "height": 10, "marks": []})


@pytest.fixture
def program() -> Iterator[Program]:
    started = start(vega_process)
    yield started
    started.end()


def test_it_answers_each_line_that_it_is_told(program: Program) -> None:
    for _ in range(2):
        program.tell(SQUARE)
        assert json.loads(program.says.readline())["svg"].startswith("<svg")


def test_it_ends_when_nobody_could_tell_it_more(program: Program) -> None:
    program.told.close()
    assert program.process.wait(60) == 0


def test_telling_one_that_has_ended_is_no_error_and_its_answer_is_none(program: Program) -> None:
    program.process.kill()
    program.process.wait()
    program.tell(SQUARE)
    assert program.says.readline() == ""
