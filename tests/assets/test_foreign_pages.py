"""A page of another site, open in the officer's browser beside the UI: it accepts, launches and deletes nothing.

In Chromium, against the UI as `thindicators ui` starts it, with figures that are held. That each way would act without the
door before the UI is shown at the end, by the same page against Dagster's own server.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.assets.deployment.installation import Installation
from tests.assets.office import PLACE, free_port, until
from tests.assets.test_ui import ui
from tests.support import NOW, ROOT, smaller_plan
from tests.thindicators.outcomes.test_holds import change_sample, raised, refreshed
from thindicators.context import RunContext, open_run_context
from thindicators.release.publishing import publish
from thindicators.settings import Settings

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.system

CHROMIUM = Path("/usr/bin/chromium")
OVERWEIGHT = "year_6_overweight"
EVIL, REBOUND = "evil.example", "rebound.example"
ACCEPT, LAUNCH, DELETE = "accept", "launch", "delete"
WAYS = {
    "image": "new Image().src = address;",
    "script": "const script = document.createElement('script'); script.src = address;"
    "document.head.append(script);",
    "frame": "const frame = document.createElement('iframe'); frame.src = address;"
    "document.body.append(frame);",
    "form": "submit('application/x-www-form-urlencoded');",
    "form of plain text": "submit('text/plain');",
    "simple fetch": "post('text/plain', 'no-cors', address);",
    "fetch with JSON in a parameter": "post('text/plain; application/json', 'no-cors', graphql);",
    "fetch with JSON": "post('application/json', 'cors', graphql);",
    "beacon": "navigator.sendBeacon(address, new Blob([body], {type: 'text/plain'}));",
    "websocket": "talk();",
    "window": "window.open(address, way);",
}
"""The ways in which a page of another site can send an order, each as a line of its script."""

PAGE = """<!doctype html><title>Kittens</title><script>
async function act(graphql, way, query) {
  const address = `${graphql}?query=${encodeURIComponent(query)}`;
  const body = JSON.stringify({query});
  const post = (type, mode, url) =>
    fetch(url, {method: 'POST', mode, credentials: 'include', headers: {'Content-Type': type}, body}).catch(() => {});
  const submit = enctype => {
    const frame = document.createElement('iframe');
    frame.name = way;
    document.body.append(frame);
    const form = Object.assign(document.createElement('form'), {method: 'post', action: address, enctype, target: way});
    form.append(Object.assign(document.createElement('input'), {name: 'x', value: 'y'}));
    document.body.append(form);
    form.submit();
  };
  const talk = () => {
    const socket = new WebSocket(graphql.replace('http', 'ws'), 'graphql-ws');
    socket.onopen = () => {
      window.opened = true;
      socket.send(JSON.stringify({type: 'connection_init'}));
      socket.send(JSON.stringify({type: 'start', id: '1', payload: {query}}));
    };
    socket.onerror = () => { window.closed_to_it = true; };
  };
  const ways = {WAYS};
  ways[way]();
}
</script><body>"""


@dataclass(frozen=True)
class Desk:
    """The UI, a browser, a site of somebody else, and figures that are held."""

    installation: Installation
    browser: Any
    elsewhere: HTTPServer
    own: str
    old_run: str

    @property
    def graphql(self) -> str:
        return f"{self.own}/graphql"

    @property
    def port(self) -> str:
        return self.own.rpartition(":")[2]

    @cached_property
    def orders(self) -> dict[str, str]:
        """What a foreign page tries: to let held figures through, to start a run, and to delete one."""
        config = {"indicator": OVERWEIGHT, "reason": "Written by a page of another site"}
        return {
            ACCEPT: launched("accept_held", {"accept_held_figures": {"config": config}}),
            LAUNCH: launched("refresh_ncmp", {}),
            DELETE: f'mutation {{ deletePipelineRun(runId: "{self.old_run}") {{ __typename }} }}',
        }

    def foreign_page(self, host: str) -> Any:
        page = self.browser.new_page()
        page.goto(f"http://{host}:{self.elsewhere.port}/")
        return page

    def try_every_way(self, graphql: str, host: str) -> None:
        """Open a foreign page and let it give every order in every way."""
        page = self.foreign_page(host)
        for way in WAYS:
            for query in self.orders.values():
                page.evaluate("([url, way, query]) => act(url, way, query)", [graphql, way, query])
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1000)  # what was sent without waiting for an answer has come by then
        page.close()

    def runs(self) -> set[str]:
        """The runs that there are."""
        asked = {"query": "{ runsOrError { ... on Runs { results { runId } } } }"}
        answer = requests.post(self.graphql, json=asked, timeout=60).json()
        return {run["runId"] for run in answer["data"]["runsOrError"]["results"]}

    def is_held(self) -> bool:
        """Whether the last that the ledger says, but for releases, is that figures wait."""
        ledger = self.installation.state / "ledger" / f"{OVERWEIGHT}.jsonl"
        lines = ledger.read_text(encoding="utf-8").splitlines()
        kinds: list[str] = [json.loads(line)["event"]["kind"] for line in lines]
        return [kind for kind in kinds if kind != "published"][-1] == "held"


def launched(job: str, steps: dict[str, Any]) -> str:
    """A mutation that starts a job, as one line."""
    selector = ", ".join(f'{name}: "{text}"' for name, text in {**PLACE, "jobName": job}.items())
    config = json.dumps(json.dumps({"ops": steps} if steps else {}))
    return (
        f"mutation {{ launchRun(executionParams: {{selector: {{{selector}}}, runConfigData: {config}}}) "
        "{ __typename ... on LaunchRunSuccess { run { runId } } } }"
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not here")
    installation = with_a_release(tmp_path_factory.mktemp("desk"))
    names = ", ".join(f"MAP {name} 127.0.0.1" for name in (EVIL, REBOUND))
    arguments = ["--no-sandbox", f"--host-resolver-rules={names}", "--disable-popup-blocking"]
    with (
        HTTPServer() as elsewhere,
        ui(installation) as (_, graphql),
        playwright.sync_playwright() as started,
    ):
        ways = ", ".join(f"{json.dumps(way)}: () => {{ {line} }}" for way, line in WAYS.items())
        page = PAGE.replace("{WAYS}", f"{{{ways}}}")
        elsewhere.expect_request("/").respond_with_data(page, content_type="text/html")
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        until(lambda: is_up(graphql), "the UI")
        old_run = ordered(graphql, launched("refresh_ncmp", {}))
        # It reads the publisher's own figures, and would end the hold if it ended after it.
        until(lambda: has_ended(graphql, old_run), "the first run")
        hold_figures(installation)
        yield Desk(installation, browser, elsewhere, graphql.removesuffix("/graphql"), old_run)
        browser.close()


def with_a_release(folder: Path) -> Installation:
    """An installation that has published."""
    plan = smaller_plan(folder / "schemas", OVERWEIGHT)
    shutil.copytree(SAMPLES, folder / "samples")
    run_context = opened(folder)
    publish(run_context, [refreshed(run_context)])
    return Installation(folder, {"THINDICATORS_SCHEMAS": str(plan)})


def hold_figures(installation: Installation) -> None:
    """Read what a publisher gives that has moved every figure at once after the release."""
    run_context = opened(installation.folder)
    change_sample(run_context, raised)
    refreshed(run_context)


def opened(folder: Path) -> RunContext:
    settings = Settings(folder / "schemas", folder / "state", folder / "published")
    return open_run_context(settings, folder / "samples", "sample", lambda: NOW)


def has_ended(graphql: str, run: str) -> bool:
    asked = {"query": f'{{ runOrError(runId: "{run}") {{ ... on Run {{ status }} }} }}'}
    answer = requests.post(graphql, json=asked, timeout=60).json()
    return answer["data"]["runOrError"]["status"] in ("SUCCESS", "FAILURE", "CANCELED")


def ordered(graphql: str, query: str) -> str:
    """Launch a run as no browser does, and give its id."""
    answer = requests.post(graphql, json={"query": query}, timeout=60).json()
    return str(answer["data"]["launchRun"]["run"]["runId"])


def is_up(graphql: str) -> bool:
    asked = {"query": "{ assetNodes { id } }"}
    try:
        return bool(requests.post(graphql, json=asked, timeout=60).json()["data"]["assetNodes"])
    except (requests.RequestException, ValueError, KeyError):
        return False


@pytest.mark.parametrize("host", [EVIL, "localhost", "127.0.0.1"])
def test_a_page_of_another_site_or_program_does_nothing_in_any_way(desk: Desk, host: str) -> None:
    before = desk.runs()
    desk.try_every_way(desk.graphql, host)
    assert desk.runs() == before
    assert desk.old_run in before
    assert desk.is_held()


def test_no_websocket_opens_for_a_foreign_page(desk: Desk) -> None:
    page = desk.foreign_page(EVIL)
    page.evaluate("url => act(url, 'websocket', '{ version }')", desk.graphql)
    page.wait_for_function("window.closed_to_it || window.opened")
    assert page.evaluate("window.opened") is None


def test_a_name_that_was_made_to_lead_here_does_nothing(desk: Desk) -> None:
    """Its page is of the same origin as the address that it asks, for the browser, which lets it do as it likes."""
    before = desk.runs()
    page = desk.browser.new_page()
    rebound = f"http://{REBOUND}:{desk.port}"
    assert page.goto(rebound).status == 421
    for query in desk.orders.values():
        assert page.evaluate(FETCH, [f"{rebound}/graphql", query])["status"] == 421
    assert page.evaluate(SUBSCRIBE, f"ws://{REBOUND}:{desk.port}/graphql") == "closed"
    assert desk.runs() == before
    assert desk.is_held()


def test_the_ui_is_not_shown_within_a_foreign_page(desk: Desk) -> None:
    page = desk.foreign_page(EVIL)
    page.evaluate("url => { document.body.innerHTML = `<iframe src='${url}'></iframe>` }", desk.own)
    frame = page.locator("iframe").element_handle().content_frame()
    frame.wait_for_load_state()
    assert "another site" in frame.locator("body").inner_text()


def test_a_link_on_a_foreign_page_opens_the_ui(desk: Desk) -> None:
    page = desk.foreign_page(EVIL)
    page.evaluate("url => { document.body.innerHTML = `<a href='${url}'>go</a>` }", desk.own)
    page.get_by_text("go").click()
    page.wait_for_url(f"{desk.own}/**")
    page.get_by_text("Automation").first.wait_for()


def test_the_uis_own_page_subscribes(desk: Desk) -> None:
    page = desk.browser.new_page()
    page.goto(f"{desk.own}/assets")
    assert page.evaluate(SUBSCRIBE, f"ws://127.0.0.1:{desk.port}/graphql") == "connection_ack"


def test_the_uis_own_page_accepts_and_deletes_and_without_the_door_every_page_would(
    desk: Desk, tmp_path: Path
) -> None:
    page = desk.browser.new_page()
    page.goto(f"{desk.own}/assets")
    deleted = page.evaluate(FETCH, [desk.graphql, desk.orders[DELETE]])["text"]
    assert "DeletePipelineRunSuccess" in deleted
    assert "LaunchRunSuccess" in page.evaluate(FETCH, [desk.graphql, desk.orders[ACCEPT]])["text"]
    until(lambda: not desk.is_held(), "the acceptance")
    before = desk.runs()
    with without_door(desk.installation, tmp_path) as graphql:
        desk.try_every_way(graphql, EVIL)
    assert len(desk.runs() - before) >= 10


@contextmanager
def without_door(installation: Installation, folder: Path) -> Iterator[str]:
    """Dagster's own server in the same folders; gives the address of its GraphQL."""
    workspace = folder / "workspace.yaml"
    workspace.write_text((ROOT / "workspace.yaml").read_text().replace(": .", f": {ROOT}"))
    port = free_port()
    home = {"DAGSTER_HOME": str(installation.state / "dagster")}
    options = ["--port", str(port), "--workspace", str(workspace)]
    process = subprocess.Popen(
        [sys.executable, "-m", "dagster_webserver", *options],
        env={**installation.environment, **home},
        cwd=ROOT,
    )
    try:
        until(lambda: is_up(f"http://127.0.0.1:{port}/graphql"), "Dagster's own server")
        yield f"http://127.0.0.1:{port}/graphql"
        time.sleep(5)  # for what was ordered and not waited for
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


FETCH = """async ([url, query]) => {
  const headers = {'Content-Type': 'application/json'};
  const answer = await fetch(url, {method: 'POST', headers, body: JSON.stringify({query})});
  return {status: answer.status, text: await answer.text()};
}"""
SUBSCRIBE = """url => new Promise(resolve => {
  const socket = new WebSocket(url, 'graphql-ws');
  socket.onopen = () => socket.send(JSON.stringify({type: 'connection_init'}));
  socket.onmessage = message => resolve(JSON.parse(message.data).type);
  socket.onerror = () => resolve('closed');
})"""
