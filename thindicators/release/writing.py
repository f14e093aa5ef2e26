"""The files of a release: which there are, what rows they hold, and that they are what they must be.

What belongs here: writing every file of a release into an empty folder and checking it. Where that folder is, and that
a reader never sees half of it, belongs in `release`; how a table is written belongs in `tables`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.checking.published_suite import write_suite
from thindicators.comparing.verdicts import comparisons
from thindicators.comparing.witness_words import told
from thindicators.context import Workshop
from thindicators.errors import ReleaseError
from thindicators.formats.files import all_descriptions, all_downloads, write_machine_files
from thindicators.formats.packages import (
    About,
    Alternative,
    Resource,
    about_indicator,
    check_package,
    describe,
    load_profile,
)
from thindicators.formats.sitemap import write_sitemap
from thindicators.history.revisions import Revision, compare
from thindicators.history.versions import next_version
from thindicators.history.vintages import WHOLE_PLAN, Vintage
from thindicators.observations.first_rows import types_first
from thindicators.observations.observation import ORDER, empty_table
from thindicators.observations.tables import (
    TableSchema,
    require_equal,
    table_from,
    table_schemas,
    write_csv,
    write_parquet,
)
from thindicators.outcomes.outcome import Outcome
from thindicators.release.inputs import INPUTS, Inputs, name_of, what_made, write_inputs
from thindicators.release.side_tables import all_sources, side_tables, used_sources
from thindicators.site.content import Content
from thindicators.site.log import Entry, continued
from thindicators.site.pages import write_site
from thindicators.storage.sums import SUMS, require_whole, write_sums
from thindicators.telling.changes import changes_text, feed_text

CHANGES = ("revisions.csv", "CHANGES.md", "feed.xml")
"""The files of a release that speak of the release before."""

_NAMES_ITS_RELEASE = (".html", ".jsonld")
"""The ends of files that hold addresses of their own release, where the plan has a public address."""


def write_release(workshop: Workshop, inputs: Inputs, folder: Path) -> None:
    """Write all files of a release into an empty folder and check them.

    Args:
        workshop: Whose plan and edition apply.
        inputs: What the release is made from.
        folder: Empty.

    Raises:
        ReleaseError: If an outcome is missing, or what was written is not what it must be.
    """
    plan = workshop.plan
    by_id = {outcome.indicator: outcome for outcome in inputs.outcomes}
    if missing := sorted(set(plan.indicators) - set(by_id)):
        raise ReleaseError(f"There is no outcome for {', '.join(missing)}; refresh everything once.")
    in_order = replace(inputs, outcomes=[by_id[indicator] for indicator in plan.indicators])
    schemas = table_schemas(workshop.settings.schemas / "tables")
    profile = load_profile(workshop.settings.schemas)
    logs = {}
    for outcome in in_order.outcomes:
        place = folder / "indicators" / outcome.indicator
        logs[outcome.indicator] = _write_indicator(workshop, outcome, place, schemas["observations"], inputs.before)
        check_package(place, profile)
    _write_whole_plan(workshop, in_order, folder, schemas)
    check_package(folder, profile)
    write_inputs(workshop, in_order, folder)
    write_machine_files(plan, in_order.outcomes, folder, inputs.name)
    _write_pages(workshop, in_order, logs, schemas, folder)
    write_sums(folder)
    require_whole(folder)


def _write_indicator(
    workshop: Workshop, outcome: Outcome, folder: Path, schema: TableSchema, before: Vintage | None
) -> list[Entry]:
    """Write an indicator's package, and give the log of its changes."""
    folder.mkdir(parents=True)
    indicator = workshop.plan.indicators[outcome.indicator]
    composed_from = _composed_from(workshop, all_sources(workshop.plan, indicator))
    about = about_indicator(workshop.plan, indicator, outcome, workshop.is_sample, composed_from)
    figures = _write_both(outcome.table, folder, indicator.id, indicator.title, schema, about.in_short)
    write_suite(outcome.table, indicator, folder)
    earlier = before.packages.get(indicator.id) if before else None
    revisions = compare(before.figures(indicator.id), outcome.table) if before and earlier else []
    log = continued(workshop.plan, outcome, earlier, revisions)
    changes = [{"day": one.day, "says": list(one.says)} for one in log]
    descriptor = {**describe(workshop.plan, about, [figures], folder), "changes": changes}
    _write_descriptor(folder, descriptor, earlier, revisions)
    return log


def _write_whole_plan(workshop: Workshop, inputs: Inputs, folder: Path, schemas: Mapping[str, TableSchema]) -> None:
    plan, outcomes, before = workshop.plan, inputs.outcomes, inputs.before
    table = pa.concat_tables([outcome.table for outcome in outcomes] or [empty_table()])
    table = table.sort_by([(column, "ascending") for column in ORDER])
    about = _about_plan(workshop, outcomes)
    title = "All observations of the plan"
    figures = _write_both(table, folder, "observations", title, _with_keys(schemas), about.in_short)
    by_year = _write_by_year(table, folder, schemas["observations"], about.in_short)
    resources = [replace(figures, alternatives=(*figures.alternatives, *by_year))]
    revisions = compare(before.table, table) if before else []
    _write_changes(workshop, outcomes, revisions, folder, before.release if before else "")
    rows_by_name = {**side_tables(workshop, inputs), "revisions": [one.row for one in revisions]}
    for name, rows in rows_by_name.items():
        write_csv(types_first(table_from(rows, schemas[name])), folder / f"{name}.csv")
        resources.append(Resource(name, f"{name}.csv", name.capitalize(), schemas[name]))
    earlier = before.packages[WHOLE_PLAN] if before else None
    _write_descriptor(folder, describe(plan, about, resources, folder), earlier, revisions)


def _write_descriptor(
    folder: Path, descriptor: dict[str, Any], before: Mapping[str, Any] | None, revisions: Sequence[Revision]
) -> None:
    version = next_version(before, descriptor, revisions)
    first = {name: descriptor.pop(name) for name in ("$schema", "name", "title")}
    _write_json(folder / "datapackage.json", {**first, "version": version, **descriptor})


def is_same(one: Path, other: Path) -> bool:
    """Whether two releases say the same, but for what changed since the release before each, and for their names."""
    return _said(one) == _said(other)


def _said(release: Path) -> tuple[dict[str, str], object, object]:
    lines = (release / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {path: found for found, _, path in (line.partition("  ") for line in lines)}
    name = name_of(release)
    said = {
        path: _sum_without(release / path, name) if path.endswith(_NAMES_ITS_RELEASE) else found
        for path, found in sums.items()
        if not _tells_of_the_release_before(path)
    }
    descriptor = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["resources"] = [one for one in descriptor["resources"] if one["path"] not in CHANGES]
    return said, descriptor, what_made(release)


def _sum_without(path: Path, name: str) -> str:
    """The sum of a file but for the addresses that hold its release's name."""
    content = path.read_bytes()
    return hashlib.sha256(
        content.replace(f"/releases/{name}/".encode(), b"/releases/") if name else content
    ).hexdigest()


def _tells_of_the_release_before(path: str) -> bool:
    is_whole_package = path.endswith(".zip") and "/" not in path
    return is_whole_package or path in (*CHANGES, "datapackage.json", INPUTS)


def _write_changes(
    workshop: Workshop, outcomes: Sequence[Outcome], revisions: Sequence[Revision], folder: Path, before: str
) -> None:
    newest = {outcome.indicator: outcome.newest for outcome in outcomes}
    (folder / "CHANGES.md").write_text(changes_text(workshop.plan, revisions, before), encoding="utf-8")
    (folder / "feed.xml").write_bytes(feed_text(workshop.plan, revisions, newest, workshop.is_sample, before))


def _write_pages(
    workshop: Workshop,
    inputs: Inputs,
    logs: Mapping[str, Sequence[Entry]],
    schemas: Mapping[str, TableSchema],
    folder: Path,
) -> None:
    plan, outcomes = workshop.plan, inputs.outcomes
    content = Content(
        plan=plan,
        outcomes=outcomes,
        comparisons=comparisons(plan, outcomes),
        logs=logs,
        is_sample=workshop.is_sample,
        failures=inputs.failures,
        schemas=schemas,
        downloads=all_downloads(plan, folder),
        descriptions=all_descriptions(plan, outcomes, folder, inputs.name),
        witnessed=told(plan, outcomes, inputs.statements),
    )
    write_site(content, folder)
    write_sitemap(plan, outcomes, folder)


def _write_both(
    table: pa.Table, folder: Path, name: str, title: str, schema: TableSchema, about: Mapping[str, str]
) -> Resource:
    text, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    table = types_first(table)
    write_csv(table, text)
    write_parquet(table, parquet, schema, about)
    require_equal(text, parquet, schema)
    return Resource(name, text.name, title, schema, (Alternative(parquet.name, f"{title}, as Parquet"),))


def _write_by_year(table: pa.Table, folder: Path, schema: TableSchema, about: Mapping[str, str]) -> list[Alternative]:
    """Write the rows of each year.

    The folders are named 2022 and not year=2022: the year is a column of the file already, and a reader that takes a
    second one from the folder's name finds two types for it and stops.
    """
    written = []
    for year in sorted(set(table["year"].to_pylist())):
        path = folder / "by_year" / str(year) / "observations.parquet"
        path.parent.mkdir(parents=True)
        write_parquet(table.filter(pc.equal(table["year"], year)), path, schema, about)
        written.append(Alternative(path.relative_to(folder).as_posix(), f"Observations of {year}, as Parquet"))
    return written


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


def _about_plan(workshop: Workshop, outcomes: Sequence[Outcome]) -> About:
    plan = workshop.plan
    sources = used_sources(plan, outcomes)
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


def _composed_from(workshop: Workshop, sources: Sequence[str]) -> list[str]:
    rows = [row for source in sources for row in workshop.origins(source)]
    return sorted({f"{row['publisher']}: {row['published_where']}" for row in rows})


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
