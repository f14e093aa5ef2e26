"""Reviewed exceptions: figures that somebody looked at and let pass a rule that they break, for a time, with a reason.

What belongs here: the entries of `exceptions.yaml`, and which findings one covers. An exception loosens no rule: it
covers the findings it names, of one indicator, until its last day. The rules are in `rules`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from thindicators.errors import PlanError
from thindicators.plan.rules import NEVER_EXCEPTED, RULES, Finding
from thindicators.plan.yaml_files import YamlFile, load
from thindicators.safe_text import why_refused

FILE = "exceptions.yaml"
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
        only = ", ".join(one for one in (self.area, self.period, self.category) if one)
        return f"{self.check}{f' ({only})' if only else ''}"


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
        _require(
            file,
            index,
            "indicator",
            entry.indicator in indicators,
            "there is no such indicator",
        )
        _require(
            file,
            index,
            "check",
            entry.check in RULES,
            f"is none of {', '.join(_exceptable())}",
        )
        why = NEVER_EXCEPTED.get(entry.check, "")
        _require(
            file,
            index,
            "check",
            not why,
            f"nothing is excepted from this one: {why}",
        )
        for field in ("reason", "who"):
            _require(
                file,
                index,
                field,
                not (why := why_refused(getattr(entry, field))),
                f"cannot be published: {why}",
            )
        _require(
            file,
            index,
            "area",
            entry.area in ("", *areas),
            "is not in areas.csv",
        )
    return tuple(entries)


def _exceptable() -> list[str]:
    return [name for name in RULES if name not in NEVER_EXCEPTED]


def _require(
    file: YamlFile,
    index: int,
    field: str,
    holds: bool,
    problem: str,
) -> None:
    if not holds:
        at = ("exceptions", index, field)
        said = file.data["exceptions"][index][field]
        raise PlanError(
            file.name,
            file.line_of(at),
            ".".join(map(str, at)),
            f"{problem} (it says {said!r})",
        )
