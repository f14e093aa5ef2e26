"""The public pages of the sample edition: what they say, in which order, and that they stay the same."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from tests.samples import sample_outcomes, sample_release, sample_run_context
from tests.thindicators.site.conftest import content_of, pages_of
from thindicators.comparing.verdicts import comparisons
from thindicators.fetching.snapshots import Receipt
from thindicators.formats.addresses import page_of
from thindicators.observations.observation import Observation, table_of, without_areas
from thindicators.observations.periods import years_from
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.refreshing import witnessing
from thindicators.release.publishing import publish
from thindicators.settings import Settings
from thindicators.site.content import Content
from thindicators.site.log import Entry
from thindicators.site.pages import NOT_FOUND, PLAIN, paths

LARGEST = 150_000

IN_THIS_ORDER = [
    "Over time",
    "What the Plan measures",
    "What is measured here",
    "Latest figure",
    "How it compares",
    "Groups",
    "Every figure",
    "What it measures and how to read it",
    "Source and dates",
    "Revisions of these figures",
    "Licence and attribution",
    "How to cite",
    "Get the data",
    "Code that reads it",
]


class Reader(HTMLParser):
    """Reads a page as plain words, and keeps what it links to and the levels of its headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loads: list[str] = []
        self.levels: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        for name in ("src", "srcset", "poster", "data"):
            if given.get(name):
                self.loads.append(given[name] or "")
        if tag == "link" and given.get("rel") in ("stylesheet", "preload", "icon", "preconnect"):
            self.loads.append(given.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def words_of(page: str) -> str:
    return Reader(page).text


def test_there_is_a_page_for_each_indicator_and_all_else(
    content: Content, pages: dict[str, str], plan: Plan
) -> None:
    assert set(paths(content)) == {name for name in pages if name.endswith(".html")}
    assert {page_of(indicator) for indicator in plan.indicators} <= set(pages)
    assert {f"{name}/index.html" for name in PLAIN} <= set(pages)


def test_each_page_says_that_it_is_of_a_sample(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        if path.endswith(".html"):
            header = page.partition("</header>")[0]
            assert "Sample edition." in words_of(header.partition("<body>")[2]), path


TELLING_OF_SAMPLES = (
    "Every page of the sample edition is opened",
    "PRACTICE for one handed in to a sample edition.",
)
"""Sentences of the live edition that tell what a sample edition is for."""


def test_no_page_of_the_live_edition_says_so(plan: Plan) -> None:
    for path, page in pages_of(content_of(plan, sample_outcomes(), is_sample=False)).items():
        for sentence in TELLING_OF_SAMPLES:
            page = page.replace(sentence, "")
        assert "ample edition" not in page, path


def test_a_page_is_small_and_loads_nothing_from_elsewhere(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        if not path.endswith(".html"):
            assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|https?://", page), path
            continue
        assert len(page.encode()) < LARGEST, path
        root = "../" * path.count("/")
        beside = [] if path == NOT_FOUND else [f"{root}style.css", f"{root}script.js"]
        assert sorted(Reader(page).loads) == sorted(["data:,", *beside]), path


def test_headings_are_in_order(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        if path.endswith(".html"):
            levels = Reader(page).levels
            assert levels[0] == 1, path
            assert levels.count(1) == 1, path
            assert all(after - before <= 1 for before, after in pairwise(levels)), path


def test_an_indicators_page_has_its_parts_in_order(pages: dict[str, str]) -> None:
    headings = re.findall(r"<(?:h2|h3|strong)[^>]*>(.*?):?</", pages[page_of("neet_16_17")])
    assert [one for one in headings if one in IN_THIS_ORDER] == IN_THIS_ORDER


def test_the_front_page_has_each_indicator_with_its_figure_or_the_reason(
    pages: dict[str, str], plan: Plan
) -> None:
    text = words_of(pages["index.html"])
    for indicator in plan.indicators.values():
        assert " ".join(indicator.title.split()) in text
    for call in plan.file.calls_to_action:
        assert call.title in text
    assert "66.2% January to December 2023" in text
    without = pages["index.html"].count('<p class="value">No figure yet</p>')
    count = len(plan.indicators)
    assert f"{count - without} of {count} indicators have a figure" in text
    assert "No figure yet Awaiting the council's return: the number of employers" in text


@pytest.mark.parametrize("outcome", sample_outcomes(), ids=lambda one: one.indicator)
def test_each_value_stands_in_a_table(outcome: Outcome, pages: dict[str, str], plan: Plan) -> None:
    page = pages[page_of(outcome.indicator)]
    cells = re.findall(r"<td>(.*?)</td>", page, re.DOTALL)
    # Those of other councils stand there for their latest period only.
    own = without_areas(outcome.table, plan.indicators[outcome.indicator].peers)
    rows = own.to_pylist()
    with_value = [row for row in rows if row["value"] is not None]
    assert sum(
        bool(re.match(r"[\u2212£]?\d", cell)) for cell in cells if "limits" in cell or cell
    ) >= len(with_value)
    if any(row["status"] == "x" for row in rows):
        assert "not available [x]" in page


def test_verdicts_on_pages_are_those_of_the_data(content: Content, pages: dict[str, str]) -> None:
    outcomes = [part.outcome for part in content.parts]
    for one in comparisons(content.plan, outcomes):
        if one.verdict and one.kind == "comparison" and one.breakdown == "total":
            said = one.words.partition(": ")[2]
            text = words_of(pages[page_of(one.indicator)])
            assert said.lower() in text.lower(), one


def test_a_page_without_a_figure_compares_nothing(content: Content, pages: dict[str, str]) -> None:
    without = [part for part in content.parts if part.headline is None]
    assert without
    for part in without:
        page = pages[page_of(part.indicator.id)]
        is_printed = bool(part.indicator.printed_in_plan)
        assert ("How it compares" in page) == is_printed
        assert "There is no figure for Tower Hamlets yet." not in page


def test_figures_that_the_plan_printed_are_shown_with_what_became_of_them(
    pages: dict[str, str],
) -> None:
    life = words_of(pages[page_of("healthy_life_expectancy_female")])
    assert "58 years for 2018 to 2020. It has been replaced since" in life
    assert "gives 62.8 years. The two may not be compared." in life
    survey = words_of(pages[page_of("getting_on_well")])
    assert (
        "87% for 2023. The Plan names the year 2022; the survey is that of 2023. The figure for that time stands"
        in survey
    )


def test_an_indicator_whose_source_is_paused_says_so(pages: dict[str, str]) -> None:
    text = words_of(pages[page_of("happiness")])
    assert "Paused by the publisher." in text
    assert "there are none" in text


def two_series(plan: Plan) -> Outcome:
    """Women's healthy life expectancy with the series that the Plan knew beside today's."""
    rows = [
        Observation(
            indicator="healthy_life_expectancy_female",
            area_code=area,
            period=years_from(year - 2, 3, f"{year - 2} - {year % 100}"),
            value=value,
            unit="years",
            series=series,
            source_text=str(value),
            snapshot="0" * 64,
            lower_ci_95=value - 2,
            upper_ci_95=value + 2,
        )
        for area in ("E09000030", "E92000001")
        for series, figures in (
            ("hle_older_method", {2017: 57.2, 2019: 59.4, 2020: 57.8}),
            ("hle_modelled_health", {2017: 59.9, 2019: 62.4, 2020: 62.8, 2024: 59.2}),
        )
        for year, value in figures.items()
    ]
    table = table_of(rows, plan.area_names)
    sample = next(
        one for one in sample_outcomes() if one.indicator == "healthy_life_expectancy_female"
    )
    return replace(sample, table=table)


def test_series_of_the_same_years_stand_in_charts_of_their_own(plan: Plan) -> None:
    page = pages_of(content_of(plan, [two_series(plan)]))[page_of("healthy_life_expectancy_female")]
    text = words_of(page)
    assert page.count('<figure class="chart">') == 2
    assert "An earlier or another series." in text
    assert "ONS replaced the whole series, under the same id" in text
    assert "It has been replaced since" in text, (
        "58 is 57.8 of the older series, and is 62.8 of the newer"
    )


def test_a_page_with_a_break_shows_it(pages: dict[str, str]) -> None:
    page = pages[page_of("co2_emissions")]
    assert re.search(r"<text[^>]*>1</text>.*<text[^>]*>2</text>", page)
    text = words_of(page)
    assert "Break 1 before 2013: The method for transport changed" in text
    assert "The line is broken before 2013" in text
    assert "break in the series" in text


def test_every_chart_has_a_text_and_its_figures_in_a_table(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        for chart in re.findall(r'<figure class="chart">.*?</figure>', page, re.DOTALL):
            assert chart.count('role="img"') == 2, path
            assert all(len(one) > 40 for one in re.findall(r"<desc[^>]*>(.*?)</desc>", chart)), path
        if '<figure class="chart">' in page:
            assert "<table>" in page, path


def test_ids_are_used_once(pages: dict[str, str]) -> None:
    for path, page in pages.items():
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), path


def test_what_a_publisher_writes_is_never_markup(plan: Plan) -> None:
    sample = next(one for one in sample_outcomes() if one.indicator == "employment_rate")
    rows = sample.table.to_pylist()
    for row in rows:
        row["note"] = "<script>alert(1)</script>"
    hostile = replace(
        sample,
        table=sample.table.from_pylist(rows, sample.table.schema),
        state="stale",
        reason="<b>x</b>",
    )
    page = pages_of(content_of(plan, [hostile]))[page_of("employment_rate")]
    assert "<script>alert" not in page
    assert "<b>x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_same_content_gives_the_same_bytes(plan: Plan) -> None:
    assert pages_of(content_of(plan, sample_outcomes())) == pages_of(
        content_of(plan, list(sample_outcomes()))
    )


def test_a_change_of_one_indicator_leaves_the_pages_of_the_others_as_they_are(
    content: Content,
) -> None:
    before = pages_of(content)
    outcomes = [
        replace(one, table=one.table.slice(0, one.table.num_rows - 3), receipts=_later(one))
        if one.indicator == "gdhi_per_head"
        else one
        for one in (part.outcome for part in content.parts)
    ]
    log = {**content.logs, "gdhi_per_head": [Entry("2026-12-01", ("3 figures withdrawn.",))]}
    after = pages_of(
        replace(
            content_of(content.plan, outcomes),
            downloads=content.downloads,
            logs=log,
            descriptions=content.descriptions,
            witnessed=content.witnessed,
            councils_elsewhere=content.councils_elsewhere,
        )
    )
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {
        "index.html",
        page_of("gdhi_per_head"),
        "revisions/index.html",
        *(
            f"{name}/index.html"
            for name in PLAIN
            if "1 December 2026" in after[f"{name}/index.html"]
        ),
    }


def _later(outcome: Outcome) -> tuple[Receipt, ...]:
    return tuple(replace(one, retrieved="2026-12-01T09:00:00Z") for one in outcome.receipts)


def test_a_revised_figure_of_the_plan_is_said_to_be(plan: Plan) -> None:
    sample = next(one for one in sample_outcomes() if one.indicator == "getting_on_well")
    rows = sample.table.to_pylist()
    for row in rows:
        if row["year"] == 2019:
            row["value"] = 76.4
    revised = replace(sample, table=sample.table.from_pylist(rows, sample.table.schema))
    text = words_of(pages_of(content_of(plan, [revised]))[page_of("getting_on_well")])
    assert (
        "78% for March to May 2019. It has been revised since: for the same time it is 76% now."
        in text
    )


def test_the_calendar_names_every_source_and_the_paused_ones_apart(
    pages: dict[str, str], plan: Plan
) -> None:
    text = words_of(pages["calendar/index.html"])
    for source in plan.sources.values():
        assert source.title in text
    assert "Paused The Office for National Statistics has paused" in text


def test_the_attributions_are_those_of_the_sources(pages: dict[str, str], plan: Plan) -> None:
    text = words_of(pages["sources/index.html"])
    for source in plan.sources.values():
        assert " ".join(source.attribution.split()) in text


def test_the_dictionary_has_every_column(pages: dict[str, str], content: Content) -> None:
    text = words_of(pages["dictionary/index.html"])
    for schema in content.schemas.values():
        for field in schema["fields"]:
            assert " ".join(field["description"].split()) in text


def test_writing_makes_the_files(published: Path, pages: dict[str, str]) -> None:
    for path, page in pages.items():
        assert (published / path).read_text(encoding="utf-8") == page


def test_a_second_release_with_one_changed_indicator_leaves_the_pages_of_the_others_as_they_are(
    tmp_path: Path,
) -> None:
    first = sample_run_context()
    for folder in (first.settings.state, sample_release().parent.parent):
        shutil.copytree(folder, tmp_path / folder.name, symlinks=True)
    settings = Settings(state=tmp_path / "state", published=tmp_path / "published")
    # From no ledger, so that the ledgers of the first release do not take their place.
    revisions = [replace(revised(one), places={}) for one in sample_outcomes()]
    made = publish(replace(first, settings=settings), revisions, statements=witnessing.hear(first))
    assert made.is_new
    before, after = (page_bytes(folder) for folder in (sample_release(), made.folder))
    assert {path for path in before if before[path] != after.get(path)} >= {
        page_of("happiness"),
        "index.html",
    }
    others = {page_of(one.indicator) for one in sample_outcomes()} - {page_of("happiness")}
    assert {path: after[path] for path in others} == {path: before[path] for path in others}


def revised(outcome: Outcome) -> Outcome:
    """Another figure for happiness, and everything else as it was."""
    if outcome.indicator != "happiness":
        return outcome
    values = outcome.table["value"].to_pylist()
    changed = next(place for place, value in enumerate(values) if value is not None)
    values[changed] += 0.01
    other = pa.array(values, outcome.table.schema.field("value").type)
    place = outcome.table.schema.get_field_index("value")
    return replace(
        outcome, table=outcome.table.set_column(place, outcome.table.schema.field(place), other)
    )


def page_bytes(release: Path) -> dict[str, bytes]:
    return {
        path.relative_to(release).as_posix(): path.read_bytes() for path in release.rglob("*.html")
    }


def test_a_page_says_how_new_the_newest_public_figure_is_for_older_groups_too(plan: Plan) -> None:
    pages = pages_of(content_of(plan, sample_outcomes()))
    exams = words_of(pages[page_of("gcse_english_maths_9_5")])
    assert "For school year 2024 to 2025, which ended on 31 August 2025." in exams
    assert (
        "Older for some groups. Eligible for free school meals: school year 2018 to 2019." in exams
    )
    assert "Newest public figure." not in pages[page_of("good_work_standard_employers")]
