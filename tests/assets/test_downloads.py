"""What the UI gives beside Dagster's own pages: the template of a return, over HTTP and behind the same door."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import uvicorn
from openpyxl import load_workbook  # type: ignore[import-untyped]
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assets.downloads import TEMPLATE_PATH, WithDownloads
from assets.own_pages import OwnPagesOnly, hosts_of
from sources.returns.template import ASKED_FOR
from tests.samples import sample_release
from thindicators.settings import PREFIX


async def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("a page of Dagster's")


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server in the place of the UI's, with a release published."""
    monkeypatch.setenv(f"{PREFIX}STATE", str(tmp_path / "state"))
    monkeypatch.setenv(f"{PREFIX}PUBLISHED", str(sample_release().parent.parent))
    behind = Starlette(routes=[Route("/{path:path}", page)])
    # It listens already, so that a request waits until the server takes it.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        application = OwnPagesOnly(WithDownloads(behind), hosts_of("127.0.0.1", port, ()))
        server = uvicorn.Server(uvicorn.Config(application, log_level="warning"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join()


def test_the_template_is_a_workbook_with_a_row_for_each_awaited_figure(address: str) -> None:
    answer = requests.get(f"{address}{TEMPLATE_PATH}", timeout=60)
    assert answer.status_code == 200
    assert 'filename="thindicators-return.xlsx"' in answer.headers["Content-Disposition"]
    rows = list(load_workbook(io.BytesIO(answer.content))["Return"].iter_rows(values_only=True))
    header, *figures = rows
    assert header[0] == ASKED_FOR
    asked_for = [str(row[0]) for row in figures]
    assert any(words.startswith("Affordable homes delivered") for words in asked_for)
    # The sample has this one.
    assert not any("Projects funded; 2023/24" in words for words in asked_for)


def test_every_other_page_is_dagsters(address: str) -> None:
    for path in ("/", "/assets", "/downloads", f"{TEMPLATE_PATH}/x"):
        assert requests.get(f"{address}{path}", timeout=60).text == "a page of Dagster's"


def test_a_page_of_another_site_gets_no_template(address: str) -> None:
    headers = {"Origin": "http://evil.example"}
    answer = requests.get(f"{address}{TEMPLATE_PATH}", headers=headers, timeout=60)
    assert answer.status_code == 403


def test_a_plan_that_cannot_be_read_is_said_in_words(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}SCHEMAS", str(tmp_path / "nowhere"))
    answer = requests.get(f"{address}{TEMPLATE_PATH}", timeout=60)
    assert answer.status_code == 500
    assert "plan.yaml" in answer.text
    assert "No such file" in answer.text
