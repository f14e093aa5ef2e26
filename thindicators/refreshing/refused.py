"""Refused: the returns that were set aside and wait for somebody to mend them, each with its report.

What belongs here: finding them, for alerts, the status and the UI. Setting a file aside, and what its report says,
belongs to whoever reads returns.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from thindicators.context import RunContext
from thindicators.storage.files import why

REPORT = ".report.txt"
"""How the name of a report ends; it begins with the name of the file that it is about."""

_SHOWN = 3
"""How many lines of a report are quoted where there is little room."""


@dataclass(frozen=True)
class RefusedReturn:
    """A file that was set aside.

    Attributes:
        file: Where it is now.
        report: Where its report is.
        lines: The report's lines: what the file is called and how much is wrong, then each problem with its remedy.
    """

    file: Path
    report: Path
    lines: tuple[str, ...]

    @property
    def in_short(self) -> str:
        """How the report begins."""
        return " ".join(self.lines[:_SHOWN])

    @property
    def what_to_do(self) -> str:
        """The next step of a person."""
        refused = self.file.parent
        return (
            f"Read {self.report}, mend the file, and put it into {refused.parent} again. Under the same name it ends "
            f"this by itself; under another, delete both from {refused.name}/."
        )


def refused_returns(run_context: RunContext) -> list[RefusedReturn]:
    """What was set aside and waits, in the order of names."""
    if not run_context.refused.is_dir():
        return []
    refused = []
    for report in sorted(run_context.refused.glob(f"*{REPORT}")):
        file = report.with_name(report.name.removesuffix(REPORT))
        refused.append(RefusedReturn(file, report, _lines(report)))
    return refused


def _lines(report: Path) -> tuple[str, ...]:
    try:
        text = report.read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        return (f"Its report cannot be read. {why(problem)}",)
    return tuple(line for line in text.splitlines() if line.strip())
