"""Finding a council by what a person types: its code, one that it had before, or its name.

What belongs here: which council is meant, and what to say if none is. What there is to find stands in `register`.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from thindicators.areas.register import ENGLAND, RegisteredArea, register
from thindicators.errors import ThindicatorsError

_MOST_NAMED = 3


def council_of_england(code_or_name: str) -> RegisteredArea:
    """The council of England with a code or a name, in whatever letters.

    Raises:
        ThindicatorsError: If there is none; it names those that may be meant.
    """
    councils = [register()[code] for code in register().councils(ENGLAND)]
    typed = code_or_name.strip()
    code = register().present_code(typed.upper())
    for council in councils:
        if council.code == code or council.is_called(typed):
            return council
    raise ThindicatorsError(
        f"“{typed}” is neither the code nor the name of a council of England.{_like(typed, councils)}"
    )


def _like(typed: str, councils: Sequence[RegisteredArea]) -> str:
    """A question with the councils that may be meant; empty if no name is like what was typed."""
    code_by_name = {council.name: council.code for council in councils}
    names = [name for name in code_by_name if typed.casefold() in name.casefold()]
    if not typed or not names:
        names = get_close_matches(typed, code_by_name, _MOST_NAMED, cutoff=0.8)
    meant = [f"{name} ({code_by_name[name]})" for name in names[:_MOST_NAMED]]
    return f" Did you mean {' or '.join(meant)}?" if meant else ""
