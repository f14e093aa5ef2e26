"""One answer for everything: the figures that pages show first are those of `latest.parquet`, read in one go."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from thindicators import house_style

Cells = dict[str, Any]

_TAGS = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def headlines(published: Path) -> dict[str, list[Cells]]:
    """The headline rows of each indicator, in the order of the table."""
    by_indicator: dict[str, list[Cells]] = {}
    for row in pq.read_table(published / "latest.parquet").to_pylist():
        if row["is_headline"]:
            by_indicator.setdefault(row["indicator"], []).append(row)
    return by_indicator


def text_of(fragment: str) -> str:
    return " ".join(unescape(_TAGS.sub(" ", fragment)).split())


def page_of(published: Path, indicator: str) -> str:
    return (published / "indicators" / indicator / "index.html").read_text(encoding="utf-8")


def beside(row: Cells) -> list[str]:
    shown = []
    for role in ("region", "country"):
        if row["value"] is not None and row[f"{role}_value"] is not None:
            value = house_style.figure(row[f"{role}_value"], row["unit"], row["decimals"])
            shown.append(f"{row[f'{role}_name']} {value}")
    return shown


def test_headlines_of_every_page_are_those_of_the_table(
    published: Path, headlines: dict[str, list[Cells]]
) -> None:
    for indicator, rows in headlines.items():
        boxes = page_of(published, indicator).split('<div class="headline">')[1:]
        assert len(boxes) == len(rows)
        for box, row in zip(boxes, rows, strict=True):
            value = re.search(r'<p class="value[^"]*">(.*?)</p>', box, re.DOTALL)
            assert value is not None
            shown = text_of(value[1]).removesuffix(" provisional [p]")
            assert shown in (row["value_in_words"] or "No figure yet", "No figure")
            names = [
                text_of(name + " " + figure)
                for name, figure in re.findall(
                    r"<div><dt>(.*?)</dt><dd>(.*?)(?:<span|</dd>)",
                    box.partition('<dl class="beside">')[2].partition("</dl>")[0],
                    re.DOTALL,
                )
            ]
            assert names == beside(row), indicator


def test_the_front_page_shows_the_first_headline_with_its_comparators(
    published: Path, headlines: dict[str, list[Cells]]
) -> None:
    front = (published / "index.html").read_text(encoding="utf-8")
    entries = re.findall(r'<li data-theme=.*?href="indicators/([^/]+)/.*?</li>', front, re.DOTALL)
    assert set(entries) == set(headlines)
    for entry in re.split(r"<li data-theme=", front)[1:]:
        found = re.search(r'href="indicators/([^/]+)/', entry)
        assert found is not None
        rows = headlines[found[1]]
        with_value = [row for row in rows if row["value"] is not None]
        shown = re.search(r'<p class="value">(.*?)</p>', entry)
        assert shown is not None
        if with_value:
            assert text_of(shown[1]) == with_value[0]["value_in_words"]
            others = re.findall(r'<span class="other">(.*?)</span>', entry)
            assert [text_of(other) for other in others] == beside(with_value[0])
        else:
            assert text_of(shown[1]).startswith("No figure")


def test_the_summary_of_every_page_is_that_of_the_table(
    published: Path, headlines: dict[str, list[Cells]]
) -> None:
    for indicator, rows in headlines.items():
        with_value = [row for row in rows if row["value"] is not None]
        lead = re.search(r'<p class="lead">(.*?)</p>', page_of(published, indicator), re.DOTALL)
        assert (text_of(lead[1]) if lead else "") == (
            with_value[0]["summary"] if with_value else ""
        )


def test_every_verdict_of_every_page_is_that_of_the_table(
    published: Path, headlines: dict[str, list[Cells]]
) -> None:
    for indicator, rows in headlines.items():
        page = unescape(page_of(published, indicator))
        for row in rows:
            for question in ("region", "country", "recent_trend", "long_run", "since_start"):
                if row[f"{question}_verdict"]:
                    # The page parts the verdict from its sentence.
                    rest = row[f"{question}_words"].partition(": ")[2] or row[f"{question}_words"]
                    assert rest[1:] in page, (indicator, question)
