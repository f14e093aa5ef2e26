"""Snippets: ready lines with which the tools of readers get an indicator's figures.

What belongs here: the lines. Where the plan has no public address they name the path below the folder of releases; the
page's script puts the address that the reader came by in its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from thindicators.formats.queries import PLACE
from thindicators.formats.sheets import HEADER_ROW
from thindicators.formats.workbook import FIGURES
from thindicators.plan.model import Indicator, Plan


@dataclass(frozen=True)
class Snippet:
    """Lines for one tool."""

    tool: str
    says: str
    code: str


def snippets(
    plan: Plan,
    indicator: Indicator,
    has_figures: bool,
) -> list[Snippet]:
    """Lines for pandas, DuckDB, R, Excel and Power BI.

    Args:
        plan: Which may have a public address.
        indicator: Whose files they read.
        has_figures: Whether its workbook has a sheet of figures to read.
    """
    # The latest release has an address that stays, so that a line once copied goes on giving newest
    # figures.
    base = f"{plan.file.public_url}/latest" if plan.file.public_url else PLACE
    stem = f"{base}/indicators/{indicator.id}/{indicator.id}"
    return [
        Snippet(
            tool="pandas",
            says="Python",
            code=f'import pandas as pd\n\nfigures = pd.read_parquet("{stem}.parquet")',
        ),
        *([_workbook(stem)] if has_figures else []),
        Snippet(
            tool="DuckDB",
            says="SQL",
            code=f"SELECT * FROM '{stem}.parquet';",  # noqa: S608 - shown to people, run by nobody here
        ),
        Snippet(
            tool="R",
            says="",
            code=f'figures <- read.csv("{stem}.csv")',
        ),
        Snippet(
            tool="Excel",
            says="Data, From Text/CSV (or From Web), and this file or address",
            code=f"{stem}.csv",
        ),
        Snippet(
            tool="Power BI",
            says="Get data, Blank query, advanced editor",
            code=_power_bi(stem),
        ),
    ]


def _workbook(stem: str) -> Snippet:
    """The workbook's first sheet is its cover, and a figure that is missing has its shorthand in its place."""
    lines = [
        "import pandas as pd",
        "",
        f'figures = pd.read_excel("{stem}.xlsx", sheet_name="{FIGURES}", header={HEADER_ROW})',
        'figures["Value"] = pd.to_numeric(figures["Value"], errors="coerce")  # [x] is no number',
    ]
    return Snippet(
        "pandas, from the Excel workbook",
        "Python, with openpyxl",
        "\n".join(lines),
    )


def _power_bi(stem: str) -> str:
    # Power Query has one function for addresses and another for files, and neither takes the
    # other's.
    reads = "Web.Contents" if stem.startswith("http") else "File.Contents"
    return f'Parquet.Document({reads}("{stem}.parquet"))'
