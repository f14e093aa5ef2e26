"""The fetches of one run, side by side: every publisher is asked from the beginning, and none waits for another.

What belongs here: asking several sources at once, and telling what is waited for. What a fetch is belongs in `refresh`;
that no host is asked twice at the same time, in `thindicators.fetching.hosts`. A fetch's result is recorded by whoever
takes it, so that nothing but snapshots is written here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import TypeVar

from thindicators.context import RunContext
from thindicators.fetching.snapshots import Fetched
from thindicators.parsing.modules import module_of
from thindicators.refreshing import refresh

SHORT_WAIT = 3.0
"""How many seconds a wait may take before anybody is told."""

_GLANCE = 0.5
Result = TypeVar("Result")


class Fetches:
    """The fetches of one run, begun together and taken one by one.

    What needs no network is fetched when it is taken: samples, and returns, which are sorted in the inbox one source
    after another.
    """

    def __init__(
        self,
        run_context: RunContext,
        sources: Iterable[str],
    ) -> None:
        self._run_context = run_context
        self._hosts = run_context.hosts
        self._begun = {
            source: self._begin(source) for source in sources if self._is_awaited(source)
        }

    def take(
        self,
        source: str,
        tell: Callable[[str], None],
    ) -> Fetched:
        """What came of a fetch, when it has ended.

        Args:
            source: Whose it is; asked now, if it was not from the beginning.
            tell: Called with each wait that is not short, for whatever host, as long as this fetch has not ended.
        """
        if not self._is_awaited(source):
            return refresh.ask(self._run_context, source)
        fetch = self._begun.pop(source, None) or self._begin(source)
        while not wait([fetch], _GLANCE).done:
            for line in self._hosts.long_waits(SHORT_WAIT):
                tell(line)
        return fetch.result()

    def _is_awaited(self, source: str) -> bool:
        return (
            not self._run_context.is_sample
            and self._run_context.plan.sources[source].kind != "return"
        )

    def _begin(self, source: str) -> Future[Fetched]:
        # Imported here, so that no two threads import the same.
        module_of(self._run_context.plan.sources[source])
        return begin(lambda: refresh.ask(self._run_context, source), f"asks {source}")


def begin(work: Callable[[], Result], name: str) -> Future[Result]:
    """Begin some work in a thread that nobody waits for when the process ends.

    Args:
        work: Which may be broken off: what it writes is whole or not there.
        name: Of the thread.
    """
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as problem:
            future.set_exception(problem)

    threading.Thread(
        target=run,
        name=name,
        daemon=True,
    ).start()
    return future
