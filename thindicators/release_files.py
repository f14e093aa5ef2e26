"""The files of a release: which there are, what rows they hold, and that they are what they must be.

What belongs here: writing every file of a release into an empty folder and checking it. Where that folder is, and that
a reader never sees half of it, belongs in `release`; how a table is written belongs in `tables`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from thindicators.changes import changes_text, feed_text
from thindicators.errors import ReleaseError
from thindicators.observations import ORDER, SCHEMA, empty_table
from thindicators.outcomes import Outcome
from thindicators.packages import About, Resource, about_indicator, check_package, describe, load_profile
from thindicators.plan import Indicator, Plan
from thindicators.revisions import Revision, compare
from thindicators.snapshots import receipt_rows
from thindicators.tables import TableSchema, require_equal, table_from, table_schemas, write_csv, write_parquet
from thindicators.versions import next_version
from thindicators.workshop import Workshop

SUMS = "SHA256SUMS"
CHANGES = ("revisions.csv", "CHANGES.md", "feed.xml")
"""The files of a release that speak of the release before."""


def write_release(workshop: Workshop, outcomes: Sequence[Outcome], folder: Path, before: Path | None = None) -> None:
    """Write all files of a release into an empty folder and check them.

    Args:
        workshop: Whose plan, edition, clock and folders apply.
        outcomes: One for each indicator of the plan.
        folder: Empty.
        before: The folder of the release before, to compare with.

    Raises:
        ReleaseError: If an outcome is missing, or what was written is not what it must be.
    """
    plan = workshop.plan
    by_id = {outcome.indicator: outcome for outcome in outcomes}
    if missing := sorted(set(plan.indicators) - set(by_id)):
        raise ReleaseError(f"There is no outcome for {', '.join(missing)}; refresh everything once.")
    in_order = [by_id[indicator] for indicator in plan.indicators]
    schemas = table_schemas(workshop.settings.schemas / "tables")
    profile = load_profile(workshop.settings.schemas)
    for outcome in in_order:
        place = folder / "indicators" / outcome.indicator
        earlier = before / "indicators" / outcome.indicator if before else None
        _write_indicator(workshop, plan.indicators[outcome.indicator], outcome, place, schemas["observations"], earlier)
        check_package(place, profile)
    _write_whole_plan(workshop, in_order, folder, schemas, before)
    check_package(folder, profile)
    _write_sums(folder)


def _write_indicator(
    workshop: Workshop,
    indicator: Indicator,
    outcome: Outcome,
    folder: Path,
    schema: TableSchema,
    before: Path | None,
) -> None:
    folder.mkdir(parents=True)
    resources = _write_both(outcome.table, folder, indicator.id, indicator.title, schema)
    composed_from = _composed_from(workshop, _all_sources(workshop.plan, indicator))
    about = about_indicator(workshop.plan, indicator, outcome, workshop.is_sample, composed_from)
    figures = f"{indicator.id}.parquet"
    known = before is not None and (before / figures).exists()
    revisions = compare(figures_in(before / figures), outcome.table) if before and known else []
    _write_descriptor(folder, describe(workshop.plan, about, resources, folder), before if known else None, revisions)


def _write_whole_plan(
    workshop: Workshop,
    outcomes: Sequence[Outcome],
    folder: Path,
    schemas: Mapping[str, TableSchema],
    before: Path | None,
) -> None:
    plan = workshop.plan
    table = pa.concat_tables([outcome.table for outcome in outcomes] or [empty_table()])
    table = table.sort_by([(column, "ascending") for column in ORDER])
    resources = _write_both(table, folder, "observations", "All observations of the plan", _with_keys(schemas))
    revisions = compare(observations_of(before), table) if before else []
    _write_changes(workshop, outcomes, revisions, folder, before.name if before else "")
    rows_by_name = {**_side_tables(workshop, outcomes), "revisions": [one.row for one in revisions]}
    for name, rows in rows_by_name.items():
        write_csv(table_from(rows, schemas[name]), folder / f"{name}.csv")
        resources.append(Resource(name, f"{name}.csv", name.capitalize(), schemas[name]))
    resources += _write_by_year(table, folder, schemas["observations"])
    about = _about_plan(workshop, outcomes)
    _write_descriptor(folder, describe(plan, about, resources, folder), before, revisions)


def observations_of(release: Path) -> pa.Table:
    """The observations of a release, in the contract."""
    return figures_in(release / "observations.parquet")


def figures_in(path: Path) -> pa.Table:
    """The observations in a published Parquet file, in the contract."""
    return pq.read_table(path).cast(SCHEMA)


def _write_descriptor(
    folder: Path, descriptor: dict[str, Any], before: Path | None, revisions: Sequence[Revision]
) -> None:
    earlier = json.loads((before / "datapackage.json").read_text(encoding="utf-8")) if before else None
    version = next_version(earlier, descriptor, revisions)
    first = {name: descriptor.pop(name) for name in ("$schema", "name", "title")}
    _write_json(folder / "datapackage.json", {**first, "version": version, **descriptor})


def is_same(one: Path, other: Path) -> bool:
    """Whether two releases say the same, but for what changed since the release before each."""
    return _said(one) == _said(other)


def _said(release: Path) -> tuple[set[str], object]:
    lines = set((release / SUMS).read_text(encoding="utf-8").splitlines())
    about_changes = {line for line in lines if line.partition("  ")[2] in (*CHANGES, "datapackage.json")}
    descriptor = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [one for one in descriptor["resources"] if one["path"] not in CHANGES]
    return lines - about_changes, descriptor


def _write_changes(
    workshop: Workshop, outcomes: Sequence[Outcome], revisions: Sequence[Revision], folder: Path, before: str
) -> None:
    newest = {outcome.indicator: outcome.newest for outcome in outcomes}
    (folder / "CHANGES.md").write_text(changes_text(workshop.plan, revisions, before), encoding="utf-8")
    (folder / "feed.xml").write_bytes(feed_text(workshop.plan, revisions, newest, workshop.is_sample))


def _write_both(table: pa.Table, folder: Path, name: str, title: str, schema: TableSchema) -> list[Resource]:
    text, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    write_csv(table, text)
    write_parquet(table, parquet, schema)
    require_equal(text, parquet, schema)
    return [
        Resource(name, text.name, title, schema),
        Resource(f"{name}_parquet", parquet.name, f"{title}, as Parquet", schema),
    ]


def _write_by_year(table: pa.Table, folder: Path, schema: TableSchema) -> list[Resource]:
    resources = []
    for year in sorted(set(table["year"].to_pylist())):
        path = folder / "by_year" / f"year={year}" / "observations.parquet"
        path.parent.mkdir(parents=True)
        write_parquet(table.filter(pc.equal(table["year"], year)), path, schema)
        name, title = f"observations_{year}", f"Observations of {year}, as Parquet"
        resources.append(Resource(name, str(path.relative_to(folder)), title, schema))
    return resources


def _with_keys(schemas: Mapping[str, TableSchema]) -> TableSchema:
    """The observations' schema with its references to the tables beside it, which only the whole plan's package has."""
    references = {"indicator": ("indicators", "id"), "area_code": ("areas", "code"), "snapshot": ("receipts", "sha256")}
    return {
        **schemas["observations"],
        "foreignKeys": [
            {"fields": [field], "reference": {"resource": resource, "fields": [key]}}
            for field, (resource, key) in references.items()
        ],
    }


def _side_tables(workshop: Workshop, outcomes: Sequence[Outcome]) -> dict[str, list[dict[str, object]]]:
    plan = workshop.plan
    licences = {key: licence.name for key, licence in plan.file.licences.items()}
    receipts = receipt_rows(receipt for outcome in outcomes for receipt in outcome.receipts)
    origins = [row for source in _used_sources(plan, outcomes) for row in workshop.origins(source)]
    return {
        "indicators": [_indicator_row(plan, plan.indicators[one.indicator], one) for one in outcomes],
        "areas": [area.model_dump() for area in plan.areas],
        "sources": [_source_row(workshop, source) for source in sorted(plan.sources)],
        "receipts": [{**row, "licence": licences[str(row["licence"])]} for row in receipts],
        **({"origins": origins} if origins else {}),
    }


def _indicator_row(plan: Plan, indicator: Indicator, outcome: Outcome) -> dict[str, object]:
    years = outcome.table["year"].to_pylist()
    calls = {call.number: call.title for call in plan.file.calls_to_action}
    plain = ("id", "title", "call_to_action", "plan_measures", "definition", "unit", "decimals", "polarity", "source")
    return {
        **indicator.model_dump(include=set(plain)),
        "call_to_action_title": calls[indicator.call_to_action],
        "licence": plan.licence_of(indicator).name,
        "attribution": plan.attribution_of(indicator),
        "state": outcome.state,
        "reason": outcome.reason,
        "rows": len(years),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        "caveats": " ".join(indicator.caveats),
    }


def _source_row(workshop: Workshop, source_id: str) -> dict[str, object]:
    source = workshop.plan.sources[source_id]
    licence = workshop.plan.file.licences[source.licence]
    fetched = workshop.store.last_fetch(source_id)
    plain = ("id", "title", "publisher", "homepage", "attribution", "official_status", "expected_release", "paused")
    return {
        **source.model_dump(include=set(plain)),
        "licence": licence.name,
        "licence_url": licence.path or "",
        "failure": fetched.failure if fetched else "",
    }


def _about_plan(workshop: Workshop, outcomes: Sequence[Outcome]) -> About:
    plan = workshop.plan
    sources = _used_sources(plan, outcomes)
    licences = {plan.sources[source].licence: plan.file.licences[plan.sources[source].licence] for source in sources}
    return About(
        name=plan.file.id,
        title=plan.file.title,
        description=f"{plan.file.description}\n\nEach indicator's own package, under indicators/, names its licence.",
        created=max(outcome.newest for outcome in outcomes),
        is_sample=workshop.is_sample,
        composed_from=_composed_from(workshop, sources),
        sources=[plan.sources[one] for one in sources or plan.sources],
        licences=list((licences or plan.file.licences).values()),
        extra={},
    )


def _used_sources(plan: Plan, outcomes: Sequence[Outcome]) -> list[str]:
    """The sources that have figures in this release."""
    used = [plan.indicators[outcome.indicator] for outcome in outcomes if outcome.table.num_rows]
    return sorted({source for indicator in used for source in _all_sources(plan, indicator)})


def _all_sources(plan: Plan, indicator: Indicator) -> list[str]:
    """The sources of an indicator, and those that they are derived from."""
    found = [one for source in indicator.sources for one in (source, *plan.sources[source].derived_from)]
    return list(dict.fromkeys(found))


def _composed_from(workshop: Workshop, sources: Sequence[str]) -> list[str]:
    rows = [row for source in sources for row in workshop.origins(source)]
    return sorted({f"{row['publisher']}: {row['published_where']}" for row in rows})


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_sums(folder: Path) -> None:
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}" for path in _files(folder)]
    (folder / SUMS).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
