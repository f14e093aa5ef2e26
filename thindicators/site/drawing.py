"""Drawing: Vega's charts, begun at once and drawn in a process of their own while something else is done.

What belongs here: handing specifications to that process, and what it draws to whoever waits. What an image must be for a
page belongs in `drawn`.
"""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import IO, cast

from thindicators.errors import ReleaseError
from thindicators.site import vega_process

_KEPT = 500
"""How many charts are remembered: the pages of one release have some two hundred."""

# One thread, so that each chart is asked for after the one before has come.
_ASKING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draws charts")


def begin(specification: str) -> Future[str]:
    """Begin to draw a chart, unless this process has begun the same before.

    Args:
        specification: In Vega's grammar, as JSON on one line.

    Returns:
        The image as SVG, once it is drawn; else a ValueError with Vega's word, or a ReleaseError if the process ended.
    """
    begun = _begun(specification)
    # What failed once may go well in another process.
    if begun.done() and begun.exception() is not None:
        _begun.cache_clear()
        begun = _begun(specification)
    return begun


@lru_cache(maxsize=_KEPT)
def _begun(specification: str) -> Future[str]:
    return _ASKING.submit(_draw, specification)


class _Vega:
    """The process that draws."""

    def __init__(self) -> None:
        # -P: the folder of the program has modules with the names of libraries.
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", vega_process.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        atexit.register(self.end)

    def ask(self, specification: str) -> str:
        """The line that it writes of one; without its end if the process has ended."""
        try:
            _pipe(self._process.stdin).write(f"{specification}\n")
            _pipe(self._process.stdin).flush()
        except BrokenPipeError:
            return ""
        return _pipe(self._process.stdout).readline()

    def end(self) -> int:
        """End it, and say with which status it ended."""
        self._process.kill()
        status = self._process.wait()
        atexit.unregister(self.end)
        return status


def _pipe(pipe: IO[str] | None) -> IO[str]:
    return cast("IO[str]", pipe)


@lru_cache(maxsize=1)
def _vega() -> _Vega:
    return _Vega()


def _draw(specification: str) -> str:
    said = _vega().ask(specification)
    if not said.endswith("\n"):
        status = _vega().end()
        _vega.cache_clear()
        raise ReleaseError(
            f"The charts could not be drawn: their process ended with status {status}, and what it said stands above. If "
            "it was killed, give this machine more memory, and run again. The release before stands."
        )
    answer = json.loads(said)
    if "error" in answer:
        raise ValueError(answer["error"])
    svg: str = answer["svg"]
    return svg
