"""A row of a council return, and a problem in one.

What belongs here: what a row says, and what a problem says. The rules that a row keeps belong in `rules`,
reading cells in `cells`, files in `file`, the rules of an indicator in `standing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sources.reading.files import Place
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.periods import Period
from thindicators.safe_text import visible

SURVEY_MODES = frozenset({"f2f", "telephone", "online"})
QUOTED_NOTE = "Publicly reported, not a council return."
"""How the note of a quoted figure begins."""

PRACTICE_NOTE = "For practice: made up to try how a return works. It is nobody's figure."
"""How the note of a figure begins that was handed in to a sample edition."""

_LONGEST_WORDS = 500
"""Letters of what is wrong, and of its remedy."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a file, for the person who mends it.

    Attributes:
        row: As a spreadsheet counts it; the header is row 1. 0 if it is about the whole file.
        column: Empty if it is about the row or the file.
        wrong: What is wrong.
        remedy: How to mend it.
    """

    row: int
    column: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        where = f"Row {self.row}" if self.row else "The file"
        column = f", column “{self.column}”" if self.column else ""
        return visible(f"{where}{column}: {_short(self.wrong)}. To mend it: {_short(self.remedy)}")


def _short(text: str) -> str:
    """A cell may hold 32,000 letters, and a report that repeats them tells nobody anything."""
    return text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]}…"


@dataclass(frozen=True, kw_only=True)
class ReturnRow:
    """One row: the template's columns by their names, the period as one, and `value` letter for letter.

    Two rows are equal if they say the same, wherever they stand and whoever handed them in.
    """

    snapshot: Snapshot = field(compare=False)
    row: int = field(compare=False)
    return_id: str = field(compare=False)
    indicator_id: str
    measure_id: str
    area_code: str
    breakdown_type: str
    breakdown: str
    period_type: str
    period: Period
    value: float | None
    value_text: str = field(compare=False)
    unit: str
    numerator: float | None
    denominator: float | None
    base_unweighted: int | None
    ci_lower_95: float | None
    ci_upper_95: float | None
    ci_published: str
    status: str
    revision: str
    series_break: str
    collection_mode: str
    definition_version: str
    source_title: str
    source_url: str
    published_on: date | None
    licence_confirmed: str
    supplied_by: str = field(compare=False)
    supplied_on: date
    approved_by: str = field(compare=False)
    note: str

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this row from all others; a later return with the same key replaces this row."""
        return (*self.group, self.breakdown_type, self.breakdown)

    @property
    def group(self) -> tuple[object, ...]:
        """What a total shares with its breakdowns."""
        return (*self._about, self.period.start, self.period.end)

    @property
    def line(self) -> tuple[str, ...]:
        """What a row shares with those of other periods that follow it in one line."""
        return (*self._about, self.breakdown_type, self.breakdown)

    @property
    def _about(self) -> tuple[str, ...]:
        return self.indicator_id, self.measure_id, self.definition_version, self.area_code

    def is_about_the_same_as(self, other: ReturnRow) -> bool:
        """Whether two rows measure the same thing of one area, in one wording, whatever their group and days."""
        return self._about == other._about

    def overlaps(self, other: ReturnRow) -> bool:
        """Whether two rows are about some of the same days, so that they are one figure of a line.

        The days of a period are corrected too: a wave that ended a day later is no second wave.
        """
        # The last day is one of the period, so that two that share only that one overlap.
        first, second = self.period, other.period
        return first.start <= second.end and second.start <= first.end

    @property
    def is_survey(self) -> bool:
        """Whether people were asked."""
        return self.period_type == "survey_wave" or self.collection_mode in SURVEY_MODES

    @property
    def is_administrative(self) -> bool:
        """Whether the council counted its own records, so that a small number may point to a person."""
        return not self.is_survey

    @property
    def is_practice(self) -> bool:
        """Whether the row was handed in to try how a return works, and is nobody's figure."""
        return self.snapshot.receipt.is_practice

    @property
    def is_quoted(self) -> bool:
        """Whether the figure is quoted from a public report and is no council return."""
        return self.licence_confirmed == "quoted"

    def at(self, column: str) -> Place:
        """Where a cell of this row stands."""
        return Place(self.snapshot, row=self.row, column=column)

    def problem(
        self,
        column: str,
        wrong: str,
        remedy: str,
    ) -> Problem:
        """Something wrong in this row."""
        return Problem(self.row, column, wrong, remedy)
