"""Files: the pack of a whole plan as files of a release, and the pack of a part of it as files of a folder.

What belongs here: names, and reading the tables of a release. What is in a file belongs in `deck` and `paper`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from thindicators.formats.media_types import DOCX, PPTX
from thindicators.formats.published import PublishedPlan
from thindicators.formats.registry import PlanFormat
from thindicators.packs.board import Contents, Wanted, board_of

_DECK, _PAPER = "board-slides.pptx", "board-paper.docx"
_TABLES = (
    "datapackage.json",
    "indicators.csv",
    "sources.csv",
    "latest.parquet",
    "observations.parquet",
)


def plan_deck(whole: PublishedPlan) -> Mapping[str, bytes]:
    """The slides of the whole plan, by their path within the release."""
    # Half a second, which commands that make no pack need not wait for; so below.
    from thindicators.packs.deck import deck

    return {_DECK: deck(board_of(whole.package.contents))}


def plan_paper(whole: PublishedPlan) -> Mapping[str, bytes]:
    """The paper of the whole plan, by its path within the release."""
    from thindicators.packs.paper import paper

    return {_PAPER: paper(board_of(whole.package.contents))}


OF_A_BOARD = (
    PlanFormat(
        title="Slides for a partnership board",
        media_type=PPTX,
        contents=plan_deck,
        is_download=True,
    ),
    PlanFormat(
        title="Paper for a partnership board",
        media_type=DOCX,
        contents=plan_paper,
        is_download=True,
    ),
)
"""What a release has for a board, beside the formats of the figures."""


def write_pack(
    release: Path,
    wanted: Wanted,
    folder: Path,
) -> list[Path]:
    """Write the slides and the paper of a part of a release.

    Args:
        release: The folder of the release.
        wanted: Which part of it.
        folder: Where to write them; made if it is not there.

    Returns:
        What was written.

    Raises:
        ThindicatorsError: If the release has no such part.
    """
    from thindicators.packs.deck import deck
    from thindicators.packs.paper import paper

    contents: Contents = {name: (release / name).read_bytes() for name in _TABLES}
    board = board_of(contents, wanted)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in ((_DECK, deck(board)), (_PAPER, paper(board))):
        path = folder / name
        path.write_bytes(content)
        written.append(path)
    return written
