"""Returns as people hand them in: good rows, and files of both kinds."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]

from sources.returns.file import COLUMNS
from tests.support import NOW

Row = Mapping[str, object]
TODAY = NOW.date()
HEADER = [column.name for column in COLUMNS]

BASE: Row = {
    "return_id": "2026",
    "area_code": "E09000030",
    "breakdown_type": "total",
    "breakdown": "total",
    "source_title": "Strategic Delivery and Performance Report",
    "licence_confirmed": "yes",
    "supplied_by": "A. Analyst",
    "supplied_on": "2026-07-15",
    "approved_by": "B. Head",
}
YEAR: Row = {
    **BASE,
    "period_type": "financial_year",
    "period_start": "2025-04-01",
    "period_end": "2026-03-31",
    "period_label": "2025/26",
    "unit": "count",
    "collection_mode": "admin",
}
HOMES: Row = {
    **YEAR,
    "indicator_id": "affordable_homes_delivered",
    "measure_id": "homes_completed",
    "value": "812",
    "definition_version": "gross_completions",
}
LETS: Row = {
    **YEAR,
    "indicator_id": "lets_to_overcrowded_households",
    "measure_id": "lets",
    "value": "640",
    "denominator": "1790",
    "definition_version": "overcrowded_by_allocation_scheme",
}
REGISTER: Row = {
    **BASE,
    "indicator_id": "register_lacking_two_bedrooms",
    "measure_id": "percent_lacking_two_bedrooms",
    "period_type": "snapshot",
    "period_start": "2026-03-31",
    "period_end": "2026-03-31",
    "period_label": "31 March 2026",
    "value": "9.2",
    "unit": "percent",
    "numerator": "2668",
    "denominator": "28852",
    "collection_mode": "admin",
    "definition_version": "two_or_more_bedrooms_short",
}
PUPILS: Row = {
    **BASE,
    "indicator_id": "children_happy",
    "measure_id": "percent_happy",
    "breakdown_type": "phase",
    "breakdown": "primary",
    "period_type": "survey_wave",
    "period_start": "2026-02-02",
    "period_end": "2026-03-27",
    "period_label": "2026",
    "value": "67",
    "unit": "percent",
    "base_unweighted": "2210",
    "collection_mode": "online",
    "definition_version": "says_happy",
    "source_title": "Pupil Attitude Survey 2026",
}
RESIDENTS: Row = {
    **PUPILS,
    "indicator_id": "satisfied_with_area",
    "measure_id": "percent_satisfied",
    "breakdown_type": "total",
    "breakdown": "total",
    "value": "82",
    "base_unweighted": "1108",
    "collection_mode": "f2f",
    "definition_version": "very_or_fairly_satisfied",
    "source_title": "Annual Residents Survey 2026",
}
AWAY: Row = {
    **RESIDENTS,
    "area_code": "K03000001",
    "value": "73",
    "base_unweighted": "1001",
    "collection_mode": "telephone",
    "definition_version": "lga_poll",
    "source_title": "Polling on resident satisfaction with councils, Round 43",
}


def csv_return(
    path: Path, *rows: Row, header: Sequence[str] = HEADER, encoding: str = "utf-8"
) -> Path:
    """A CSV file as Excel writes it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def xlsx_return(
    path: Path, *rows: Row, header: Sequence[str] = HEADER, sheet: str = "Return"
) -> Path:
    """A workbook whose table is not on its first sheet."""
    workbook = Workbook()
    workbook.active.title = "Read me"
    table = workbook.create_sheet(sheet)
    table.append(list(header))
    for row in rows:
        table.append([row.get(name) for name in header])
    workbook.save(path)
    return path
