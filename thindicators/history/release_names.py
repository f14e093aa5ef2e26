"""Names of releases: the day and a number, such as 2026-11-22.1, in whose order releases came out.

What belongs here: what is such a name, which folders are releases, and how the next one is named. What a release says
is kept in `vintages`.

A name is never below one that was given before, whatever the clock says: then the order of the names is the order in
which readers got the releases. A clock that was wrong once costs a name that looks odd, and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from thindicators import plain_numbers
from thindicators.errors import ReleaseError
from thindicators.storage.sums import SUMS

_LOG = logging.getLogger(__name__)


def in_order(name: str) -> tuple[date, int]:
    """By which the names of releases are sorted: the tenth of a day comes after the ninth.

    Raises:
        ReleaseError: If it is no such name.
    """
    day, _, number = name.rpartition(".")
    try:
        order = plain_numbers.day(day), plain_numbers.count(number)
    except plain_numbers.PlainNumberError:
        raise ReleaseError(f"{name} is no name of a release, such as 2026-11-22.1.") from None
    # Written in another way, as 2026-11-22.01, it would be a second name of the same place.
    if name != _written(*order):
        raise ReleaseError(f"{name} is no name of a release; it would be {_written(*order)}.")
    return order


def is_name(name: str) -> bool:
    """Whether this is the name of a release."""
    try:
        in_order(name)
    except ReleaseError:
        return False
    return True


def releases_in(folder: Path) -> list[Path]:
    """The releases in a folder, the old first; without copies of them, which nobody published.

    A copy that somebody made beside a release is known by its SHA256SUMS: two releases never have the same, because
    each names the one before.
    """
    if not folder.is_dir():
        return []
    names = filter(is_name, (path.name for path in folder.iterdir() if path.is_dir()))
    releases: dict[bytes, Path] = {}
    for name in sorted(names, key=in_order):
        release = folder / name
        sums = _sums(release)
        if sums in releases:
            _LOG.warning(
                "%s is a copy of %s, and no release: delete it.",
                release,
                releases[sums],
            )
            continue
        # A release that lost its SHA256SUMS is damaged, and like no other.
        releases[sums or bytes(release)] = release
    return list(releases.values())


def next_name(
    names: Iterable[str],
    today: date,
) -> str:
    """The name of the next release.

    Args:
        names: Of all releases that there ever were.
        today: By the clock.
    """
    newest = max(map(in_order, names), default=(today, 0))
    day, number = newest
    if day > today:
        _LOG.warning(
            "The newest release is %s, of a day that has not come: a clock was wrong then, or is now (it says %s). "
            "The next release is %s, so that it comes after; names follow the clock again from that day on.",
            _written(*newest),
            today,
            _written(day, number + 1),
        )
    return _written(day, number + 1) if day >= today else _written(today, 1)


def _written(
    day: date,
    number: int,
) -> str:
    return f"{day.isoformat()}.{number}"


def _sums(release: Path) -> bytes:
    try:
        return (release / SUMS).read_bytes()
    except OSError:
        return b""
