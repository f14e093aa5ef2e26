"""Workbooks in LibreOffice: it opens each whole, hides no text, and prints it on a sensible number of pages.

Skipped where there is no LibreOffice Calc or no poppler (Debian's libreoffice-calc and poppler-utils).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
import pytest
from openpyxl.workbook import Workbook  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from tests.samples import sample_release
from tests.support import ROOT
from thindicators.plan.loading import load_plan

INDICATORS = list(load_plan(ROOT / "schemas").indicators)
PROGRAMS = ("soffice", "pdftotext", "pdfinfo")
LINE = 15.75
"""Points of a row with one line of text."""

LINES_OF_A_PAGE = 28
"""Of landscape A4 in the full size, beside the repeated header."""

FOOT_BEGINS = 557
"""Points from the top of a page to what stands at its foot."""

MARGIN_BEGINS = 842 - 0.4 * 72 + 1
"""Points from the left of a page to its right margin, and the thickness of a line."""

ADDED = 1
"""Points that LibreOffice may add when it turns its own units into Excel's."""

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not all(map(shutil.which, PROGRAMS)), reason=f"not all of {', '.join(PROGRAMS)} are here"
    ),
]


class LibreOffice:
    """Converts many files in one call, with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def convert(self, kind: str, files: Sequence[Path]) -> Path:
        """The folder with what became of the files."""
        made = self.folder / f"{kind}-of-{files[0].suffix[1:]}"
        profile = f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(made),
            *map(str, files),
        ]
        subprocess.run(command, capture_output=True, check=True, timeout=600)
        assert len(list(made.iterdir())) == len(files)
        return made


@pytest.fixture(scope="module")
def libreoffice(tmp_path_factory: pytest.TempPathFactory) -> LibreOffice:
    return LibreOffice(tmp_path_factory.mktemp("libreoffice"))


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Those of the release, and one whose warning has too low a row."""
    given = sorted(sample_release().glob("indicators/*/*.xlsx"))
    spoiled = openpyxl.load_workbook(given[0])
    spoiled["Cover"].row_dimensions[2].height = LINE
    path = tmp_path_factory.mktemp("spoiled") / "spoiled.xlsx"
    spoiled.save(path)
    return [*given, path]


@pytest.fixture(scope="module")
def printed(libreoffice: LibreOffice, workbooks: list[Path]) -> Path:
    return libreoffice.convert("pdf", workbooks)


@pytest.fixture(scope="module")
def fitted(libreoffice: LibreOffice, workbooks: list[Path]) -> Path:
    """The workbooks as LibreOffice read them, with each row as high as LibreOffice finds its text to be."""
    written = libreoffice.convert("fods", workbooks)
    for path in written.iterdir():
        text = path.read_text(encoding="utf-8")
        text = re.sub(
            "<meta:generator>.*?</meta:generator>", "<meta:generator>none</meta:generator>", text
        )
        text = re.sub('(<style:table-row-properties) style:row-height="[^"]*"', r"\1", text)
        text = text.replace(
            'style:use-optimal-row-height="false"', 'style:use-optimal-row-height="true"'
        )
        path.write_text(text, encoding="utf-8")
    return libreoffice.convert("xlsx", sorted(written.iterdir()))


def book_of(indicator: str) -> Workbook:
    return openpyxl.load_workbook(sample_release() / "indicators" / indicator / f"{indicator}.xlsx")


def values_of(book: Workbook) -> list[object]:
    return [value for sheet in book.worksheets for row in sheet.values for value in row]


def ran(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def too_low(given: Workbook, fitted: Workbook) -> list[str]:
    """The rows that are lower than their text."""
    return [
        f"{sheet.title} {number}"
        for sheet in given.worksheets
        for number in range(1, sheet.max_row + 1)
        if sheet.row_dimensions[number].height + ADDED
        < fitted[sheet.title].row_dimensions[number].height
    ]


@pytest.mark.parametrize("indicator", INDICATORS)
def test_no_row_is_lower_than_its_text_is_in_libreoffice(indicator: str, fitted: Path) -> None:
    assert too_low(book_of(indicator), openpyxl.load_workbook(fitted / f"{indicator}.xlsx")) == []


def test_a_row_that_hides_its_text_would_be_found(workbooks: list[Path], fitted: Path) -> None:
    spoiled = workbooks[-1]
    assert too_low(
        openpyxl.load_workbook(spoiled), openpyxl.load_workbook(fitted / spoiled.name)
    ) == ["Cover 2"]


@pytest.mark.parametrize("indicator", INDICATORS)
def test_libreoffice_reads_every_cell_as_it_was_written(indicator: str, fitted: Path) -> None:
    given, read = book_of(indicator), openpyxl.load_workbook(fitted / f"{indicator}.xlsx")
    assert read.sheetnames == given.sheetnames
    for came, expected in zip(values_of(read), values_of(given), strict=True):
        assert came == (
            pytest.approx(expected, rel=1e-14) if isinstance(expected, float) else expected
        )


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_word_and_every_number_is_printed(indicator: str, printed: Path) -> None:
    page = ["-layout", "-r", "72", "-x", "0", "-y", "0", "-W", "842", "-H", str(FOOT_BEGINS)]
    shown = ran("pdftotext", *page, str(printed / f"{indicator}.pdf"), "-")
    texts = [value for value in values_of(book_of(indicator)) if isinstance(value, str)]
    addresses = [word for text in texts for word in text.split() if "://" in word]
    words = [
        word
        for text in texts
        for part in text.split()
        if "://" not in part
        for word in words_of(part)
    ]
    assert not Counter(words) - Counter(words_of(shown))
    assert all(address in "".join(shown.split()) for address in addresses)
    assert "###" not in shown, "a number has too little room"


@pytest.mark.parametrize("indicator", INDICATORS)
def test_no_word_runs_off_its_page(indicator: str, printed: Path) -> None:
    shown = ran("pdftotext", "-bbox", str(printed / f"{indicator}.pdf"), "-")
    edges = [float(edge) for edge in re.findall(r'xMax="([0-9.]+)"', shown)]
    assert len(edges) > 100
    assert max(edges) <= MARGIN_BEGINS


@pytest.mark.parametrize("indicator", INDICATORS)
def test_a_workbook_takes_as_many_pages_as_its_lines_need(indicator: str, printed: Path) -> None:
    lines = [lines_of(sheet) for sheet in book_of(indicator).worksheets]
    found = re.search(
        r"^Pages: +(\d+)$", ran("pdfinfo", str(printed / f"{indicator}.pdf")), re.MULTILINE
    )
    assert found
    assert len(lines) <= int(found[1]) <= sum(1 + count // LINES_OF_A_PAGE for count in lines)


def lines_of(sheet: Worksheet) -> int:
    heights: list[float] = [
        sheet.row_dimensions[number].height for number in range(1, sheet.max_row + 1)
    ]
    return round(sum(heights) / LINE)


@pytest.mark.parametrize("indicator", INDICATORS)
def test_each_page_names_its_title_its_sheet_and_its_number(indicator: str, printed: Path) -> None:
    book = book_of(indicator)
    title = book["Cover"]["A1"].value
    pages = ran("pdftotext", "-layout", str(printed / f"{indicator}.pdf"), "-").split("\f")[:-1]
    feet = [" ".join(page.strip().splitlines()[-1].split()) for page in pages]
    expected = rf"{re.escape(title)}\. ({'|'.join(book.sheetnames)}) Page (\d+) of {len(pages)}"
    matches = [re.fullmatch(expected, foot) for foot in feet]
    assert all(matches), feet
    assert [int(match[2]) for match in matches if match] == list(range(1, len(pages) + 1))
