"""Redaction: keys blotted out of whatever is told or kept.

What belongs here: finding a key in a text, in whatever form a publisher's answer repeats it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

_BLOT = "[key]"
_TELLING = 4
"""A shorter beginning of a key, at the end of a text, may be any word, and gives nothing away."""


@dataclass(frozen=True)
class Redaction:
    """What blots out some keys.

    Attributes:
        secrets: The keys by name, from settings.
    """

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def of(self, text: str) -> str:
        """A text without any key, nor the beginning of one at its end, where somebody else has cut it."""
        for form in self._forms():
            text = re.sub(re.escape(form), _BLOT, text, flags=re.IGNORECASE)
        for form in self._forms():
            text = _without_beginning_at_end(text, form)
        return text

    def shortened(self, text: str, length: int) -> str:
        """The beginning of a text without any key: a key that was cut first would not be found."""
        redacted = self.of(text)
        return redacted[:length]

    def has_key(self, content: bytes) -> bool:
        """Whether a key stands in some bytes."""
        small_forms = [form.lower() for form in self._forms()]
        # Most sources need no key, and their answers may be large.
        if not small_forms:
            return False
        small = content.lower()
        return any(form.encode() in small for form in small_forms)

    def _forms(self) -> Iterator[str]:
        """Each key as it is, and as an address, a JSON text or a page writes it; the longer form first.

        Capitals do not count: an address may be encoded in small letters.
        """
        for secret in filter(None, self.secrets.values()):
            forms = {
                secret,
                quote(secret, safe=""),
                quote_plus(secret),
                json.dumps(secret)[1:-1],
                html.escape(secret),
            }
            yield from sorted(forms, key=len, reverse=True)


def _without_beginning_at_end(text: str, key: str) -> str:
    small_text = text.lower()
    small_key = key.lower()
    lengths = range(_TELLING, len(key))
    # The longest first: a shorter one would leave what stands before it.
    for length in reversed(lengths):
        beginning = small_key[:length]
        if small_text.endswith(beginning):
            return text[:-length] + _BLOT
    return text
