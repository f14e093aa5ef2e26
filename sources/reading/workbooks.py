"""Workbooks from outside, before a library reads them: only XLSX and ODS, only their cells, within bounds.

What belongs here: what makes a workbook unsafe to open. A library trusts what a file says of itself: one cell at the
far end of a sheet, one long text that a million cells share, or a small zip that inflates without end takes all memory
and ends the process. So every part is inflated and read here first, and the library is given a new zip of exactly the
parts that were read. Reading the cells belongs in `reading`.

The bounds are some ten times what the largest workbooks of the publishers need: 15 MB inflated, 14 times their size as
zips, 360,000 cells and 4 million letters.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from sources.reading.archives import ArchiveError, inflate, opened
from sources.reading.as_seen import ods_as_seen, xlsx_as_seen
from thindicators import plain_numbers

LARGEST = 100_000_000
"""Bytes that all parts together may inflate to."""

TIMES = 100
"""And how many times the size of the zip, where that is more than `FREE` bytes."""

FREE = 10_000_000
"""Bytes that any zip may inflate to, however small it is."""

MOST_CELLS = 5_000_000
"""Cells of the smallest rectangles from A1 that hold all that is filled, of all sheets together."""

MOST_LETTERS = 50_000_000
"""Letters in all cells together; a text that cells share counts for each of them."""

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LONGEST_COUNT = 10
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_READ = (".xml", ".rels")
_MEDIA_TYPE = "mimetype"
_RELATIONS = "workbook.xml.rels"
_ODS_CONTENT, _ODS_STYLES = "content.xml", "styles.xml"


@dataclass
class Seen:
    """What has been seen in all parts so far.

    Attributes:
        cells: Of the smallest rectangle from A1 that holds all that is filled, by the part or the table of a sheet.
        filled: How many cells hold anything, or are styled.
        letters: In all cells.
        shared: The lengths of the texts that cells share.
        uses: How many cells share each of them.
        is_to_be_calculated: Whether the workbook asks the next program to calculate its formulas, as it has not itself.
        sheets: The names of sheets by the ids of their relations.
        targets: The parts of those relations.
    """

    cells: Counter[str] = field(default_factory=Counter)
    filled: int = 0
    letters: int = 0
    shared: list[int] = field(default_factory=list)
    uses: Counter[int] = field(default_factory=Counter)
    is_to_be_calculated: bool = False
    sheets: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse what is too much, naming the sheet that reaches furthest."""
        total = self.cells.total()
        if total > MOST_CELLS:
            # People look for one sheet that is too large, not for a sum of all.
            part, most = self.cells.most_common(1)[0]
            raise ArchiveError(
                f"a workbook whose sheets reach over {total:,} cells, more than {MOST_CELLS:,}: "
                f"the sheet “{self._sheet_of(part)}” alone over {most:,}"
            )
        self.check_letters()

    def _sheet_of(self, part: str) -> str:
        for relation, target in self.targets.items():
            # A target is written from the folder of the workbook's own part, or from the root.
            if part.endswith(target.lstrip("/")) and relation in self.sheets:
                return self.sheets[relation]
        return part

    def check_letters(self) -> None:
        """Refuse what has too many letters already."""
        if self.letters > MOST_LETTERS:
            raise ArchiveError(f"a workbook with more than {MOST_LETTERS:,} letters in its cells")

    def count_shared(self) -> None:
        """Add the texts that cells share, once for each of the cells."""
        for index, times in self.uses.items():
            # A cell may name a text that is not there.
            if index < len(self.shared):
                self.letters += self.shared[index] * times
        self.check()


def checked(content: bytes) -> bytes:
    """A plain zip of those parts that hold cells, all of which have been read, with each cell as a person sees it.

    Raises:
        ArchiveError: If it is neither XLSX nor ODS, or unsafe to open.
    """
    plain, _ = checked_and_counted(content)
    return plain


def checked_and_counted(content: bytes) -> tuple[bytes, Seen]:
    """The zip of `checked`, and how much there is in it.

    Raises:
        ArchiveError: If it is neither XLSX nor ODS, or unsafe to open.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as plain:
        seen = counted(content, plain)
    return whole.getvalue(), seen


def counted(content: bytes, plain: zipfile.ZipFile | None = None) -> Seen:
    """How many cells and letters a workbook has.

    Args:
        content: Of the workbook.
        plain: Where to put the parts that hold cells.

    Raises:
        ArchiveError: If it is neither XLSX nor ODS, or unsafe to open.
    """
    if content.startswith(_OLD):
        raise ArchiveError(
            "a workbook that is encrypted, or of the kind before 2007 (.xls), which is not read"
        )
    limit = min(LARGEST, max(FREE, TIMES * len(content)))
    seen = Seen()
    styles = b""
    with opened(content) as archive:
        # The styles first: they say which texts of the content are raised.
        for part in sorted(archive.infolist(), key=lambda part: part.filename != _ODS_STYLES):
            inflated = inflate(archive, part, limit)
            # All parts share the bound: a thousand small bombs are as bad as a large one.
            limit -= len(inflated)
            if part.filename.endswith(_READ):
                _read(part.filename, inflated, seen)
            if part.filename == _ODS_STYLES:
                styles = inflated
            is_kept = part.filename.endswith(_READ) or part.filename == _MEDIA_TYPE
            if plain is not None and is_kept:
                seen_by_people = _as_seen(
                    part.filename,
                    inflated,
                    styles,
                )
                plain.writestr(zipfile.ZipInfo(part.filename), seen_by_people)
    seen.count_shared()
    return seen


def _as_seen(
    name: str,
    part: bytes,
    styles: bytes,
) -> bytes:
    if name == _ODS_CONTENT:
        return ods_as_seen(part, styles)
    return xlsx_as_seen(part) if name.endswith(".xml") else part


def _read(
    name: str,
    content: bytes,
    seen: Seen,
) -> None:
    """Count the cells and letters of one part, which must be XML that defines no entities of its own."""
    reader = _OdsReader(seen) if name == _ODS_CONTENT else _XlsxReader(seen, name)
    # A parser that calls as it goes keeps no tree in memory, however large the part is.
    parser = expat.ParserCreate("UTF-8")
    parser.buffer_text = True
    # Entities of entities grow without end, and one may name a file of this machine.
    parser.StartDoctypeDeclHandler = _refuse_entities
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.text
    if isinstance(reader, _OdsReader):
        parser.EndElementHandler = reader.end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as problem:
        raise ArchiveError(f"a workbook whose part “{name}” is no XML ({problem})") from None
    reader.finish()


def _refuse_entities(*_: object) -> None:
    raise ArchiveError(
        "a workbook that defines entities of its own (DOCTYPE), which no spreadsheet does"
    )


class _XlsxReader:
    """Reads a part of an XLSX file: https://learn.microsoft.com/en-us/office/open-xml/spreadsheet/overview ."""

    def __init__(
        self,
        seen: Seen,
        part: str,
    ) -> None:
        self._seen = seen
        self._part = part
        self._row = 0
        self._column = 0
        self._height = 0
        self._width = 0
        self._shares = False
        self._is_index = False
        self._in_shared = False

    def start(
        self,
        name: str,
        attributes: dict[str, str],
    ) -> None:
        local = name.rpartition(":")[2]
        self._is_index = False
        if local == "c":
            self._place(attributes.get("r"))
            self._shares = attributes.get("t") == "s"
            self._seen.filled += 1
        elif local in ("v", "is"):
            self._height = max(self._height, self._row)
            self._width = max(self._width, self._column)
            self._is_index = self._shares and local == "v"
        elif local == "row":
            self._row = _whole(attributes.get("r", str(self._row + 1)))
            self._column = 0
        elif local == "si":
            self._in_shared = True
            self._seen.shared.append(0)
        elif local == "sheet":
            relation = next((attributes[key] for key in attributes if key.endswith(":id")), "")
            self._seen.sheets[relation] = attributes.get("name", "")
        elif local == "calcPr":
            self._seen.is_to_be_calculated = attributes.get("fullCalcOnLoad") in ("1", "true")
        elif local == "Relationship" and self._part.endswith(_RELATIONS):
            self._seen.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _place(self, address: str | None) -> None:
        # A cell without an address stands beside the one before it.
        if address is None:
            self._column += 1
            return
        match = _CELL.fullmatch(address)
        if match is None:
            raise ArchiveError(f"a workbook with a cell called “{address[:40]}”")
        self._column = _column(match[1])
        self._row = plain_numbers.whole_number(match[2])

    def text(self, text: str) -> None:
        if self._is_index:
            self._seen.uses[_whole(text.strip())] += 1
            self._is_index = False
        elif self._in_shared:
            self._seen.shared[-1] += len(text)
        else:
            self._seen.letters += len(text)

    def finish(self) -> None:
        self._seen.cells[self._part] += self._height * self._width
        self._seen.check_letters()


class _OdsReader:
    """Reads the content of an ODS file: https://docs.oasis-open.org/office/OpenDocument/v1.3/ ."""

    _CELLS = frozenset({"table-cell", "covered-table-cell"})
    _FILLED = ("office:value-type", "office:value", "office:string-value", "table:formula")

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._height = 0
        self._width = 0
        self._rows = 0
        self._columns = 0
        self._row_repeats = 1
        self._cell_repeats = 1
        self._table = ""
        self._in_cell = False
        self._row_is_filled = False

    def start(
        self,
        name: str,
        attributes: dict[str, str],
    ) -> None:
        local = name.rpartition(":")[2]
        if local in self._CELLS:
            # One cell may stand for a million: the file then says how often it is repeated.
            self._cell_repeats = _whole(attributes.get("table:number-columns-repeated", "1"))
            self._columns += self._cell_repeats
            self._in_cell = True
            if any(name in attributes for name in self._FILLED):
                self._fill()
        elif local == "table-row":
            # One row may stand for a million, and one cell in it for a thousand.
            self._row_repeats = _whole(attributes.get("table:number-rows-repeated", "1"))
            self._columns = 0
            self._row_is_filled = False
        elif local == "table":
            self._height = 0
            self._width = 0
            self._rows = 0
            self._table = attributes.get("table:name", "")

    def _fill(self) -> None:
        self._row_is_filled = True
        self._width = max(self._width, self._columns)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in self._CELLS:
            self._in_cell = False
        elif local == "table-row":
            self._rows += self._row_repeats
            if self._row_is_filled:
                self._height = self._rows
        elif local == "table":
            self._seen.cells[self._table] += self._height * self._width
            self._seen.check_letters()

    def text(self, text: str) -> None:
        if self._in_cell:
            self._fill()
            self._seen.letters += len(text) * self._cell_repeats * self._row_repeats
            self._seen.check_letters()

    def finish(self) -> None:
        self._seen.check_letters()


def _whole(text: str) -> int:
    # A number of a thousand digits is a whole number too, and would take long to read.
    short = text if len(text) <= _LONGEST_COUNT else ""
    try:
        return plain_numbers.count(short)
    except plain_numbers.PlainNumberError:
        raise ArchiveError(f"a workbook that counts with “{text[:40]}”") from None


@lru_cache(maxsize=1000)
def _column(letters: str) -> int:
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column
