"""What the JSON files say: the models that they, and the JSON Schemas published beside them, are made from.

What belongs here: the keys and what each means. Keys are only ever added; one that is removed or renamed is a new major
version of the data package. Filling them belongs in `json_files`.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Area(_Shape):
    """An area that figures are for."""

    code: str = Field(description="GSS code; match on this, never on the name")
    name: str
    kind: str = Field(
        description="Such as county or region; “context” is for figures that are no comparison"
    )
    role: str = Field(description="What it is to the Plan, such as subject or peer")


class Member(_Shape):
    """A group that figures are broken down by."""

    category: str = Field(description="As in the rows")
    title: str = Field(description="In words")


class Breakdown(_Shape):
    """What figures are broken down by."""

    breakdown: str = Field(description="As in the rows")
    title: str = Field(description="In words")
    members: list[Member]


class Unit(_Shape):
    """A unit that rows have."""

    unit: str = Field(description="As in the rows")
    title: str = Field(description="In words")
    decimals: int = Field(description="Decimals to show; the rows hold what the publisher gave")


class Series(_Shape):
    """Figures of one series may be compared and joined by a line; figures of two may not."""

    series: str = Field(description="As in the rows")
    title: str
    starts_because: str | None = Field(
        description="What changed, so that it cannot be joined to the one before"
    )
    ends_because: str | None


class Source(_Shape):
    """Whose figures these are."""

    id: str
    title: str
    publisher: str
    homepage: str
    official_status: str | None
    next_release: str = Field(description="When the next figures are expected, in words")
    paused: str | None = Field(description="Why the publisher has paused the source, if it has")


class Licence(_Shape):
    """What a re-user may do."""

    name: str
    title: str
    path: str | None = Field(
        description="Where the licence stands; null where the publisher states none"
    )


class Head(_Shape):
    """What an indicator is, and how its figures stand."""

    id: str
    title: str
    call_to_action: int = Field(description="Number of the Plan's call to action")
    call_to_action_title: str
    unit: str = Field(description="Unit of the headline figure, as in the rows")
    unit_title: str = Field(description="The unit in words")
    decimals: int = Field(description="Decimals to show; the rows hold what the publisher gave")
    polarity: str = Field(description="higher_is_better, lower_is_better or neither")
    state: str = Field(
        description="fresh; stale: older figures stand because a refresh failed; empty: no figure"
    )
    reason: str | None = Field(description="Why the figures are stale, or why there are none")
    version: str = Field(description="Of the indicator's data package")
    updated: str | None = Field(
        description="When the newest bytes that the figures were read from came"
    )


class Headline(_Shape):
    """A latest figure that the indicator's page shows first; latest.json says more of it."""

    breakdown: str = Field(description="As in the rows")
    category: str = Field(description="As in the rows")
    category_title: str = Field(description="The category in words")
    value: float | None = Field(description="The figure; null if and only if status says why")
    unit: str = Field(description="As in the rows")
    value_in_words: str | None = Field(description="The figure with its unit, as the pages show it")
    status: str | None = Field(description="Why there is no figure, in shorthand")
    period: str | None = Field(description="As in the rows")
    period_in_words: str | None = Field(description="The period, as the pages write it")
    series: str | None = Field(description="As in the rows")


class Listed(Head):
    """An indicator in `index.json`."""

    number_of_rows: int
    first_year: int | None
    last_year: int | None
    path: str = Field(description="Of its own file, relative to index.json")
    latest: list[Headline] = Field(
        description="Of the area that the Plan is about: the total or, where there is none, each group"
    )


class IndicatorFile(Head):
    """The figures of one indicator of the Plan, with all that a chart of them must say."""

    edition: str = Field(
        description="live, or sample: composed to show how everything works, not to be quoted"
    )
    warning: str | None = Field(
        description="What every reader of a sample must be told; null for the live edition"
    )
    plan: str
    plan_measures: str = Field(description="What the Plan measures, in its own words")
    definition: str = Field(description="What the published figure is")
    caveats: list[str] = Field(description="What a reader needs to know")
    licence: Licence
    attribution: str = Field(description="The sentence that a re-user must print")
    sources: list[Source]
    areas: list[Area] = Field(
        description="Those that there are rows for; the first is the one the Plan is about"
    )
    breakdowns: list[Breakdown]
    units: list[Unit] = Field(description="The headline's first; groups may have another")
    series: list[Series]
    statuses: dict[str, str] = Field(
        description="The shorthand for why a figure is missing, in words"
    )
    revisions: dict[str, str] = Field(
        description="The shorthand for provisional and revised figures, in words"
    )


class Index(_Shape):
    """Every indicator of the Plan, with the place of its own file."""

    title: str
    plan: str
    council: str
    homepage: str
    edition: str = Field(
        description="live, or sample: composed to show how everything works, not to be quoted"
    )
    warning: str | None = Field(
        description="What every reader of a sample must be told; null for the live edition"
    )
    version: str = Field(description="Of the data package of the whole plan")
    indicators: list[Listed]


class LatestFile(_Shape):
    """The latest figure of every indicator and group: the rows of latest.csv."""

    title: str
    edition: str = Field(
        description="live, or sample: composed to show how everything works, not to be quoted"
    )
    warning: str | None = Field(
        description="What every reader of a sample must be told; null for the live edition"
    )
    version: str = Field(description="Of the data package of the whole plan")
