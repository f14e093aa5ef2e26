"""The charts of a page are begun together, each is drawn once, and whoever shows one waits for it."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from thindicators.site.content import Content
from thindicators.site.drawn import draw
from thindicators.site.marks import Texts
from thindicators.site.page_charts import begin_charts

TEXTS = Texts("chart", "A title", "What it shows")
SQUARE = {
    "$schema": "https://vega.github.io/schema/vega/v5.json",
    "width": 10,
    "height": 10,
    "marks": [{"type": "rect", "encode": {"enter": {"width": {"value": 7}}}}],
}


def test_every_page_has_its_charts(content: Content) -> None:
    charts = begin_charts(content.parts)
    assert list(charts) == [part.indicator.id for part in content.parts]
    for part in content.parts:
        of_page = charts[part.indicator.id]
        assert list(of_page.breakdowns) == list(
            dict.fromkeys(name for name, _ in part.other_groups)
        )
    assert any(of_page.among_peers for of_page in charts.values())


def test_what_is_shown_is_the_image_that_was_begun() -> None:
    drawing = draw(SQUARE, "wide", TEXTS)
    assert Markup(drawing).startswith('<svg class="wide" viewBox="0 0 10 10" role="img"')


def test_a_chart_asks_the_network_for_nothing() -> None:
    asking = {**SQUARE, "data": [{"name": "elsewhere", "url": "http://127.0.0.1:9/figures.csv"}]}
    with pytest.raises(ValueError, match="External data url not allowed"):
        Markup(draw(asking, "wide", TEXTS))
