"""A live publish with every publisher unreachable: how long it takes until it ends and says so."""

from __future__ import annotations

import logging
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pytest_httpserver import HTTPServer
from rich.console import Console

from sources import SAMPLES
from tests.support import NOW, ROOT, answer_with, closed_port
from thindicators.fetching.answers import Answers, load_answers
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan

_LIMIT = 60


def measure(console: Console, schemas: Path = ROOT / "schemas") -> None:
    """Publish once from publishers on loopback; then with none that can be reached, in two ways, and print how long."""
    plan = load_plan(schemas)
    ways = {
        "refuses connections": _refusing(plan),
        "has a name without an address": _without_address(plan),
    }
    with TemporaryDirectory() as folder:
        _publish_from_loopback(Path(folder), schemas)
        for words, replaced in ways.items():
            working = _processor_seconds()
            seconds, ran = _publish(Path(folder), schemas, replaced)
            working = _processor_seconds() - working
            lines = len(ran.stdout.splitlines())
            console.print(
                f"A live publish when every publisher {words}: {seconds:.1f} s (limit {_LIMIT} s), "
                f"{working:.1f} s of a processor among them; "
                f"it says so in {lines} lines (limit 24) and ends with status {ran.returncode}."
            )


def _processor_seconds() -> float:
    """How long the processes that this one started and that have ended kept a processor busy."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _refusing(plan: Plan) -> dict[str, str]:
    """Addresses at which nobody listens, a port for each publisher."""
    return {name: closed_port() for name in plan.addresses}


def _without_address(plan: Plan) -> dict[str, str]:
    """Names in the domain that is kept for names that never exist: https://www.rfc-editor.org/rfc/rfc6761."""
    return {name: f"http://{name.replace('_', '-')}.invalid" for name in plan.addresses}


def _publish_from_loopback(folder: Path, schemas: Path) -> None:
    without_pauses = folder / "schemas"
    shutil.copytree(schemas, without_pauses)
    for path in (without_pauses / "sources").glob("*.yaml"):
        text = re.sub(
            r"^seconds_between_requests:.*\n",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
        path.write_text(f"{text}seconds_between_requests: 0\n", encoding="utf-8")
    samples = [load_answers(path) for path in SAMPLES.iterdir() if (path / "answers.yaml").exists()]
    answers = Answers(NOW.date(), tuple(answer for sample in samples for answer in sample.answers))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # or it tells of every request
    with HTTPServer(threaded=True) as server:
        _, ran = _publish(
            folder,
            without_pauses,
            answer_with(server, answers, load_plan(without_pauses).addresses),
        )
    if ran.returncode:
        raise RuntimeError(ran.stdout + ran.stderr)


def _publish(
    folder: Path, schemas: Path, replaced: Mapping[str, str]
) -> tuple[float, subprocess.CompletedProcess[str]]:
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith("THINDICATORS_")
        },
        **{f"THINDICATORS_{name.upper()}_URL": address for name, address in replaced.items()},
        "THINDICATORS_SCHEMAS": str(schemas),
        "THINDICATORS_STATE": str(folder / "state"),
        "THINDICATORS_PUBLISHED": str(folder / "published"),
        "COLUMNS": "100",
    }
    command = [
        sys.executable,
        "-c",
        "from assets.command_line import app; app()",
        "publish",
        "--edition",
        "live",
    ]
    began = time.monotonic()
    ran = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return time.monotonic() - began, ran
