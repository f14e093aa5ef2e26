"""A download of the London Datastore that is redirected: the probe names the host, and one line of YAML mends it."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sources import SAMPLES
from tests.support import NOW, ROOT, answer_with
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.answers import Answer, Answers, load_answers
from thindicators.plan.loading import load_plan
from thindicators.refreshing import probe
from thindicators.settings import settings_from

STORE = "https://objects.store.example:8443"


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))


def redirecting(source: str) -> Answers:
    """The sample's Datastore, whose downloads are redirected to a store of files that no address of ours names."""
    sample = load_answers(SAMPLES / source)
    downloads = [answer for answer in sample.answers if "/download/" in answer.url]
    assert downloads
    others = [answer for answer in sample.answers if answer not in downloads]
    moved = [_redirect(answer) for answer in downloads]
    stored = [replace(answer, url=_in_store(answer.url)) for answer in downloads]
    return Answers(sample.composed, (*others, *moved, *stored))


def _in_store(url: str) -> str:
    return f"{STORE}/bucket/{url.rpartition('/')[2]}"


def _redirect(answer: Answer) -> Answer:
    location = f"{_in_store(answer.url)}?signature=secret"
    return replace(answer, status=302, content=b"", headers={"Location": location})


def live(schemas: Path, server: HTTPServer, answers: Answers, source: str) -> RunContext:
    """The context of a live run whose publishers are all on loopback."""
    replaced = answer_with(server, answers, load_plan(schemas).sources[source].addresses)
    folder = schemas.parent
    environment = {
        "THINDICATORS_SCHEMAS": str(schemas),
        "THINDICATORS_STATE": str(folder / "state"),
        "THINDICATORS_PUBLISHED": str(folder / "published"),
        **{f"THINDICATORS_{name.upper()}_URL": address for name, address in replaced.items()},
    }
    return open_run_context(settings_from(environment), SAMPLES, "live", lambda: NOW)


@pytest.mark.parametrize("source", ["laei", "leggi"])
def test_the_probe_names_the_host_and_the_line_that_lets_it_be_asked(
    schemas: Path, httpserver: HTTPServer, source: str
) -> None:
    run_context = live(schemas, httpserver, redirecting(source), source)
    finding = probe.probe(run_context, run_context.plan.sources[source])
    assert [
        line for line in finding.differs if "objects.store.example:8443 is not among" in line
    ] == [*finding.differs]
    assert finding.found == ()

    (line,) = re.findall(
        r"the line “(\w+: https://\S+)” under `addresses` in sources/(\w+)\.yaml", finding.remedy[0]
    )
    assert line == (f"at_objects_store_example_8443: {STORE}", source)
    path = schemas / "sources" / f"{source}.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("addresses:\n", f"addresses:\n  {line[0]}\n"),
        encoding="utf-8",
    )

    run_context = live(schemas, httpserver, redirecting(source), source)
    finding = probe.probe(run_context, run_context.plan.sources[source])
    assert finding.differs == ()
    assert any("E09000030" in found for found in finding.found)


def test_what_the_redirect_signs_for_is_kept_in_no_receipt(
    schemas: Path, httpserver: HTTPServer
) -> None:
    path = schemas / "sources" / "laei.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "addresses:\n", f"addresses:\n  store: {STORE}\n"
    )
    path.write_text(text, encoding="utf-8")
    run_context = live(schemas, httpserver, redirecting("laei"), "laei")
    assert probe.probe(run_context, run_context.plan.sources["laei"]).differs == ()
    kept = [one.read_bytes() for one in (schemas.parent / "state").rglob("*.json")]
    assert kept
    assert not [content for content in kept if b"signature" in content]
