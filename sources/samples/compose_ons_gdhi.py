"""Composes the sample of `ons_gdhi`: `python -m sources.samples.compose_ons_gdhi`.

Every figure comes from `ons_gdhi/ORIGIN.csv`. They are of the release of 2020, but stand in the two workbooks and on
the two pages that the publisher has had since 2025: local authorities, and all regions.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from sources.reading import column_letters
from sources.samples.xlsx import workbook

FOLDER = Path(__file__).parent / "ons_gdhi"
DATASETS = "/economy/regionalaccounts/grossdisposablehouseholdincome/datasets"
TITLE = "Gross disposable household income (GDHI) per head of population at current basic prices, pounds"
AUTHORITIES, REGIONS = (
    f"regionalgrossdisposablehouseholdincome{kind}" for kind in ("localauthorities", "allitlregions")
)
HEADERS = {AUTHORITIES: ("ITL1 region", "LAD code", "Region name"), REGIONS: ("NUTS level", "NUTS code", "Region name")}
NAMES = {
    AUTHORITIES: {"E09000030": ("London", "E09000030", "Tower Hamlets")},
    REGIONS: {
        "E92000001": ("Other", "UK0", "England"),
        "E12000007": ("NUTS1", "UKI", "London"),
        "E09000030": ("NUTS3", "UKI42", "Tower Hamlets"),
    },
}
"""What stands before the figures of an area, in each workbook."""


def answers() -> dict[str, bytes]:
    """The bytes of each file of the sample that is composed, by its name."""
    with (FOLDER / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        figures = {(row["file"], row["area"], int(row["period"])): int(row["value"]) for row in csv.DictReader(file)}
    composed = {}
    for dataset in (AUTHORITIES, REGIONS):
        years = sorted({year for _, _, year in figures})
        edition = f"{years[0]}to{years[-1]}"
        name = f"{dataset}{years[-1]}.xlsx"
        rows: dict[tuple[str, str, str], list[str | float]] = {
            names: [figures[name, area, year] for year in years] for area, names in NAMES[dataset].items()
        }
        path = f"{DATASETS}/{dataset}/{edition}"
        page = {"type": "dataset_landing_page", "uri": f"{DATASETS}/{dataset}", "datasets": [{"uri": path}]}
        described = {"edition": f"{years[0]} to {years[-1]}"}
        listed = {"type": "dataset", "uri": path, "description": described, "downloads": [{"file": name}]}
        composed[name] = workbook(cells(HEADERS[dataset], rows))
        composed[f"{dataset}.json"], composed[f"{dataset}-{edition}.json"] = _json(page), _json(listed)
    return composed


def cells(
    header: Sequence[str], rows: Mapping[tuple[str, str, str], Sequence[str | float]], first: int = 1997
) -> dict[str, dict[str, str | float]]:
    """A workbook with a front sheet and one table; the last year has a footnote, as the publisher's have."""
    last = first + max(len(figures) for figures in rows.values()) - 1
    lines: list[list[str | float]] = [[*header, *range(first, last), f"{last}1"]]
    lines += [[*names, *figures] for names, figures in rows.items()]
    table: dict[str, str | float] = {"A1": f"Table 2: {TITLE}"}
    for number, line in enumerate(lines, 2):
        table |= {f"{column_letters(column)}{number}": cell for column, cell in enumerate(line)}
    front: dict[str, str | float] = {"A1": "Regional gross disposable household income", "A2": f"Table 2: {TITLE}"}
    return {"Contents": front, "Table 2": table}


def _json(whole: Mapping[str, object]) -> bytes:
    return (json.dumps(whole, indent=2) + "\n").encode()


if __name__ == "__main__":
    for name, composed in answers().items():
        (FOLDER / name).write_bytes(composed)
