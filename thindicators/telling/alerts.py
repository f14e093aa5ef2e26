"""Alerts: one message when something needs a person, and one when all is well again.

What belongs here: the words of a message, and remembering what was said, so that the same trouble is not told every
day. How a message is sent belongs in `channels`; which troubles there are is found out in
`thindicators.refreshing.troubles`.

What was told is kept for each channel in `state/alerts.json`. A message that could not be sent counts as not told, and
is tried again at the next refresh; a damaged file means that everything is told once more. Nothing here may fail a
refresh, whatever a trouble is called: the name of a file may hold bytes that are no letters.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from thindicators.errors import ThindicatorsError
from thindicators.safe_text import visible
from thindicators.settings import Settings
from thindicators.storage.files import write_whole
from thindicators.telling.channels import Channel, channels, in_words

Kind = Literal["failed", "held", "return", "run"]
Reasons = dict[str, str]
"""Why each trouble was told on a channel, by the trouble's name."""

_PATIENCE = 60.0
"""Seconds to wait for another run that tells people."""

_MEMORY = TypeAdapter(dict[str, Reasons])
_WHERE_TO_LOOK = "`thindicators status`, and the asset `status` in the UI, list everything."
_WITH_DIGITS = re.compile(r"\S*[0-9]\S*")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trouble:
    """Something that needs a person.

    Attributes:
        kind: A source or indicator that `failed`, one that is `held`, a refused `return`, or a `run` that broke off.
        what: What it is about, in words.
        why: What was seen.
        stands: What readers have meanwhile.
        remedy: What to do.
        sameness: What makes it the same trouble tomorrow, where that is known; else its words do.
    """

    kind: Kind
    what: str
    why: str
    stands: str
    remedy: str
    sameness: str = ""

    @property
    def reason(self) -> str:
        """What makes it the same trouble tomorrow.

        What came from a publisher may bear a time or a number of its own on every day, so that words with digits do
        not count there.
        """
        if self.sameness:
            return f"{self.kind}: {self.sameness}"
        why = self.why
        if self.kind == "failed":
            why = _WITH_DIGITS.sub("#", why)
        return f"{self.kind}: {why}"

    @property
    def readable(self) -> Trouble:
        """The same in letters that can be seen, written and sent, whatever a file is called or holds."""
        return replace(
            self,
            what=visible(self.what),
            why=visible(self.why),
            stands=visible(self.stands),
            remedy=visible(self.remedy),
        )


def tell(
    settings: Settings, troubles: Mapping[str, Trouble], *, these_are_all: bool = True
) -> list[str]:
    """Send one message for what is new, has changed or has ended, on each channel.

    Args:
        settings: Where to send it.
        troubles: What there is now, by a name that stays.
        these_are_all: Whether whatever was told before and is not among them has ended.

    Returns:
        The channels on which a message was sent.
    """
    ways = list(channels(settings.alerts))
    # Without a channel nothing is remembered, so that whoever sets one up later is told of everything.
    if not ways:
        return []
    path = settings.state / "alerts.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=_PATIENCE):
            return _tell_locked(path, ways, _readable(troubles), these_are_all)
    except (OSError, Timeout, ThindicatorsError) as problem:
        _LOG.warning(
            "What was told could not be remembered in %s: %s",
            path,
            problem,
        )
        return []


def _readable(troubles: Mapping[str, Trouble]) -> dict[str, Trouble]:
    """Troubles by names that can be written and sent, with words that can."""
    readable = {}
    for name, trouble in troubles.items():
        readable[_name(name)] = trouble.readable
    return readable


def _name(name: str) -> str:
    """A name as it can be written; where that changes it, with what keeps it apart from others."""
    readable = visible(name)
    if readable == name:
        return name
    # A name on a disk may hold bytes that are no letters in any encoding.
    content = name.encode("utf-8", "surrogatepass")
    mark = hashlib.sha256(content).hexdigest()
    return f"{readable} ({mark[:8]})"


def _tell_locked(
    path: Path,
    ways: Sequence[Channel],
    troubles: Mapping[str, Trouble],
    these_are_all: bool,
) -> list[str]:
    """What `tell` does, while no other run reads or writes what was told."""
    memory = _remembered(path)
    reasons = {name: trouble.reason for name, trouble in troubles.items()}
    sent = []
    for way in ways:
        before = memory.get(way.name, {})
        # Of a part of the troubles none ends that was told before.
        now = reasons if these_are_all else {**before, **reasons}
        new = []
        for name, trouble in troubles.items():
            if before.get(name) != trouble.reason:
                new.append(trouble)
        ended = sorted(set(before) - set(now))
        if not new and not ended:
            continue
        subject, text = _message(new, ended, len(now))
        if _is_sent(way, subject, text):
            memory[way.name] = now
            # After each channel: what was sent on one is not sent again because the next one broke off.
            content = _MEMORY.dump_json(memory, indent=1)
            write_whole(path, content)
            sent.append(way.name)
    return sent


def send_test(settings: Settings) -> list[str]:
    """Send a message that says that alerts arrive.

    Returns:
        The channels on which it was sent.

    Raises:
        ThindicatorsError: If no channel is set, or one does not take it.
    """
    ways = list(channels(settings.alerts))
    if not ways:
        raise ThindicatorsError(
            "No alerts are set up. docs/operating.md lists the settings for them."
        )
    for way in ways:
        try:
            way.send("thindicators: a test", "This is a test. Alerts of thindicators arrive here.")
        except Exception as problem:
            raise ThindicatorsError(
                f"The test could not be sent to {way.name}: {in_words(problem)}"
            ) from None
    return [way.name for way in ways]


def _message(new: Sequence[Trouble], ended: Sequence[str], in_all: int) -> tuple[str, str]:
    """Subject and text of a message about what is new and what has ended, of so many troubles in all."""
    parts = [f"{trouble.what}\n{_indented(trouble)}" for trouble in new]
    if ended:
        names = ", ".join(ended)
        parts.append(f"Well again: {names}.")
    before = in_all - len(new)
    if before == 1:
        parts.append("1 told before is still to do.")
    elif before:
        parts.append(f"{before} told before are still to do.")
    if in_all:
        parts.append(_WHERE_TO_LOOK)
    else:
        parts.append("Everything is well again. There is nothing to do.")
    text = "\n\n".join(parts)
    return _subject(new, in_all), f"{text}\n"


def _indented(trouble: Trouble) -> str:
    lines = {
        "Why": trouble.why,
        "What stands": trouble.stands,
        "What to do": trouble.remedy,
    }
    return "\n".join(f"  {name}: {words}" for name, words in lines.items())


def _subject(new: Sequence[Trouble], in_all: int) -> str:
    if not in_all:
        return "thindicators: all well again"
    if not new:
        return f"thindicators: some of it is well again, {in_all} still to do"
    if len(new) > 1:
        return f"thindicators: {len(new)} things need you"
    what = new[0].what
    return f"thindicators: {what.removesuffix('.')}"


def _remembered(path: Path) -> dict[str, Reasons]:
    if not path.exists():
        return {}
    try:
        return _MEMORY.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        _LOG.warning("%s is damaged; everything is told once more.", path)
        return {}


def _is_sent(way: Channel, subject: str, text: str) -> bool:
    try:
        way.send(subject, text)
    except Exception as problem:  # a mail server that is down must not fail a refresh
        _LOG.warning(
            "The alert “%s” could not be sent to %s: %s", subject, way.name, in_words(problem)
        )
        return False
    return True
