"""Composes the sample workbook of `dwp_low_income` from the figures in its `ORIGIN.csv`.

What belongs here: the shape of DWP's workbook of 31 March 2022, cut down to two rows. The figures stand in ORIGIN.csv
and nowhere else. Run it as `python sources/samples/compose_dwp_low_income.py`; the same figures give the same bytes.
"""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parent / "dwp_low_income"
WORKBOOK = "children-in-low-income-families-local-area-statistics-2014-to-2021.ods"
SHEET = "1_Relative_Local_Authority"
AREAS = {"K02000001": "United Kingdom [note 4]", "E09000030": "Tower Hamlets"}
YEARS = range(2015, 2022)
PROVISIONAL = {2021: "[p] "}

COVER = [
    [
        "Children in Low Income Families: local area statistics, United Kingdom, "
        "financial years ending (FYE) 2015 to 2021"
    ],
    ["Organisation: Department for Work and Pensions"],
    ["Published: 31 March 2022"],
    ["Next Publication: Spring 2023"],
]
ABOVE = [
    [
        "Table 1: Number and Percentage of Children (aged under 16) living in Relative low income families, "
        "Local Authority, FYE 2015 to 2021, United Kingdom"
    ],
    ["Back to Contents"],
    ["This worksheet contains one table. Some cells refer to notes which can be found in the Notes worksheet."],
    ["Some shorthand is used in this table, [p] = provisional. For more information please see note 1."],
    ["This table shows children aged 0 to 15 years old."],
    ["FYE = Financial Years Ending."],
    ["Source: "],
    ["DWP Stat-Xplore, Children in Low Income Families (Relative), Local Authority by Age"],
    ["ONS Nomis, Population Estimates, Local Authority by Age"],
]
NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"'
)
MEDIA_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MEDIA_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>\n"
)


def compose(figures: dict[tuple[str, str, str], str]) -> bytes:
    """The workbook.

    Args:
        figures: Numbers and percentages as texts, by figure, area and period.
    """
    header = ["Local Authority [note 2]", "Area Code"]
    header += [f"Number of children \nFYE {year} \n{PROVISIONAL.get(year, '')}".rstrip() for year in YEARS]
    header += [f"Percentage of children \nFYE {year} \n(%)\n{PROVISIONAL.get(year, '')}[note 3]" for year in YEARS]
    rows = [_texts(row) for row in [*ABOVE, header]]
    for code, name in AREAS.items():
        counts = [_number(figures["number of children", code, f"FYE {year}"]) for year in YEARS]
        shares = [_percentage(figures["children_low_income", code, f"FYE {year}"]) for year in YEARS]
        rows.append(_texts([name, code]) + "".join(counts + shares))
    return _zip(_sheet("Cover_sheet", [_texts(row) for row in COVER]) + _sheet(SHEET, rows))


def read_figures(origin: Path) -> dict[tuple[str, str, str], str]:
    """The figures of ORIGIN.csv."""
    with origin.open(encoding="utf-8", newline="") as file:
        return {(row["figure"], row["area"], row["period"]): row["value"] for row in csv.DictReader(file)}


def _texts(cells: list[str]) -> str:
    return "".join(
        '<table:table-cell office:value-type="string">'
        + "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
        + "</table:table-cell>"
        for cell in cells
    )


def _number(value: str) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}">'
        f"<text:p>{int(value):,}</text:p></table:table-cell>"
    )


def _percentage(value: str) -> str:
    fraction = (Decimal(value) / 100).normalize()
    return (
        f'<table:table-cell office:value-type="percentage" office:value="{fraction}">'
        f"<text:p>{value}%</text:p></table:table-cell>"
    )


def _sheet(name: str, rows: list[str]) -> str:
    body = "\n".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}">\n{body}\n</table:table>\n'


def _zip(tables: str) -> bytes:
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {NAMESPACES}><office:body>'
        f"<office:spreadsheet>\n{tables}</office:spreadsheet></office:body></office:document-content>\n"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, text in (("mimetype", MEDIA_TYPE), ("content.xml", content), ("META-INF/manifest.xml", MANIFEST)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, text)
    return buffer.getvalue()


if __name__ == "__main__":
    (FOLDER / WORKBOOK).write_bytes(compose(read_figures(FOLDER / "ORIGIN.csv")))
