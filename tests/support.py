"""What tests share: real files where they are present, a publisher on loopback, and finding one figure."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from thindicators.fetching.answers import Answers
from thindicators.fetching.attempts import Manners
from thindicators.fetching.hosts import Hosts, Visits
from thindicators.fetching.snapshots import Receipt, Snapshot, SnapshotStore
from thindicators.observations.observation import Observation
from thindicators.parsing import modules
from thindicators.parsing.modules import SourceModule
from thindicators.plan.loading import load_plan

ROOT = Path(__file__).parent.parent

_COMMAND = """\
#!{python}
from assets.__main__ import main

if __name__ == "__main__":
    main()
"""
"""The command as pip installs it."""
REAL = ROOT.parent / "shared" / "real"
"""Files as publishers gave them; not part of the project, and not everywhere."""

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
QUICK = Manners(connect_timeout=2, read_timeout=2, attempts=2, first_wait=0.01, longest_wait=0.05)


def real(name: str) -> Path:
    """A publisher's own file; the test is skipped where it is absent."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def answer_with(
    server: HTTPServer, answers: Answers, addresses: Mapping[str, str]
) -> dict[str, str]:
    """Let a loopback server answer for publishers.

    Args:
        server: On loopback.
        answers: What it says.
        addresses: The publishers' base addresses, by name.

    Returns:
        What stands in for the publishers' base addresses, by name.
    """

    def handler(request: Request) -> Response:
        name, _, rest = request.full_path.removeprefix("/").partition("/")
        answer = answers.find(
            request.method, f"{addresses[name]}/{rest.removesuffix('?')}", request.get_data()
        )
        return Response(
            answer.content, answer.status, dict(answer.headers), content_type=answer.media_type
        )

    server.clear_all_handlers()
    for name in addresses:
        server.expect_request(re.compile(rf"^/{name}/.*")).respond_with_handler(handler)
    return {name: server.url_for(f"/{name}") for name in addresses}


def unhurried(store: SnapshotStore) -> Visits:
    """A client's visits to hosts, in a run of its own and without pauses between requests."""
    return Visits(Hosts(store.folder.parent / ".hosts"), 0, 60, lambda _seconds: None)


def closed_port() -> str:
    """An address on loopback at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


def one(observations: Sequence[Observation], **wanted: object) -> Observation:
    """The one observation with these attributes; `year` may be among them."""
    found = [
        row
        for row in observations
        if all(
            (row.period.year if name == "year" else getattr(row, name)) == value
            for name, value in wanted.items()
        )
    ]
    assert len(found) == 1, f"{len(found)} observations with {wanted}"
    return found[0]


def may_mount() -> None:
    """Skip the test where an ordinary user may not mount a small disk of his own."""
    command = [
        "unshare",
        "--map-root-user",
        "--mount",
        "mount",
        "-t",
        "tmpfs",
        "-o",
        "size=64k",
        "tmpfs",
        "/mnt",
    ]
    if (
        not shutil.which("unshare")
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        pytest.skip(
            "This machine does not let its users mount a small disk (unshare --map-root-user --mount)"
        )


def smaller_plan(folder: Path, *indicators: str) -> Path:
    """The plan with only these indicators and what they need, where a test is about none in particular.

    Args:
        folder: Which must not be there yet.
        indicators: Those to keep.

    Returns:
        The folder, for `Settings.schemas`.
    """
    plan = load_plan(ROOT / "schemas")
    kept = [plan.indicators[one] for one in indicators]
    sources = {
        one
        for indicator in kept
        for source in indicator.sources
        for one in (source, *plan.fetched_for(source))
    }
    shutil.copytree(ROOT / "schemas", folder)
    for kind, names in (("indicators", set(indicators)), ("sources", sources)):
        for path in (folder / kind).glob("*.yaml"):
            if path.stem not in names:
                path.unlink()
    return folder


def receipt_of(content: bytes = b"", **said: Any) -> Receipt:
    """The receipt of some bytes as a live run keeps it, but for what else is said of them."""
    receipt = Receipt(
        sha256=hashlib.sha256(content).hexdigest(),
        source="ons_aps",
        edition="live",
        method="GET",
        url="https://publisher.example/data",
        retrieved="2026-11-22T10:15:00Z",
        size=len(content),
        media_type="text/csv",
        licence="ogl",
    )
    return replace(receipt, **said)


def snapshot_of(content: bytes, role: str = "file", **said: Any) -> Snapshot:
    """Some bytes as a live run keeps them, but for what else is said of them in the receipt."""
    return Snapshot(role, content, receipt_of(content, **said))


def module_of(source: str) -> SourceModule:
    """The module that reads one of the Plan's sources."""
    return modules.module_of(load_plan(ROOT / "schemas").sources[source])


def with_witnesses(folder: Path) -> Path:
    """Put the plan's witnesses into a `schemas/` folder, whose indicators name them.

    Args:
        folder: Which has no witnesses yet.

    Returns:
        The folder.
    """
    shutil.copytree(ROOT / "schemas" / "witnesses", folder / "witnesses", dirs_exist_ok=True)
    return folder


def files_of_checkout() -> list[str]:
    """The paths of the project's files, as a clone would have them."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def copy_of_checkout(folder: Path) -> Path:
    """Copy the project as a clone would have it into a folder, for tests that write into it.

    Returns:
        The folder.
    """
    for name in files_of_checkout():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def environment_at(folder: Path) -> Path:
    """Put this run's Python where `make` looks for the environment that it would install.

    Args:
        folder: The environment's, which must not be there yet.

    Returns:
        The folder, for make's VENV.
    """
    commands = {
        "python": f'#!/bin/sh\nexec {sys.executable} "$@"\n',
        "thindicators": _COMMAND.format(python=sys.executable),
    }
    (folder / "bin").mkdir(parents=True)
    for name, text in commands.items():
        (folder / "bin" / name).write_text(text, encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    for marker in (".ready", ".ready-dev"):
        (folder / marker).touch()
    return folder


def checkout_in(folder: Path) -> Path:
    """Put a copy of the project, as a clone would have it, into a folder.

    Args:
        folder: Which is empty.

    Returns:
        The folder.
    """
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def without_settings(folder: Path) -> dict[str, str]:
    """This run's environment without anybody's settings, for the code of a checkout in a folder."""
    ours = ("THINDICATORS_", "DAGSTER_", "MAKE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PYTHONPATH": str(folder), "COLUMNS": "200"}
