"""Where an indicator comes from, as Dagster shows it: the columns that it is read from, and the code that reads it.

What belongs here: column lineage and references to code. Which columns a source's table has stands in its YAML.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from dagster import (
    BetaWarning,
    CodeReferencesMetadataValue,
    LocalFileCodeReference,
    TableColumnDep,
    TableColumnLineage,
)

from assets.naming import snapshot_key
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.settings import PROJECT, default_plan


def column_lineage(plan: Plan, indicator: Indicator) -> TableColumnLineage | None:
    """Which columns of its sources' tables each column is read from; None unless it is known of all of its sources.

    A publisher's workbook often has no columns but headings over headings, and half a lineage would mislead.
    """
    columns_of = {source: plan.sources[source].columns for source in indicator.sources}
    if not all(columns_of.values()):
        return None
    deps: dict[str, list[TableColumnDep]] = {}
    for source, columns in columns_of.items():
        key = snapshot_key(source)
        for ours, theirs in columns.items():
            read_from = [TableColumnDep(asset_key=key, column_name=column) for column in theirs]
            deps.setdefault(ours, []).extend(read_from)
    return TableColumnLineage(deps_by_column=deps)


def code_references(plan: Plan, indicator: Indicator) -> CodeReferencesMetadataValue:
    """The files that decide what an indicator says: its YAML, and the function of each source that reads it."""
    own = default_plan() / "indicators" / f"{indicator.id}.yaml"
    with warnings.catch_warnings():
        # That these may change with Dagster concerns no user of the UI.
        warnings.simplefilter("ignore", BetaWarning)
        references = [_reference(own, 1, "definition")]
        for source in indicator.sources:
            references.append(_reads(plan.sources[source]))
        return CodeReferencesMetadataValue(code_references=references)


_IS_PARSE = re.compile(r"^def parse\(| as parse$")
"""The line of a source's module that says what its `parse` is."""


def _reads(source: Source) -> LocalFileCodeReference:
    path = (PROJECT / source.module.replace(".", "/")).with_suffix(".py")
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if _IS_PARSE.search(text))
    return _reference(path, line, f"{source.id}: parse")


def _reference(path: Path, line: int, label: str) -> LocalFileCodeReference:
    return LocalFileCodeReference(file_path=str(path), line_number=line, label=label)
