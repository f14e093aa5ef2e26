"""Charts are drawn in a process of their own: each once, and one that ends is told of and followed by another."""

from __future__ import annotations

import json

import pytest

from thindicators.errors import ReleaseError
from thindicators.site import drawing


def square(side: int, **more: object) -> str:
    mark = {"type": "rect", "encode": {"enter": {"width": {"value": side}}}}
    return json.dumps({"width": 10, "height": 10, "marks": [mark], **more})


def test_a_chart_is_drawn_and_only_once() -> None:
    begun = drawing.begin(square(7))
    assert begun.result().startswith("<svg")
    assert drawing.begin(square(7)) is begun


def test_many_are_begun_before_the_first_is_drawn_and_each_is_its_own() -> None:
    begun = [drawing.begin(square(side, description="“é”\n\u2028")) for side in range(100, 140)]
    for side, chart in zip(range(100, 140), begun, strict=True):
        assert f"h{side}v" in chart.result()


def test_what_cannot_be_drawn_is_told_in_vegas_words_and_the_next_is_drawn() -> None:
    asking = square(8, data=[{"name": "elsewhere", "url": "http://127.0.0.1:9/figures.csv"}])
    with pytest.raises(ValueError, match="External data url not allowed"):
        drawing.begin(asking).result()
    assert drawing.begin(square(8)).result().startswith("<svg")


def test_a_process_that_was_killed_stops_one_release_and_not_the_next() -> None:
    drawing.begin(square(9)).result()
    drawing._vega().process.kill()
    with pytest.raises(ReleaseError, match=r"could not be drawn.*ended with -9.*before stands"):
        drawing.begin(square(11)).result()
    assert drawing.begin(square(11)).result().startswith("<svg")
