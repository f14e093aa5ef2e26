"""A catalogue on loopback that lists files and gives one, and an indicator for other areas than the Plan's.

The answers have the members that the publisher's own code gives them, with ids and titles of our own.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

from sources.publishers import ees_catalogue
from tests.damage import tables
from tests.support import ROOT, with_witnesses
from thindicators.areas.register import register
from thindicators.fetching.answers import Answer, Answers, load_answers
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
FILE_ID = "8162db7a-a24d-4b8e-bdfc-8da52819c1a8"
PUBLICATION_ID = "c8756008-ed50-4632-9b96-01b5ca002a43"
THEME_ID = "22222222-3333-4444-5555-666666666666"
PUBLICATION = "The publication"
RELEASE = {
    "id": "33333333-4444-5555-6666-777777777777",
    "slug": "2024-25",
    "title": "Academic year 2024/25",
}

Row = dict[str, str]


def place(area: str, name: str = "", region: tuple[str, str] = (LONDON, "London")) -> Row:
    """The columns that say which area a row is about."""
    row = {"country_code": ENGLAND, "country_name": "England", "region_code": "", "region_name": ""}
    row |= {"old_la_code": "", "new_la_code": "", "la_name": ""}
    if area == ENGLAND:
        return {"geographic_level": "National", **row}
    if area.startswith(("E12", "E13")):
        return {
            "geographic_level": "Regional",
            **row,
            "region_code": area,
            "region_name": name or "London",
        }
    row |= {"region_code": region[0], "region_name": region[1]}
    return {
        "geographic_level": "Local authority",
        **row,
        "new_la_code": area,
        "la_name": name or "Tower Hamlets",
    }


def as_csv(rows: Sequence[Mapping[str, str]], renamed: Mapping[str, str] | None = None) -> bytes:
    """Rows as a CSV file, with other names for some columns."""
    header = [(renamed or {}).get(name, name) for name in rows[0]]
    return tables.as_csv([header, *(row.values() for row in rows)])


def listing(filename: str, title: str = "", **changed: Any) -> dict[str, Any]:
    """One entry of the catalogue's list."""
    entry = {
        "id": FILE_ID,
        "fileId": "11111111-2222-3333-4444-555555555555",
        "filename": filename,
        "fileSize": "1 Mb",
        "fileExtension": "csv",
        "title": title or filename,
        "content": "",
        "theme": {"id": THEME_ID, "title": "A theme"},
        "publication": {"id": PUBLICATION_ID, "title": PUBLICATION, "slug": "a-publication"},
        "release": RELEASE,
        "latestData": True,
        "isSuperseded": False,
        "published": "2025-10-16T08:30:00Z",
        "lastUpdated": "2025-10-16T08:30:00Z",
        "meta": {
            "numDataFileRows": 10,
            "geographicLevels": ["Local authority", "National", "Regional"],
            "timePeriodRange": None,
            "filters": ["Sex"],
            "indicators": ["Percent"],
        },
        "api": None,
    }
    return {**entry, **changed}


def publication(slug: str, **changed: Any) -> dict[str, Any]:
    """What a publication says of itself."""
    contact = {
        "id": THEME_ID,
        "contactName": "A team",
        "contactTelNo": None,
        "teamEmail": "",
        "teamName": "A team",
    }
    told = {
        "id": PUBLICATION_ID,
        "slug": slug,
        "summary": "",
        "title": PUBLICATION,
        "contact": contact,
        "latestRelease": RELEASE,
        "nextReleaseDate": None,
        "supersededByPublication": None,
        "theme": {"id": THEME_ID, "summary": "", "title": "A theme"},
    }
    return {**told, **changed}


def pages_of(entries: Sequence[Any], size: int = 40) -> list[dict[str, Any]]:
    """The pages of the catalogue's list."""
    parts = [entries[start : start + size] for start in range(0, len(entries), size)] or [[]]
    return [
        {
            "results": list(part),
            "paging": {
                "page": number,
                "pageSize": size,
                "totalResults": len(entries),
                "totalPages": len(parts),
            },
        }
        for number, part in enumerate(parts, 1)
    ]


def listed(slug: str, entries: Sequence[Any], size: int = 40, **told: Any) -> list[Answer]:
    """The answers of a catalogue: the publication, and the list of its files in pages."""
    json_type = "application/json; charset=utf-8"
    whose = {"publicationId": PUBLICATION_ID}
    about = json.dumps(publication(slug, **told)).encode()
    pages = [
        Answer(
            "GET",
            ees_catalogue.FILES,
            json.dumps(page).encode(),
            {**whose, "page": str(page["paging"]["page"])},
            media_type=json_type,
        )
        for page in pages_of(entries, size)
    ]
    return [
        Answer("GET", f"{ees_catalogue.PUBLICATIONS}/{slug}", about, media_type=json_type),
        *pages,
    ]


def file_answer(content: bytes, identity: str = FILE_ID) -> Answer:
    """A file of the catalogue."""
    return Answer(
        "GET", f"{ees_catalogue.FILES}/{identity}/download", content, media_type="text/csv"
    )


def periods_of(content: bytes) -> dict[str, str] | None:
    """The first and last period in a file, as the catalogue calls them; None if it has none."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    periods = sorted({row.get("time_period") or "" for row in rows} - {""})
    named = [f"{one[:4]}/{one[4:]}" if len(one) > 4 else one for one in periods]
    return {"from": named[0], "to": named[-1]} if named else None


def with_periods(entry: Any, content: bytes) -> Any:
    """An entry of the catalogue with the periods that its file has."""
    return (
        {**entry, "meta": {**entry["meta"], "timePeriodRange": periods_of(content)}}
        if "meta" in entry
        else entry
    )


def catalogue(slug: str, content: bytes, *entries: Any, identity: str = FILE_ID) -> Answers:
    """A catalogue that lists some files of a publication, and gives the one with our id."""
    known = [with_periods(one, content) if one.get("id") == identity else one for one in entries]
    return Answers(date(2026, 11, 22), (*listed(slug, known), file_answer(content, identity)))


def beside_others(answers: Answers) -> Answers:
    """The answers of a catalogue with ids that no other's have, so that one server can give several."""
    identity = str(uuid5(NAMESPACE_URL, answers.answers[0].url))

    def with_its_own(answer: Answer) -> Answer:
        content = answer.content
        if answer.media_type.startswith("application/json"):
            content = content.replace(PUBLICATION_ID.encode(), identity.encode())
        query = {
            key: value.replace(PUBLICATION_ID, identity) for key, value in answer.query.items()
        }
        return replace(answer, content=content, query=query)

    return replace(answers, answers=tuple(map(with_its_own, answers.answers)))


def sample_with(folder: Path, file: str, change: Callable[[Any], Any]) -> Answers:
    """A sample with one of its JSON answers changed."""
    sample = load_answers(folder)
    good = (folder / file).read_bytes()
    bad = json.dumps(change(json.loads(good))).encode()
    changed = [
        replace(answer, content=bad) if answer.content == good else answer
        for answer in sample.answers
    ]
    return replace(sample, answers=tuple(changed))


def put(*path: str | int, value: Any) -> Callable[[Any], Any]:
    """A change of one member of a JSON answer."""

    def change(answer: Any) -> Any:
        part = answer
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
        return answer

    return change


def plan_for(
    folder: Path,
    indicator: str,
    areas: Mapping[str, str],
    change: Callable[[dict[str, Any]], None] = lambda _written: None,
) -> Plan:
    """The Plan with one indicator of the Department's.

    Args:
        folder: For the files of the plan.
        indicator: Its id.
        areas: What it is compared with, by code and name; if empty, what the Plan compares it with.
        change: Of what the indicator's file says.
    """
    schemas = folder / "schemas"
    sources = [*(ROOT / "schemas" / "sources").glob("dfe_*.yaml")]
    names = ["plan.yaml", "areas.csv", "sources/council_returns.yaml"]
    names += [f"indicators/{indicator}.yaml", *(f"sources/{path.name}" for path in sources)]
    for name in names:
        (schemas / name).parent.mkdir(parents=True, exist_ok=True)
        (schemas / name).write_bytes((ROOT / "schemas" / name).read_bytes())
    with (schemas / "areas.csv").open("a", encoding="utf-8", newline="") as file:
        for code, name in areas.items():
            if code not in (LONDON, ENGLAND):
                csv.writer(file).writerow([code, register().names.get(code, name), "other"])
    path = schemas / "indicators" / f"{indicator}.yaml"
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    written["comparators"] = list(areas) or written["comparators"]
    change(written)
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    return load_plan(with_witnesses(schemas))
