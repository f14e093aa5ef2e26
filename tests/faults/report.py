"""What came of every fault in every source: as a table to read, and as the committed OUTCOMES.md.

What belongs here: how outcomes are written down. Nothing in them depends on the machine, the time or the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.faults.corpus import FAULTS
from tests.faults.judgement import DOES_NOT_APPLY, KINDS, Verdict
from tests.faults.trial import STATES

OUTCOMES = Path(__file__).with_name("OUTCOMES.md")

_INTRODUCTION = """# What comes of each fault in each source

Written by `python -m tests.faults --write` (or `make faults`, which only compares); a test asserts that it is so.
“Cold”: nothing was published before. “Warm”: good figures were, and whatever comes below, they stand unless it says
“right rows”. A figure that differs from the good one is nowhere among the outcomes: such a fault fails the test.
`dwellings_per_child` is derived, and is tried through `mhclg_dwellings` and `ons_population`.

- **right rows**: all figures, and right. **right rows, those that the file has**: the same, without what is not in it.
- **held**: the last good figures stay until somebody accepts the new ones with a reason.
- **refused**: an error that names source, file and place; what it expected and what came stand beside it.
- **set aside**: a return that is moved out of the inbox, with a report of what to mend.
- **not to be seen**: the bytes do not show it where nothing was published before; the reason stands beside it.
"""

Results = Mapping[str, Mapping[str, Verdict]]
"""Verdicts by source and fault."""


def as_markdown(results: Results) -> str:
    """The text of OUTCOMES.md."""
    return "\n".join([HEAD, *(section(source, by_fault) for source, by_fault in results.items())])


def section(source: str, by_fault: Mapping[str, Verdict]) -> str:
    """What OUTCOMES.md says of a source."""
    applied = {name: verdict for name, verdict in by_fault.items() if not _is_idle(verdict)}
    cold, warm = _counts({source: by_fault})
    return "\n".join(
        [
            f"## {source}\n",
            f"Cold: {_told(cold)}. Warm: {_told(warm)}.\n",
            "| fault | cold | warm |",
            "|---|---|---|",
            *(
                f"| {name} | {_cell(one.came['cold'])} | {_warm(one)} |"
                for name, one in applied.items()
            ),
            f"\nDoes not apply: {_idle(by_fault)}.\n",
        ]
    )


def show(results: Results, console: Console) -> None:
    """Print the table, and the counts under it."""
    for source, by_fault in results.items():
        table = Table(title=source, title_justify="left", show_lines=False)
        for name in ("fault", *STATES):
            table.add_column(name, overflow="fold", ratio=1 if name == "fault" else 2)
        for name, verdict in by_fault.items():
            table.add_row(name, *(Text(verdict.came[state], _style(verdict)) for state in STATES))
        console.print(table)
    counts = Table(title="Counts", title_justify="left")
    for name in ("outcome", *STATES):
        counts.add_column(name)
    for kind in KINDS:
        counts.add_row(kind, *(str(one[kind]) for one in _counts(results)))
    console.print(counts)


def problems(results: Results) -> list[str]:
    """What must not have happened, a line each."""
    return [
        f"{source}, {name}: {line}"
        for source, by_fault in results.items()
        for name, verdict in by_fault.items()
        for line in verdict.wrong
    ]


def _told(counts: Counter[str]) -> str:
    return "; ".join(
        f"{counts[kind]} {kind}" for kind in KINDS if kind != DOES_NOT_APPLY and counts[kind]
    )


def _counts(results: Results) -> list[Counter[str]]:
    every = [verdict for by_fault in results.values() for verdict in by_fault.values()]
    return [Counter(kind for one in every for kind in one.kinds[state]) for state in STATES]


def _style(verdict: Verdict) -> str:
    if verdict.wrong:
        return "bold red"
    return "dim" if _is_idle(verdict) else ""


def _is_idle(verdict: Verdict) -> bool:
    return verdict.came["cold"].startswith(DOES_NOT_APPLY)


def _idle(by_fault: Mapping[str, Verdict]) -> str:
    """The faults that do not apply, by the reason."""
    reasons: dict[str, list[str]] = {}
    for name, verdict in by_fault.items():
        if _is_idle(verdict):
            reasons.setdefault(verdict.came["cold"].partition(": ")[2], []).append(name)
    return "; ".join(f"{', '.join(names)} ({reason})" for reason, names in reasons.items())


def _warm(verdict: Verdict) -> str:
    return (
        "the same" if verdict.came["warm"] == verdict.came["cold"] else _cell(verdict.came["warm"])
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


HEAD = "\n".join(
    [
        _INTRODUCTION,
        "## The faults\n",
        "| fault | what it is |",
        "|---|---|",
        *(f"| {name} | {_cell(fault.sentence)} |" for name, fault in FAULTS.items()),
        "",
    ]
)
"""What OUTCOMES.md says before it comes to the sources."""
