"""Drawing: Vega's charts, begun at once and drawn in a process of their own while something else is done.

What belongs here: handing specifications to that process, and what it draws to whoever waits. What an image must be for a
page belongs in `drawn`.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache

from thindicators.errors import ReleaseError
from thindicators.programs import Program, start
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


@lru_cache(maxsize=1)
def _vega() -> Program:
    return start(vega_process)


def _draw(specification: str) -> str:
    vega = _vega()
    vega.tell(specification)
    said = vega.says.readline()
    # A line without its end is all that came of a process that ended.
    if not said.endswith("\n"):
        _vega.cache_clear()
        vega.end()
        status = vega.process.returncode
        raise ReleaseError(
            f"The charts could not be drawn: their process ended with {status}, and what it said stands above. "
            "If it was killed, give this machine more memory, and run again. The release before stands."
        )
    answer = json.loads(said)
    if "error" in answer:
        raise ValueError(answer["error"])
    svg: str = answer["svg"]
    return svg
