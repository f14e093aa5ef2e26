"""Figures whose years have left a publisher's window stay; everything else that is gone is another matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import ORDER, Observation, table_of
from thindicators.observations.periods import financial_year
from thindicators.outcomes.holds import reason_to_hold
from thindicators.outcomes.outcome import Outcome, Reading, receipts_of
from thindicators.outcomes.readings import out_of_window, standing_of

AREAS = {"E09000030": "Tower Hamlets", "E12000007": "London"}
WINDOW = 5


def release(
    last_year: int, first_year: int = 0, raised_by: float = 0.0
) -> tuple[pa.Table, Reading]:
    """A publisher's release with a window of years, and the reading of it."""
    sha256 = f"{last_year:04d}{first_year:04d}{raised_by:g}".ljust(64, "0")
    years = range(first_year or last_year - WINDOW + 1, last_year + 1)
    figures = [
        figure(area, year, 10.0 + year % 10 + raised_by, sha256) for year in years for area in AREAS
    ]
    receipt = Receipt(
        sha256=sha256,
        source="dfe_care_leavers",
        edition="sample",
        method="GET",
        url=f"https://publisher.example/{last_year}.csv",
        retrieved=f"{last_year}-11-20T00:00:00Z",
        size=1,
        media_type="text/csv",
        licence="ogl",
    )
    return table_of(figures, AREAS), Reading({"dfe_care_leavers": {"file": receipt}})


def figure(area: str, year: int, value: float, sha256: str) -> Observation:
    return Observation(
        indicator="care_experienced_and_send_neet",
        area_code=area,
        period=financial_year(year - 1, str(year)),
        value=value,
        unit="percent",
        series="care_leavers_19_to_21",
        source_text=f"{value:g}",
        snapshot=sha256,
    )


def published_after(last: Outcome | None, table: pa.Table, reading: Reading) -> Outcome:
    """What stands once a release is published without a hold, as a refresh does it."""
    left = out_of_window(last, table, WINDOW)
    together = pa.concat_tables([table, left.table]).sort_by(
        [(column, "ascending") for column in ORDER]
    )
    assert reason_to_hold(last, together) == ""
    readings = (reading, *left.readings)
    return Outcome(
        "care_experienced_and_send_neet",
        "fresh",
        "",
        (),
        receipts_of(readings, together),
        together,
        readings=readings,
    )


def published(last_years: Iterable[int]) -> Outcome:
    last = None
    for last_year in last_years:
        last = published_after(last, *release(last_year))
    assert last is not None
    return last


def years_of(outcome: Outcome) -> list[int]:
    return sorted(set(outcome.table["year"].to_pylist()))


def test_years_that_leave_the_window_stay_from_the_release_that_last_had_them() -> None:
    outcome = published([2023, 2024, 2025])
    assert years_of(outcome) == list(range(2019, 2026))
    rows = {
        row["year"]: row for row in outcome.table.to_pylist() if row["area_code"] == "E09000030"
    }
    assert rows[2019]["note"].endswith("the figure is from the file of 20 November 2023.")
    assert rows[2020]["note"].endswith("the figure is from the file of 20 November 2024.")
    assert rows[2021]["note"] is None
    assert [reading.kept for reading in outcome.readings] == [
        {},
        {"care_leavers_19_to_21": (2020,)},
        {"care_leavers_19_to_21": (2019,)},
    ]
    assert {receipt.retrieved[:4] for receipt in outcome.receipts} == {"2023", "2024", "2025"}


def test_a_year_missing_inside_the_window_is_held() -> None:
    outcome = published([2023])
    table, _ = release(2024, first_year=2021)
    assert out_of_window(outcome, table, WINDOW).table["year"].to_pylist() == [2019, 2019]
    together = pa.concat_tables([table, out_of_window(outcome, table, WINDOW).table])
    assert "published figures gone" in reason_to_hold(outcome, together)
    assert "2019-04-01/P1Y total" in reason_to_hold(outcome, together)


def test_without_a_declared_window_a_year_that_is_gone_is_held() -> None:
    outcome = published([2023])
    table, _ = release(2024)
    assert out_of_window(outcome, table, None).table.num_rows == 0
    assert "2 published figures gone" in reason_to_hold(outcome, table)


def test_a_whole_series_of_one_year_may_leave_the_window() -> None:
    table, reading = release(2023)
    rows = [
        {**row, "series": "one_year"} if row["year"] == 2019 else row for row in table.to_pylist()
    ]
    outcome = published_after(None, pa.Table.from_pylist(rows, schema=table.schema), reading)
    after = published_after(outcome, *release(2024))
    assert {row["series"] for row in after.table.to_pylist() if row["year"] == 2019} == {"one_year"}


def test_a_publisher_who_gives_a_year_again_takes_it_back() -> None:
    outcome = published([2023, 2024])
    longer = published_after(outcome, *release(2025, first_year=2019))
    assert years_of(longer) == list(range(2019, 2026))
    assert set(longer.table["note"].to_pylist()) == {None}
    assert len(longer.readings) == 1


@given(st.lists(st.integers(0, 2), min_size=1, max_size=6))
def test_no_year_is_lost_and_what_stands_is_read_again_from_the_readings(steps: list[int]) -> None:
    last_years = [2020 + sum(steps[: index + 1]) for index in range(len(steps))]
    outcome = published(last_years)
    expected = {year for last in last_years for year in range(last - WINDOW + 1, last + 1)}
    assert set(years_of(outcome)) == expected
    assert read_again(outcome).equals(outcome.table)


def read_again(outcome: Outcome) -> pa.Table:
    """As `verify` does it: every reading, the newest first, from the same bytes."""
    table = outcome.table.slice(0, 0)
    for reading in outcome.readings:
        receipt = reading.fetched["dfe_care_leavers"]["file"]
        again, _ = release(date.fromisoformat(receipt.retrieved[:10]).year)
        table = pa.concat_tables([table, standing_of(reading, again, newer=table)])
    return table.sort_by([(column, "ascending") for column in ORDER])
