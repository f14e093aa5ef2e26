"""Data packages: the tables of a release and the descriptors of their packages, written.

What belongs here: which tables a package has, and writing them. What a descriptor says belongs in
`formats.packages`, which rows the side tables have in `side_tables`, and every form in which the
same figures leave beside their package in `formats`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from thindicators.comparing import latest_rows
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.context import RunContext
from thindicators.formats import registry
from thindicators.formats.media_types import CSV, PARQUET
from thindicators.formats.packages import (
    About,
    Alternative,
    Descriptor,
    Resource,
    WrittenPackage,
    about_indicator,
    describe,
)
from thindicators.history.revisions import Revision, compare
from thindicators.history.versions import next_version
from thindicators.history.vintages import WHOLE_PLAN, Vintage
from thindicators.observations.first_rows import types_first
from thindicators.observations.observation import ORDER, empty_table
from thindicators.observations.tables import (
    ELSEWHERE,
    TableSchema,
    csv_content,
    parquet_content,
    require_equal,
    table_from,
)
from thindicators.outcomes.outcome import Outcome
from thindicators.parsing.councils_elsewhere import FiguresElsewhere, all_elsewhere
from thindicators.release.changes import REVISIONS
from thindicators.release.dimensions import DIMENSIONS
from thindicators.release.inputs import Inputs
from thindicators.release.side_tables import all_sources, side_tables, used_sources
from thindicators.site.log import Entry, continued
from thindicators.storage.manifest import WrittenFile, write_file

_Reference = tuple[Sequence[str], str, Sequence[str]]

_REFERENCES: tuple[_Reference, ...] = (
    (["indicator"], "indicators", ["id"]),
    (["area_code"], "areas", ["code"]),
    (["snapshot"], "receipts", ["sha256"]),
    (["period"], "periods", ["period"]),
    (["unit"], "units", ["unit"]),
    (["indicator", "series"], "series", ["indicator", "series"]),
    (
        ["indicator", "breakdown", "category"],
        "breakdowns",
        ["indicator", "breakdown", "category"],
    ),
)
"""Of the observations: which columns refer to which table beside them, and to which of its columns."""

_REFERENCES_ELSEWHERE = tuple(
    reference for reference in _REFERENCES if reference[1] in ("indicators", "receipts")
)
"""Of the table of councils elsewhere: the other tables speak of the areas and periods of the observations."""

_TITLES = {latest_rows.TABLE: "Latest figures"}
"""Of the tables whose name alone would say too little."""

_AS_PARQUET_TOO = (latest_rows.TABLE, "indicators", "areas", *DIMENSIONS)
"""The tables beside the observations that dashboards read in one go."""


@dataclass(frozen=True)
class IndicatorPackage:
    """The data package of an indicator, written.

    Attributes:
        written: The package.
        log: What has changed in its figures, the newest first.
    """

    written: WrittenPackage
    log: Sequence[Entry]


@dataclass(frozen=True)
class PlanPackage:
    """The data package of the whole plan, written.

    Attributes:
        written: The package.
        downloads: Its tables that a reader may take away, without those by year and those that
            speak of the release before.
        revisions: The differences from the figures of the release before.
    """

    written: WrittenPackage
    downloads: Sequence[WrittenFile]
    revisions: Sequence[Revision]


@dataclass(frozen=True)
class _Table:
    """A table of a package, written: what the descriptor says of it, and its bytes by path."""

    resource: Resource
    contents: Mapping[str, bytes]

    @property
    def files(self) -> list[WrittenFile]:
        return [
            self.resource.file,
            *(other.file for other in self.resource.alternatives),
        ]


def write_indicator_package(
    run_context: RunContext,
    outcome: Outcome,
    before: Vintage | None,
    release: Path,
) -> IndicatorPackage:
    """Write an indicator's table and the descriptor of its package.

    Args:
        run_context: Whose plan and edition apply.
        outcome: What a run found out about the indicator.
        before: The release before; None for the first.
        release: The folder of the release.
    """
    plan = run_context.plan
    indicator = plan.indicators[outcome.indicator]
    folder = f"indicators/{indicator.id}"
    composed_from = _composed_from(run_context, all_sources(plan, indicator))
    about = about_indicator(
        plan,
        indicator,
        outcome,
        run_context.is_sample,
        composed_from,
    )
    table = _write_figures(run_context, outcome, about, release)

    earlier = before.packages.get(indicator.id) if before else None
    # An indicator that is new to the plan has no figures before, and so no revisions.
    revisions: list[Revision] = []
    if before and earlier:
        closed = _closed([outcome])
        revisions = compare(before.figures(indicator.id), outcome.table, closed)
    log = continued(plan, outcome, earlier, revisions)
    changes = [{"day": entry.day, "says": list(entry.says)} for entry in log]
    described = describe(plan, about, [table.resource], folder)
    # The log stands in the descriptor, where the next release finds it and goes on with it.
    described["changes"] = changes
    descriptor = _with_version(described, earlier, revisions)
    package = _write_package(descriptor, [table], folder, release)
    return IndicatorPackage(package, log)


def write_plan_package(
    run_context: RunContext,
    inputs: Inputs,
    verdicts: Sequence[Comparison],
    latest: Sequence[LatestFigure],
    elsewhere: Sequence[FiguresElsewhere],
    release: Path,
) -> PlanPackage:
    """Write the tables of the whole plan and the descriptor of their package.

    Args:
        run_context: Whose plan and edition apply.
        inputs: What the release is made from.
        verdicts: On all figures.
        latest: The latest figure of each indicator and group.
        elsewhere: The figures of councils elsewhere; none if the plan asks for none.
        release: The folder of the release.
    """
    before = inputs.before
    about = _about_plan(run_context, inputs.outcomes)
    observations = _all_observations(inputs.outcomes)
    closed = _closed(inputs.outcomes)
    revisions = compare(before.table, observations, closed) if before else []

    side = side_tables(run_context, inputs, verdicts, latest, elsewhere)
    side["revisions"] = [revision.row for revision in revisions]
    tables = [_write_observations(run_context, observations, about, release)]
    if elsewhere:
        tables.append(_write_elsewhere(run_context, all_elsewhere(elsewhere), about, release))
    for name, rows in side.items():
        schema = run_context.table_schemas[name]
        tables.append(_write_side_table(name, table_from(rows, schema), schema, about, release))

    described = describe(run_context.plan, about, [table.resource for table in tables])
    earlier = before.packages[WHOLE_PLAN] if before else None
    descriptor = _with_version(described, earlier, revisions)
    package = _write_package(descriptor, tables, "", release)
    return PlanPackage(package, _downloads(tables), revisions)


def _closed(outcomes: Sequence[Outcome]) -> set[tuple[str, str]]:
    """The series of some indicators that have ended, by indicator."""
    return {(outcome.indicator, series) for outcome in outcomes for series in outcome.closed}


def _all_observations(outcomes: Sequence[Outcome]) -> pa.Table:
    """The figures of all indicators in one table, sorted."""
    # The empty table is for a plan without indicators: of no table at all no table can be made.
    tables = [empty_table(), *(outcome.table for outcome in outcomes)]
    order = [(column, "ascending") for column in ORDER]
    return pa.concat_tables(tables).sort_by(order)


def _write_figures(
    run_context: RunContext,
    outcome: Outcome,
    about: About,
    release: Path,
) -> _Table:
    """Write an indicator's figures as CSV and as Parquet."""
    indicator = run_context.plan.indicators[outcome.indicator]
    schema = run_context.table_schemas["observations"]
    text, parquet = _both(outcome.table, indicator.id, schema, about)
    # Both kinds have the titles by which a reader is offered them; the descriptor has its own.
    files = []
    for row, content in ((registry.TABLE, text), (registry.PARQUET_TABLE, parquet)):
        path = row.path(indicator.id)
        files.append(
            write_file(
                release,
                path,
                content,
                row.title,
                row.media_type,
                row.portal_type,
            )
        )
    in_text, in_parquet = files
    title = indicator.title
    alternative = Alternative(f"{title}, as Parquet", in_parquet)
    resource = Resource(indicator.id, title, in_text, schema, (alternative,))
    return _Table(resource, {in_text.name: text, in_parquet.name: parquet})


def _write_observations(
    run_context: RunContext,
    table: pa.Table,
    about: About,
    release: Path,
) -> _Table:
    """Write all figures of the plan as CSV and as Parquet, and those of each year as Parquet."""
    schema = _with_keys(run_context.table_schemas["observations"], _REFERENCES)
    title = "All observations of the plan"
    as_parquet = f"{title}, as Parquet"
    text, parquet = _both(table, "observations", schema, about)
    in_text = write_file(release, "observations.csv", text, title, CSV, "CSV")
    in_parquet = write_file(
        release,
        "observations.parquet",
        parquet,
        as_parquet,
        PARQUET,
        "PARQUET",
    )
    contents = {in_text.path: text, in_parquet.path: parquet}
    alternatives = [Alternative(as_parquet, in_parquet)]
    by_year = _by_year(table, run_context.table_schemas["observations"], about)
    for year, content in by_year.items():
        # The folders are named 2022 and not year=2022: the year is a column of the file already,
        # and a reader that takes a second one from the folder's name finds two types for it and
        # stops.
        path = f"by_year/{year}/observations.parquet"
        title_of_year = f"Observations of {year}, as Parquet"
        file = write_file(release, path, content, title_of_year, PARQUET)
        alternatives.append(Alternative(title_of_year, file))
        contents[path] = content
    return _Table(
        Resource("observations", title, in_text, schema, alternatives),
        contents,
    )


def _write_elsewhere(
    run_context: RunContext,
    table: pa.Table,
    about: About,
    release: Path,
) -> _Table:
    """Write the figures of councils elsewhere as CSV and as Parquet."""
    group = run_context.plan.file.elsewhere
    title = group.title if group else ""
    schema = _with_keys(run_context.table_schemas[ELSEWHERE], _REFERENCES_ELSEWHERE)
    return _write_as_both(ELSEWHERE, title, table, schema, about, release)


def _write_side_table(
    name: str,
    table: pa.Table,
    schema: TableSchema,
    about: About,
    release: Path,
) -> _Table:
    """Write a table beside the observations as CSV and, where dashboards read it, as Parquet."""
    title = _TITLES.get(name, name.capitalize())
    if name not in _AS_PARQUET_TOO:
        content = csv_content(types_first(table))
        file = write_file(release, f"{name}.csv", content, title, CSV)
        return _Table(Resource(name, title, file, schema), {file.path: content})
    return _write_as_both(name, title, table, schema, about, release)


def _write_as_both(
    name: str,
    title: str,
    table: pa.Table,
    schema: TableSchema,
    about: About,
    release: Path,
) -> _Table:
    text, parquet = _both(table, name, schema, about)
    in_text = write_file(release, f"{name}.csv", text, title, CSV)
    as_parquet = f"{title}, as Parquet"
    in_parquet = write_file(release, f"{name}.parquet", parquet, as_parquet, PARQUET)
    resource = Resource(name, title, in_text, schema, (Alternative(as_parquet, in_parquet),))
    return _Table(resource, {in_text.path: text, in_parquet.path: parquet})


def _write_package(
    descriptor: Descriptor,
    tables: Sequence[_Table],
    folder: str,
    release: Path,
) -> WrittenPackage:
    """Write the descriptor of a package whose tables are written."""
    text = json.dumps(descriptor, indent=2, ensure_ascii=False)
    content = f"{text}\n".encode()
    row = registry.DESCRIPTOR
    path = f"{folder}/{row.file_name}" if folder else row.file_name
    files = [write_file(release, path, content, row.title, row.media_type)]
    # The descriptor comes first in the package's archive too: readers look for it there.
    contents = {row.file_name: content}
    for table in tables:
        files += table.files
        contents.update(table.contents)
    return WrittenPackage(descriptor, files, contents)


def _with_version(
    descriptor: Descriptor,
    before: Mapping[str, Any] | None,
    revisions: Sequence[Revision],
) -> Descriptor:
    """A descriptor with its version, which a reader finds after its title."""
    version = next_version(before, descriptor, revisions)
    first = {name: descriptor[name] for name in ("$schema", "name", "title")}
    others = {name: value for name, value in descriptor.items() if name not in first}
    return {**first, "version": version, **others}


def _both(
    table: pa.Table,
    name: str,
    schema: TableSchema,
    about: About,
) -> tuple[bytes, bytes]:
    """A table as CSV and as Parquet, which were read again and found equal."""
    # Readers guess the type of a column from the first rows of a CSV.
    table = types_first(table)
    text = csv_content(table)
    # All figures in one file: who reads one indicator reads one group of its rows.
    grouped_by = "indicator" if name in ("observations", ELSEWHERE) else ""
    parquet = parquet_content(table, schema, about.in_short, grouped_by)
    require_equal(name, text, parquet, schema)
    return text, parquet


def _by_year(
    table: pa.Table,
    schema: TableSchema,
    about: About,
) -> dict[int, bytes]:
    """The rows of each year as Parquet."""
    contents = {}
    for year in sorted(set(table["year"].to_pylist())):
        of_year = table.filter(pc.equal(table["year"], year))
        contents[year] = parquet_content(of_year, schema, about.in_short)
    return contents


def _downloads(tables: Sequence[_Table]) -> list[WrittenFile]:
    # A page that lists the revisions would differ in every release, and so would its sum.
    files = [file for table in tables for file in table.files]
    return [file for file in files if "/" not in file.path and file.path != REVISIONS]


def _with_keys(schema: TableSchema, references: Sequence[_Reference]) -> TableSchema:
    """A schema of figures with its references to the tables beside it, which only the whole plan's package has."""
    keys = [
        {"fields": columns, "reference": {"resource": table, "fields": keys_of_table}}
        for columns, table, keys_of_table in references
    ]
    return {**schema, "foreignKeys": keys}


def _about_plan(
    run_context: RunContext,
    outcomes: Sequence[Outcome],
) -> About:
    plan = run_context.plan
    sources = used_sources(plan, outcomes)
    licences = [plan.sources[source].licence for source in sources]
    # Before there is any figure, the package names the sources and licences that it will have.
    named = dict.fromkeys(licences) or plan.file.licences
    where = "Each indicator's own package, under indicators/, names its licence."
    return About(
        name=plan.file.id,
        title=plan.file.title,
        description=f"{plan.file.description}\n\n{where}",
        created=max(outcome.newest for outcome in outcomes),
        is_sample=run_context.is_sample,
        composed_from=_composed_from(run_context, sources),
        sources=[plan.sources[source] for source in sources or plan.sources],
        licences=[plan.file.licences[licence] for licence in named],
        extra={},
    )


def _composed_from(
    run_context: RunContext,
    sources: Sequence[str],
) -> list[str]:
    """Where the figures that the samples of some sources were composed from were published."""
    places = set()
    for source in sources:
        for row in run_context.origins(source):
            places.add(f"{row['publisher']}: {row['published_where']}")
    return sorted(places)
