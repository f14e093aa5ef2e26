"""Plans within 20 weeks: marked as a stand-in, with and without exceptions, two releases joined only if they agree."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources import SAMPLES, dfe_ehc
from tests.sources.ees_files import as_csv, file_answer, listed, listing, plan_for, with_periods
from tests.sources.sample_readings import origins_in
from tests.support import one, real
from thindicators.areas.register import register
from thindicators.errors import PlanError, SourceError
from thindicators.fetching.answers import Answers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Indicator, Plan

INDICATOR = "ehc_assessments_in_time"
TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
FILE_ID, EARLIER_ID = "90d7c9d3-d811-46f1-ae61-39ea674d4654", "0efe0d40-2c9f-4352-9658-d7439c99aff1"
PUBLICATION, FILENAME = "education-health-and-care-plans", "timeliness_20_week.csv"
REAL_FILE = "dfe/sen2_mi_2023release.csv"
SAMPLE = SAMPLES / "dfe_ehc"

Rows = Sequence[Mapping[str, str]]
Read = Callable[..., list[Observation]]


@pytest.fixture
def asking(tmp_path: Path) -> Callable[..., Indicator]:
    """Makes the indicator as the source sees it, with something else in its `ask`, from a plan of its own."""

    def make(areas: Sequence[str] = (), **ask: object) -> Indicator:
        def change(written: dict[str, Any]) -> None:
            written["also"]["dfe_ehc"]["ask"] |= ask

        plan = plan_for(tmp_path, INDICATOR, {area: area for area in areas}, change)
        return plan.indicators[INDICATOR].seen_by("dfe_ehc")

    return make


@pytest.fixture
def sample(plan: Plan, live_client: Callable[..., Client]) -> list[Observation]:
    """The sample, with the live code, over loopback."""
    return read_with(live_client("dfe_ehc"), plan.indicators[INDICATOR].seen_by("dfe_ehc"))


def read_with(client: Client, indicator: Indicator) -> list[Observation]:
    expected = indicator.with_only_peers(())
    return dfe_ehc.parse(expected, by_role(dfe_ehc.fetch(client, [indicator])))


def answers(newest: bytes, earlier: bytes = b"", *entries: dict[str, Any]) -> Answers:
    """A catalogue that lists some files, and gives the one with our id and one of an older release."""
    listed_files = entries or (with_periods(listing(FILENAME, id=FILE_ID), newest),)
    files = (file_answer(newest, FILE_ID), file_answer(earlier, EARLIER_ID))
    return Answers(date(2026, 11, 22), (*listed(PUBLICATION, listed_files), *files))


# --- the sample ---

IN_TIME = [
    (TOWER_HAMLETS, [100, 99.3, 57.8, 21.4, 39.9, 41.8, 5.5, 32, None, 48.3, 39.7, 46]),
    (LONDON, [70.5, 70.8, 60.6, 58.4, 58.1, 64.6, 61.8, 63.9, 54.7, 70, 66.9, 61.6]),
    (ENGLAND, [64.3, 59.2, 58.6, 64.9, 60.1, 60.4, 58, 59.9, 49.2, 50.3, 46.4, 46.1]),
]
WITH_EXCEPTIONS = [
    (TOWER_HAMLETS, [100, 99.5, 58.4, 21.4, 38.1, 40.4, 7, 30.2, None, 46.6, 39.3, 44.7]),
    (LONDON, [64, 64.2, 52.7, 52.4, 54.6, 60.2, 57.3, 59.3, 51.9, 67.8, 64.7, 60.3]),
    (ENGLAND, [61.5, 54.6, 55.7, 61.3, 58, 58.7, 55.6, 57.9, 47.7, 49.1, 45.9, 45.5]),
]


@pytest.mark.parametrize(("area", "values"), IN_TIME)
def test_sample_headline_leaves_out_the_exceptions(
    sample: list[Observation], area: str, values: list[float | None]
) -> None:
    rows = [
        row
        for row in sample
        if (row.area_code, row.breakdown, row.category) == (area, "total", "total")
    ]
    assert [row.value for row in rows] == values
    assert [row.period.iso for row in rows] == [f"{year}-01-01/P1Y" for year in range(2014, 2026)]


@pytest.mark.parametrize(("area", "values"), WITH_EXCEPTIONS)
def test_sample_has_the_exceptions_as_a_breakdown(
    sample: list[Observation], area: str, values: list[float | None]
) -> None:
    rows = [
        row
        for row in sample
        if (row.area_code, row.breakdown, row.category) == (area, "exceptions", "included")
    ]
    assert [row.value for row in rows] == values


@pytest.mark.parametrize(
    ("area", "year", "category", "numerator", "denominator", "cell"),
    [
        (TOWER_HAMLETS, 2014, "total", 3, 3, "100.000000000000"),
        (TOWER_HAMLETS, 2014, "included", 8, 8, "100.000000000000"),
        (TOWER_HAMLETS, 2018, "total", 120, 301, "39.900000000000"),
        (TOWER_HAMLETS, 2019, "total", 124, 297, "41.8"),
        (TOWER_HAMLETS, 2019, "included", 124, 307, "40.4"),
        (TOWER_HAMLETS, 2020, "total", 12, 219, "5.5"),
        (TOWER_HAMLETS, 2023, "total", 320, 663, "48.3"),
        (TOWER_HAMLETS, 2024, "total", 217, 546, "39.7"),
        (TOWER_HAMLETS, 2024, "included", 233, 593, "39.3"),
        (TOWER_HAMLETS, 2025, "total", 314, 683, "46"),
        (TOWER_HAMLETS, 2025, "included", 314, 703, "44.7"),
        (LONDON, 2025, "total", 8552, 13874, "61.6"),
        (LONDON, 2025, "included", 8806, 14603, "60.3"),
        (ENGLAND, 2015, "total", 11675, 19712, "59.200000000000"),
        (ENGLAND, 2025, "total", 43997, 95411, "46.1"),
        (ENGLAND, 2025, "included", 46498, 102203, "45.5"),
    ],
)
def test_sample_counts_and_cells(
    sample: list[Observation],
    area: str,
    year: int,
    category: str,
    numerator: int,
    denominator: int,
    cell: str,
) -> None:
    row = one(sample, area_code=area, year=year, category=category)
    assert (row.numerator, row.denominator, row.source_text) == (numerator, denominator, cell)
    assert (row.unit, row.status, row.revision, row.lower_ci_95) == ("percent", "", "", None)


@pytest.mark.parametrize("category", ["total", "included"])
def test_tower_hamlets_has_no_figure_for_2022(sample: list[Observation], category: str) -> None:
    row = one(sample, area_code=TOWER_HAMLETS, year=2022, category=category)
    assert (row.value, row.numerator, row.denominator) == (None, None, None)
    assert (row.status, row.source_text) == ("x", "x")
    assert [row.period.year for row in sample if row.value is None] == [2022, 2022]


def test_every_figure_says_that_it_stands_in(sample: list[Observation]) -> None:
    notes = {row.category: row.note for row in sample}
    assert notes == {"total": dfe_ehc.WITHOUT_EXCEPTIONS, "included": dfe_ehc.WITH_EXCEPTIONS}
    assert len({row.note for row in sample}) == 2
    assert all(
        note.startswith("A stand-in, not the Plan's own measure: ") for note in notes.values()
    )


def test_series_break_where_records_of_each_person_start(sample: list[Observation]) -> None:
    assert {row.period.year: row.series for row in sample} == {
        **dict.fromkeys(range(2014, 2022), "dfe_council_totals"),
        **dict.fromkeys(range(2022, 2026), "dfe_person_level"),
    }


def test_sample_has_an_origin_for_every_figure(sample: list[Observation]) -> None:
    origins = {
        (row["file"], row["figure"], row["area"], int(row["period"])): float(row["value"])
        for row in origins_in(SAMPLE)
        if row["value"]
    }
    published: dict[tuple[str, str, str, int], float | None] = {}
    for row in sample:
        file_name = "earlier.csv" if row.period.year < 2019 else "timeliness.csv"
        suffix = "" if row.category == "total" else ", exceptions included"
        figures = {
            "percent": row.value,
            "plans within 20 weeks": row.numerator,
            "plans": row.denominator,
        }
        for figure, value in figures.items():
            if value is not None:
                published[file_name, figure + suffix, row.area_code, row.period.year] = value
    joint = {
        key: value for key, value in origins.items() if (key[0], key[3]) == ("earlier.csv", 2019)
    }
    assert published | joint == origins


def test_figures_come_from_the_file_they_stand_in(
    plan: Plan, live_client: Callable[..., Client]
) -> None:
    indicator = plan.indicators[INDICATOR].seen_by("dfe_ehc")
    snapshots = by_role(dfe_ehc.fetch(live_client("dfe_ehc"), [indicator]))
    newest, earlier = snapshots[f"{INDICATOR} file"], snapshots[f"{INDICATOR} earlier file"]
    assert (
        newest.receipt.release
        == "Education, health and care plans, Reporting year 2026 (timeliness_20_week.csv)"
    )
    assert earlier.receipt.url.endswith(f"{EARLIER_ID}/download")
    for row in dfe_ehc.parse(indicator, snapshots):
        assert row.snapshot == (earlier if row.period.year < 2019 else newest).sha256


# --- the publisher's own file of 2023 ---

REAL_FIGURES = [
    (TOWER_HAMLETS, 2014, 100.0, 3, 3, 100.0, 8, 8),
    (TOWER_HAMLETS, 2015, 99.3, 139, 140, 99.5, 216, 217),
    (TOWER_HAMLETS, 2016, 57.8, 122, 211, 58.4, 125, 214),
    (TOWER_HAMLETS, 2017, 21.4, 53, 248, 21.4, 53, 248),
    (TOWER_HAMLETS, 2018, 39.9, 120, 301, 38.1, 120, 315),
    (TOWER_HAMLETS, 2019, 41.8, 124, 297, 40.4, 124, 307),
    (TOWER_HAMLETS, 2020, 5.5, 12, 219, 7.0, 18, 258),
    (TOWER_HAMLETS, 2021, 32.0, 87, 272, 30.2, 94, 311),
    (TOWER_HAMLETS, 2022, None, None, 695, None, None, 695),
    (LONDON, 2014, 70.5, 146, 207, 64.0, 158, 247),
    (LONDON, 2015, 70.8, 2561, 3615, 64.2, 2941, 4583),
    (LONDON, 2016, 60.6, 2946, 4862, 52.7, 3194, 6066),
    (LONDON, 2017, 58.4, 3563, 6098, 52.4, 3754, 7170),
    (LONDON, 2018, 58.1, 4380, 7537, 54.6, 4562, 8348),
    (LONDON, 2019, 64.6, 5144, 7959, 60.2, 5395, 8967),
    (LONDON, 2020, 61.8, 5321, 8613, 57.3, 5693, 9929),
    (LONDON, 2021, 63.9, 5464, 8550, 59.3, 5684, 9582),
    (LONDON, 2022, 54.652, 5222, 9555, 51.949, 5358, 10314),
    (ENGLAND, 2014, 64.3, 757, 1177, 61.5, 836, 1359),
    (ENGLAND, 2015, 59.2, 11675, 19712, 54.6, 13451, 24624),
    (ENGLAND, 2016, 58.6, 18140, 30942, 55.7, 20045, 36019),
    (ENGLAND, 2017, 64.9, 23805, 36702, 61.3, 25302, 41250),
    (ENGLAND, 2018, 60.1, 27111, 45145, 58.0, 28178, 48543),
    (ENGLAND, 2019, 60.4, 29895, 49519, 58.7, 31313, 53327),
    (ENGLAND, 2020, 58.0, 31446, 54175, 55.6, 32863, 59097),
    (ENGLAND, 2021, 59.9, 34249, 57196, 57.9, 35470, 61269),
    (ENGLAND, 2022, 49.166, 30536, 62108, 47.665, 31226, 65512),
]


def test_real_file_figure_by_figure(
    asking: Callable[..., Indicator], live_client: Callable[..., Client]
) -> None:
    client = live_client("dfe_ehc", answers(real(REAL_FILE).read_bytes()))
    rows = read_with(client, asking(earlier_file=""))
    assert len(rows) == 2 * len(REAL_FIGURES)
    for (
        area,
        year,
        percent,
        numerator,
        denominator,
        included,
        its_numerator,
        its_denominator,
    ) in REAL_FIGURES:
        row = one(rows, area_code=area, year=year, category="total")
        assert (row.value, row.numerator, row.denominator) == (percent, numerator, denominator), (
            area,
            year,
        )
        row = one(rows, area_code=area, year=year, category="included")
        assert (row.value, row.numerator, row.denominator) == (
            included,
            its_numerator,
            its_denominator,
        ), (area, year)
        assert row.status == ("" if included is not None else "x")


@pytest.mark.parametrize(
    ("area", "year", "cell"),
    [
        (TOWER_HAMLETS, 2021, "32.000000000000"),
        (TOWER_HAMLETS, 2022, "x"),
        (LONDON, 2022, " 54.652"),
        (ENGLAND, 2022, " 49.166"),
    ],
)
def test_real_cells_are_kept_letter_for_letter(
    asking: Callable[..., Indicator],
    live_client: Callable[..., Client],
    area: str,
    year: int,
    cell: str,
) -> None:
    rows = read_with(
        live_client("dfe_ehc", answers(real(REAL_FILE).read_bytes())), asking(earlier_file="")
    )
    assert one(rows, area_code=area, year=year, category="total").source_text == cell


def test_every_local_authority_of_the_real_file(
    asking: Callable[..., Indicator], live_client: Callable[..., Client]
) -> None:
    """No other reading of the file gives other figures: all with a row in each year, by a rule of the test's own."""
    with real(REAL_FILE).open(encoding="utf-8", newline="") as file:
        published = [
            row for row in csv.DictReader(file) if row["geographic_level"] == "Local authority"
        ]
    years = {row["time_period"] for row in published}
    years_of: dict[str, set[str]] = defaultdict(set)
    for cells in published:
        years_of[register().present_code(cells["new_la_code"])].add(cells["time_period"])
    whole = {area for area, years_of_area in years_of.items() if years_of_area == years}
    indicator = asking(sorted(whole - {TOWER_HAMLETS}), earlier_file="")
    rows = read_with(live_client("dfe_ehc", answers(real(REAL_FILE).read_bytes())), indicator)
    expected = {
        (register().present_code(row["new_la_code"]), int(row["time_period"]), category): row[
            column
        ].strip()
        for row in published
        for category, column in (
            ("total", "no_exc_20week_rate"),
            ("included", "inc_exc_20week_rate"),
        )
        if register().present_code(row["new_la_code"]) in whole
    }
    assert len(whole) > 140
    assert {(row.area_code, row.period.year, row.category) for row in rows} == expected.keys()
    for row in rows:
        cell = expected[row.area_code, row.period.year, row.category]
        assert (row.status, row.value) == ((cell, None) if cell in "xz" else ("", float(cell)))


def test_the_real_file_gives_the_years_before_the_newest_one(
    asking: Callable[..., Indicator], live_client: Callable[..., Client], sample: list[Observation]
) -> None:
    newest = (SAMPLE / "timeliness.csv").read_bytes()
    rows = read_with(
        live_client("dfe_ehc", answers(newest, real(REAL_FILE).read_bytes())), asking()
    )
    as_told = [
        (row.area_code, row.period, row.category, row.value, row.numerator, row.series)
        for row in rows
    ]
    assert as_told == [
        (row.area_code, row.period, row.category, row.value, row.numerator, row.series)
        for row in sample
    ]


# --- rows of our own, for what those files have not ---

PLACES = {
    ENGLAND: {"geographic_level": "National"},
    LONDON: {"geographic_level": "Regional", "region_code": LONDON, "region_name": "London"},
    TOWER_HAMLETS: {
        "geographic_level": "Local authority",
        "region_code": LONDON,
        "region_name": "London",
        "new_la_code": TOWER_HAMLETS,
        "la_name": "Tower Hamlets",
    },
}
NEWEST = dfe_ehc.VINTAGES["2026"]


def made_row(
    area: str, vintage: dfe_ehc.Vintage = NEWEST, year: str = "2019", **changed: str
) -> dict[str, str]:
    """A row in one of the headers; its figures are for the tests only."""
    row = {"time_period": year, "time_identifier": "Calendar year", "geographic_level": ""}
    row |= {
        "country_code": ENGLAND,
        "country_name": "England",
        "region_code": "",
        "region_name": "",
    }
    row |= {"new_la_code": "", "old_la_code": "", "la_name": ""} | dict.fromkeys(
        vintage.groups, "All EHC plans"
    )
    row |= dict(zip(vintage.headline.columns, ("60", "48", "80"), strict=True))
    row |= dict(zip(vintage.included.columns, ("50", "50", "100"), strict=True))
    return row | PLACES[area] | changed


def made_rows(vintage: dfe_ehc.Vintage = NEWEST, **changed: str) -> list[dict[str, str]]:
    return [made_row(area, vintage, **changed) for area in PLACES]


@pytest.fixture
def by_file(asking: Callable[..., Indicator], live_client: Callable[..., Client]) -> Read:
    """Reads rows as the newest file and, if given, others as an older one."""

    def read(
        rows: Rows, earlier: Rows = (), renamed: Mapping[str, str] | None = None
    ) -> list[Observation]:
        older = as_csv(earlier) if earlier else b""
        client = live_client("dfe_ehc", answers(as_csv(rows, renamed), older))
        return read_with(client, asking() if earlier else asking(earlier_file=""))

    return read


@pytest.mark.parametrize("release", dfe_ehc.VINTAGES)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_each_header_is_read_alike(
    asking: Callable[..., Indicator], live_client: Callable[..., Client], release: str, mark: str
) -> None:
    content = mark.encode() + as_csv(made_rows(dfe_ehc.VINTAGES[release]))
    rows = read_with(live_client("dfe_ehc", answers(content)), asking(earlier_file=""))
    headline = one(rows, area_code=TOWER_HAMLETS, category="total")
    assert (headline.value, headline.numerator, headline.denominator) == (60, 48, 80)
    included = one(rows, area_code=TOWER_HAMLETS, category="included")
    assert (included.value, included.numerator, included.denominator) == (50, 50, 100)


@pytest.mark.parametrize("label", ["All EHC plans", "All EHC plans issued"])
def test_rows_by_age_sex_and_need_are_not_the_total(by_file: Read, label: str) -> None:
    some = made_rows(breakdown_topic="Sex", breakdown="Female", pc_plans_issued_20_weeks_ex="10")
    rows = by_file([*some, *made_rows(breakdown_topic=label, breakdown=label)])
    assert {row.value for row in rows if row.category == "total"} == {60}


def test_a_new_word_for_all_plans_is_missed_and_not_guessed(by_file: Read) -> None:
    with pytest.raises(
        SourceError, match=r"called one of \['All EHC plans'.*the rows are called \['Everybody'\]"
    ):
        by_file(made_rows(breakdown_topic="Everybody", breakdown="Everybody"))


@pytest.mark.parametrize(
    ("symbol", "status"), [("x", "x"), ("z", "z"), ("c", "c"), ("low", "low"), ("k", "low")]
)
def test_a_symbol_is_a_status_and_never_zero(by_file: Read, symbol: str, status: str) -> None:
    hidden = made_row(
        TOWER_HAMLETS, pc_plans_issued_20_weeks_ex=symbol, plans_issued_20_weeks_ex=symbol
    )
    row = one(by_file([hidden, *made_rows()[:2]]), area_code=TOWER_HAMLETS, category="total")
    assert (row.value, row.status, row.numerator, row.denominator, row.source_text) == (
        None,
        status,
        None,
        80,
        symbol,
    )


def test_a_share_that_the_counts_deny_is_refused(by_file: Read) -> None:
    """The figure with exceptions stands in the next column."""
    with pytest.raises(
        SourceError, match=r"60\.0, as the counts say; came 50.*“pc_plans_issued_20_weeks_ex”"
    ):
        by_file(made_rows(pc_plans_issued_20_weeks_ex="50"))


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(whole=st.integers(1, 100_000), data=st.data())
def test_a_share_of_counts_is_that_share_to_one_decimal(
    by_file: Read, whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole))
    cells = (f"{100 * part / whole:.1f}", str(part), str(whole))
    rows = by_file(made_rows(NEWEST, **dict(zip(NEWEST.headline.columns, cells, strict=True))))
    for row in (row for row in rows if row.category == "total"):
        assert row.value is not None
        assert abs(row.value - 100 * part / whole) <= 0.0501


def test_a_year_that_is_no_calendar_year_is_refused(by_file: Read) -> None:
    with pytest.raises(SourceError, match="column “time_identifier”"):
        by_file(made_rows(time_identifier="Reporting year"))


# --- two releases that meet ---

OLDER = dfe_ehc.VINTAGES["2023"]


def test_the_newest_file_has_the_last_word(by_file: Read) -> None:
    revised = {"no_exc_20week_rate": "20", "no_exc_20week_ehc": "16"}
    older = [
        *made_rows(OLDER, year="2018"),
        *made_rows(OLDER),
        *made_rows(OLDER, year="2020", **revised),
    ]
    rows = by_file([*made_rows(), *made_rows(year="2020")], older)
    assert {(row.period.year, row.value) for row in rows if row.category == "total"} == {
        *((year, 60) for year in (2018, 2019, 2020)),
    }


@pytest.mark.parametrize("cell", ["60.04", " 59.96", "60.000000000000"])
def test_more_decimals_are_no_restatement(by_file: Read, cell: str) -> None:
    older = [*made_rows(OLDER, year="2018"), *made_rows(OLDER, no_exc_20week_rate=cell)]
    assert {row.period.year for row in by_file(made_rows(), older)} == {2018, 2019}


@pytest.mark.parametrize("cell", ["60.2", "x"])
def test_a_restated_series_is_not_joined_to_the_old_one(by_file: Read, cell: str) -> None:
    older = [*made_rows(OLDER, year="2018"), *made_rows(OLDER, no_exc_20week_rate=cell)]
    with pytest.raises(
        SourceError,
        match=r"as in the older release .*earlier file.*came 60.*take `earlier_file` out",
    ):
        by_file(made_rows(), older)


def test_releases_that_do_not_meet_are_refused(by_file: Read) -> None:
    with pytest.raises(
        SourceError, match=r"first year that the older release has too.*came 2019.*younger release"
    ):
        by_file(made_rows(), made_rows(OLDER, year="2018"))


# --- the catalogue and the plan ---


def test_an_older_file_that_is_gone_is_an_error(
    asking: Callable[..., Indicator], live_client: Callable[..., Client]
) -> None:
    elsewhere = asking(earlier_file=EARLIER_ID[::-1].replace("-", "0"))
    with pytest.raises(SourceError, match="404"):
        dfe_ehc.fetch(live_client("dfe_ehc", answers(as_csv(made_rows()))), [elsewhere])


def test_a_year_that_none_of_its_series_holds_is_an_error(
    asking: Callable[..., Indicator], live_client: Callable[..., Client]
) -> None:
    indicator = asking(earlier_file="", series=["dfe_person_level"])
    with pytest.raises(PlanError, match=r"0 of \['dfe_person_level'\] hold the year 2019"):
        read_with(live_client("dfe_ehc", answers(as_csv(made_rows()))), indicator)


def test_the_indicator_names_only_series_of_its_own(plan: Plan) -> None:
    indicator = plan.indicators[INDICATOR]
    ask = indicator.seen_by("dfe_ehc").read_ask(dfe_ehc.Ask)
    assert {one.id for one in indicator.series} == {"council_in_time", *ask.series}
