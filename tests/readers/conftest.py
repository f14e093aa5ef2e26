"""The sample edition as strangers find it: two releases, without and with a public address, on disk and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.samples import sample_outcomes, sample_release, sample_run_context
from thindicators.context import RunContext
from thindicators.refreshing import witnessing
from thindicators.release.publishing import publish

SUB_PATH = "/open/data"
PUBLIC_URL = "https://data.example.org/open/data"


class _UnderSubPath(SimpleHTTPRequestHandler):
    """Serves a folder below a path, as a council's web site would."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(
            path.removeprefix(SUB_PATH) if path.startswith(SUB_PATH) else "/nothing"
        )

    def log_message(self, *_words: object) -> None:
        """Nobody reads along."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served on loopback."""
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_UnderSubPath, directory=str(folder))
    ) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
        server.shutdown()


@pytest.fixture(scope="session")
def release() -> Path:
    """Without a public address. Tests read it and leave it as it is."""
    return sample_release()


@pytest.fixture(scope="session")
def public_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a public address."""
    made = sample_run_context()
    file = made.plan.file.model_copy(update={"public_url": PUBLIC_URL})
    settings = replace(made.settings, published=tmp_path_factory.mktemp("public") / "published")
    public: RunContext = replace(made, plan=replace(made.plan, file=file), settings=settings)
    return publish(public, sample_outcomes(), statements=witnessing.hear(made)).folder


@pytest.fixture(scope="session")
def published(release: Path) -> Path:
    """The folder of all releases, as a web server would serve it."""
    return release.parent.parent


@pytest.fixture(scope="session")
def address(published: Path) -> Iterator[str]:
    """Of the latest release, over HTTP."""
    with served(published) as base:
        yield f"{base}/latest"


@pytest.fixture(
    params=[
        "on disk",
        "on disk, with a public address",
        "over HTTP",
        "over HTTP, with a public address",
    ]
)
def place(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a stranger finds a release: a folder or an address."""
    fixture = "public_release" if "public" in request.param else "release"
    folder: Path = request.getfixturevalue(fixture)
    if "disk" in request.param:
        yield str(folder)
        return
    with served(folder.parent.parent) as base:
        yield f"{base}/latest"
