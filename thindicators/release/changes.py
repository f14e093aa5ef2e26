"""Changes: the files of a release that speak of the release before, by their names.

What belongs here: the names. What the files say belongs in `thindicators.telling.changes` and `thindicators.history`.
"""

from __future__ import annotations

REVISIONS = "revisions.csv"
TEXT, FEED = "CHANGES.md", "feed.xml"

CHANGES = (REVISIONS, TEXT, FEED)
"""All of them: two releases that differ in nothing else say the same."""
