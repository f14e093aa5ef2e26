"""Text that cannot act: what may stand in a table, and how text is written into Markdown, XML and our own reasons.

What belongs here: the one rule for text, and the escapes. Where text comes in or goes out belongs to whoever takes it.

A spreadsheet that opens a CSV file takes a cell as a formula if it begins with `=`, `+`, `-` or `@`, and may split a
cell at a semicolon first (https://owasp.org/www-community/attacks/CSV_Injection). The usual
remedy, an apostrophe before it, would change a cell that is published letter for letter, and a reader could not tell.
So text that could act is refused where it comes in, and again before a table is written. What only looks like it is
let through: a number with its sign, with a marker or a unit (`-0.3`, `+1.2%`, `-5 [r]`), and a lone symbol (`-`).

Letters that are not seen are refused too: control characters, and those that turn the direction of what follows, with
which a text says other than what it shows. Soft hyphens and joiners, which occur in words, may stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

# The wide forms too: a spreadsheet in Japanese or Chinese takes ＝ for =.
_STARTS = tuple("=+-@＝＋－＠")
_NUMBER = r"[+\-]\s?£?([0-9][0-9,]*(\.[0-9]*)?|\.[0-9]+)(e[+\-]?[0-9]+)?\s?%?"
_MARKER = r"\s?(\[\w{1,3}\]|\(\w{1,3}\)|\*{1,3})"
_HARMLESS = re.compile(rf"[+\-]{{1,3}}|{_NUMBER}({_MARKER})?", re.IGNORECASE)
# All that some reader takes for the end of a line, besides those that everybody does.
_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]\s*")
_IN_WORDS = frozenset("\u00ad\u200c\u200d")
# Unicode's categories of controls, formats, halves of surrogate pairs, and separators of lines.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# An underscore within a word, and a marker such as [c], mean nothing to Markdown, and stay.
_MARKUP = re.compile(r"[\\`*<>|~]|\[(?!\w{1,4}\](?![(\[:]))|(?<![^\W_])_|_(?![^\W_])")
# Names that Windows keeps for devices, in any folder and with any ending.
_PORTS = [f"{port}{number}" for port, number in product(("com", "lpt"), range(10))]
_DEVICES = frozenset({"con", "prn", "aux", "nul", *_PORTS})
_NAME = re.compile(r"[^\x00-\x1f<>:\"/\\|?*]+")


@lru_cache(maxsize=10_000)
def why_refused(text: str) -> str:
    """Why a text may not stand in a table, in words; empty if it may."""
    for letter in text:
        if _is_unseen(letter):
            return f"it holds the invisible character U+{ord(letter):04X}"
    # Where a semicolon parts the cells, what follows it begins one.
    for part in text.split(";"):
        if _acts(part):
            return f"a spreadsheet would take “{part.strip()[:20]}” for a formula"
    return ""


def visible(text: str) -> str:
    """Our own words about what came, on one line, with whatever cannot be seen written as its number."""
    on_one_line = _BREAKS.sub(" ", text)
    letters = []
    for letter in on_one_line:
        letters.append(f"\\u{ord(letter):04x}" if _is_unseen(letter) else letter)
    return "".join(letters)


def harmless(text: str) -> str:
    """Our own words, `visible`, with a quotation mark before whatever a spreadsheet would take for a formula."""
    # Our words may be changed, unlike a publisher's cell: they quote what came, and quote it so.
    parts = []
    for part in visible(text).split(";"):
        quoted = f" ‘{part.strip()}"
        parts.append(quoted if _acts(part) else part)
    return ";".join(parts).strip()


def in_markdown(text: str) -> str:
    """Text inside a line or a table's cell of Markdown, where none of it is markup; a marker such as `[c]` is none."""
    return _MARKUP.sub(r"\\\g<0>", visible(text))


def markdown_table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
) -> str:
    """A table in Markdown whose cells are text and nothing else."""
    lines = [_table_line(header), _table_line(["---"] * len(header))]
    for row in rows:
        cells = [in_markdown(str(cell)) for cell in row]
        lines.append(_table_line(cells))
    return "\n".join(lines)


def _table_line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def is_file_name(name: str) -> bool:
    """Whether a name can only mean a file in the folder that it is put into, on any system."""
    if not _NAME.fullmatch(name):
        return False
    # Windows drops spaces and dots at the end, Unix hides what begins with a dot.
    if name.strip(" .") != name:
        return False
    stem, _, _ = name.partition(".")
    return stem.strip().lower() not in _DEVICES


def _acts(part: str) -> bool:
    bare = part.strip()
    return bare.startswith(_STARTS) and not _HARMLESS.fullmatch(bare)


def _is_unseen(letter: str) -> bool:
    return letter not in _IN_WORDS and unicodedata.category(letter) in _UNSEEN
