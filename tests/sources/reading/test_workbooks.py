"""Workbooks that are unsafe to open are refused in words, and before they take any memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sources.reading import workbooks
from sources.reading.files import sheets
from tests import support
from tests.damage.archives import parts_of, zipped
from tests.sources import bombs
from tests.support import REAL, ROOT
from thindicators.errors import SourceError
from thindicators.fetching.snapshots import Snapshot

MOST_MEGABYTES = 150
"""What reading any of these may take at its peak, beyond what Python and the modules take."""

_READ = r"""
import json, re, sys
from pathlib import Path
from sources.reading.files import sheets
from tests.sources.reading.test_workbooks import snapshot_of
from thindicators.errors import SourceError
def peak(): return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
told = {}
for path in sorted(Path(sys.argv[1]).iterdir(), key=lambda path: path.stat().st_size):
    snapshot, before = snapshot_of(path.read_bytes()), peak()
    try:
        sheets(snapshot)
        said = "nothing"
    except SourceError as problem:
        said = str(problem)
    told[path.name] = {"said": said, "megabytes": peak() - before}
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What is said of each unsafe workbook, and by how much the peak of memory rose: read in a process of their own."""
    folder = tmp_path_factory.mktemp("unsafe")
    for name, (build, _) in bombs.UNSAFE.items():
        (folder / name).write_bytes(build())
    ran = subprocess.run(
        [sys.executable, "-c", _READ, str(folder)], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0, f"the process ended: {ran.stderr[-2000:]}"
    assert sorted(path.name for path in folder.iterdir()) == sorted(bombs.UNSAFE), (
        "nothing is written"
    )
    found: dict[str, dict[str, Any]] = json.loads(ran.stdout)
    return found


def snapshot_of(content: bytes) -> Snapshot:
    url = "https://data.london.gov.uk/download/a.xlsx"
    return support.snapshot_of(content, "workbook", source="leggi", url=url)


@pytest.mark.parametrize("name", bombs.UNSAFE)
def test_an_unsafe_workbook_is_refused_in_words(name: str, told: dict[str, dict[str, Any]]) -> None:
    assert told[name]["said"].startswith("leggi: expected a spreadsheet; came ")
    assert bombs.UNSAFE[name][1] in told[name]["said"]


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells the peak of this process alone"
)
def test_unsafe_workbooks_take_little_memory(told: dict[str, dict[str, Any]]) -> None:
    assert sum(one["megabytes"] for one in told.values()) < MOST_MEGABYTES


@pytest.mark.parametrize("content", [bombs.GOOD, bombs.GOOD_ODS], ids=["XLSX", "ODS"])
def test_a_plain_workbook_is_read(content: bytes) -> None:
    (sheet,) = sheets(snapshot_of(content))
    assert (sheet.name, list(sheet.rows)) == ("Table", [["Area", "Value"], ["Tower Hamlets", 7.5]])


@pytest.mark.parametrize(
    "name",
    ["../../evil.xml", "/evil.xml", "C:\\evil.xml", "xl/../../evil.xml", "nul.xml", "a\nb.xml"],
)
def test_the_names_of_parts_lead_nowhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (sheet,) = sheets(snapshot_of(zipped(parts_of(bombs.GOOD), {name: b"<evil/>"})))
    assert sheet.rows[1][1] == 7.5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            bombs.cell("A1") + '<row r="1048576"><c r="XFD1048576" s="1"/></row>',
            id="styled to the far end",
        ),
        pytest.param("<row>" + "<c><v>1</v></c>" * 3 + "</row>", id="cells without an address"),
    ],
)
def test_cells_that_hold_nothing_do_not_count(rows: str) -> None:
    (sheet,) = sheets(snapshot_of(bombs.with_sheet(rows)))
    assert sheet.rows[0][0] == 1.0
    assert len(sheet.rows) == 1


def test_empty_cells_repeated_to_the_far_end_of_an_ods_file_do_not_count() -> None:
    rows = (
        f'<table:table-row>{bombs.ods_cell()}<table:table-cell table:number-columns-repeated="16383"/>'
        '</table:table-row><table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row>'
    )
    (sheet,) = sheets(snapshot_of(bombs.with_content(rows)))
    assert list(sheet.rows) == [["x"]]


def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    content = bombs.with_sheet(bombs.cell("A1"))
    parts = parts_of(content)
    parts[bombs.SHEET] = parts[bombs.SHEET].replace(
        b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>'
    )
    (sheet,) = sheets(snapshot_of(zipped(parts)))
    assert list(sheet.rows) == [[1.0]]


def test_two_sheets_of_one_name_are_refused() -> None:
    parts = parts_of(bombs.GOOD_ODS)
    table = (
        b'<table:table table:name="Table">'
        + parts["content.xml"].partition(b'<table:table table:name="Table">')[2]
    )
    table = table.partition(b"</table:table>")[0] + b"</table:table>"
    parts["content.xml"] = parts["content.xml"].replace(table, table * 2)
    with pytest.raises(SourceError, match="sheets with names of their own"):
        sheets(snapshot_of(zipped(parts)))


@pytest.mark.parametrize(
    "path",
    sorted(path for path in REAL.glob("*/*") if path.suffix in {".xlsx", ".ods"}),
    ids=lambda path: path.name,
)
def test_real_workbooks_need_at_most_a_fifth_of_the_bounds(path: Path) -> None:
    seen = workbooks.counted(path.read_bytes())
    assert seen.cells.total() * 5 < workbooks.MOST_CELLS
    assert seen.letters * 5 < workbooks.MOST_LETTERS
