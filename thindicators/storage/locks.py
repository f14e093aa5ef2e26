"""Locks: the files by which runs on one machine keep out of each other's way.

What belongs here: their names, which several rooms must agree on. Who holds one, and for how long, is said where it is
taken.
"""

from __future__ import annotations

RELEASE_LOCK = ".lock"
"""In `published/`: held while a release is made or deleted."""

PUBLISH_LOCK = ".publish.lock"
"""In Dagster's home: held for as long as a `thindicators publish` runs."""
