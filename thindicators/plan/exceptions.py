"""Reviewed exceptions: figures that somebody looked at and let pass a rule that they break, for a time, with a reason.

What belongs here: the entries of `exceptions.yaml`, and which findings one covers. An exception loosens no rule: it
covers the findings it names, of one indicator, until its last day. The rules are in `rules`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from thindicators.errors import PlanError
from thindicators.plan.rules import NEVER_EXCEPTED, RULES, Finding
from thindicators.plan.yaml_files import YamlFile, load
from thindicators.safe_text import why_refused

FILE = "exceptions.yaml"
# Something must be said; a space says nothing.
_Words = Annotated[str, Field(pattern=r"\S")]


class Exempted(BaseModel):
    """One reviewed exception: what is let pass, why, on whose word, and until when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str = Field(description="Id of the indicator")
    check: str = Field(
        description="Name of the rule that is broken",
        json_schema_extra={"enum": [name for name in RULES if name not in NEVER_EXCEPTED]},
    )
    reason: _Words = Field(
        description="Why the figures are right all the same; the release tells its readers"
    )
    who: _Words = Field(
        description="The role of whoever reviewed it, such as “Head of intelligence”; never a name"
    )
    until: date = Field(
        description="The last day on which it holds, YYYY-MM-DD; then it is reviewed again"
    )
    area: str = Field("", description="GSS code of the one area it is about; empty for all")
    period: str = Field(
        "", description="The one period it is about, as in the column period or period_label"
    )
    category: str = Field(
        "", description="The one member of a breakdown it is about; total for the headline"
    )

    def covers(self, rule: str, finding: Finding) -> bool:
        """Whether this is the exception of a finding."""
        return (
            rule == self.check
            and self.area in ("", finding.area)
            and self.category in ("", finding.category)
            and (not self.period or self.period in finding.periods)
        )

    @property
    def words(self) -> str:
        """What it is about, for a person."""
        narrowed_to = [words for words in (self.area, self.period, self.category) if words]
        if not narrowed_to:
            return self.check
        return f"{self.check} ({', '.join(narrowed_to)})"


class ExceptionsFile(BaseModel):
    """`exceptions.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exceptions: list[Exempted] = []


def load_exceptions(
    folder: Path,
    indicators: Collection[str],
    areas: Collection[str],
) -> tuple[Exempted, ...]:
    """The reviewed exceptions of a plan; none if it has no such file.

    Raises:
        PlanError: If an entry is wrong, or names an indicator, a rule or an area that there is not.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    file = load(path, FILE)
    entries = file.read_as(ExceptionsFile).exceptions
    for index, entry in enumerate(entries):
        _check_entry(_Entry(file, index, entry), indicators, areas)
    return tuple(entries)


@dataclass(frozen=True)
class _Entry:
    """An entry with its place in the file, by which an error about it names its line."""

    file: YamlFile
    index: int
    exception: Exempted

    def require(
        self,
        field: str,
        holds: bool,
        problem: str,
    ) -> None:
        """Refuse the entry if something does not hold for one of its fields."""
        if holds:
            return
        at = ("exceptions", self.index, field)
        name = ".".join(map(str, at))
        # As the file has it, not as the model read it: this is what somebody searches for.
        written = self.file.data["exceptions"][self.index][field]
        line = self.file.line_of(at)
        raise PlanError(
            self.file.name,
            line,
            name,
            f"{problem} (it says {written!r})",
        )


def _check_entry(
    entry: _Entry,
    indicators: Collection[str],
    areas: Collection[str],
) -> None:
    exception = entry.exception
    is_known = exception.indicator in indicators
    entry.require("indicator", is_known, "there is no such indicator")
    rules = ", ".join(_exceptable())
    entry.require("check", exception.check in RULES, f"is none of {rules}")
    why_never = NEVER_EXCEPTED.get(exception.check, "")
    entry.require(
        "check",
        not why_never,
        f"nothing is excepted from this one: {why_never}",
    )
    # Both are published, in tables where text could act.
    for field in ("reason", "who"):
        why = why_refused(getattr(exception, field))
        entry.require(field, not why, f"cannot be published: {why}")
    # An empty area is all of them.
    entry.require(
        "area",
        exception.area in ("", *areas),
        "is not in areas.csv",
    )


def _exceptable() -> list[str]:
    return [name for name in RULES if name not in NEVER_EXCEPTED]
