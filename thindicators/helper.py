"""Helper: a second process of this program, for work that needs a processor and little else.

What belongs here: having one, handing work to it, and doing the work here where there is none. What
is worth handing over belongs to whoever has the work: a function of a module, whose arguments and
answer can be pickled, and which asks no setting and writes nothing.

There is at most one, for as long as a command is at work that wants one. It ends with the process
that started it, however that ends.
"""

from __future__ import annotations

import atexit
import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Answer = TypeVar("Answer")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Begun(Generic[Answer]):
    """Work that has begun in the helper, or that is done here by whoever asks for its answer first.

    Attributes:
        work: The work itself.
        future: What the helper will answer; None if there is no helper.
    """

    work: Callable[[], Answer]
    future: Future[Answer] | None

    @property
    def is_elsewhere(self) -> bool:
        """Whether the helper is at it, so that waiting for its answer gains something."""
        return self.future is not None

    def answer(self) -> Answer:
        """What the work came to; where the helper ended before it had done it, it is done here.

        Raises:
            Exception: Whatever the work itself raises.
        """
        if self.future is None:
            return self.work()
        try:
            return self.future.result()
        except BrokenProcessPool:
            _LOG.warning(
                "The process that helps ended before it was done: its work is done in this one. If it was killed, "
                "this machine may have too little memory."
            )
            return self.work()


_helper: ProcessPoolExecutor | None = None


@contextmanager
def helping() -> Iterator[None]:
    """Have a helper for as long as the block lasts; its process starts with the first work.

    Whoever has one already goes on with it. One that cannot be had is no error: what would be its work is done here.
    """
    global _helper
    helper = _new_helper() if _helper is None else None
    if helper is None:
        yield
        return
    _helper = helper
    try:
        yield
    finally:
        _helper = None
        helper.shutdown(cancel_futures=True)


def _new_helper() -> ProcessPoolExecutor | None:
    # Such a process may start no other.
    if multiprocessing.current_process().daemon:
        return None
    try:
        return ProcessPoolExecutor(
            max_workers=1,
            # A copy of this process would have its threads' locks, and its open files.
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
        )
    except OSError as problem:
        _LOG.warning("No process that helps can be had, and all is done in this one: %s", problem)
        return None


def begin(work: Callable[[], Answer]) -> Begun[Answer]:
    """Hand work over to the helper, if there is one; nobody waits.

    Args:
        work: A function of a module, or a `functools.partial` of one with all its arguments.
    """
    if _helper is None:
        return Begun(work, None)
    try:
        return Begun(work, _helper.submit(_do, work))
    except (BrokenProcessPool, OSError):
        # It was killed, or this machine has no room for it.
        return Begun(work, None)


def _begin() -> None:
    """What the helper does first."""
    # Whoever interrupts the command interrupts the whole group: the command itself ends its helper.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Else Python looks through all of its memory again and again, as libraries are imported, and once more as it ends.
    gc.disable()
    atexit.register(gc.freeze)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _do(work: Callable[[], Answer]) -> Answer:
    """Do what was handed over, and forget it: a workbook refers to its sheets, and they to it."""
    try:
        return work()
    finally:
        gc.collect(0)


def _end_with_parent() -> None:
    """End at once when the process that wanted help is gone, so that none is left when it is killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
