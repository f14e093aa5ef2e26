"""What is published of one indicator, put together once for all its machine files.

What belongs here: the plan's words, the outcome's figures and the descriptor already written, in one place, and the
sentences that more than one kind of file needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from thindicators import house_style
from thindicators.comparing.latest import all_series
from thindicators.formats.packages import SAMPLE_WARNING
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Area, Indicator, Licence, Plan, Series, Source


@dataclass(frozen=True)
class Published:
    """One indicator as a release publishes it.

    Attributes:
        plan: Whose indicator it is.
        outcome: What a run found out about it.
        release: The folder of the release, with its tables and descriptors already written.
    """

    plan: Plan
    outcome: Outcome
    release: Path

    @property
    def indicator(self) -> Indicator:
        """From the plan."""
        return self.plan.indicators[self.outcome.indicator]

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.release / self.path

    @property
    def path(self) -> str:
        """Of its folder within the release."""
        return f"indicators/{self.indicator.id}"

    @cached_property
    def descriptor(self) -> Mapping[str, Any]:
        """Its `datapackage.json`."""
        return read_descriptor(self.folder)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Its figures."""
        rows: list[dict[str, Any]] = self.outcome.table.to_pylist()
        return rows

    @property
    def is_sample(self) -> bool:
        """Whether it is of the sample edition."""
        return bool(self.descriptor["edition"] == "sample")

    @property
    def warning(self) -> str:
        """What a reader of a sample must be told; empty for the live edition."""
        return SAMPLE_WARNING if self.is_sample else ""

    @property
    def title(self) -> str:
        """With a word on the sample edition."""
        return str(self.descriptor["title"])

    @property
    def version(self) -> str:
        """Of its data package."""
        return str(self.descriptor["version"])

    @property
    def licence(self) -> Licence:
        """Of its figures."""
        return self.plan.licence_of(self.indicator)

    @property
    def sources(self) -> list[Source]:
        """Whose figures it has."""
        return [self.plan.sources[source] for source in self.indicator.sources]

    @cached_property
    def series(self) -> list[Series]:
        """Its series, with those that ended when others took their place."""
        return all_series(self.indicator, self.outcome)

    @property
    def areas(self) -> list[Area]:
        """The areas that it has rows for, in the order of the plan."""
        there = {row["area_code"] for row in self.rows}
        return [area for area in self.plan.areas if area.code in there]

    @property
    def first_day(self) -> date | None:
        """The first day that a figure is about."""
        return min((row["period_start"] for row in self.rows), default=None)

    @property
    def last_day(self) -> date | None:
        """The last day that a figure is about."""
        return max((row["period_end"] for row in self.rows), default=None)

    def breakdown_title(self, breakdown: str) -> str:
        """A breakdown in words."""
        return house_style.breakdown(self.plan, breakdown)

    def category_title(self, breakdown: str, category: str) -> str:
        """A member of a breakdown in words."""
        return house_style.category(self.plan, breakdown, category)

    @property
    def issued(self) -> str:
        """The day of the data that were published here first, ISO 8601; empty if there were none yet."""
        days = [entry["day"] for entry in self.descriptor.get("changes", [])]
        return min(filter(None, days), default="")

    @property
    def next_release(self) -> str:
        """When new figures are expected, in words; why there will be none, where the publisher has paused them."""
        return " ".join(f"{one.title}: {(one.paused or one.expected_release).strip('. ')}." for one in self.sources)


def terms_of_plan(plan: Plan) -> str:
    """Under which terms the figures of the whole plan may be used, in words."""
    titles = dict.fromkeys(plan.licence_of(indicator).title for indicator in plan.indicators.values())
    return f"Each figure is under its publisher's terms, which its indicator names: {'. '.join(titles)}."


def read_descriptor(folder: Path) -> Mapping[str, Any]:
    """The `datapackage.json` of a folder."""
    found: Mapping[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return found


def plain_number(value: object) -> object:
    """A cell for JSON, which has one kind of number: 12.0 is 12, a day is ISO 8601."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def write_json(path: Path, content: object) -> None:
    """Write JSON for people too: indented, letters as they are, LF."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
