"""The whole corpus: every fault tried on every source, a source at a time, in a few processes.

What belongs here: which faults and sources there are, and running them. A source's trials share a publisher and a
folder; sources share nothing, so that each may run in a process of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from tests.damage.good_files import LAYOUTS
from tests.faults import cell_faults, content_faults, return_faults, transport_faults
from tests.faults.fault import Fault
from tests.faults.judgement import Verdict, judge
from tests.faults.publisher import Publisher
from tests.faults.trial import Bench
from thindicators.refreshing import judged_before

FAULTS: dict[str, Fault] = {
    one.name: one
    for one in (
        *transport_faults.FAULTS,
        *return_faults.FAULTS,
        *content_faults.FAULTS,
        *cell_faults.FAULTS,
    )
}
"""Every fault, by name."""

SOURCES = tuple(LAYOUTS)
"""Every source that is fetched or handed in."""

_PROCESSES = 2
_IN_MEMORY = Path("/dev/shm")
"""Where files cost no disk, on systems that have it: a trial writes some fifty small ones."""


@contextmanager
def bench() -> Iterator[Bench]:
    """What trials share. The checks are the project's own, made once for equal figures."""
    place = _IN_MEMORY if _IN_MEMORY.is_dir() else None
    with (
        TemporaryDirectory(dir=place, prefix="thindicators-faults-") as folder,
        Publisher() as publisher,
    ):
        made = Bench(publisher, Path(folder))
        with patch.object(judged_before, "check", made.check):
            yield made


def verdicts_of(source: str) -> dict[str, Verdict]:
    """What comes of every fault in one source, by the fault's name."""
    logging.disable(logging.CRITICAL)
    with bench() as made:
        return {name: judge(made, source, fault) for name, fault in FAULTS.items()}


def verdicts(sources: Sequence[str] = SOURCES) -> Iterator[tuple[str, dict[str, Verdict]]]:
    """What comes of every fault in each source, as soon as it is known."""
    with ProcessPoolExecutor(_PROCESSES, get_context("spawn")) as pool:
        yield from zip(sources, pool.map(verdicts_of, sources), strict=True)
