from __future__ import annotations

from dataclasses import asdict, replace
from xml.etree import ElementTree

from tests.thindicators.history.test_revisions import figure, table
from thindicators.history.revisions import compare
from thindicators.outcomes.outcome import Acceptance
from thindicators.plan.model import Plan
from thindicators.telling.changes import accepted_since, changes_text, feed_text

BEFORE = table(figure(2019, 7.1), figure(2020, 7.0, lower_ci_95=6.8, upper_ci_95=7.2))
AFTER = table(figure(2020, 7.3, lower_ci_95=7.1, upper_ci_95=7.5), figure(2021, None))
ATOM = "{http://www.w3.org/2005/Atom}"


def test_changes_are_told_in_sentences_by_indicator(plan: Plan) -> None:
    text = changes_text(plan, compare(BEFORE, AFTER), "2026-11-22.1")
    assert text.splitlines() == [
        "# Changes since the release 2026-11-22.1",
        "",
        "## How happy people say they felt yesterday",
        "",
        "- 1 new figure: Tower Hamlets, 2021-01-01 to 2021-12-31: [x]",
        "- 1 figure revised: Tower Hamlets, 2020-01-01 to 2020-12-31: 7 became 7.3, 1.5 of the old limits",
        "- 1 figure withdrawn: Tower Hamlets, 2019-01-01 to 2019-12-31: 7.1",
    ]


def test_many_changes_are_counted_and_some_shown(plan: Plan) -> None:
    many = table(*(figure(year) for year in range(1990, 2020)))
    line = changes_text(plan, compare(table(), many), "2026-11-22.1").splitlines()[-1]
    assert line.startswith("- 30 new figures: ")
    assert line.endswith("; and 25 more in revisions.csv")


def test_the_first_release_has_none_to_compare_with(plan: Plan) -> None:
    assert "first release" in changes_text(plan, [], "")


def test_a_release_in_which_only_descriptions_changed_says_so(plan: Plan) -> None:
    assert "No figure has changed" in changes_text(plan, [], "2026-11-22.1")


def test_the_feed_has_one_entry_for_each_indicator_that_changed(plan: Plan) -> None:
    content = feed_text(
        plan, compare(BEFORE, AFTER), {"happiness": "2026-11-20T10:15:00Z"}, is_sample=True
    )
    feed = ElementTree.fromstring(content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "How happy people say they felt yesterday"
    ]
    assert entries[0].findtext(f"{ATOM}updated") == "2026-11-20T10:15:00Z"
    assert "1 figure revised" in (entries[0].findtext(f"{ATOM}summary") or "")
    assert "(sample edition)" in (feed.findtext(f"{ATOM}title") or "")
    assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "updated", "title"))


def test_text_in_the_changes_cannot_act_as_markup(plan: Plan) -> None:
    odd = table(figure(2020, category="<b>`a`|[x](http://y)", breakdown="odd"))
    assert r"\<b\>\`a\`\|\[x](http://y)" in changes_text(
        plan, compare(table(), odd), "2026-11-22.1"
    )


def test_text_in_the_feed_cannot_act_as_markup(plan: Plan) -> None:
    odd = table(figure(2020, category="<script>", breakdown="odd"))
    content = feed_text(plan, compare(table(), odd), {}, is_sample=False)
    assert b"<script>" not in content
    assert b"&lt;script&gt;" in content


def test_a_figure_in_another_unit_is_told_with_both(plan: Plan) -> None:
    after = table(figure(2019, 7.1, unit="percent"))
    text = changes_text(plan, compare(table(figure(2019, 7.1)), after), "2026-11-22.1")
    assert text.splitlines()[-1] == (
        "- 1 figure revised: Tower Hamlets, 2019-01-01 to 2019-12-31: 7.1 (score from 0 to 10) became 7.1 (percentage)"
    )


def test_figures_of_a_series_that_ended_are_not_told_as_new(plan: Plan) -> None:
    years = range(2015, 2020)
    before = table(*(figure(year, 7.0) for year in years))
    name = "aps_until_2026-11-22"
    ended = [figure(year, 7.0, series=name) for year in years]
    after = table(*ended, *(figure(year, 8.0) for year in years))
    closed = {("happiness", name)}
    accepted = {"happiness": [Acceptance("2026-11-22", "Weighted anew.", (name,))]}
    *_, restated, stay, reason = changes_text(
        plan, compare(before, after, closed), "2026-11-22.1", accepted
    ).splitlines()
    assert restated.startswith("- 5 figures restated, as most of the series moved at once: ")
    assert stay.startswith("- 5 figures stay as they were, in a series that has ended: ")
    assert reason == "- The reason, given on 22 November 2026: Weighted anew"


def test_an_acceptance_is_told_once_whatever_its_series_are_called_since() -> None:
    told = Acceptance("2026-11-22", "Weighted anew.", ("aps",))
    renamed = replace(told, closed=("aps_until_2026-11-23",))
    since = Acceptance("2026-11-23", "Weighted anew.", ("other",))
    before = {"accepted": [asdict(told)]}
    assert accepted_since(before, (renamed, since)) == [since]
    assert accepted_since(None, (told,)) == [told]
    assert accepted_since(before, (told, told)) == [told]


def test_a_figure_that_stays_is_not_said_to_have_become_itself(plan: Plan) -> None:
    """Limits by another method, or counts that came later, change nothing of the figure."""
    before = table(figure(2020, 7.0, lower_ci_95=6.8, upper_ci_95=7.2))
    after = table(figure(2020, 7.0, lower_ci_95=6.7, upper_ci_95=7.3))
    text = changes_text(plan, compare(before, after), "2026-11-22.1")
    assert "2020-12-31: 7 as before, with other limits" in text
    assert "became" not in text
    assert "of the old limits" not in text
