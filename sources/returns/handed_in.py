"""What is handed in: surveys, polls and the council's own records, from returns in the inbox.

What belongs here: what the refresh asks of a source, the same for all that is handed in. What a row becomes belongs in
`figures`; the format of a return, and which rows stand, in `file` and `standing`.
"""

from __future__ import annotations

from sources.returns.figures import observations as parse
from sources.returns.inbox import sort_inbox as prepare
from sources.returns.standing import Ask, fetch

__all__ = ["Ask", "fetch", "parse", "prepare"]
