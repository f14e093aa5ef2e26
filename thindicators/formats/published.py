"""What is published of one indicator, and of the whole plan, put together once for all their machine files.

What belongs here: the plan's words, the outcome's figures and the data package already written, in one place, and the
sentences that more than one kind of file needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from thindicators import house_style
from thindicators.comparing.latest import all_series
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.formats.packages import SAMPLE_WARNING, Descriptor, WrittenPackage
from thindicators.history.vintages import WHOLE_PLAN
from thindicators.observations.observation import ORDER, Row, rows_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Area, Indicator, Licence, Plan, Source
from thindicators.storage.manifest import WrittenFile

_LARGEST_EXACT = 1 << 53
"""Up to here a floating point number tells every whole number from the next."""


@dataclass(frozen=True)
class Published:
    """One indicator as a release publishes it.

    Attributes:
        plan: Whose indicator it is.
        outcome: What a run found out about it.
        package: Its data package, which is written.
        latest: The latest figure of each of its groups.
    """

    plan: Plan
    outcome: Outcome
    package: WrittenPackage
    latest: Sequence[LatestFigure]

    @property
    def indicator(self) -> Indicator:
        """From the plan."""
        return self.plan.indicators[self.outcome.indicator]

    @property
    def path(self) -> str:
        """Of its folder within the release."""
        return f"indicators/{self.indicator.id}"

    @property
    def descriptor(self) -> Descriptor:
        """Its `datapackage.json`."""
        return self.package.descriptor

    @property
    def headlines(self) -> list[LatestFigure]:
        """The latest figures that its page shows first."""
        return [figure for figure in self.latest if figure.is_headline]

    @cached_property
    def rows(self) -> list[Row]:
        """Its figures, in the order of the files; those of several sources stand one after the other before."""
        order = [(column, "ascending") for column in ORDER]
        return rows_of(self.outcome.table.sort_by(order))

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

    @cached_property
    def every_area(self) -> list[Area]:
        """All areas that it has rows for, the peers of the Plan's own last."""
        codes = {row["area_code"] for row in self.rows}
        return [area for area in self.plan.every_area if area.code in codes]

    @cached_property
    def areas(self) -> list[Area]:
        """The areas that it has rows for, without peers, in the order of the plan."""
        codes = {row["area_code"] for row in self.rows}
        return [area for area in self.plan.areas if area.code in codes]

    @property
    def first_day(self) -> date | None:
        """The first day that a figure is about."""
        return min((row["period_start"] for row in self.rows), default=None)

    @property
    def last_day(self) -> date | None:
        """The last day that a figure is about."""
        return max((row["period_end"] for row in self.rows), default=None)

    @property
    def units(self) -> list[str]:
        """The headline's unit, and others that some of its figures have."""
        of_figures = [row["unit"] for row in self.rows]
        return list(dict.fromkeys([self.indicator.unit, *of_figures]))

    def breakdown_title(self, breakdown: str) -> str:
        """A breakdown in words."""
        return house_style.breakdown(self.plan, breakdown)

    def category_title(
        self,
        breakdown: str,
        category: str,
    ) -> str:
        """A member of a breakdown in words."""
        return house_style.category(self.plan, breakdown, category)

    @property
    def issued(self) -> str:
        """The day of the data that were published here first, ISO 8601; empty if there were none yet."""
        # From the log, which goes from release to release; a release knows only the one before.
        days = [change["day"] for change in self.descriptor.get("changes", [])]
        return min(filter(None, days), default="")

    @property
    def next_release(self) -> str:
        """When new figures are expected, in words; why there will be none, where they are paused or have ended."""
        if self.indicator.retired_because:
            return house_style.sentence(self.indicator.retired_because)
        if self.indicator.not_covered:
            return "None is expected."
        sentences = []
        for source in self.sources:
            # That it is paused says more than a date which will not be kept.
            when = (source.paused or source.expected_release).strip(". ")
            sentences.append(f"{source.title}: {when}.")
        return " ".join(sentences)


@dataclass(frozen=True)
class PublishedPlan:
    """The whole plan as a release publishes it.

    Attributes:
        plan: The plan.
        release: The name of the release.
        package: The data package of the whole plan, which is written.
        indicators: In the order of the plan.
        downloads: The files that a reader may take away, by indicator, the most wanted first; those
            of the whole plan by the empty name.
    """

    plan: Plan
    release: str
    package: WrittenPackage
    indicators: Sequence[Published]
    downloads: Mapping[str, Sequence[WrittenFile]]

    @property
    def descriptor(self) -> Descriptor:
        """Its `datapackage.json`."""
        return self.package.descriptor

    @property
    def is_sample(self) -> bool:
        """Whether it is of the sample edition."""
        return bool(self.descriptor["edition"] == "sample")

    @property
    def terms(self) -> str:
        """Under which terms the figures may be used, in words."""
        titles: list[str] = []
        for indicator in self.plan.indicators.values():
            licence = self.plan.licence_of(indicator)
            # Several indicators have one licence, which is named once.
            if licence.title not in titles:
                titles.append(licence.title)
        return f"Each figure is under its publisher's terms, which its indicator names: {'. '.join(titles)}."

    @property
    def issued(self) -> str:
        """The day of the first data that were published here; empty if there were none yet."""
        days = [published.issued for published in self.indicators]
        return min(filter(None, days), default="")

    @property
    def created(self) -> str:
        """When the newest bytes that the figures were read from came; empty if there are none."""
        return str(self.descriptor.get("created", ""))

    @property
    def first_day(self) -> date | None:
        """The first day that a figure is about."""
        days = [published.first_day for published in self.indicators]
        return min((day for day in days if day is not None), default=None)

    @property
    def last_day(self) -> date | None:
        """The last day that a figure is about."""
        days = [published.last_day for published in self.indicators]
        return max((day for day in days if day is not None), default=None)

    @property
    def areas(self) -> list[Area]:
        """The areas that there are figures for, in the order of the plan."""
        codes: set[str] = set()
        for published in self.indicators:
            codes.update(area.code for area in published.areas)
        return [area for area in self.plan.areas if area.code in codes]

    @property
    def latest(self) -> list[LatestFigure]:
        """The latest figure of each indicator and group, in the order of the plan."""
        figures: list[LatestFigure] = []
        for published in self.indicators:
            figures += published.latest
        return figures

    def distributions(self, indicator: str = WHOLE_PLAN) -> list[WrittenFile]:
        """The files that catalogues list as ways to get the figures.

        Args:
            indicator: Its id; empty for the files that hold every figure of the plan.
        """
        return [file for file in self.downloads[indicator] if file.portal_type]


def plain_number(value: object) -> object:
    """A cell for JSON, which has one kind of number: 12.0 is 12, a day is ISO 8601."""
    # Beyond the largest exact number, digits would be written that the figure never had.
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_EXACT:
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def json_content(content: object) -> bytes:
    """JSON for people too: indented, letters as they are, LF."""
    text = json.dumps(
        content,
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )
    return f"{text}\n".encode()
