"""The sentences at the top of a page say what its data say, and nothing more."""

from __future__ import annotations

import re

from thindicators.comparing.latest_figures import headline_of
from thindicators.comparing.summaries import summary
from thindicators.site.content import Content


def said_of(content: Content, indicator: str) -> str:
    part = next(part for part in content.parts if part.indicator.id == indicator)
    return summary(headline_of(part.latest))


def test_figure_comparison_and_trend_stand_first(content: Content) -> None:
    assert said_of(content, "employment_rate") == (
        "The latest figure for Tower Hamlets is 66.2%, for January to December 2023. "
        "It is worse than London (74.6%) and England (76.0%). "
        "Over the last five figures there is no clear change."
    )


def test_different_verdicts_are_told_apart(content: Content) -> None:
    assert "It is worse than London (61.6%), and not clearly different from England (46.1%)." in (
        said_of(content, "ehc_assessments_in_time")
    )


def test_a_similar_figure_is_never_different_from_one_of_two(content: Content) -> None:
    assert "not clearly different from London (7.32 out of 10) or England (7.38 out of 10)" in (
        said_of(content, "happiness")
    )


def test_where_no_trend_can_be_told_the_figure_before_is_given(content: Content) -> None:
    assert said_of(content, "gcse_english_maths_9_5").endswith(
        "The figure before it, for school year 2023 to 2024, was 51.6%."
    )


def test_too_few_answers_are_said_instead_of_a_comparison(content: Content) -> None:
    assert said_of(content, "level_1_qualification") == (
        "The latest figure for Tower Hamlets is 6.1%, for January to December 2021. "
        "It rests on too few answers to be compared."
    )


def test_without_a_figure_there_is_no_summary(content: Content) -> None:
    assert said_of(content, "feeling_safe") == ""


def test_every_number_of_a_summary_stands_in_the_indicators_page_again(
    content: Content, pages: dict[str, str]
) -> None:
    for part in content.parts:
        page = pages[f"indicators/{part.indicator.id}/index.html"]
        below = page.partition("</h1>")[2].partition("</p>")[2]
        for number in re.findall(r"£?[\d,]*\d(?:\.\d+)?%?", summary(headline_of(part.latest))):
            assert number in below, (part.indicator.id, number)


def test_a_related_measure_is_never_taken_for_the_plans_own(content: Content) -> None:
    said = said_of(content, "ehc_assessments_in_time")
    assert said.startswith(
        "The latest figure for Tower Hamlets is 46.0%, for 2025. It is a related measure:"
    )


def test_a_page_cites_the_publisher_that_gave_the_figure(pages: dict[str, str]) -> None:
    page = pages["indicators/ehc_assessments_in_time/index.html"]
    citation = page.partition("How to cite")[2].partition("</blockquote>")[0]
    assert "from Department for Education, " in citation
    assert 'data-source="Department for Education, ' in page
