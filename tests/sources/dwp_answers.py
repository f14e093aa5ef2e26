"""Answers in the shape of gov.uk, DWP's workbooks and Stat-Xplore for tests, with published figures."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from sources import dwp_low_income
from sources.publishers import dwp_counts, govuk, stat_xplore
from tests.support import snapshot_of
from thindicators.fetching.answers import Answer, Answers
from thindicators.fetching.snapshots import Snapshot
from thindicators.plan.model import Indicator

TOWER_HAMLETS, HARTLEPOOL = "E09000030", "E06000001"
NUMBERS = {
    2015: 13165,
    2016: 13734,
    2017: 14471,
    2018: 17340,
    2019: 18321,
    2020: 19184,
    2021: 16931,
}
PERCENTAGES = {2015: 23.0, 2016: 23.3, 2017: 23.8, 2018: 27.7, 2019: 28.4, 2020: 29.3, 2021: 25.3}
ABSOLUTE = [
    13156,
    13027,
    12491,
    14191,
    15030,
    15540,
    14107,
    0.23,
    0.221,
    0.206,
    0.227,
    0.233,
    0.237,
    0.211,
]
WARD = [258, 225, 284, 336, 347, 345, 306, 0.244, 0.204, 0.256, 0.294, 0.304, 0.304, 0.27]
HARTLEPOOL_2026 = [
    *(4538, 5215, 4994, 5041),
    *(0.25766522825346355, 0.2929446129648354, 0.2751970022593266, 0.2718399482312338),
]
LONDON, ENGLAND = "E12000007", "E92000001"

Rows = list[list[object]]
STATISTICS = "/government/statistics/children-in-low-income-families-local-area-statistics"
ASSETS = "https://assets.publishing.service.gov.uk/media"


def title(words: str = "Relative low income families, Local Authority") -> list[object]:
    return [
        f"Table 1: Number and Percentage of Children (aged under 16) living in {words}, United Kingdom"
    ]


def header(
    years: Sequence[int] = tuple(NUMBERS), name: str = "Local Authority [note 2]"
) -> list[object]:
    provisional = {years[-1]: "[p] "}
    counts = [f"Number of children \nFYE {year} \n{provisional.get(year, '')}" for year in years]
    shares = [
        f"Percentage of children \nFYE {year} \n(%)\n{provisional.get(year, '')}[note 3]"
        for year in years
    ]
    return [name, "Area Code", *counts, *shares]


def tower_hamlets() -> list[object]:
    return [
        "Tower Hamlets",
        TOWER_HAMLETS,
        *NUMBERS.values(),
        *(round(one / 100, 3) for one in PERCENTAGES.values()),
    ]


def table(*rows: list[object], title_row: list[object] | None = None, header_row: int = 10) -> Rows:
    filling: Rows = [["FYE = Financial Years Ending."] for _ in range(header_row - 2)]
    return [title_row or title(), *filling, *rows]


def relative() -> Rows:
    return table(header(), tower_hamlets())


COVER: Rows = [
    ["Children in Low Income Families"],
    ["Published: 31 March 2022"],
    ["Next Publication: Spring 2023"],
]


def workbook(parts: Mapping[str, Rows]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in parts.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def edition(parts: Mapping[str, Rows], **named: str) -> Answers:
    return answers_with(workbook(parts), **named)


def answers_with(
    content: bytes, years: str = "2014-to-2021", published: str = "2022-03-31"
) -> Answers:
    """A collection with one release, its page and its workbook."""
    release = f"Children in low income families: local area statistics {years.replace('-', ' ')}"
    file = f"{ASSETS}/1/children-in-low-income-families-local-area-statistics-{years}.ods"
    moment = f"{published}T09:30:00+01:00"
    collection = {"links": {"documents": [document(release, f"{STATISTICS}-{years}", moment)]}}
    page = {
        "first_published_at": moment,
        "details": {"attachments": [{"title": release, "url": file}]},
    }
    return Answers(
        date(2026, 11, 22),
        (
            as_json(f"{govuk.CONTENT}{dwp_low_income.COLLECTION}", collection),
            as_json(f"{govuk.CONTENT}{STATISTICS}-{years}", page),
            Answer("GET", file, content),
        ),
    )


def document(name: str, path: str, updated: str, **more: object) -> dict[str, object]:
    return {"title": name, "base_path": path, "public_updated_at": updated, **more}


def as_json(
    url: str, body: object, method: str = "GET", media_type: str = "application/json"
) -> Answer:
    return Answer(method, url, json.dumps(body).encode(), media_type=media_type)


def snapshot(
    content: bytes, role: str = "file", media_type: str = "application/json", release: str = ""
) -> Snapshot:
    said = {"media_type": media_type, "release": release}
    return snapshot_of(content, role, source="dwp_low_income", **said)


def asking(indicator: Indicator, **ask: object) -> Indicator:
    changed = indicator.model_copy(update={"ask": {**indicator.ask, **ask}})
    changed._file = None
    return changed


def of(indicator: Indicator, area: str, *others: str) -> Indicator:
    return indicator.changed(areas=(area, *others))


FIELDS = "str:field:CILIF_REL:V_F_CILIF_REL"
AREA_FIELD = f"{FIELDS}:UK_COA_CODE"
VALUE_SET = "str:valueset:CILIF_REL:V_F_CILIF_REL:UK_COA_CODE:V_C_MASTERGEOG21_LA_TO_REGION_NI"
SCHEMA: dict[str, list[str]] = {
    dwp_counts.DATABASE: [
        dwp_counts.YEAR_FIELD,
        "str:group:CILIF_REL:X_Geography",
        dwp_counts.AGE_FIELD,
    ],
    "str:group:CILIF_REL:X_Geography": [f"{FIELDS}:WARD_CODE", f"{FIELDS}:GB_COA", AREA_FIELD],
    AREA_FIELD: [
        "str:valueset:CILIF_REL:V_F_CILIF_REL:UK_COA_CODE:V_C_MASTERGEOG21_COUNTRY_TO_UK",
        VALUE_SET,
    ],
}
"""What Stat-Xplore has under each id."""


def schema_answers(schema: Mapping[str, Sequence[str]]) -> tuple[Answer, ...]:
    """A schema in Stat-Xplore's shape: fields in a group do not show among those of the data set."""
    return tuple(
        as_json(
            f"{stat_xplore.API}/schema/{parent}",
            {
                "id": parent,
                "label": parent,
                "children": [{"id": one, "label": one} for one in children],
            },
        )
        for parent, children in schema.items()
    )


def counts_body(
    field: str = AREA_FIELD, value_set: str = VALUE_SET, **changes: object
) -> dict[str, Any]:
    """The answer of Stat-Xplore for the years that the workbook of 2022 has, in its own shape."""
    dates = dwp_counts.YEAR_FIELD.replace("field", "value", 1)
    years = [
        {
            "type": "RecodeItem",
            "uris": [f"{dates}:C_CILIF_DATE:{y - 1}"],
            "labels": [f"{y - 1}/{y % 100}"],
        }
        for y in NUMBERS
    ]
    years[-1]["annotationKeys"] = ["p"]
    area = {
        "type": "RecodeItem",
        "uris": [f"{value_set.replace('set', '', 1)}:E09000030"],
        "labels": ["Tower Hamlets"],
    }
    age = {
        "type": "RecodeItem",
        "uris": list(dwp_counts.AGE_IDS),
        "labels": ["0-4", "5-10", "11-15"],
    }
    return {
        "query": {},
        "database": {"id": "CILIF_REL", "label": "Children in Low Income Families - Relative"},
        "measures": [{"uri": dwp_counts.MEASURE, "label": "Children", "function": "COUNT"}],
        "fields": [
            {"uri": dwp_counts.YEAR_FIELD, "label": "Year", "items": years},
            {"uri": field, "label": "National - Regional - LA - OAs", "items": [area]},
            {"uri": dwp_counts.AGE_FIELD, "label": "Age of child", "items": [age]},
        ],
        "cubes": {
            dwp_counts.MEASURE: {"values": [[[float(n)]] for n in NUMBERS.values()], "precision": 0}
        },
        "annotationMap": {"p": "Figures marked “p” are provisional."},
        **changes,
    }
