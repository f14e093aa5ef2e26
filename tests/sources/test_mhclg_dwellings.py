"""The ministry's dwelling stock: the total of 31 March, by table, code and spelling, and the census it is based on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources import SAMPLES, mhclg_dwellings
from sources.publishers import live_tables
from sources.reading.files import sheets
from sources.samples import compose_mhclg_dwellings
from tests.sources.dwelling_answers import (
    BASED_ON_2021,
    REBASED,
    REBASED_YEARS,
    Cells,
    ods,
    page,
    table_125,
)
from tests.sources.publishers.nomis_bodies import AREAS, ENGLAND, LONDON, TOWER_HAMLETS, snapshot
from tests.sources.sample_readings import origins_in
from tests.support import one, real
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]

SAMPLE = SAMPLES / "mhclg_dwellings"
REAL_TABLE_100 = "dwellings/LT_100_dwellings_tenure_district.ods"
BEFORE, AFTER = "before_2021_census", "after_2021_census"

TABLE_100 = {
    TOWER_HAMLETS: {
        2009: 100471.0,
        2010: 103509.0,
        2011: 105379.0,
        2012: 108254.12926136363,
        2013: 109215.12926136363,
        2014: 109875.12926136363,
        2015: 110791.12926136363,
        2016: 113185.12926136363,
        2017: 118012.12926136363,
        2018: 120015.12926136363,
        2019: 121539.12926136363,
        2020: 126103.12926136363,
        2021: 129351.12926136363,
    },
    LONDON: {2012: 3383029.3766071736, 2018: 3556161.3766071736, 2021: 3670832.3766071736},
    ENGLAND: {
        2009: 22693802.482106056,
        2011: 22976066.0,
        2018: 24172252.903676156,
        2021: 24873320.903676156,
    },
}
"""Live table 100, edition of 12 May 2022."""

CELLS = [(area, year, value) for area, years in TABLE_100.items() for year, value in years.items()]


@pytest.fixture
def read_part(plan: Plan, live_client: Callable[..., Client]) -> Read:
    """Fetches the live tables over loopback with the live code and reads the dwellings."""

    def read(answers: Answers | None = None) -> list[Observation]:
        indicators = plan.indicators_of("mhclg_dwellings")
        client = live_client("mhclg_dwellings", answers)
        return mhclg_dwellings.parse(
            indicators[0].with_only_peers(()), by_role(mhclg_dwellings.fetch(client, indicators))
        )

    return read


# --- the sample: live table 100 of May 2022 ------------------------------------------------------------------------


@pytest.mark.parametrize(("area", "year", "value"), CELLS)
def test_the_sample_has_the_totals_of_table_100(
    read_part: Read, area: str, year: int, value: float
) -> None:
    figure = one(read_part(), area_code=area, year=year)
    assert (figure.value, figure.unit, figure.status, figure.series) == (value, "count", "", BEFORE)
    assert (figure.breakdown, figure.category) == ("part", "dwellings")


def test_a_total_is_kept_letter_for_letter_with_its_fraction(read_part: Read) -> None:
    assert one(read_part(), area_code=TOWER_HAMLETS, year=2018).source_text == "120015.12926136363"
    assert one(read_part(), area_code=TOWER_HAMLETS, year=2009).source_text == "100471"


def test_a_period_is_the_31_of_march(read_part: Read) -> None:
    period = one(read_part(), area_code=ENGLAND, year=2021).period
    assert (period.iso, period.label) == ("2021-03-31/P1D", "31 March 2021")


def test_the_edition_and_the_census_it_is_based_on_are_said(read_part: Read) -> None:
    assert {row.note for row in read_part() if row.value} == {
        "Live table 100, latest update 12 May 2022, based on the 2011 Census."
    }


@pytest.mark.parametrize("year", [2009, 2010, 2011])
def test_london_is_not_available_where_table_100_has_no_row_for_it(
    read_part: Read, year: int
) -> None:
    figure = one(read_part(), area_code=LONDON, year=year)
    assert (figure.value, figure.status) == (None, "x")
    assert "no row for this area" in figure.note


@pytest.mark.parametrize(
    ("year", "revision"), [(2009, "r"), (2011, "r"), (2012, "p"), (2013, ""), (2021, "p")]
)
def test_the_marks_of_a_header_are_kept(read_part: Read, year: int, revision: str) -> None:
    assert one(read_part(), area_code=ENGLAND, year=year).revision == revision


def test_the_sample_workbook_is_composed_from_its_origin() -> None:
    assert (
        SAMPLE / compose_mhclg_dwellings.WORKBOOK
    ).read_bytes() == compose_mhclg_dwellings.compose()


def test_every_figure_of_the_sample_has_its_origin(read_part: Read) -> None:
    origin = {(row["area"], int(row["period"])): float(row["value"]) for row in origins_in(SAMPLE)}
    figures = {
        (row.area_code, row.period.year): row.value for row in read_part() if row.value is not None
    }
    assert figures == origin


# --- the ministry's own workbook -----------------------------------------------------------------------------------


def test_the_ministrys_own_table_100_is_read_cell_by_cell(read_part: Read) -> None:
    rows = read_part(page({"LT_100.ods": real(REAL_TABLE_100).read_bytes()}))
    for area, year, value in CELLS:
        assert one(rows, area_code=area, year=year).value == value
    assert len(rows) == 13 * 3
    assert {row.series for row in rows} == {BEFORE}
    assert {row.note for row in rows if row.value} == {
        "Live table 100, latest update 12 May 2022, based on the 2011 Census."
    }


def test_other_districts_of_the_ministrys_own_workbook() -> None:
    workbook = snapshot("mhclg_dwellings", "table 100", real(REAL_TABLE_100).read_bytes())
    read_later = [sheet for sheet in sheets(workbook) if sheet.name != "2009"]
    for area, year, value in [
        ("E06000001", 2010, 41770.7),
        ("E06000001", 2021, 44666.0),
        ("E06000002", 2018, 62718.0),
        ("E06000004", 2012, 82708.0),
    ]:
        stocks = live_tables.read_table_100(read_later, [area])
        assert next(stock for stock in stocks if stock.year == year).value == value


@pytest.mark.parametrize(
    ("council", "figures"),
    [
        ("E06000060", {2012: 209888, 2020: 228059, 2021: 230039}),
        ("E06000065", {2012: 279202, 2021: 300528}),
        ("E08000038", {2010: 103963.4, 2012: 105801, 2021: 113022}),
        ("E08000039", {2010: 236126.5, 2021: 253737}),
    ],
)
def test_a_council_is_found_by_a_code_that_it_had_before(
    council: str, figures: dict[int, float]
) -> None:
    """In 2021 the county that Buckinghamshire was has a row of its own still, with no dwellings in it."""
    workbook = snapshot("mhclg_dwellings", "table 100", real(REAL_TABLE_100).read_bytes())
    read_later = [sheet for sheet in sheets(workbook) if sheet.name != "2009"]
    stocks = live_tables.read_table_100(read_later, [council])
    values = {stock.year: stock.value for stock in stocks}
    assert {year: values[year] for year in figures} == figures


# --- table 125 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coded", [True, False], ids=["with codes", "England and London by name"])
@pytest.mark.parametrize(
    "name", ["LiveTable125.ods", "LT_125.ods", "Live_Table_125.ods", "LT_125v2.ods"]
)
def test_table_125_comes_before_table_100(read_part: Read, name: str, coded: bool) -> None:
    files = {
        name: ods(Table_125=table_125(coded=coded)),
        "Live_Table_100.ods": b"",
        "Live_Table_615.ods": b"",
    }
    rows = read_part(page(files))
    for area in AREAS:
        assert [row.value for row in rows if row.area_code == area] == REBASED[area]
    assert [row.period.year for row in rows[:6]] == list(REBASED_YEARS)
    assert {row.series for row in rows} == {AFTER}


def test_without_a_day_in_the_workbook_the_page_says_when_it_was_updated(read_part: Read) -> None:
    note = read_part(page({"LiveTable125.ods": ods(Table_125=table_125())}))[0].note
    assert (
        "Table in LiveTable125.ods (page updated on 21 May 2026), based on the 2021 Census" in note
    )


def test_of_two_sheets_the_unrounded_one_is_read(read_part: Read) -> None:
    rounded = {area: [round(figure, -3) for figure in figures] for area, figures in REBASED.items()}
    sheets_of = {
        "Table_125_(rounded)": table_125(rows=rounded),
        "Table_125_(unrounded)": table_125(),
    }
    rows = read_part(page({"LiveTable125.ods": ods(**sheets_of)}))
    assert one(rows, area_code=TOWER_HAMLETS, year=2018).value == 123_600


@pytest.mark.parametrize(
    ("mark", "revision"),
    [
        ("", ""),
        (" [p]", "p"),
        (" (P)", "p"),
        (" (P, R)1", "p"),
        (" [r] [note 2]", "r"),
        (" (R)²", "r"),
        (" [note 11]", ""),
    ],
)
def test_the_marks_of_a_year(read_part: Read, mark: str, revision: str) -> None:
    header = [*map(str, range(2018, 2023)), f"2023{mark}"]
    rows = read_part(page({"LT_125.ods": ods(Table_125=table_125(header=header))}))
    assert one(rows, area_code=ENGLAND, year=2023).revision == revision


def test_a_symbol_says_that_a_total_is_not_available(read_part: Read) -> None:
    cells = table_125(rows=replaced(LONDON, 0, "[x]"))
    figure = one(read_part(page({"LT_125.ods": ods(T125=cells)})), area_code=LONDON, year=2018)
    assert (figure.value, figure.status, figure.source_text) == (None, "x", "[x]")


# --- the vintage ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "notes",
    [
        "",
        "Figures are estimates.",
        "Estimates have been rebased to the 2021 Census. They are rounded.",
        "The baseline is the censuses of 2001, 2011 and 2021, and net additional dwellings of each year.",
        "The 2031 Census will be used as a baseline when it is there.",
    ],
)
def test_the_vintage_is_known_by_englands_figure_too(read_part: Read, notes: str) -> None:
    rows = read_part(page({"LT_125.ods": ods(T125=table_125(notes))}))
    assert {row.series for row in rows} == {AFTER}


@pytest.mark.parametrize(
    ("notes", "census"),
    [
        (
            "Total stock figures use the census 2001 and census 2011 dwelling counts as a baseline",
            2011,
        ),
        ("Totals use the Census 2001, 2011 and 2021 as a baseline.", 2021),
        ("The estimates were rebased to the 2021 Census.", 2021),
        ("The baseline is the census of 2011. It has not been rebased to the 2021 Census.", 2011),
        ("The 2021 Census counted 24.9 million dwellings.", None),
        ("The baseline is the census count, as at 31 March 2021.", None),
    ],
)
def test_the_census_that_totals_are_based_on(notes: str, census: int | None) -> None:
    found = sheets(snapshot("mhclg_dwellings", "table 125", ods(T125=table_125(notes))))
    assert live_tables.baseline_census(found) == census


def replaced(area: str, index: int, cell: float | str) -> dict[str, Sequence[float | str]]:
    figures: list[float | str] = list(REBASED[area])
    figures[index] = cell
    return {**REBASED, area: figures}


WITHOUT_2021: Cells = [row[:3] + row[3:6] for row in table_125("")]
REFUSED: dict[str, tuple[Cells, str]] = {
    "words and figures that contradict each other": (
        table_125("Totals use the census 2011 as a baseline."),
        "by the publisher's words before_2021_census, by the figures \\['after_2021_census'\\]",
    ),
    "a figure that the publisher has restated": (
        table_125(rows=replaced(ENGLAND, 3, 24_950_000)),
        "not repeated are those of \\['after_2021_census', 'before_2021_census'\\].*Never mix two vintages",
    ),
    "nothing that tells the vintage": (
        WITHOUT_2021,
        "by the publisher's words none, by the figures none",
    ),
    "a census that nobody has described": (
        table_125("Totals are based on the 2031 Census."),
        "based on the census of one of \\[2011, 2021\\]; came 2031.*add the census",
    ),
    "no area": (
        table_125(rows={LONDON: REBASED[LONDON], ENGLAND: REBASED[ENGLAND]}),
        "one row with “E09000030” or “00BG”; came 0 rows",
    ),
    "two rows that differ": (
        [*table_125(), ["", "", "London Boroughs", *REBASED[TOWER_HAMLETS]]],
        "one row with “E12000007” or “London” or “London Boroughs”; came 2 rows with 2 different figures",
    ),
    "an unknown symbol": (
        table_125(rows=replaced(TOWER_HAMLETS, 1, "n/a")),
        "a number; came 'n/a'.*sheet “T125”, row 5, column “2019”",
    ),
    "an empty cell": (
        table_125(rows=replaced(TOWER_HAMLETS, 1, "")),
        "a number; came an empty cell",
    ),
    "no dwellings at all": (table_125(rows=replaced(TOWER_HAMLETS, 1, 0.0)), "above zero; came 0"),
    "an unknown mark": (
        table_125(header=[*map(str, range(2018, 2023)), "2023 [b]"]),
        "the marks .*; came  \\[b\\].*what the mark means",
    ),
    "a year left out": (
        table_125(header=["2018", "2019", "2020", "2021", "2022", "2024"]),
        "years that follow each other",
    ),
    "no row of years": (
        [["Live Table 125: Dwelling stock"]],
        "one sheet of dwellings by year.*came 0 among",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_table_in_doubt_is_refused(read_part: Read, why: str) -> None:
    cells, said = REFUSED[why]
    with pytest.raises(SourceError, match=said):
        read_part(page({"LT_125.ods": ods(T125=cells)}))


def test_an_equal_second_row_is_no_doubt(read_part: Read) -> None:
    cells: Cells = [*table_125(), ["", "", "London Boroughs", *REBASED[LONDON]]]
    assert (
        one(read_part(page({"LT_125.ods": ods(T125=cells)})), area_code=LONDON, year=2018).value
        == 3_589_803
    )


def test_two_sheets_of_years_are_refused(read_part: Read) -> None:
    with pytest.raises(SourceError, match="came 2 among"):
        read_part(page({"LT_125.ods": ods(T125=table_125(), Change_125=table_125())}))


def year_sheet(year: int, **changed: str) -> Cells:
    said = {
        "title": f"Table 100: Number of Dwellings, {year}",
        "total": "Total (P)1",
        "london": "London Boroughs",
    }
    text = {**said, "notes": BASED_ON_2021, **changed}
    index = year - REBASED_YEARS[0]
    return [
        [text["title"]],
        ["", "DCLG code", "Current\nONS code", text["total"]],
        ["England", "", ENGLAND, REBASED[ENGLAND][index]],
        [text["london"], "", "", REBASED[LONDON][index]],
        ["", "E5900", TOWER_HAMLETS, REBASED[TOWER_HAMLETS][index]],
        [text["notes"]],
    ]


def test_table_100_is_the_second_way(read_part: Read) -> None:
    rows = read_part(
        page({"Live_Table_100.ods": ods(**{"2020": year_sheet(2020), "2021": year_sheet(2021)})})
    )
    assert one(rows, area_code=LONDON, year=2021).value == 3_715_732
    assert {row.series for row in rows} == {AFTER}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"title": "Table 100: Number of Dwellings, 2020"}, "a title with “Table 100” and 2021"),
        ({"total": "All"}, "one row with columns “… ONS code” and “Total …”; came 0 such rows"),
        ({"total": "Total [b]"}, "the marks"),
        ({"london": "Outer London"}, "“London Boroughs”; came 0 rows"),
        (
            {"notes": "Totals use the census 2011 as a baseline."},
            "one census that all totals are based on",
        ),
    ],
)
def test_a_sheet_of_table_100_in_doubt_is_refused(
    read_part: Read, changed: dict[str, str], said: str
) -> None:
    workbook = ods(**{"2020": year_sheet(2020), "2021": year_sheet(2021, **changed)})
    with pytest.raises(SourceError, match=said):
        read_part(page({"LT_100.ods": workbook}))


def test_a_table_100_without_years_is_refused(read_part: Read) -> None:
    with pytest.raises(SourceError, match="a sheet for each year"):
        read_part(page({"LT_100.ods": ods(Notes=[["Table 100"]])}))


def test_a_page_without_the_tables_is_refused(read_part: Read) -> None:
    with pytest.raises(SourceError, match=r"one attached file named like .*125"):
        read_part(page({"Live_Table_615.ods": b""}))


@given(st.permutations([0, 1, 2]), st.integers(0, 6), st.booleans())
def test_an_area_is_found_wherever_its_row_stands(
    order: list[int], above: int, coded: bool
) -> None:
    lines = table_125(coded=coded)
    body = [lines[4 + index] for index in order]
    filling: Cells = [["A note"] for _ in range(above)]
    found = sheets(
        snapshot("mhclg_dwellings", "table 125", ods(T125=[*filling, *lines[:4], *body]))
    )
    stocks = live_tables.read_table_125(found, AREAS)
    assert {
        area: [stock.value for stock in stocks if stock.area == area] for area in AREAS
    } == REBASED


# --- the files as they are called ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "name"), [(125, "LiveTable125.ods"), (100, "Live_Table_100.ods"), (100, "LT_100.ods")]
)
def test_the_names_that_files_had_in_2025_and_2026_are_known(table: int, name: str) -> None:
    assert [
        number for number, pattern in mhclg_dwellings.FILES.items() if pattern.fullmatch(name)
    ] == [table]
