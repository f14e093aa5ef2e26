"""Editions: which edition, live or sample, and whose plan the folders of a run hold, so that they never mix.

What belongs here: what `state/` and `published/` hold, by their marks and by what is in them, and refusing whatever
does not belong there. Clearing a sample away belongs in `forgetting`.

A mark is one small file whose name begins with a dot, and many tools leave such files out when they copy a folder. So
what a folder holds is also read from its own content: the newest release says in its `datapackage.json` which edition
and whose plan it is, and every receipt of a snapshot says of which edition it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from thindicators.errors import SettingsError
from thindicators.settings import EDITIONS, Settings
from thindicators.storage.files import make_open_folder, write_whole

MARK = ".edition"
"""The file by which a folder remembers its edition, in the first line, and its plan, in the second."""

_NEW_FOLDERS = "Point THINDICATORS_STATE and THINDICATORS_PUBLISHED at"


@dataclass(frozen=True)
class Contents:
    """What a folder holds, as one mark, release or receipt says it.

    Attributes:
        where: The file that says so.
        edition: `live` or `sample`.
        plan: The id of the plan; empty where it is not said.
    """

    where: Path
    edition: str
    plan: str = ""


def held_edition(settings: Settings) -> str:
    """The edition that the folders already hold; empty before the first run.

    Raises:
        SettingsError: If they hold both, or a mark names none.
    """
    editions = {contents.edition: contents.where for contents in _said_of(settings)}
    if len(editions) > 1:
        raise SettingsError(
            f"{settings.state} and {settings.published} hold different editions: {editions['live']} is of the live "
            f"edition, {editions['sample']} of the sample edition. {_NEW_FOLDERS} folders of one edition."
        )
    return min(editions, default="")


def take_folders(
    settings: Settings,
    edition: str,
    plan: str,
) -> None:
    """Let the folders hold an edition of a plan from now on; both, or none if one of them is refused.

    Args:
        settings: Whose folders apply.
        edition: `live` or `sample`.
        plan: The id of the plan.

    Raises:
        SettingsError: If there is no such edition, the folders are no two folders of their own, or one of them holds
            the other edition or another plan.
    """
    if edition not in EDITIONS:
        raise SettingsError(
            f"There is no edition {edition!r}. It can be one of {', '.join(EDITIONS)}. Nothing was done."
        )
    require_apart(settings)
    for contents in _said_of(settings):
        _require_edition(contents, edition)
        _require_plan(contents, plan)
    # Only now: a run that is refused leaves no mark in either folder.
    make_open_folder(settings.published)
    mark = f"{edition}\n{plan}\n".encode()
    for folder in (settings.state, settings.published):
        path = folder / MARK
        if not path.exists() or path.read_bytes() != mark:
            write_whole(path, mark)


def require_apart(settings: Settings) -> None:
    """Refuse folders of which one is in the other: whoever serves the releases would serve the council's returns too.

    Raises:
        SettingsError: If it is so.
    """
    state, published = settings.state.resolve(), settings.published.resolve()
    if state.is_relative_to(published) or published.is_relative_to(state):
        raise SettingsError(
            f"THINDICATORS_STATE is {state}, and THINDICATORS_PUBLISHED is {published}: one is in the other. What "
            f"waits in state would be public, or be copied with it. {_NEW_FOLDERS} two folders side by side."
        )


def contents_of_state(state: Path) -> Iterator[Contents]:
    """What a `state/` folder holds, as its mark and each of its snapshots' receipts say."""
    yield from _mark(state)
    for path in sorted((state / "snapshots" / "requests").glob("*.json")):
        receipt = _read_json(path)
        if receipt.get("edition") in EDITIONS:
            yield Contents(path, str(receipt["edition"]))


def contents_of_published(published: Path) -> Iterator[Contents]:
    """What a `published/` folder holds, as its mark and each of its releases say, the latest first."""
    yield from _mark(published)
    releases = sorted((published / "releases").glob("[!.]*"), reverse=True)
    for release in (published / "latest", *releases):
        path = release / "datapackage.json"
        descriptor = _read_json(path)
        if descriptor.get("edition") in EDITIONS:
            yield Contents(path, str(descriptor["edition"]), str(descriptor.get("name", "")))


def _said_of(settings: Settings) -> list[Contents]:
    """What the marks say, and the first receipt and the latest release beside them."""
    of_state = contents_of_state(settings.state)
    of_published = contents_of_published(settings.published)
    # One of each kind is enough: what is refused here never comes to stand among the others.
    return [*_first_of_each(of_state), *_first_of_each(of_published)]


def _first_of_each(said: Iterator[Contents]) -> Iterator[Contents]:
    """What the mark says, and the first of what the folder's content says."""
    for contents in said:
        yield contents
        if contents.where.name != MARK:
            return


def _require_edition(
    contents: Contents,
    edition: str,
) -> None:
    if contents.edition == edition:
        return
    folder = contents.where.parent if contents.where.name == MARK else contents.where
    remedy = (
        "Run `thindicators forget-sample` to clear it away first."
        if contents.edition == "sample"
        else "Set THINDICATORS_STATE and THINDICATORS_PUBLISHED to other folders to see the sample edition."
    )
    raise SettingsError(
        f"{folder} holds the {contents.edition} edition; a {edition} run never takes its place. {remedy}"
    )


def _require_plan(
    contents: Contents,
    plan: str,
) -> None:
    # Receipts and marks of an earlier version name no plan.
    if contents.plan in ("", plan):
        return
    raise SettingsError(
        f"{contents.where} is of the plan “{contents.plan}”; this run is of “{plan}”, and never takes its place. "
        f"{_NEW_FOLDERS} new folders for this plan, or THINDICATORS_SCHEMAS at the other. If it is the same plan, let "
        "`id` in its plan.yaml be as it was: readers know the plan by it. Nothing was done."
    )


def _mark(folder: Path) -> Iterator[Contents]:
    path = folder / MARK
    if not path.exists():
        return
    edition, _, plan = path.read_text(encoding="utf-8", errors="replace").strip().partition("\n")
    if edition not in EDITIONS:
        raise SettingsError(
            f"{path} says {edition!r}, which is no edition; it must say one of {', '.join(EDITIONS)}. See which "
            f"edition {folder} holds, and write that into the file. Nothing was done."
        )
    yield Contents(path, edition, plan)


def _read_json(path: Path) -> dict[str, object]:
    """What a file says; nothing if it cannot be read, which whoever needs it says with more reason."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
