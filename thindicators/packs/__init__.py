"""Packs: what a partnership board is shown of a release, as slides and as a paper."""
