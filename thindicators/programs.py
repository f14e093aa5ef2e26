"""Programs: files of this project that run in a process of their own, and are told and answer by lines.

What belongs here: starting one, and telling it a line. What is asked, and what an answer means, belongs to whoever starts
it. A program imports nothing of this project, and ends when nobody is there who could tell it more.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import IO, cast


@dataclass(frozen=True)
class Program:
    """A program that runs.

    Attributes:
        process: In which it runs. What it says of errors goes where this process says its own.
        told, says: What it reads and what it writes.
    """

    process: subprocess.Popen[str]
    told: IO[str]
    says: IO[str]

    def tell(self, line: str) -> None:
        """Give it a line; one that has ended says so when it is asked for its answer."""
        with suppress(BrokenPipeError):
            self.told.write(f"{line}\n")
            self.told.flush()

    def end(self) -> None:
        """End it, whatever it is at; nothing that it was not told any more is an error."""
        self.process.kill()
        for pipe in (self.told, self.says):
            with suppress(BrokenPipeError):
                pipe.close()
        self.process.wait()


def start(program: ModuleType, *arguments: str) -> Program:
    """Start a module of this project as a program of its own."""
    # -P: the folder of a program has modules with the names of libraries.
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-P", str(program.__file__), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    return Program(process, cast("IO[str]", process.stdin), cast("IO[str]", process.stdout))
