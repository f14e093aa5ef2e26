"""Reading a `schemas/` folder into a plan, and checking that its files fit together.

What belongs here: which files are read, and what one file says of another. What a file may hold by itself is in
`model`; another council's plan is another folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from thindicators.areas.register import register
from thindicators.errors import PlanError
from thindicators.plan.areas_file import FILE as AREAS
from thindicators.plan.areas_file import load_areas
from thindicators.plan.coverage import covered
from thindicators.plan.exceptions import FILE as EXCEPTIONS
from thindicators.plan.exceptions import load_exceptions
from thindicators.plan.model import Area, Indicator, Plan, PlanFile, Source
from thindicators.plan.yaml_files import YamlFile, load


def load_plan(folder: Path) -> Plan:
    """Read a whole `schemas/` folder; again only if a file in it has changed.

    Raises:
        PlanError: If any file is wrong or two files do not fit together.
    """
    stamps = []
    for path in plan_files(folder):
        stamps.append((path, path.stat().st_mtime_ns))
    return _load_plan(folder, tuple(stamps))


def plan_files(folder: Path) -> list[Path]:
    """The files of a `schemas/` folder that are read; others beside them say nothing."""
    files = [
        folder / "plan.yaml",
        folder / AREAS,
        folder / EXCEPTIONS,
    ]
    for kind in ("sources", "witnesses", "indicators"):
        files += _yaml_files(folder / kind)
    return [path for path in files if path.exists()]


# Sensors and checks of a running UI ask again and again, while somebody may be editing the files.
@lru_cache(maxsize=4)
def _load_plan(
    folder: Path,
    _stamps: tuple[tuple[Path, int], ...],
) -> Plan:
    plan = load(folder / "plan.yaml").read_as(PlanFile)
    areas = load_areas(folder / AREAS)
    words = words_of(plan, areas)
    sources = _load_sources(folder / "sources", plan, words)
    witnesses = _load_sources(folder / "witnesses", plan, words)
    _check_kinds(sources, witnesses)
    indicators = _load_indicators(folder / "indicators", plan, areas, sources, witnesses, words)
    area_codes = {area.code for area in areas}
    exceptions = load_exceptions(folder, indicators, area_codes)
    return Plan(
        file=plan,
        areas=areas,
        sources=sources,
        indicators=indicators,
        exceptions=exceptions,
        witnesses=witnesses,
    )


def words_of(plan: PlanFile, areas: Sequence[Area]) -> dict[str, str]:
    """The words that texts of the plan's files may leave to the plan, such as `{subject}`, and what stands for each."""
    words = {"council": plan.council, "subject": areas[0].name}
    for role in ("region", "country"):
        of_role = [_in_a_sentence(area) for area in areas[1:] if area.kind == role]
        # A plan without a region is compared with its country, and texts speak of that.
        words[role] = of_role[0] if of_role else areas[-1].name
    return words


def _in_a_sentence(area: Area) -> str:
    known = register()
    return known[area.code].in_a_sentence if area.code in known else area.name


def _load_indicators(
    folder: Path,
    plan: PlanFile,
    areas: Sequence[Area],
    sources: Mapping[str, Source],
    witnesses: Mapping[str, Source],
    words: Mapping[str, str],
) -> dict[str, Indicator]:
    subject = areas[0].code
    area_codes = {area.code for area in areas}
    indicators = []
    for path in _yaml_files(folder):
        file = load(path, f"{folder.name}/{path.name}").with_words(words)
        indicator = Indicator.from_file(file)
        _check_indicator(file, indicator, plan, sources)
        _check_areas(file, indicator, area_codes)
        _check_series(file, indicator)
        _check_witnesses(file, indicator, witnesses)
        indicator = covered(indicator, sources, areas[0])
        indicator = indicator.changed(areas=(subject, *indicator.comparators))
        indicators.append(indicator.with_peers(_peers_of(indicator, plan, sources)))
    # In the order of the Plan, in which pages and tables show them.
    indicators.sort(key=lambda indicator: (indicator.call_to_action, indicator.id))
    return {indicator.id: indicator for indicator in indicators}


def _peers_of(
    indicator: Indicator,
    plan: PlanFile,
    sources: Mapping[str, Source],
) -> dict[str, tuple[str, ...]]:
    """The peers that each source of an indicator has figures of, by the source's id."""
    subject = indicator.areas[0]
    members: set[str] = set()
    for group in plan.peers.values():
        members.update(group.around(subject))
    # An area that is expected is compared already.
    members -= set(indicator.areas)
    peers_of = {}
    for name in indicator.sources:
        covered = [code for code in sorted(members) if sources[name].reads_peer(code)]
        peers_of[name] = tuple(covered)
    return peers_of


def _load_sources(
    folder: Path,
    plan: PlanFile,
    words: Mapping[str, str],
) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    addresses: dict[str, str] = {}
    for path in _yaml_files(folder):
        file = load(path, f"{folder.name}/{path.name}").with_words(words)
        source = file.read_as(Source)
        _check_source(file, source, plan)
        _check_addresses(file, source, addresses)
        addresses |= source.addresses
        sources[source.id] = source
    for source in sources.values():
        for other in source.derived_from:
            if other not in sources:
                raise PlanError(
                    file=f"{folder.name}/{source.id}.yaml",
                    line=1,
                    field="derived_from",
                    problem=f"has no file for {other}",
                )
    return sources


def _check_source(
    file: YamlFile,
    source: Source,
    plan: PlanFile,
) -> None:
    _require_named_as_file(file, source.id)
    licence = source.licence
    problem = f"is none of plan.yaml's licences: {licence}"
    file.require("licence", licence in plan.licences, problem)
    for new_period in source.new_periods:
        month = new_period.by_end_of
        problem = f"month {month} is none of the release_months"
        file.require("new_periods", month in source.release_months, problem)


def _check_addresses(
    file: YamlFile,
    source: Source,
    others: Mapping[str, str],
) -> None:
    """One setting replaces an address by its name, so one name cannot be two addresses."""
    for name, address in source.addresses.items():
        other = others.get(name, address)
        problem = f"“{name}” is {other} in another source's file"
        file.require("addresses", address == other, problem)


def _check_kinds(
    sources: Mapping[str, Source],
    witnesses: Mapping[str, Source],
) -> None:
    """A witness is never published in place of a figure, so none may be a source as well."""
    problem = "is witness for files under witnesses/, only"
    for source in sources.values():
        if source.kind == "witness":
            raise PlanError(
                file=f"sources/{source.id}.yaml",
                line=1,
                field="kind",
                problem=problem,
            )
    for witness in witnesses.values():
        if witness.kind != "witness":
            raise PlanError(
                file=f"witnesses/{witness.id}.yaml",
                line=1,
                field="kind",
                problem=problem,
            )
    for name in sorted(witnesses):
        if name in sources:
            raise PlanError(
                file=f"witnesses/{name}.yaml",
                line=1,
                field="id",
                problem=f"sources/{name}.yaml has the same",
            )


def _check_indicator(
    file: YamlFile,
    indicator: Indicator,
    plan: PlanFile,
    sources: Mapping[str, Source],
) -> None:
    """Its calls to action, sources and licence are ones that other files define."""
    _require_named_as_file(file, indicator.id)
    calls = {call.number for call in plan.calls_to_action}
    problem = "is none of plan.yaml's calls to action"
    file.require("call_to_action", indicator.call_to_action in calls, problem)
    # An indicator need not be of any theme.
    themes = {"", *plan.plan_themes}
    problem = "is none of plan.yaml's plan_themes"
    file.require("plan_theme", indicator.plan_theme in themes, problem)
    problem = f"has no file sources/{indicator.source}.yaml"
    file.require("source", indicator.source in sources, problem)
    # An empty licence is the source's.
    licences = {"", *plan.licences}
    problem = f"is none of plan.yaml's: {indicator.licence}"
    file.require("licence", indicator.licence in licences, problem)
    for other, part in indicator.also.items():
        file.require("also", other in sources, f"has no file sources/{other}.yaml")
        for breakdown in part.breakdowns:
            problem = f"{breakdown} is none of its breakdowns"
            file.require("also", breakdown in indicator.breakdowns, problem)


def _check_areas(
    file: YamlFile,
    indicator: Indicator,
    area_codes: set[str],
) -> None:
    codes = [*indicator.comparators, *indicator.no_comparator]
    for part in indicator.also.values():
        codes += part.areas
    for code in codes:
        file.require("comparators", code in area_codes, f"{code} is not in {AREAS}")


def _check_series(file: YamlFile, indicator: Indicator) -> None:
    ids = [series.id for series in indicator.series]
    file.require("series", _all_differ(ids), "two series have the same id")
    for printed in indicator.printed_in_plan:
        problem = f"{printed.series} is none of its series"
        file.require("printed_in_plan", printed.series in ids, problem)


def _check_witnesses(
    file: YamlFile,
    indicator: Indicator,
    witnesses: Mapping[str, Source],
) -> None:
    asked = [entry.source for entry in indicator.witnesses]
    file.require("witnesses", _all_differ(asked), "two entries have the same source")
    ids = {series.id for series in indicator.series}
    for entry in indicator.witnesses:
        problem = f"has no file witnesses/{entry.source}.yaml"
        file.require("witnesses", entry.source in witnesses, problem)
        for series in entry.series:
            file.require("witnesses", series in ids, f"{series} is none of its series")


def _require_named_as_file(file: YamlFile, name: str) -> None:
    stem = Path(file.name).stem
    file.require("id", name == stem, f"must be the file's name, “{stem}”")


def _all_differ(names: Iterable[str]) -> bool:
    listed = list(names)
    return len(set(listed)) == len(listed)


def _yaml_files(folder: Path) -> list[Path]:
    # What editors lay beside a file while somebody writes, such as a lock `.#x.yaml`, begins with a dot.
    return sorted(folder.glob("[!.]*.yaml"))
