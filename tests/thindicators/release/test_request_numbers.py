"""A source that fails alike makes one release, whatever number its error page bears."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sources import SAMPLES
from tests.support import NOW, QUICK, answer_with, smaller_plan
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.answers import load_answers
from thindicators.refreshing import refresh
from thindicators.refreshing.remake import verify
from thindicators.release.publishing import Release, publish
from thindicators.settings import Settings

OVERWEIGHT = "year_6_overweight"


@pytest.fixture
def live(tmp_path: Path, httpserver: HTTPServer) -> RunContext:
    schemas = smaller_plan(tmp_path / "schemas", OVERWEIGHT)
    folders = Settings(schemas=schemas, state=tmp_path / "state", published=tmp_path / "published")
    run_context = open_run_context(folders, SAMPLES, "live", lambda: NOW)
    answers = load_answers(SAMPLES / "ncmp")
    addresses = answer_with(httpserver, answers, run_context.plan.sources["ncmp"].addresses)
    return replace(
        run_context,
        settings=replace(folders, addresses=addresses),
        manners=QUICK,
        sleep=lambda _seconds: None,
    )


def published(run_context: RunContext) -> Release:
    refresh.fetch(run_context, "ncmp")
    refresh.read(run_context, OVERWEIGHT)
    return publish(run_context, refresh.all_outcomes(run_context))


@pytest.mark.parametrize(
    "page",
    ["Service blocked. Request id: 0x{:08x}", "Reference {:d} of 26 November 2026, 10:{:02d}"],
)
@pytest.mark.parametrize("status", [403, 500])
def test_failures_that_differ_in_a_number_alone_make_one_release(
    live: RunContext, httpserver: HTTPServer, page: str, status: int
) -> None:
    published(live)
    numbers = itertools.count(1)

    def failing(_request: Request) -> Response:
        number = next(numbers)
        return Response(page.format(number, number % 60), status)

    httpserver.clear_all_handlers()
    httpserver.expect_request(re.compile("^/.*")).respond_with_handler(failing)
    made = [published(live) for _ in range(4)]
    assert [release.is_new for release in made] == [True, False, False, False]
    assert verify(live, made[0].folder) == []
