"""The documents of the project: where they are, their commands, links and headings."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import ROOT

README = ROOT / "README.md"
READERS = ROOT / "docs" / "READERS.md"
DOCUMENTS = [
    README,
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "assets" / "deployment" / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    ROOT / "DATA-LICENCES.md",
]


def text_of(document: Path) -> str:
    """The text of a document."""
    return document.read_text(encoding="utf-8")


def blocks(document: Path, language: str) -> list[str]:
    """The blocks of code in a language, without the indentation of a list that they may stand in."""
    matches = re.finditer(
        rf"^( *)```{language}\n(.*?)^ *```$", text_of(document), flags=re.DOTALL | re.MULTILINE
    )
    return [re.sub(rf"^{block[1]}", "", block[2], flags=re.MULTILINE) for block in matches]


def commands(document: Path) -> list[str]:
    """What the console blocks of a document tell the reader to type."""
    return [line for block in blocks(document, "console") for line in block.splitlines()]


def links(document: Path) -> list[str]:
    """Where the links and pictures of a document lead."""
    text = text_of(document)
    # An address with brackets in it, as some DOIs have, stands between angle brackets.
    in_angles = re.findall(r"\]\(<([^>]+)>\)", text)
    plain = re.findall(r"\]\(([^)\s<]+)\)", text)
    return plain + in_angles + re.findall(r'src="([^"]+)"', text)


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text_of(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
