"""The plan as data: its calls to action, areas, sources and indicators, read from a `schemas/` folder.

What belongs here: the models and the loading of the YAML files. Another council's plan is another folder. What a
source's `ask` may hold belongs to the source's module, which reads it with `Indicator.read_ask`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from thindicators.errors import PlanError
from thindicators.plan.exceptions import FILE as EXCEPTIONS
from thindicators.plan.exceptions import Exempted, load_exceptions
from thindicators.plan.yaml_files import Model, YamlFile, load
from thindicators.safe_text import is_file_name


def _is_file_name(slug: str) -> str:
    if not is_file_name(slug):
        raise ValueError("a name that some systems keep for a device; choose another")
    return slug


Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$"), AfterValidator(_is_file_name)]
AreaCode = Annotated[str, Field(pattern=r"^[EWSNK][0-9]{8}$")]
Month = Annotated[int, Field(ge=1, le=12)]
Unit = Literal[
    "percent", "years", "score_0_10", "count", "gbp", "ktco2e", "ug_m3", "ratio", "points"
]
Theme = Literal[
    "AGRI",
    "ECON",
    "EDUC",
    "ENER",
    "ENVI",
    "GOVE",
    "HEAL",
    "INTR",
    "JUST",
    "REGI",
    "SOCI",
    "TECH",
    "TRAN",
]
"""By which data portals sort: http://publications.europa.eu/resource/authority/data-theme"""

PeriodKind = Literal[
    "calendar_year",
    "financial_year",
    "academic_year",
    "three_years",
    "twelve_months",
    "three_months",
    "day",
    "survey_wave",
]


class Strict(BaseModel):
    """A model that knows all its fields, never changes, and takes no text, such as `1_000`, for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Licence(Strict):
    """What a re-user may do. `path` is empty where the publisher states no licence."""

    title: str
    path: str | None = None
    name: str


class CallToAction(Strict):
    """One of the Plan's calls to action."""

    number: int
    title: str
    themes: list[Theme] = Field(
        min_length=1, description="By which data portals sort its indicators"
    )


class Area(Strict):
    """An area that figures are published for; the first in the file is the one the Plan is about.

    One of the kind `context` has figures that are shown beside an indicator and are no comparison.
    """

    code: AreaCode
    name: str
    kind: str


class PlanFile(Strict):
    """`plan.yaml`."""

    id: str = Field(
        pattern=r"^[a-z0-9.-]+$", description="Name of the data package of the whole plan"
    )
    title: str
    plan: str
    council: str
    homepage: str
    public_url: str = Field(
        "",
        pattern=r"^(https?://\S*[^/\s])?$",
        description="Where the web serves the folder published/, without a slash at the end; empty if nowhere yet",
    )
    contact: str = Field(
        "",
        pattern=r"^((https?://|mailto:)\S+)?$",
        description="Where readers may ask about the figures, https://… or mailto:…; empty for the homepage",
    )
    starts: int
    ends: int
    description: str
    keywords: list[str] = []
    calls_to_action: list[CallToAction]
    licences: dict[str, Licence]
    breakdown_names: dict[str, str] = Field(
        {}, description="Words for a breakdown, where those of its id do not do"
    )
    category_names: dict[str, dict[str, str]] = Field(
        {}, description="Words for the members of a breakdown, where those of their ids do not do"
    )


class NewPeriod(Strict):
    """By the end of a month, every year, figures are out for a period that ended not longer ago than this."""

    by_end_of: Month
    ended_within_months: int = Field(ge=0, lt=60)


class Source(Strict):
    """`sources/<id>.yaml`: who publishes, where, under which licence and when.

    `addresses` are the base addresses this source may call, by the name that a setting uses:
    `nomis` can be replaced by `THINDICATORS_NOMIS_URL`.
    """

    id: Slug
    module: str = Field(
        "",
        pattern=r"^([a-z_]+(\.[a-z_0-9]+)+)?$",
        description="The module that reads this source, such as sources.ncmp; empty if none does yet",
    )
    title: str
    publisher: str
    homepage: str
    kind: Literal["api", "file", "return", "witness"] = "api"
    addresses: dict[Slug, str] = {}
    derived_from: list[Slug] = Field(
        [], description="Sources whose answers this one combines; it asks for nothing itself"
    )
    licence: str
    attribution: str
    official_status: str = ""
    release_months: list[Month]
    expected_release: str = Field(description="When the next figures are expected, in words")
    release_dates: list[date] = Field(
        [],
        description="Days on which the publisher released figures, or has announced that it will",
    )
    new_periods: list[NewPeriod] = Field(
        [], description="By when which period is out; empty where the publisher keeps no fixed time"
    )
    window_years: int | None = Field(
        None,
        ge=1,
        description="How many years each release of the publisher holds, if the oldest drops out of it every year: a "
        "published figure whose year has left this window stays, and says so",
    )
    news_in: list[str] = Field(
        [],
        description="Small parts of a fetch, by name, that differ when there is anything new; asked alone, first",
    )
    columns: dict[str, list[str]] = Field(
        {},
        description="Which columns of the publisher's table a column of ours is read from, where it has columns",
    )
    paused: str = Field(
        "", description="Why the publisher has paused this source; empty if it has not"
    )
    recalled: list[str] = Field(
        [], description="What no file or page has shown yet; the first live day shows it"
    )
    largest_body_mb: float = 50
    seconds_between_requests: float = 0.5


class Also(Strict):
    """What another source adds to an indicator."""

    ask: dict[str, Any] = {}
    areas: list[AreaCode] = Field(
        [], description="The areas that come from it; empty for all of the indicator's"
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
        ge=0, le=6, description="Of the coarser of the two, so that they agree within half a unit"
    )
    series: list[str] = Field(
        [], description="The series whose figures it prints; empty for all that the file names"
    )
    differences: list[Difference] = Field([], description="Known differences, each with its reason")


Judgement = Literal["comparison", "direction", "since_start"]


class Gap(Strict):
    """Years for which there is no figure between two others, and why."""

    years: list[int] = Field(min_length=1)
    because: str


class Indicator(Strict):
    """`indicators/<id>.yaml`: what is measured, from which source, and how to read it."""

    id: Slug
    title: str
    call_to_action: int
    themes: list[Theme] = Field(
        [], description="Only where they differ from those of the call to action"
    )
    plan_measures: str = Field(description="What the Partnership Plan measures")
    definition: str = Field(description="What the published figure is, as the source defines it")
    unit: Unit
    decimals: int = Field(
        ge=0, le=3, description="Decimals to show; files hold what the publisher gave"
    )
    polarity: Literal["higher_is_better", "lower_is_better", "neither"]
    source: Slug
    ask: dict[str, Any] = Field(
        {}, description="What to ask of the source; the source's module says what it may hold"
    )
    also: dict[Slug, Also] = Field(
        {}, description="Other sources that add figures, and what to ask of them"
    )
    breakdowns: dict[str, list[str]] = Field(
        {}, description="Dimension and its members, beside the total"
    )
    has_total: bool = Field(
        True, description="False if there is no headline figure, only the breakdowns"
    )
    comparators: list[AreaCode]
    no_comparator: dict[AreaCode, str] = Field({}, description="Areas without a figure, and why")
    valid_range: tuple[float | None, float | None] = Field(
        strict=False
    )  # a pair comes as a list from YAML
    period: PeriodKind
    no_verdict: dict[Judgement, str] = Field({}, description="Verdicts that are not given, and why")
    printed_in_plan: list[Printed] = Field(
        [], description="Figures of the Plan's area that the Plan itself printed"
    )
    gaps: list[Gap] = Field([], description="Years that are rightly missing between two others")
    release_months: list[Month] = Field([], description="Only where they differ from the source's")
    licence: str = Field("", description="Only where it differs from the source's")
    attribution: str = Field("", description="Only where it differs from the source's")
    caveats: list[str] = []
    series: list[Series] = Field(min_length=1)
    witnesses: list[Witness] = Field(
        [], description="Who else publishes the same figures, to compare with them"
    )
    no_figures_because: str = Field("", description="Why there is no figure yet, if there is none")

    _file: YamlFile | None = PrivateAttr(default=None)
    _ask_at: tuple[str | int, ...] = PrivateAttr(default=("ask",))
    _areas: tuple[str, ...] = PrivateAttr(default=())

    @property
    def areas(self) -> tuple[str, ...]:
        """The codes of the areas that figures are expected for: the plan's own area, then the comparators."""
        return self._areas

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of all sources that feed the indicator, the main one first."""
        return (self.source, *self.also)

    def seen_by(self, source: str) -> Indicator:
        """The indicator as one of its sources sees it: with what is asked of that source, and the areas it gives."""
        if source == self.source:
            elsewhere = {area for other in self.also.values() for area in other.areas}
            return self.changed(areas=tuple(area for area in self._areas if area not in elsewhere))
        part = self.also[source]
        seen = self.changed(
            {"source": source, "ask": part.ask, "also": {}}, tuple(part.areas) or self._areas
        )
        seen._ask_at = ("also", source, "ask")
        return seen

    def asked_of(self, witness: str) -> Indicator:
        """The indicator as one of its witnesses sees it: with what is asked of that witness."""
        index = next(place for place, one in enumerate(self.witnesses) if one.source == witness)
        seen = self.changed({"source": witness, "ask": self.witnesses[index].ask, "also": {}})
        seen._ask_at = ("witnesses", index, "ask")
        return seen

    def changed(
        self, fields: Mapping[str, Any] | None = None, areas: tuple[str, ...] | None = None
    ) -> Indicator:
        """The indicator with other fields or for other areas; errors still name its file."""
        other = self.model_copy(update=dict(fields or {}))
        other._file, other._ask_at = self._file, self._ask_at
        other._areas = self._areas if areas is None else areas
        return other

    @model_validator(mode="after")
    def _check_range(self) -> Indicator:
        low, high = self.valid_range
        if low is not None and high is not None and low >= high:
            raise ValueError("valid_range: the first number must be below the second")
        return self

    @property
    def restated_within(self) -> dict[str, float]:
        """The series that each release restates as a whole, and by how many percent a figure may move in it."""
        bounds = {series.id: series.restated_within_percent for series in self.series}
        return {series: bound for series, bound in bounds.items() if bound is not None}

    def read_ask(self, model: type[Model]) -> Model:
        """What to ask of the source, as the source's own model.

        Raises:
            PlanError: If a field of `ask` is missing, unknown or wrong.
        """
        if self._file is None:
            return model.model_validate(self.ask)
        return self._file.read_as(model, self._ask_at)

    def series_of(self, year: int) -> str:
        """The id of the series that a figure of `year` belongs to, by the years in the file.

        Raises:
            PlanError: If no series, or more than one, holds the year.
        """
        fitting = [
            s.id
            for s in self.series
            if (s.first_year is None or s.first_year <= year)
            and (s.last_year is None or year <= s.last_year)
        ]
        if len(fitting) != 1:
            raise self.wrong(
                "series", f"{len(fitting)} series hold the year {year}; there must be one"
            )
        return fitting[0]

    def wrong(self, field: str, problem: str) -> PlanError:
        """An error about a field of this indicator's file."""
        if self._file is None:
            return PlanError(f"indicators/{self.id}.yaml", 1, field, problem)
        return PlanError(self._file.name, self._file.line_of((field,)), field, problem)


@dataclass(frozen=True)
class Plan:
    """Everything under `schemas/`, checked against each other."""

    file: PlanFile
    areas: tuple[Area, ...]
    sources: Mapping[str, Source]
    indicators: Mapping[str, Indicator]
    exceptions: tuple[Exempted, ...] = ()
    witnesses: Mapping[str, Source] = field(default_factory=dict)

    @cached_property
    def area_names(self) -> dict[str, str]:
        """Names by code."""
        return {area.code: area.name for area in self.areas}

    @property
    def compared_areas(self) -> tuple[Area, ...]:
        """The area the plan is about and those it is compared with, without those of mere context."""
        return tuple(area for area in self.areas if area.kind != "context")

    @property
    def subject(self) -> Area:
        """The area the plan is about."""
        return self.areas[0]

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Base addresses of all publishers, by name."""
        asked = [*self.sources.values(), *self.witnesses.values()]
        return {name: address for source in asked for name, address in source.addresses.items()}

    def source(self, source: str) -> Source:
        """A source or a witness, by its id."""
        return self.sources.get(source) or self.witnesses[source]

    def indicators_with(self, witness: str) -> list[Indicator]:
        """The indicators that a witness prints figures of, each as the witness sees it."""
        return [
            indicator.asked_of(witness)
            for indicator in self.indicators.values()
            if witness in {one.source for one in indicator.witnesses}
        ]

    def indicators_of(self, source: str) -> list[Indicator]:
        """The indicators that a source feeds, directly or through a derived source, each as the source sees it."""
        derived = {one.id for one in self.sources.values() if source in one.derived_from}
        return [
            indicator.seen_by(fed)
            for indicator in self.indicators.values()
            for fed in indicator.sources
            if fed == source or fed in derived
        ]

    def fetched_for(self, source: str) -> list[str]:
        """The sources that must be fetched for a source: itself, or those it is derived from."""
        return self.sources[source].derived_from or [source]

    def exceptions_of(self, indicator: Indicator) -> list[Exempted]:
        """The reviewed exceptions of an indicator."""
        return [one for one in self.exceptions if one.indicator == indicator.id]

    def licence_of(self, indicator: Indicator) -> Licence:
        """The licence of an indicator's figures: its own, or its source's."""
        return self.file.licences[indicator.licence or self.sources[indicator.source].licence]

    def attribution_of(self, indicator: Indicator) -> str:
        """The sentence that a re-user must print."""
        return indicator.attribution or self.sources[indicator.source].attribution

    def themes_of(self, indicator: Indicator) -> list[Theme]:
        """The themes by which data portals sort an indicator: its own, or those of its call to action."""
        if indicator.themes:
            return indicator.themes
        return next(
            one.themes
            for one in self.file.calls_to_action
            if one.number == indicator.call_to_action
        )

    @property
    def contact(self) -> str:
        """Where readers may ask about the figures."""
        return self.file.contact or self.file.homepage

    def release_months_of(self, indicator: Indicator) -> list[int]:
        """The months in which new figures are expected."""
        return indicator.release_months or self.sources[indicator.source].release_months


def load_plan(folder: Path) -> Plan:
    """Read a whole `schemas/` folder; again only if a file in it has changed.

    Raises:
        PlanError: If any file is wrong or two files do not fit together.
    """
    return _load_plan(folder, tuple((path, path.stat().st_mtime_ns) for path in plan_files(folder)))


def plan_files(folder: Path) -> list[Path]:
    """The files of a `schemas/` folder that are read; others beside them say nothing."""
    files = [folder / "plan.yaml", folder / "areas.csv", folder / EXCEPTIONS]
    for kind in ("sources", "witnesses", "indicators"):
        files += _yaml_files(folder / kind)
    return [path for path in files if path.exists()]


@lru_cache(maxsize=4)
def _load_plan(folder: Path, _stamps: tuple[tuple[Path, int], ...]) -> Plan:
    plan = load(folder / "plan.yaml").read_as(PlanFile)
    areas = _load_areas(folder / "areas.csv")
    sources = _load_sources(folder / "sources", plan)
    witnesses = _load_sources(folder / "witnesses", plan)
    _check_witnesses(sources, witnesses)
    known_areas = {area.code for area in areas}
    indicators: dict[str, Indicator] = {}
    for path in _yaml_files(folder / "indicators"):
        indicator = _load_indicator(path, plan, sources, known_areas)
        _check_asked(indicator, witnesses)
        indicator._areas = (areas[0].code, *indicator.comparators)
        indicators[indicator.id] = indicator
    in_order = sorted(indicators.values(), key=lambda one: (one.call_to_action, one.id))
    exceptions = load_exceptions(folder, indicators, known_areas)
    return Plan(plan, areas, sources, {one.id: one for one in in_order}, exceptions, witnesses)


def _load_areas(path: Path) -> tuple[Area, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Area.model_validate(row) for row in csv.DictReader(file))


def _load_sources(folder: Path, plan: PlanFile) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    addresses: dict[str, str] = {}
    for path in _yaml_files(folder):
        file = load(path, f"{folder.name}/{path.name}")
        source = file.read_as(Source)
        _require(file, "id", source.id == path.stem, f"must be the file's name, “{path.stem}”")
        _require(
            file,
            "licence",
            source.licence in plan.licences,
            f"is none of plan.yaml's licences: {source.licence}",
        )
        for new in source.new_periods:
            expected = new.by_end_of in source.release_months
            _require(
                file,
                "new_periods",
                expected,
                f"month {new.by_end_of} is none of the release_months",
            )
        for name, address in source.addresses.items():
            known = addresses.setdefault(name, address)
            _require(
                file, "addresses", known == address, f"“{name}” is {known} in another source's file"
            )
        sources[source.id] = source
    for source in sources.values():
        for other in source.derived_from:
            if other not in sources:
                raise PlanError(
                    f"{folder.name}/{source.id}.yaml", 1, "derived_from", f"has no file for {other}"
                )
    return sources


def _check_witnesses(sources: Mapping[str, Source], witnesses: Mapping[str, Source]) -> None:
    """A witness is never published in place of a figure, so none may be a source as well."""
    for folder, found in (("sources", sources), ("witnesses", witnesses)):
        for one in found.values():
            if (one.kind == "witness") != (folder == "witnesses"):
                raise PlanError(
                    f"{folder}/{one.id}.yaml",
                    1,
                    "kind",
                    "is witness for files under witnesses/, only",
                )
    if both := sorted(set(sources) & set(witnesses)):
        raise PlanError(
            f"witnesses/{both[0]}.yaml", 1, "id", f"sources/{both[0]}.yaml has the same"
        )


def _check_asked(indicator: Indicator, witnesses: Mapping[str, Source]) -> None:
    file, asked = indicator._file, [one.source for one in indicator.witnesses]
    if file is None:
        return
    _require(file, "witnesses", len(set(asked)) == len(asked), "two entries have the same source")
    known = {series.id for series in indicator.series}
    for one in indicator.witnesses:
        _require(
            file, "witnesses", one.source in witnesses, f"has no file witnesses/{one.source}.yaml"
        )
        for series in one.series:
            _require(file, "witnesses", series in known, f"{series} is none of its series")


def _load_indicator(
    path: Path, plan: PlanFile, sources: Mapping[str, Source], areas: set[str]
) -> Indicator:
    file = load(path, f"{path.parent.name}/{path.name}")
    indicator = file.read_as(Indicator)
    calls = {call.number for call in plan.calls_to_action}
    _require(file, "id", indicator.id == path.stem, f"must be the file's name, “{path.stem}”")
    _require(
        file,
        "call_to_action",
        indicator.call_to_action in calls,
        "is none of plan.yaml's calls to action",
    )
    _require(
        file, "source", indicator.source in sources, f"has no file sources/{indicator.source}.yaml"
    )
    _require(
        file,
        "licence",
        indicator.licence in {"", *plan.licences},
        f"is none of plan.yaml's: {indicator.licence}",
    )
    for other in indicator.also:
        _require(file, "also", other in sources, f"has no file sources/{other}.yaml")
    others = [area for part in indicator.also.values() for area in part.areas]
    for code in (*indicator.comparators, *indicator.no_comparator, *others):
        _require(file, "comparators", code in areas, f"{code} is not in areas.csv")
    ids = [series.id for series in indicator.series]
    _require(file, "series", len(set(ids)) == len(ids), "two series have the same id")
    for printed in indicator.printed_in_plan:
        _require(
            file,
            "printed_in_plan",
            printed.series in ids,
            f"{printed.series} is none of its series",
        )
    indicator._file = file
    return indicator


def _require(file: YamlFile, field: str, holds: bool, problem: str) -> None:
    if not holds:
        raise PlanError(file.name, file.line_of((field,)), field, problem)


def _yaml_files(folder: Path) -> list[Path]:
    # What editors lay beside a file while somebody writes, such as a lock `.#x.yaml`, begins with a dot.
    return sorted(folder.glob("[!.]*.yaml"))
