"""The ministry's dwelling stock: the total of each area on 31 March, from live table 125 or, failing that, 100.

All dwellings count, of every tenure, occupied or empty. How the tables are read is in `sources.publishers.live_tables`;
table 100 writes 1 April above the same totals, which its notes say are collected as at 31 March. The totals carry
fractions, from sharing changes out among years; they are taken as they are.

The indicator that divides these figures is `sources.dwellings_per_child`'s; here is one of its parts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import govuk, live_tables
from sources.publishers.live_tables import Stock
from sources.reading import vintages
from sources.reading.files import Place, Sheet, sheets
from sources.reading.years import check_every_year
from thindicators.errors import SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import Period, one_day
from thindicators.plan.model import Indicator

PAGE = "/government/statistical-data-sets/live-tables-on-dwelling-stock-including-vacants"
# The same table has been LiveTable125.ods, Live_Table_100.ods and LT_100.ods.
FILES = {
    number: re.compile(
        rf"^(live[ _-]?table|lt)[ _-]?{number}(v[0-9]+)?\.(ods|xlsx?)$",
        re.IGNORECASE,
    )
    for number in (125, 100)
}
READERS = {125: live_tables.read_table_125, 100: live_tables.read_table_100}
DWELLINGS = "dwellings"


class Asked(BaseModel):
    """What an indicator asks of the live tables."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    tables: list[Literal[125, 100]] = Field(
        min_length=1,
        description="The first of them that the page has is read",
    )
    baselines: dict[int, str] = Field(
        description="The series of totals that are based on the census of a year"
    )


class Ask(BaseModel):
    """This source's part of an indicator's `ask`; the other parts are other sources'."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)
    dwellings: Asked


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The page of live tables, and the first of the tables asked for that it has.

    Raises:
        SourceError: If an answer cannot be had, or the page has none of the tables.
    """
    page = govuk.fetch_page(client, "page", PAGE)
    snapshots = [page]
    fetched: set[int] = set()
    for indicator in indicators:
        ask = indicator.read_ask(Ask).dwellings
        table, attached = _choose(page, ask.tables)
        if table in fetched:
            continue
        release = f"{attached.title} (page updated on {govuk.updated(page):%d %B %Y})"
        snapshots.append(client.get(f"table {table}", attached.url, release=release))
        fetched.add(table)
    return snapshots


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One count for each area and year of the table.

    Raises:
        SourceError: If the bytes do not say what the module knows how to read.
    """
    ask = indicator.read_ask(Ask).dwellings
    # Table 125 has all years in one sheet; table 100 stands in where it cannot be had.
    table = next(number for number in ask.tables if f"table {number}" in snapshots)
    workbook = snapshots[f"table {table}"]
    workbook_sheets = sheets(workbook)
    stocks = READERS[table](
        workbook_sheets,
        indicator.areas,
        indicator.peers,
    )
    check_every_year((stock.year for stock in stocks), Place(workbook))
    series = _series(
        indicator,
        ask,
        workbook_sheets,
        stocks,
    )
    edition = f"Live table {table}, {_edition(workbook_sheets, workbook)}."
    return [
        _observation(
            indicator,
            stock,
            series,
            edition,
        )
        for stock in stocks
    ]


def _choose(page: Snapshot, tables: Sequence[int]) -> tuple[int, govuk.Attachment]:
    problems: list[SourceError] = []
    for table in tables:
        try:
            return table, govuk.attachment(page, FILES[table])
        except SourceError as problem:
            problems.append(problem)
    # The first table is the one that should be there: its problem says the most.
    raise problems[0]


def _series(
    indicator: Indicator,
    ask: Asked,
    workbook_sheets: Sequence[Sheet],
    stocks: Sequence[Stock],
) -> str:
    place = Place(workbook_sheets[0].snapshot)
    census = live_tables.baseline_census(workbook_sheets)
    if census is not None and census not in ask.baselines:
        raise place.wrong(
            f"totals based on the census of one of {list(ask.baselines)}",
            census,
            f"add the census and its series to `ask.dwellings.baselines` in indicators/{indicator.id}.yaml.",
        )
    values = {(stock.area, _day(stock.year).label, DWELLINGS): stock.value for stock in stocks}
    # The notes' word on the census must agree with figures that are known of each vintage.
    series_by_census = ask.baselines[census] if census else ""
    return vintages.decide(
        indicator,
        series_by_census,
        values,
        place,
    )


def _edition(workbook_sheets: Sequence[Sheet], workbook: Snapshot) -> str:
    day = live_tables.latest_update(workbook_sheets)
    census = live_tables.baseline_census(workbook_sheets)
    edition = f"latest update {day}" if day else workbook.receipt.release
    return f"{edition}, based on the {census} Census" if census else edition


def _day(year: int) -> Period:
    day = date(year, 3, 31)
    return one_day(day, f"{day.day} March {year}")


def _observation(
    indicator: Indicator,
    stock: Stock,
    series: str,
    edition: str,
) -> Observation:
    absent = "" if stock.text else " The table has no row for this area and year."
    return Observation(
        indicator=indicator.id,
        area_code=stock.area,
        period=_day(stock.year),
        breakdown="part",
        category=DWELLINGS,
        value=stock.value,
        unit="count",
        status=stock.status,
        revision=stock.revision,
        series=series,
        source_text=stock.text,
        snapshot=stock.place.snapshot.sha256,
        note=f"{edition}{absent}",
    )
