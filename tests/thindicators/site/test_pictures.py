"""The documents show the front page and four pages of indicators, wide and narrow, light and dark."""

from __future__ import annotations

import re

import pytest

pictures = pytest.importorskip("tests.thindicators.site.pictures")
PAGES = (pictures.ROOT / "docs" / "pages.md").read_text(encoding="utf-8")


def test_the_page_about_pages_shows_every_picture() -> None:
    assert re.findall(r'src="\.\./thindicators/site/pictures/([^"]+)"', PAGES) == pictures.NAMES


def test_every_picture_is_there_and_says_in_words_what_it_shows() -> None:
    assert {path.name for path in pictures.FOLDER.iterdir()} == set(pictures.NAMES)
    for name in pictures.NAMES:
        assert re.search(rf'src="[^"]+/{name}" alt="[^"]{{20,}}"', PAGES), name


def test_no_picture_is_large() -> None:
    for name in pictures.NAMES:
        assert 3_000 < (pictures.FOLDER / name).stat().st_size < 120_000, name
