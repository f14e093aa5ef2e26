"""The parts of an indicator's file: other sources, series, figures that the Plan printed, witnesses, gaps.

What belongs here: the models of parts, none of which says anything without its indicator. The indicator is in `model`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from thindicators.plan.fields import AreaCode, Slug, Strict


class Also(Strict):
    """What another source adds to an indicator."""

    ask: dict[str, Any] = Field({})
    areas: list[AreaCode] = Field(
        [], description="The areas that come from it; empty for all of the indicator's"
    )
    breakdowns: list[str] = Field(
        [], description="The indicator's breakdowns that no other source gives"
    )


class Figure(Strict):
    """A published figure that tells one series from another."""

    area: AreaCode
    period: str = Field(description="The publisher's words for the period")
    value: float
    category: str = "total"


class Series(Strict):
    """Figures of one series may be compared and joined by a line."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$")
    title: str
    first_year: int | None = None
    last_year: int | None = None
    starts_because: str = Field(
        "", description="What changed, so that this series cannot be joined to the one before"
    )
    ends_because: str = ""
    stands_in: bool = Field(
        False, description="Whether it is of a related measure, until the Plan's own is there"
    )
    recognised_by: list[Figure] = Field(
        [], description="Published figures by which an answer shows to be this series"
    )
    restated_within_percent: float | None = Field(
        None,
        gt=0,
        description="Where each release of the publisher restates the whole series: by how many percent a figure may "
        "move in it; more is held, as for any series that is restated at once",
    )

    def holds(self, year: int) -> bool:
        """Whether a figure of a year belongs to it, by the years that the file gives."""
        begun = self.first_year is None or self.first_year <= year
        return begun and (self.last_year is None or year <= self.last_year)


class Printed(Strict):
    """A figure that the Plan itself printed, when it was made."""

    value: float
    period: str = Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}/P[1-9][0-9]*[YMD]$",
        description="Its time, ISO 8601 interval",
    )
    series: str = Field(description="The series that it was taken from")
    breakdown: str = "total"
    category: str = "total"
    page: int | None = Field(None, description="In the Plan, if known")
    note: str = Field(
        "", description="What a reader must know of it, such as another year named in the Plan"
    )


class Difference(Strict):
    """Why figures of a witness rightly differ from those published here."""

    reason: str
    areas: list[AreaCode] = Field([], description="Only of these areas; empty for all")
    periods: list[str] = Field(
        [], description="Only of these periods, as ISO 8601 intervals; empty for all"
    )
    categories: list[str] = Field([], description="Only of these categories; empty for all")


class Witness(Strict):
    """Another publisher of an indicator's figures: what to ask of it, and how near the two must be."""

    source: Slug = Field(description="The id of a file under witnesses/")
    ask: dict[str, Any] = Field(
        description="What to ask of it; the witness's module says what it may hold"
    )
    decimals: int = Field(
        ge=0,
        le=6,
        description="Of the coarser of the two, so that they agree within half a unit",
    )
    series: list[str] = Field(
        [], description="The series whose figures it prints; empty for all that the file names"
    )
    differences: list[Difference] = Field([], description="Known differences, each with its reason")


Judgement = Literal["comparison", "recent_trend", "long_run", "since_start", "rank"]


class Gap(Strict):
    """Years for which there is no figure between two others, and why."""

    years: list[int] = Field(min_length=1)
    because: str
