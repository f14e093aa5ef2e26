"""The plan as data: its calls to action, areas, sources and indicators, and what may be asked of them.

What belongs here: the models of whole files. Kinds of fields are in `fields`, groups of councils in `groups`, parts of an
indicator's file in `indicator_parts`, and `loading` reads a folder into these models. What a source's `ask` may hold
belongs to the source's module, which reads it with `Indicator.read_ask`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from thindicators.areas.register import Tier, register
from thindicators.errors import PlanError
from thindicators.plan.exceptions import Exempted
from thindicators.plan.fields import AreaCode, Month, PeriodKind, Slug, Strict, Theme, Unit
from thindicators.plan.groups import Elsewhere, PeerGroup
from thindicators.plan.indicator_parts import Also, Gap, Judgement, Printed, Series, Witness
from thindicators.plan.yaml_files import Model, YamlFile


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


Role = Literal["subject", "region", "country", "comparator", "peer", "context"]
"""What an area is to the Plan: the one it is about, one it is compared with, one like its own, or only shown beside."""


class Area(Strict):
    """An area that figures are published for; the first in the file is the one the Plan is about.

    One of the kind `context` has figures that are shown beside an indicator and are no comparison.
    """

    code: AreaCode
    name: str
    kind: str
    role: Role = "comparator"


class Covers(Strict):
    """The areas that a source has figures of."""

    tiers: list[Tier] = Field(min_length=1)
    within: AreaCode = Field(description="No area outside this one")
    own_territory: bool = Field(
        False,
        description="Only councils that are an International Territorial Level 3 area by themselves",
    )
    expected_only: bool = Field(
        False,
        description="Whether the module reads areas that are expected and no others, whoever the publisher has figures of",
    )
    asked_by_name: bool = Field(
        False,
        description="Whether the publisher is asked for the areas that the plan names, so that its answer has no others",
    )


class PlanFile(Strict):
    """`plan.yaml`."""

    id: str = Field(
        pattern=r"^[a-z0-9.-]+$", description="Name of the data package of the whole plan"
    )
    title: str
    short_title: str = Field(description="What its pages are called in a browser's tab")
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
    keywords: list[str] = Field([])
    calls_to_action: list[CallToAction]
    plan_themes: dict[Slug, str] = Field(
        {}, description="Themes by which the Plan's work is grouped beside its calls to action"
    )
    peers: dict[Slug, PeerGroup] = Field({})
    elsewhere: Elsewhere | None = Field(
        None,
        description="Further councils, whose figures have a table of their own; empty for none",
    )
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
        pattern=r"^[a-z_]+(\.[a-z_0-9]+)+$",
        description="The module that reads this source, such as sources.ncmp",
    )
    title: str
    publisher: str
    homepage: str
    kind: Literal["api", "file", "return", "witness"] = "api"
    addresses: dict[Slug, str] = Field({})
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
    covers: Covers | None = Field(
        None, description="Empty for a source that has figures of the Plan's own area only"
    )
    largest_body_mb: float = 50
    seconds_between_requests: float = 0.5

    def covers_area(self, area_code: str) -> bool:
        """Whether it may have figures of an area: a source that says nothing of it has those of the plan's own."""
        return self.covers is None or self.has_figures_of(area_code)

    def reads_peer(self, area_code: str) -> bool:
        """Whether the module gives figures of an area that is none of those expected."""
        if self.covers is None or self.covers.expected_only:
            return False
        return self.has_figures_of(area_code)

    def gives_elsewhere(self, area_code: str) -> bool:
        """Whether what the publisher gives may hold figures of an area that the plan does not name."""
        is_asked_by_name = self.covers is not None and self.covers.asked_by_name
        return not is_asked_by_name and self.reads_peer(area_code)

    def has_figures_of(self, area_code: str) -> bool:
        """Whether the publisher has figures of an area that need not be the Plan's own."""
        if self.covers is None or area_code not in register():
            return False
        area = register()[area_code]
        is_of_tier = not area.tiers.isdisjoint(self.covers.tiers)
        is_given = bool(area.itl) or not self.covers.own_territory
        return is_of_tier and is_given and register().is_within(area_code, self.covers.within)


class Indicator(Strict):
    """`indicators/<id>.yaml`: what is measured, from which source, and how to read it."""

    id: Slug
    title: str
    call_to_action: int
    plan_theme: str = Field("", description="One of plan.yaml's plan_themes")
    themes: list[Theme] = Field(
        [], description="Only where they differ from those of the call to action"
    )
    keywords: list[str] = Field(
        [],
        description="Words by which people look for it, beside those of its title and definition",
    )
    plan_measures: str = Field(description="What the Plan measures, in its own words")
    definition: str = Field(description="What the published figure is, as the source defines it")
    unit: Unit
    decimals: int = Field(
        ge=0,
        le=3,
        description="Decimals to show; files hold what the publisher gave",
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
    # YAML has no pairs: it gives a list, which a strict model would refuse for one.
    valid_range: tuple[float | None, float | None] = Field(strict=False)
    period: PeriodKind
    measured_by: Literal["full_count", "sample", "model"] = Field(
        description="Whether everybody is counted, some are asked, or the figure is modelled; verdicts follow from it"
    )
    rounded_to: float | None = Field(
        None,
        gt=0,
        description="The unit that the publisher rounds to, if it is so coarse that verdicts must allow for it",
    )
    design_effect: float | None = Field(
        None,
        ge=1,
        description="By how much a survey’s quotas or weights widen the variance, for limits computed here",
    )
    judged_together: list[str] = Field(
        [], description="Breakdowns whose members mean nothing good or bad without each other"
    )
    no_verdict: dict[Judgement, str] = Field({}, description="Verdicts that are not given, and why")
    printed_in_plan: list[Printed] = Field(
        [], description="Figures of the Plan's area that the Plan itself printed"
    )
    gaps: list[Gap] = Field([], description="Years that are rightly missing between two others")
    release_months: list[Month] = Field([], description="Only where they differ from the source's")
    licence: str = Field("", description="Only where it differs from the source's")
    attribution: str = Field("", description="Only where it differs from the source's")
    caveats: list[str] = Field(
        [], description="What a reader must know, true of any council’s figures"
    )
    own_caveats: list[str] = Field(
        [],
        description="What a reader must know of this plan’s own area, such as how wide its limits are; a new plan for "
        "another council leaves it out",
    )
    series: list[Series] = Field(min_length=1)
    witnesses: list[Witness] = Field(
        [], description="Who else publishes the same figures, to compare with them"
    )
    no_figures_because: str = Field("", description="Why there is no figure yet, if there is none")
    retired_because: str = Field(
        "",
        description="Why the indicator has left the plan, if it has: nobody is asked for it any more, and its last "
        "figures stay published, as ended",
    )

    # Where an error points to; without a file, to the one that the indicator would have.
    _file: YamlFile | None = PrivateAttr(default=None)
    _ask_at: tuple[str | int, ...] = PrivateAttr(default=("ask",))
    _areas: tuple[str, ...] = PrivateAttr(default=())
    _peers: tuple[str, ...] = PrivateAttr(default=())
    _peers_of: Mapping[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)
    _not_covered: str = PrivateAttr(default="")

    @classmethod
    def from_file(cls, file: YamlFile) -> Indicator:
        """The indicator of a file, which its errors name.

        Raises:
            PlanError: If a field is missing, unknown or wrong.
        """
        indicator = file.read_as(cls)
        indicator._file = file
        return indicator

    @property
    def areas(self) -> tuple[str, ...]:
        """The codes of the areas that figures are expected for: the plan's own area, then the comparators."""
        return self._areas

    @property
    def peers(self) -> tuple[str, ...]:
        """The codes of areas like the plan's own, whose figures are published where the publisher has them."""
        # An area that is expected is compared already.
        expected = set(self.areas)
        return tuple(peer for peer in self._peers if peer not in expected)

    def with_only_peers(self, peers: tuple[str, ...]) -> Indicator:
        """The indicator with some of its peers, or none."""
        other = self.changed()
        other._peers = peers
        return other

    @property
    def all_caveats(self) -> list[str]:
        """What a reader must know of the figures; nothing where there can be none."""
        return [] if self._not_covered else [*self.caveats, *self.own_caveats]

    @property
    def not_covered(self) -> str:
        """Why no source has figures of the plan's own area; empty if one may have."""
        return self._not_covered

    def not_covered_because(self, reason: str) -> Indicator:
        """The indicator, of whose area no source has figures: nobody is asked for it."""
        other = self.changed()
        other._not_covered = reason
        return other

    @property
    def is_asked_for(self) -> bool:
        """Whether its sources are asked: it is in the plan still, and one may have figures of the plan's own area."""
        return not self.retired_because and not self._not_covered

    @property
    def wanted_areas(self) -> tuple[str, ...]:
        """The codes of all areas whose figures are read: those that are expected, then the peers."""
        return (*self._areas, *self.peers)

    def with_peers(self, peers_of: Mapping[str, tuple[str, ...]]) -> Indicator:
        """The indicator with the peers that each of its sources has figures of, by the source's id."""
        other = self.changed()
        other._peers_of = peers_of
        read = [peer for source in self.sources for peer in peers_of.get(source, ())]
        other._peers = tuple(dict.fromkeys(read))
        return other

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of all sources that feed the indicator, the main one first."""
        return (self.source, *self.also)

    def seen_by(self, source: str) -> Indicator:
        """The indicator as one of its sources sees it: with what is asked of that source, and the areas it gives."""
        if source == self.source:
            # An area has one source: two would give two figures for one key.
            elsewhere: set[str] = set()
            for other in self.also.values():
                elsewhere.update(other.areas)
            own_areas = [area for area in self._areas if area not in elsewhere]
            seen = self.changed(areas=tuple(own_areas))
            seen._peers = self._peers_of.get(source, ())
            return seen
        part = self.also[source]
        areas = tuple(part.areas) or self._areas
        seen = self.changed(
            {
                "source": source,
                "ask": part.ask,
                "also": {},
            },
            areas,
        )
        seen._ask_at = ("also", source, "ask")
        seen._peers = () if part.areas else self._peers_of.get(source, ())
        return seen

    def asked_of(self, witness: str) -> Indicator:
        """The indicator as one of its witnesses sees it: with what is asked of that witness."""
        index = [entry.source for entry in self.witnesses].index(witness)
        seen = self.changed(
            {
                "source": witness,
                "ask": self.witnesses[index].ask,
                "also": {},
            }
        )
        seen._ask_at = ("witnesses", index, "ask")
        return seen

    def changed(
        self, fields: Mapping[str, Any] | None = None, areas: tuple[str, ...] | None = None
    ) -> Indicator:
        """The indicator with other fields or for other areas; errors still name its file."""
        other = self.model_copy(update=dict(fields or {}))
        other._file = self._file
        other._ask_at = self._ask_at
        other._areas = self._areas if areas is None else areas
        other._peers = self._peers
        other._peers_of = self._peers_of
        other._not_covered = self._not_covered
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
        bounds = {}
        for series in self.series:
            if series.restated_within_percent is not None:
                bounds[series.id] = series.restated_within_percent
        return bounds

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
        # Doubt is an error: of two series that both hold a year, either could be the wrong one.
        fitting = [series.id for series in self.series if series.holds(year)]
        if len(fitting) != 1:
            raise self.wrong(
                "series", f"{len(fitting)} series hold the year {year}; there must be one"
            )
        return fitting[0]

    def wrong(self, field: str, problem: str) -> PlanError:
        """An error about a field of this indicator's file."""
        if self._file is None:
            return PlanError(
                file=f"indicators/{self.id}.yaml",
                line=1,
                field=field,
                problem=problem,
            )
        return PlanError(
            self._file.name,
            self._file.line_of((field,)),
            field,
            problem,
        )


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
        """Names by code, those of peers among them."""
        return {area.code: area.name for area in self.every_area}

    @cached_property
    def peer_groups(self) -> dict[str, tuple[str, ...]]:
        """The codes of each group's members, the plan's own area among them, by the id of the group."""
        groups = {}
        for name, group in self.file.peers.items():
            groups[name] = group.around(self.subject.code)
        return groups

    @cached_property
    def peer_areas(self) -> tuple[Area, ...]:
        """The areas like the plan's own, without it, in the order of their codes."""
        members = {code for group in self.peer_groups.values() for code in group}
        members -= {area.code for area in self.areas}
        peers = [register()[code] for code in sorted(members)]
        return tuple(
            Area(
                code=peer.code,
                name=peer.name,
                kind=peer.kind,
                role="peer",
            )
            for peer in peers
        )

    @cached_property
    def councils_elsewhere(self) -> tuple[str, ...]:
        """The codes of the councils that only the table of councils elsewhere is about."""
        if self.file.elsewhere is None:
            return ()
        named = {area.code for area in self.every_area}
        councils = register().councils(self.file.elsewhere.within)
        return tuple(code for code in councils if code not in named)

    def as_seen_elsewhere(self, indicator: Indicator) -> Indicator:
        """An indicator whose peers are the councils elsewhere that its sources give figures of."""
        peers_of = {}
        for source in indicator.sources:
            gives = self.sources[source].gives_elsewhere
            peers_of[source] = tuple(code for code in self.councils_elsewhere if gives(code))
        return indicator.with_peers(peers_of)

    @property
    def every_area(self) -> tuple[Area, ...]:
        """All areas that figures may be for: the plan's own, those beside it, then the peers."""
        return (*self.areas, *self.peer_areas)

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
        addresses: dict[str, str] = {}
        for source in (*self.sources.values(), *self.witnesses.values()):
            addresses |= source.addresses
        return addresses

    def source(self, source: str) -> Source:
        """A source or a witness, by its id."""
        return self.sources.get(source) or self.witnesses[source]

    def indicators_with(self, witness: str) -> list[Indicator]:
        """The indicators that a witness prints figures of, each as the witness sees it."""
        asked = []
        for indicator in self.indicators.values():
            is_asked = witness in [entry.source for entry in indicator.witnesses]
            if is_asked and indicator.is_asked_for:
                asked.append(indicator.asked_of(witness))
        return asked

    def indicators_of(self, source: str) -> list[Indicator]:
        """The indicators that a source feeds, directly or through a derived source, each as the source sees it."""
        derived = set()
        for other in self.sources.values():
            if source in other.derived_from:
                derived.add(other.id)
        seen = []
        for indicator in self.indicators.values():
            if not indicator.is_asked_for:
                continue
            # An indicator of two sources, one derived from the other, is seen by each.
            for feeding in indicator.sources:
                if feeding == source or feeding in derived:
                    seen.append(indicator.seen_by(feeding))
        return seen

    def fetched_for(self, source: str) -> list[str]:
        """The sources that must be fetched for a source: itself, or those it is derived from."""
        return self.sources[source].derived_from or [source]

    def exceptions_of(self, indicator: Indicator) -> list[Exempted]:
        """The reviewed exceptions of an indicator."""
        return [entry for entry in self.exceptions if entry.indicator == indicator.id]

    def licence_of(self, indicator: Indicator) -> Licence:
        """The licence of an indicator's figures: its own, or its source's."""
        licence = indicator.licence or self.sources[indicator.source].licence
        return self.file.licences[licence]

    def attribution_of(self, indicator: Indicator) -> str:
        """The sentence that a re-user must print."""
        return indicator.attribution or self.sources[indicator.source].attribution

    def call_to_action_of(self, indicator: Indicator) -> CallToAction:
        """The call to action that an indicator measures."""
        return next(
            call for call in self.file.calls_to_action if call.number == indicator.call_to_action
        )

    def themes_of(self, indicator: Indicator) -> list[Theme]:
        """The themes by which data portals sort an indicator: its own, or those of its call to action."""
        if indicator.themes:
            return indicator.themes
        return self.call_to_action_of(indicator).themes

    @property
    def contact(self) -> str:
        """Where readers may ask about the figures."""
        return self.file.contact or self.file.homepage

    def release_months_of(self, indicator: Indicator) -> list[int]:
        """The months in which new figures are expected."""
        return indicator.release_months or self.sources[indicator.source].release_months
