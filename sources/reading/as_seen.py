"""The parts of a workbook, changed so that a library reads of each cell what a person sees in it.

What belongs here: marks set beside raised and lowered text, and words in the place of errors and of formulas that were
never calculated. Bounds belong in `workbooks`; what a module or a return makes of such a cell belongs there.

A library joins the runs of a text: 25.3 with a raised 1 would be the figure 25.31. It reads an error, and a formula
that no program has calculated, as an empty cell, or as 0. None of these may be taken for what it is not, so that each
gets words that no number and no label has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

RAISED, LOWERED = "^", "_"
"""What is set before a raised run of text, and before a lowered one that follows a digit: 25.3^1."""

NOT_CALCULATED = "#NOT-CALCULATED!"
"""What a cell says whose formula no program has calculated."""

_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_XLSX_TYPE = re.compile(rb"\st\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_ODS_TYPE = re.compile(rb"\soffice:(?:[a-z]+-)?value(?:-type)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_OF_XLSX = re.compile(rb"vertAlign|t\s*=\s*[\"']e[\"']|[<:]f[\s/>]|v>\s*[+-]?(?i:nan|inf)")
_OF_ODS = re.compile(rb"text:span|table:formula|value-type=[\"']error")
_ENDS_WITH_A_DIGIT = re.compile(r"[0-9]\s*$")
_XLSX_MARKS = {"superscript": RAISED, "subscript": LOWERED}
_NO_NUMBER = re.compile(r"\s*[+-]?(nan|inf)", re.IGNORECASE)
_ERROR_SHOWN = re.compile(r"#|Err:[0-9]")
_RAISED_POSITION = re.compile(r"super\b|[1-9]")
_LOWERED_POSITION = re.compile(r"sub\b|-[1-9]")


def xlsx_as_seen(content: bytes) -> bytes:
    """A part of an XLSX file, which must be well-formed, as a person sees its cells."""
    # Most parts need no second look, which costs as long as the first.
    if not _OF_XLSX.search(content):
        return content
    return _edited(content, _XlsxCells)


def ods_as_seen(content: bytes, styles: bytes) -> bytes:
    """The content of an ODS file, which must be well-formed, as a person sees its cells.

    Args:
        content: Of the part `content.xml`.
        styles: Of the part `styles.xml`, whose styles a text may have too; empty if there is none.
    """
    if not _OF_ODS.search(content):
        return content
    marks = {**_marks_of_styles(styles), **_marks_of_styles(content)}
    return _edited(content, lambda part: _OdsCells(part, marks))


@dataclass
class _Part:
    """The bytes of a part, where the parser is in it, and what is to be changed.

    Attributes:
        edits: First and last place of what is replaced, and by what.
    """

    content: bytes
    parser: expat.XMLParserType
    edits: list[tuple[int, int, bytes]] = field(default_factory=list)

    @property
    def here(self) -> int:
        """Where the tag begins that the parser reads now."""
        return self.parser.CurrentByteIndex

    def tag(self, at: int) -> bytes:
        """The tag that begins at a place."""
        match = _TAG.match(self.content, at)
        return match[0] if match else b""

    def after_tag(self, at: int) -> int:
        """The place behind the tag that begins at a place."""
        return at + len(self.tag(at))

    def insert(
        self,
        at: int,
        text: bytes,
    ) -> None:
        """Put text before a place."""
        self.edits.append((at, at, text))

    def replace_tag(
        self,
        at: int,
        text: bytes,
    ) -> None:
        """Put text in the place of a tag."""
        self.edits.append((at, self.after_tag(at), text))

    def finished(self) -> bytes:
        """The content with all changes."""
        pieces = []
        at = 0
        # A formula's cell is changed in its tag and behind it, in the order in which its end was found.
        for first, last, text in sorted(self.edits):
            pieces += [self.content[at:first], text]
            at = last
        return b"".join([*pieces, self.content[at:]])


def _edited(
    content: bytes,
    reader_of: Callable[[_Part], _XlsxCells | _OdsCells],
) -> bytes:
    # Without `buffer_text`, so that the place of each event is where it stands in the bytes.
    parser = expat.ParserCreate("UTF-8")
    part = _Part(content, parser)
    reader = reader_of(part)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.Parse(content, True)
    return part.finished()


class _XlsxCells:
    """Reads the texts and cells of an XLSX part: ECMA-376, part 1, 18.3.1.4 (c) and 18.4.4 (r)."""

    def __init__(self, part: _Part) -> None:
        self._part = part
        self._cell_at = self._text_at = 0
        self._type = self._position = ""
        self._has_formula = self._has_value = self._is_no_number = False
        self._before = ""
        self._letters: list[str] = []
        self._empty_value: tuple[int, int] | None = None

    def start(
        self,
        name: str,
        attributes: dict[str, str],
    ) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._cell_at = self._part.here
                self._type = attributes.get("t", "n")
                self._has_formula = self._has_value = self._is_no_number = False
                self._empty_value = None
                self._before = ""
            case "si":
                self._before = ""
            case "f":
                self._has_formula = True
            # The look of a run stands before its text, and ends with it.
            case "r":
                self._position = ""
            case "vertAlign":
                self._position = attributes.get("val", "")
            case "t" | "v":
                self._text_at = self._part.here
                self._letters = []
            # A text in the cell itself is its value.
            case "is":
                self._has_value = True

    def text(self, text: str) -> None:
        self._letters.append(text)

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "t":
                self._end_of_run()
            case "r":
                self._position = ""
            case "v":
                self._end_of_value()
            case "c":
                self._end_of_cell(name)

    def _end_of_run(self) -> None:
        written = "".join(self._letters)
        position = _XLSX_MARKS.get(self._position, "")
        # A raised blank is no mark, and often follows a word that was typed between two others.
        if written.strip() and (mark := _mark(position, self._before)):
            self._part.insert(self._part.after_tag(self._text_at), mark)
        self._before = written or self._before

    def _end_of_value(self) -> None:
        # A formula whose text is empty has been calculated; one whose number is empty has not.
        written = "".join(self._letters)
        self._has_value = bool(written.strip()) or self._type == "str"
        self._is_no_number = self._type == "n" and _NO_NUMBER.match(written) is not None
        self._empty_value = None if self._has_value else self._whole_value()

    def _whole_value(self) -> tuple[int, int]:
        """Where the value begins and ends; of an empty tag the parser is behind it already."""
        is_empty_tag = self._part.tag(self._text_at).endswith(b"/>")
        end = self._part.here if is_empty_tag else self._part.after_tag(self._part.here)
        return self._text_at, end

    def _end_of_cell(self, name: str) -> None:
        is_calculated = self._has_value or not self._has_formula
        if self._type == "e" or self._is_no_number or not is_calculated:
            self._retype()
        if not is_calculated:
            self._say_not_calculated(name)

    def _retype(self) -> None:
        """Let a library read the cell as text, which it is refused as, and not as nothing."""
        # A cell has one type: the new one takes the place of the old.
        bare = _XLSX_TYPE.sub(b"", self._part.tag(self._cell_at))
        name = re.match(rb"<[^\s/>]+", bare)
        length = len(name[0]) if name else 0
        self._part.replace_tag(
            self._cell_at,
            bare[:length] + b' t="str"' + bare[length:],
        )

    def _say_not_calculated(self, name: str) -> None:
        # The names of all tags may have a prefix of the writer's own, `x:c` and `x:v`.
        prefix = name.removesuffix("c")
        value = f"<{prefix}v>{NOT_CALCULATED}</{prefix}v>".encode()
        if self._empty_value is None:
            self._part.insert(self._part.here, value)
            return
        self._part.edits.append((*self._empty_value, value))


class _OdsCells:
    """Reads the cells of an ODS file: OpenDocument 1.3, part 3, 9.1.4 (table-cell) and 6.1.7 (span)."""

    _CELLS = frozenset({"table-cell", "covered-table-cell"})

    def __init__(
        self,
        part: _Part,
        marks: dict[str, str],
    ) -> None:
        self._part = part
        self._marks = marks
        self._cell_at: int | None = None
        self._attributes: dict[str, str] = {}
        self._shown: list[str] = []
        self._in_annotation = 0
        self._waiting: list[tuple[str, int]] = []
        self._is_marked = False

    def start(
        self,
        name: str,
        attributes: dict[str, str],
    ) -> None:
        local = name.rpartition(":")[2]
        if local in self._CELLS:
            self._cell_at, self._attributes = self._part.here, attributes
            self._shown = []
            self._is_marked = False
        elif local == "annotation":
            self._in_annotation += 1
        elif local == "span":
            mark = self._marks.get(attributes.get("text:style-name", ""), "")
            self._waiting.append((mark, self._part.after_tag(self._part.here)))

    def text(self, text: str) -> None:
        # A comment beside a cell is no part of what the cell shows.
        if self._cell_at is None or self._in_annotation:
            return
        if text.strip():
            self._mark_waiting()
        self._shown.append(text)

    def _mark_waiting(self) -> None:
        """Set the marks of the spans that this text is the first of."""
        for at, (position, place) in enumerate(self._waiting):
            if mark := _mark(position, "".join(self._shown)):
                self._part.insert(place, mark)
                self._is_marked = True
            self._waiting[at] = ("", place)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "span" and self._waiting:
            self._waiting.pop()
        elif local == "annotation":
            self._in_annotation -= 1
        elif local in self._CELLS and self._cell_at is not None:
            self._end_of_cell(name, self._cell_at)
            self._cell_at = None

    def _end_of_cell(
        self,
        name: str,
        at: int,
    ) -> None:
        shown = "".join(self._shown).strip()
        kind = self._attributes.get("office:value-type", "")
        has_formula = "table:formula" in self._attributes
        # LibreOffice says that it is an error; other programs only show one, with a value of 0 beside it.
        is_error = self._attributes.get("calcext:value-type") == "error" or (
            has_formula and _ERROR_SHOWN.match(shown) is not None
        )
        is_calculated = bool(kind) or not has_formula
        # A text that is kept twice would be read from the attribute, where its runs are joined.
        is_text_kept_twice = self._is_marked and kind == "string"
        if is_error or not is_calculated or is_text_kept_twice:
            self._retype(name, at, "" if shown else NOT_CALCULATED)

    def _retype(
        self,
        name: str,
        at: int,
        words: str,
    ) -> None:
        """Let a library read the text that the cell shows, not the value that is kept beside it."""
        # The value goes with the type, or a library would take it before the text.
        bare = _ODS_TYPE.sub(b"", self._part.tag(at))
        is_closed = bare.endswith(b"/>")
        opened = bare.removesuffix(b">").removesuffix(b"/") + b' office:value-type="string">'
        paragraph = f"<text:p>{words}</text:p>".encode() if words else b""
        closing = f"</{name}>".encode() if is_closed else b""
        self._part.replace_tag(at, opened + paragraph + closing)


def _mark(position: str, before: str) -> bytes:
    """What is set before a run: CO₂ stays one word, since only between digits a lowered one may be misread."""
    if position == LOWERED and not _ENDS_WITH_A_DIGIT.search(before):
        return b""
    return position.encode()


def _marks_of_styles(content: bytes) -> dict[str, str]:
    """The styles of an ODS part that raise or lower a text, each with its mark."""
    styles = _OdsStyles()
    if content:
        parser = expat.ParserCreate("UTF-8")
        parser.StartElementHandler = styles.start
        parser.Parse(content, True)
    return styles.marks


class _OdsStyles:
    """Reads the styles of an ODS part: OpenDocument 1.3, part 3, 20.337 (style:text-position)."""

    def __init__(self) -> None:
        self.marks: dict[str, str] = {}
        self._style = ""

    def start(
        self,
        name: str,
        attributes: dict[str, str],
    ) -> None:
        local = name.rpartition(":")[2]
        if local == "style":
            self._style = attributes.get("style:name", "")
            # A style is as raised as the one that it is made from, unless it says otherwise.
            self.marks[self._style] = self.marks.get(
                attributes.get("style:parent-style-name", ""), ""
            )
        elif local == "text-properties" and "style:text-position" in attributes:
            self.marks[self._style] = _mark_of(attributes["style:text-position"])


def _mark_of(position: str) -> str:
    # Of the two numbers the first is the height in percent of the line: 33% 58%.
    if _RAISED_POSITION.match(position):
        return RAISED
    return LOWERED if _LOWERED_POSITION.match(position) else ""
