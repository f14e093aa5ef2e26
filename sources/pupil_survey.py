"""The council's Pupil Attitude Survey, from returns in the inbox.

What belongs here: nothing but the name. What a row becomes is the same for all that is handed in, and belongs in
`sources.publishers.return_figures`; the format of a return, and which rows stand, in `sources.publishers.returns`.
"""

from __future__ import annotations

from sources.publishers.return_figures import observations as parse
from sources.publishers.returns import Ask, fetch

__all__ = ["Ask", "fetch", "parse"]
