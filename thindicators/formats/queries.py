"""Queries: ready texts by which a dashboard reads all tables of the latest release: for Power BI and for DuckDB.

What belongs here: the texts. Lines for a single indicator belong in `site.snippets`. Where the plan has no public address,
they name the path below the folder of releases.
"""

from __future__ import annotations

from collections.abc import Mapping

from thindicators.formats.published import PublishedPlan

PLACE = "published/latest"
"""What stands for the address of the latest release where it is not known."""

POWER_BI, DUCKDB = "power-bi.m.txt", "duckdb.sql"

TABLES = (
    *("observations", "latest", "indicators", "areas"),
    *("periods", "breakdowns", "series", "units"),
)
"""The tables that are there as Parquet: the figures, and what a dashboard joins to them."""

_JOINS = (
    "observations.indicator = indicators.id",
    "observations.area_code = areas.code",
    "observations.period = periods.period",
    "observations.unit = units.unit",
    "observations.(indicator, series) = series.(indicator, series)",
    "observations.(indicator, breakdown, category) = breakdowns.(indicator, breakdown, category)",
)
"""By which columns the tables belong together."""


def power_bi(whole: PublishedPlan) -> Mapping[str, bytes]:
    """A query for Power BI and Excel that gives all tables, by its path; in the language M of Power Query."""
    base = _base(whole)
    # Power Query has one function for addresses and another for files, and neither takes the other's.
    if base.startswith("http"):
        read = f'Web.Contents("{base}/", [RelativePath = name & ".parquet"])'
    else:
        read = f'File.Contents("{base}/" & name & ".parquet")'
    names = ", ".join(f'"{name}"' for name in TABLES)
    lines = [
        f"// {whole.plan.file.title}",
        "// Power BI: Get data, Blank query, Advanced editor; put all of this there. Then click a table to open it.",
        "// What belongs together:",
        *(f"//   {join}" for join in _JOINS),
        "let",
        f"    Read = (name as text) => Parquet.Document({read}),",
        f"    Names = {{{names}}},",
        '    Tables = #table({"Name", "Table"}, List.Transform(Names, each {_, Read(_)}))',
        "in",
        "    Tables",
    ]
    return {POWER_BI: _text(lines)}


def duckdb(whole: PublishedPlan) -> Mapping[str, bytes]:
    """A view for each table, as SQL for DuckDB, by its path."""
    base = _base(whole)
    lines = [
        f"-- {whole.plan.file.title}",
        f"-- duckdb -init {DUCKDB}",
        "-- What belongs together:",
        *(f"--   {join}" for join in _JOINS),
    ]
    for name in TABLES:
        lines.append(f"CREATE OR REPLACE VIEW {name} AS FROM '{base}/{name}.parquet';")
    return {DUCKDB: _text(lines)}


def _base(whole: PublishedPlan) -> str:
    public = whole.plan.file.public_url
    return f"{public}/latest" if public else PLACE


def _text(lines: list[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
