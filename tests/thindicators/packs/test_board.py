"""What a board is shown is what the release says: the same figures, sentences and gaps."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.samples import sample_release
from thindicators.errors import ThindicatorsError
from thindicators.packs.board import Board, BoardIndicator, Wanted, board_of

TABLES = (
    "datapackage.json",
    "indicators.csv",
    "sources.csv",
    "latest.parquet",
    "observations.parquet",
)


@pytest.fixture(scope="module")
def contents() -> dict[str, bytes]:
    release = sample_release()
    return {name: (release / name).read_bytes() for name in TABLES}


@pytest.fixture(scope="module")
def board(contents: dict[str, bytes]) -> Board:
    return board_of(contents)


def every(board: Board) -> dict[str, BoardIndicator]:
    return {indicator.id: indicator for call in board.calls for indicator in call.indicators}


def test_it_has_every_indicator_under_its_call_to_action(board: Board) -> None:
    assert [call.number for call in board.calls] == [1, 2, 3, 4, 5]
    assert len(every(board)) == 30


def test_an_indicator_has_the_figure_and_the_sentences_of_the_table_of_latest_figures(
    board: Board,
) -> None:
    rows = pq.read_table(sample_release() / "latest.parquet").to_pylist()
    for indicator in every(board).values():
        headlines = [row for row in rows if row["indicator"] == indicator.id and row["is_headline"]]
        with_figure = [row for row in headlines if row["value"] is not None]
        shown = (with_figure or headlines)[0]
        assert (indicator.value, indicator.summary) == (
            shown["value_in_words"] or "",
            shown["summary"] or "",
        )
        assert bool(indicator.why_none) == (not with_figure)


def test_a_chart_has_the_figures_of_one_series_and_no_other(board: Board) -> None:
    chart = every(board)["healthy_life_expectancy_male"].chart
    assert chart is not None
    table = pq.read_table(sample_release() / "observations.parquet").to_pylist()
    own = [
        row["value"]
        for row in sorted(table, key=lambda row: row["period_end"])
        if row["indicator"] == "healthy_life_expectancy_male"
        and row["area_code"] == "E09000030"
        and row["series"] == "hle_modelled_health"
    ]
    assert own
    assert [value for value in chart.lines[0].values if value is not None] == own
    assert [line.name for line in chart.lines] == ["Tower Hamlets", "London", "England"]


def test_totals_are_drawn_of_the_plans_own_area_alone(board: Board) -> None:
    chart = every(board)["affordable_homes_delivered"].chart
    assert chart is not None
    assert [line.name for line in chart.lines] == ["Tower Hamlets"]


def test_what_has_no_figure_says_why_and_whose_it_is(board: Board) -> None:
    for indicator in board.missing:
        assert indicator.why_none
        assert indicator.owed_by
        assert indicator.chart is None


def test_a_call_to_action_can_be_asked_for(contents: dict[str, bytes]) -> None:
    board = board_of(contents, Wanted(call_to_action=2))
    assert board.part == "2. Better mental health and wellbeing"
    assert set(every(board)) == {"anxiety", "happiness", "life_satisfaction"}


def test_a_theme_goes_across_the_calls_to_action(contents: dict[str, bytes]) -> None:
    board = board_of(contents, Wanted(theme="health"))
    assert board.part == "Health and wellbeing"
    assert [call.number for call in board.calls] == [1, 2]


def test_a_part_that_is_not_there_is_answered_with_those_that_are(
    contents: dict[str, bytes],
) -> None:
    with pytest.raises(ThindicatorsError, match=r"no indicator of call to action 9 and theme x\."):
        board_of(contents, Wanted(9, "x"))
    with pytest.raises(ThindicatorsError, match="aspiration, children, cohesion"):
        board_of(contents, Wanted(theme="wealth"))


def test_a_sample_says_so(board: Board) -> None:
    assert board.is_sample
    assert "sample" not in board.title


def test_the_release_has_the_same_files(tmp_path: Path, contents: dict[str, bytes]) -> None:
    for name in ("board-slides.pptx", "board-paper.docx"):
        assert (sample_release() / name).stat().st_size > 10_000


def test_a_figure_that_stands_in_is_its_own_publishers_and_says_so(board: Board) -> None:
    plans = every(board)["ehc_assessments_in_time"]
    assert plans.source.startswith("Department for Education, ")
    assert plans.marks.startswith("a related measure")
    assert "It is a related measure: the one that the Plan names is awaited." in plans.summary
    assert plans.cells[1].startswith("46.0% (a related measure")


def test_what_must_be_known_of_a_figure_stands_with_it(board: Board) -> None:
    indicators = every(board)
    assert indicators["level_1_qualification"].cells[1] == "6.1% (unreliable)"
    assert indicators["co2_emissions"].cells[1] == "1,129.5 kilotonnes (provisional)"
    assert indicators["employment_rate"].cells[1] == "66.2%"


def test_a_figure_of_a_group_says_of_whom_it_is(board: Board) -> None:
    title, *_ = every(board)["community_grants_outputs"].cells
    assert title == "What the Mayor's Community Grants delivered: Organisations funded (Output)"


def test_a_missing_figure_keeps_its_place_so_that_no_line_crosses_it(
    contents: dict[str, bytes],
) -> None:
    """The middle one of five is withheld for all areas."""
    table = pq.read_table(BytesIO(contents["observations.parquet"]))
    rows = table.to_pylist()
    for row in rows:
        if row["indicator"] == "happiness" and row["period"] == "2020-04-01/P1Y":
            row |= {"value": None, "status": "c", "lower_ci_95": None, "upper_ci_95": None}
    sink = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), sink)
    board = board_of({**contents, "observations.parquet": sink.getvalue()})
    chart = every(board)["happiness"].chart
    assert chart is not None
    place = chart.periods.index("2020/21")
    assert {line.values[place] for line in chart.lines} == {None}
    assert None not in chart.lines[0].values[:place]
