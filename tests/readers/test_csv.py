"""Every CSV, as the stock readers of Python and SQL read it by guessing: they find the types of its schema."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from thindicators.observations import tables

BIN = Path(sys.executable).parent

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "date": "day",
    "boolean": "truth",
}
"""What the cells of a column are, by the type in its Table Schema."""

Found = Mapping[str, str]


def all_tables(release: Path) -> list[tuple[Path, tables.TableSchema]]:
    """Every CSV of a release with its Table Schema."""
    descriptors = [
        release / "datapackage.json",
        *sorted(release.glob("indicators/*/datapackage.json")),
    ]
    packages = [(path.parent, json.loads(path.read_text(encoding="utf-8"))) for path in descriptors]
    return [
        (folder / one["path"], one["schema"])
        for folder, package in packages
        for one in package["resources"]
    ]


def expected(path: Path, schema: tables.TableSchema) -> Found:
    """What each column is that has a cell; text that is a number in every cell of a file is taken for one."""
    table = tables.read_csv(path, schema)
    return {
        field["name"]: TYPES[field["type"]]
        for field in schema["fields"]
        if table[field["name"]].null_count < table.num_rows
        and not _is_number_in_every_cell(table[field["name"]])
    }


def _is_number_in_every_cell(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_string(column.type):
        return False
    return bool(pc.all(pc.match_substring_regex(column, r"^-?[0-9.]+$")).as_py())


def _pandas(path: Path) -> Found:
    frame = pd.read_csv(path)
    names = {"i": "whole number", "f": "number", "O": "text", "U": "text", "b": "truth"}
    return {str(name): names.get(dtype.kind, str(dtype)) for name, dtype in frame.dtypes.items()}


def _polars(path: Path) -> Found:
    names = {pl.Int64: "whole number", pl.Float64: "number", pl.String: "text", pl.Boolean: "truth"}
    return {name: names[type(dtype)] for name, dtype in pl.read_csv(path).schema.items()}


def _duckdb(path: Path) -> Found:
    names = {
        "BIGINT": "whole number",
        "DOUBLE": "number",
        "VARCHAR": "text",
        "DATE": "day",
        "BOOLEAN": "truth",
        "TIMESTAMP": "text",
    }
    described = duckdb.connect().execute(f"describe from '{path}'").fetchall()
    return {name: names.get(str(kind).split(" ")[0], kind) for name, kind, *_ in described}


READERS: dict[str, Callable[[Path], Found]] = {
    "pandas": _pandas,
    "polars": _polars,
    "DuckDB": _duckdb,
}

AS_TEXT = {"pandas": {"day"}, "polars": {"day"}, "DuckDB": set[str]()}
"""What a reader leaves as text."""

GAPS_MAKE_NUMBERS = {"pandas"}
"""Readers that have no whole numbers beside empty cells."""


@pytest.mark.parametrize("reader", READERS)
def test_every_table_is_read_with_its_types(reader: str, release: Path) -> None:
    for path, schema in all_tables(release):
        found = READERS[reader](path)
        for column, kind in expected(path, schema).items():
            wanted = {"text" if kind in AS_TEXT[reader] else kind}
            if kind == "whole number" and reader in GAPS_MAKE_NUMBERS:
                wanted.add("number")
            assert found[column] in wanted, (
                f"{reader} takes {column} of {path.name} for {found[column]}"
            )


def test_pandas_loses_no_text(release: Path) -> None:
    """Words such as NA or null would be lost: pandas takes them for empty cells."""
    for path, schema in all_tables(release):
        frame, table = pd.read_csv(path), tables.read_csv(path, schema)
        assert list(frame.isna().sum()) == [column.null_count for column in table.columns], path


def test_duckdb_reads_all_indicators_as_one_table(release: Path) -> None:
    files = f"{release}/indicators/*/*.csv"
    read = duckdb.connect().sql(f"from read_csv('{files}')").pl()
    whole = pl.read_csv(release / "observations.csv")
    assert read.height == whole.height
    numbers = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator")
    assert all(read.schema[name] == pl.Float64 for name in numbers)
    assert read["value"].sum() == pytest.approx(whole["value"].sum())


def test_csv_and_parquet_are_the_same_to_polars(release: Path) -> None:
    text, parquet = (
        pl.read_csv(release / "observations.csv"),
        pl.read_parquet(release / "observations.parquet"),
    )
    numbers = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator")
    assert text.select(numbers).equals(parquet.select(numbers))
    assert text["period"].equals(parquet["period"])


def test_sqlite_utils_makes_columns_of_the_right_types(release: Path, tmp_path: Path) -> None:
    run(
        "sqlite-utils",
        "insert",
        str(tmp_path / "all.db"),
        "observations",
        str(release / "observations.csv"),
        "--csv",
    )
    with sqlite3.connect(tmp_path / "all.db") as database:
        columns = {
            name: kind for _, name, kind, *_ in database.execute("pragma table_info(observations)")
        }
    assert {columns[name] for name in ("value", "lower_ci_95", "numerator")} <= {"FLOAT", "REAL"}
    assert (columns["year"], columns["source_text"]) == ("INTEGER", "TEXT")


def test_csvkit_finds_nothing_to_mend_in_the_figures(release: Path) -> None:
    for path in (release / "observations.csv", release / "comparisons.csv", release / "areas.csv"):
        assert run("csvclean", "--length-mismatch", "--header-normalize-space", str(path))
    types = run("csvstat", "--type", str(release / "observations.csv"))
    for words in (
        "value: Number",
        "numerator: Number",
        "year: Number",
        "period_start: Date",
        "source_text: Text",
    ):
        assert words in types


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_visidata_opens_the_figures(release: Path, tmp_path: Path, kind: str) -> None:
    run("vd", "-b", str(release / f"observations.{kind}"), "-o", str(tmp_path / "seen.json"))
    seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
    assert len(seen) == pl.read_csv(release / "observations.csv").height


def run(tool: str, *arguments: str) -> str:
    ran = subprocess.run([BIN / tool, *arguments], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout
