"""Attempts: forked processes that publish without Dagster and are killed at a chosen moment.

What belongs here: forking, telling how far a process has come, and killing it. The process runs the real code; all that
is added to it is that it says through a pipe when it enters a stage.
"""

from __future__ import annotations

import os
import pickle
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.kills.place import Place, change_figure, new_place
from tests.kills.whole import Known, faults, figure_in_latest, left_overs
from thindicators.refreshing import refresh
from thindicators.release import publishing

STAGES = ("before fetch", "fetching", "reading", "writing beside", "swapping", "after")
_SHARES = (4, 8, 16, 40, 22, 10)
"""Of a hundred kills, how many are aimed at each stage: most at those in which something could break."""

_TOLD = 10
"""After how many kills a word is said, to those who wait."""

Say = Callable[[str], None]
Made = TypeVar("Made")


@dataclass
class Tally:
    """What came of some attempts.

    Attributes:
        fell: At which stage each kill fell.
        finished: How many attempts had ended before their kill.
        whole: After how many kills everything was whole.
        swapped: After how many kills `latest` was the new release.
        cleared: How many left overs of killed runs later runs cleared away.
        faults: What was not whole, after which attempt.
    """

    fell: Counter[str] = field(default_factory=Counter)
    finished: int = 0
    whole: int = 0
    swapped: int = 0
    cleared: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many there were."""
        return self.fell.total()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.fell + other.fell,
            self.finished + other.finished,
            self.whole + other.whole,
            self.swapped + other.swapped,
            self.cleared + other.cleared,
            self.faults + other.faults,
        )


@dataclass(frozen=True)
class Seen:
    """What an inspection saw."""

    known: Known
    faults: list[str]
    left_overs: set[str]
    figure: float


def kill_in_a_row(folder: Path, schemas: Path, kills: int, seed: str) -> Tally:
    """Publish in new folders, once in peace and then killed so many times, and once more in peace at the end."""
    chance = random.Random(seed)
    place, tally = new_place(folder, schemas), Tally()
    seen, lasts = _in_peace(place, 0, Known(), tally)
    number = 0
    while tally.kills < kills and number < 3 * kills:
        number += 1
        figure = change_figure(place.samples, number)
        stage = chance.choices(STAGES, _SHARES)[0]
        fell = _killed(place, stage, chance.random() * lasts[stage])
        before, seen = seen, _inspect(place, seen.known)
        tally.cleared += len(before.left_overs - seen.left_overs)
        tally.faults += [
            f"attempt {number}, killed {fell or 'not at all'}: {one}" for one in seen.faults
        ]
        if fell:
            tally.fell[fell] += 1
            tally.whole += not seen.faults
            tally.swapped += seen.figure == figure
            if tally.kills % _TOLD == 0:
                sys.stderr.write(f"{folder.name}: {tally.kills} of {kills} kills\n")
        else:
            tally.finished += 1
    last, _ = _in_peace(place, number + 1, seen.known, tally)
    tally.cleared += len(seen.left_overs - last.left_overs)
    tally.faults += [f"the last run left {one}" for one in sorted(last.left_overs)]
    return tally


def _in_peace(
    place: Place, number: int, known: Known, tally: Tally
) -> tuple[Seen, Mapping[str, float]]:
    """Publish without a kill, inspect everything, and tell how long each stage lasted."""
    figure = change_figure(place.samples, number)
    told = _Told()
    child = fork(lambda: _publish(place, told.say))
    told.listen()
    times: list[tuple[str, float]] = []
    while stage := told.next():
        times.append((stage, time.monotonic()))
    ends = [moment for _, moment in times[1:]] + [time.monotonic()]
    _, status = os.waitpid(child, 0)
    seen = _inspect(place, known, everything=True)
    tally.faults += [f"after run {number}, which nobody killed: {one}" for one in seen.faults]
    if status or seen.figure != figure:
        tally.faults.append(f"run {number}, which nobody killed, did not publish its figure")
    return seen, {stage: end - began for (stage, began), end in zip(times, ends, strict=True)}


def _inspect(place: Place, known: Known, everything: bool = False) -> Seen:
    def look() -> Seen:
        found = faults(place.settings, known, everything)
        return Seen(known, found, left_overs(place.settings), figure_in_latest(place.settings))

    return in_child(look)


def in_child(function: Callable[[], Made]) -> Made:
    """What a function returns in a process of its own, so that this one stays fit to be forked."""
    reading, writing = os.pipe()
    child = fork(lambda: _answer(writing, function))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    if not answer:
        raise RuntimeError("The child ended with the error above.")
    made: Made = pickle.loads(answer)
    return made


def _answer(writing: int, function: Callable[[], object]) -> None:
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(pickle.dumps(function()))


def _killed(place: Place, stage: str, wait: float) -> str:
    """Publish, and kill it so long after it has entered a stage.

    Returns:
        The stage in which it was killed; empty text if it had ended before.
    """
    told = _Told()
    child = fork(lambda: _publish(place, told.say))
    told.listen()
    now = told.next()
    while now and now != stage:
        now = told.next()
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    while later := told.next():
        now = later
    if status and not os.WIFSIGNALED(status):
        raise RuntimeError("The publish failed by itself, with the error above.")
    return now if os.WIFSIGNALED(status) else ""


def _publish(place: Place, say: Say) -> None:
    """A whole refresh and publish, as Dagster's steps do it, saying which stage begins."""
    swap_in = publishing._swap_in

    def telling(building: Path, folder: Path) -> None:
        say("swapping")
        swap_in(building, folder)
        say("after")

    publishing._swap_in = telling
    say("before fetch")
    run_context = place.open()
    say("fetching")
    for source in run_context.plan.sources.values():
        if refresh.is_fetched(run_context.plan, source):
            refresh.fetch(run_context, source.id)
    say("reading")
    outcomes = [refresh.read(run_context, indicator) for indicator in run_context.plan.indicators]
    say("writing beside")
    publishing.publish(run_context, outcomes)


class _Told:
    """A pipe through which a child says which stage it enters."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()

    def say(self, stage: str) -> None:
        os.write(self._writing, bytes([STAGES.index(stage)]))

    def listen(self) -> None:
        os.close(self._writing)

    def next(self) -> str:
        """The next stage; empty text when the child has ended."""
        said = os.read(self._reading, 1) if self._reading >= 0 else b""
        if not said and self._reading >= 0:
            os.close(self._reading)
            self._reading = -1
        return STAGES[said[0]] if said else ""


def fork(run: Callable[[], None]) -> int:
    """Run something in a process of its own, and tell its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        run()
        status = 0
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(status)
