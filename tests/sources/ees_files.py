"""A catalogue on loopback that lists files and gives one, and an indicator for other areas than the Plan's."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sources.publishers import ees
from tests.support import ROOT
from thindicators.answers import Answer, Answers
from thindicators.plan import Plan, load_plan

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
FILE_ID = "8162db7a-a24d-4b8e-bdfc-8da52819c1a8"

Row = dict[str, str]


def place(area: str, name: str = "", region: tuple[str, str] = (LONDON, "London")) -> Row:
    """The columns that say which area a row is about."""
    row = {"country_code": ENGLAND, "country_name": "England", "region_code": "", "region_name": ""}
    row |= {"old_la_code": "", "new_la_code": "", "la_name": ""}
    if area == ENGLAND:
        return {"geographic_level": "National", **row}
    if area.startswith(("E12", "E13")):
        return {"geographic_level": "Regional", **row, "region_code": area, "region_name": name or "London"}
    row |= {"region_code": region[0], "region_name": region[1]}
    return {"geographic_level": "Local authority", **row, "new_la_code": area, "la_name": name or "Tower Hamlets"}


def as_csv(rows: Sequence[Mapping[str, str]], renamed: Mapping[str, str] | None = None) -> bytes:
    """Rows as a CSV file, with other names for some columns."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([(renamed or {}).get(name, name) for name in rows[0]])
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode()


def listing(publication: str, title: str, filename: str, **changed: Any) -> dict[str, Any]:
    """One entry of the catalogue's list."""
    entry = {
        "id": FILE_ID,
        "filename": filename,
        "title": title,
        "publication": {"title": publication},
        "release": {"title": "Academic year 2024/25"},
        "latestData": True,
        "isSuperseded": False,
    }
    return {**entry, **changed}


def catalogue(content: bytes, *entries: dict[str, Any]) -> Answers:
    """A catalogue that lists some files, and gives the one with our id."""
    results = json.dumps({"paging": {}, "results": list(entries)}).encode()
    return Answers(
        date(2026, 11, 22),
        (
            Answer("GET", ees.CATALOGUE, results, {"latestOnly": "true"}, media_type="application/json"),
            Answer("GET", f"{ees.CATALOGUE}/{FILE_ID}/download", content, media_type="text/csv"),
        ),
    )


def plan_for(folder: Path, indicator: str, areas: Mapping[str, str]) -> Plan:
    """The Plan with one indicator, which is compared with these areas, by code and name."""
    schemas = folder / "schemas"
    names = ["plan.yaml", "areas.csv", f"indicators/{indicator}.yaml"]
    names += [f"sources/{path.name}" for path in (ROOT / "schemas" / "sources").glob("dfe_*.yaml")]
    for name in names:
        (schemas / name).parent.mkdir(parents=True, exist_ok=True)
        (schemas / name).write_bytes((ROOT / "schemas" / name).read_bytes())
    with (schemas / "areas.csv").open("a", encoding="utf-8", newline="") as file:
        added = {code: name for code, name in areas.items() if code not in (LONDON, ENGLAND)}
        csv.writer(file).writerows((code, name, "other") for code, name in added.items())
    path = schemas / "indicators" / f"{indicator}.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    written["comparators"] = list(areas)
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    return load_plan(schemas)
