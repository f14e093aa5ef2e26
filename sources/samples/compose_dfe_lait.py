"""Composes the sample of the witness `dfe_lait`: `python -m sources.samples.compose_dfe_lait`.

Every figure comes from `dfe_lait/ORIGIN.csv`, letter for letter: the tool writes figures as text, 39.12 as
39.119999999999997 where a spreadsheet held it so, and a dash where there is none. Its dictionary is not in the sample.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = Path(__file__).parent / "dfe_lait"
FILE = "bds_long_0.parquet"
AREAS = {
    "E09000030": ("Tower Hamlets", 211.0, "Inner London"),
    "E12000007": ("London", 986.0, "NA"),
    "E13000001": ("London (Inner)", 987.0, "NA"),
    "E92000001": ("England", 970.0, "NA"),
}
SCHEMA = pa.schema(
    [
        ("Short Desc", pa.string()),
        ("Data item", pa.string()),
        ("Years", pa.string()),
        ("LA and Regions", pa.string()),
        ("Values", pa.string()),
        ("LA Number", pa.float64()),
        ("Region", pa.string()),
    ]
)


def answers() -> dict[str, bytes]:
    """The bytes of the one file."""
    rows: list[dict[str, object]] = []
    with (FOLDER / "ORIGIN.csv").open(encoding="utf-8", newline="") as file:
        for origin in csv.DictReader(file):
            name, number, region = AREAS[origin["area"]]
            row = {
                "Short Desc": origin["figure"],
                # No figure is read by this column.
                "Data item": None,
                "Years": origin["period"],
                "LA and Regions": name,
                "Values": origin["value"],
                "LA Number": number,
                "Region": region,
            }
            rows.append(row)
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), sink)
    return {FILE: sink.getvalue()}


if __name__ == "__main__":
    for name, composed in answers().items():
        (FOLDER / name).write_bytes(composed)
