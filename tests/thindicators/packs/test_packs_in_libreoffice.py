"""Slides and paper in LibreOffice: both open, the charts are drawn, and the paper is of two pages.

Skipped where LibreOffice Impress and Writer or poppler are not (Debian's libreoffice-impress, libreoffice-writer and
poppler-utils).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.samples import sample_release

PROGRAMS = ("soffice", "pdftotext", "pdfinfo")

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        not all(map(shutil.which, PROGRAMS)), reason=f"not all of {', '.join(PROGRAMS)} are here"
    ),
]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packs")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [f"{sample_release() / name}" for name in ("board-slides.pptx", "board-paper.docx")]
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", f"{folder}"]
    subprocess.run([*convert, *files], capture_output=True, check=True, timeout=300)
    if not (folder / "board-slides.pdf").exists():
        pytest.skip("LibreOffice has no Impress here")
    return folder


def pages_of(path: Path) -> int:
    said = subprocess.run(["pdfinfo", path], capture_output=True, check=True, text=True).stdout
    pages = re.search(r"Pages:\s+(\d+)", said)
    assert pages is not None
    return int(pages[1])


def text_of(path: Path) -> str:
    told = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True, text=True)
    return told.stdout


def test_the_paper_is_of_two_pages(printed: Path) -> None:
    assert pages_of(printed / "board-paper.pdf") == 2


def test_the_slides_open_with_their_charts(printed: Path) -> None:
    text = text_of(printed / "board-slides.pdf")
    assert pages_of(printed / "board-slides.pdf") > 25
    # Words of the charts, which LibreOffice has drawn from their own data.
    assert text.count("Year in which the period ends") > 15
