"""The sources that are tested, with their own good answers and where these have what.

What belongs here: what differs from source to source. Where a sample has no figures to go wrong, figures are put in its
place that are plainly made up for this test and are published nowhere.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sources import SAMPLES
from tests.damage.tables import Layout
from tests.sources import returns
from thindicators.fetching.answers import Answer, Answers, load_answers

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
EES_AREAS = {
    TOWER_HAMLETS: (TOWER_HAMLETS, "Local authority"),
    LONDON: (LONDON, "Regional"),
    ENGLAND: (ENGLAND, "National"),
}
BY_CODE = {area: (area,) for area in EES_AREAS}
NAMES = {TOWER_HAMLETS: "Tower Hamlets", LONDON: "London", ENGLAND: "England"}


@dataclass(frozen=True)
class Subject:
    """A source, its good answers, and its files with figures.

    Attributes:
        answers: Of this source alone.
        inbox: Files handed in, by their names, for a source of returns.
        also: Other sources that its indicators need.
    """

    source: str
    layouts: tuple[Layout, ...]
    answers: Answers
    inbox: Mapping[str, bytes] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def is_return(self) -> bool:
        """Whether its files are handed in."""
        return bool(self.inbox)

    def content(self, layout: Layout) -> bytes:
        """The good bytes of a file."""
        return (
            self.inbox[layout.address]
            if self.is_return
            else self.answers.answers[self.index(layout)].content
        )

    def index(self, layout: Layout) -> int:
        """Where the answer with a file stands."""
        found = [
            at
            for at, one in enumerate(self.answers.answers)
            if any(part.endswith(layout.address) for part in (one.url, *one.query.values()))
        ]
        assert len(found) == 1, (
            f"{layout.address} is the end of {len(found)} addresses of {self.source}"
        )
        return found[0]


def _ees(
    file: str,
    address: str,
    values: tuple[str, ...],
    percents: tuple[str, ...],
    text: str = "la_name",
) -> Layout:
    periods = ("time_period",)
    return Layout(
        file,
        address,
        "csv",
        EES_AREAS,
        NAMES,
        periods=periods,
        values=values,
        percents=percents,
        text=text,
    )


def _fingertips(percents: tuple[str, ...]) -> Layout:
    limits = ("Lower CI 95.0 limit", "Upper CI 95.0 limit")
    return Layout(
        "data", "by_indicator_id", "csv", {area: (area,) for area in BY_CODE},
        {**NAMES, LONDON: "London region (statistical)"}, periods=("Time period", "Time period Sortable"),
        values=("Value", *limits, "Count", "Denominator"), percents=percents, text="Value note",
    )  # fmt: skip


def _nomis(
    percents: tuple[str, ...] = (), periods: tuple[str, ...] = ("DATE", "DATE_NAME")
) -> Layout:
    return Layout(
        "data", ".data.csv", "csv", BY_CODE, periods=periods, values=("OBS_VALUE",), percents=percents,
        text="OBS_STATUS_NAME", counted="RECORD_COUNT",
    )  # fmt: skip


def _return(name: str, area: str = TOWER_HAMLETS) -> Layout:
    return Layout(
        name, name, "xlsx" if name.endswith(".xlsx") else "csv",
        {area: (area,)}, sheets="Return|", header="return_id",
        periods=("period_start", "period_end", "period_label"),
        values=("value", "numerator", "denominator", "base_unweighted"), percents=("value",), text="note",
    )  # fmt: skip


def _low_income(sheet: str, area: str, names: str) -> Layout:
    return Layout(
        f"workbook, {sheet}", ".ods", "ods", {area: (area,)}, NAMES, header="Area Code", sheets=sheet, wide=".*FYE.*",
        values=(".*FYE.*",), percents=("Percentage.*FYE.*",), fractions=True, text=names,
    )  # fmt: skip


_BOROUGHS = {TOWER_HAMLETS: ("Tower Hamlets",)}
_GDHI = {
    "header": "Region name",
    "sheets": "Table [23]",
    "wide": r"(199\d|20\d\d)\d?",
    "values": (r"(199\d|20\d\d)\d?",),
    "text": "Region name",
}

LAYOUTS: dict[str, tuple[Layout, ...]] = {
    "council_returns": (_return("homes.csv"), _return("register.xlsx")),
    "dfe_care_leavers": (
        _ees(
            "file",
            "/download",
            ("care_leaver_count", "care_leaver_percent"),
            ("care_leaver_percent",),
        ),
    ),
    "dfe_ehc": tuple(
        _ees(
            name,
            address,
            ("plans_issued.*", "pc_plans_issued.*", ".*_20week_(ehc|rate)", "tot_.*_ehc"),
            ("pc_plans_issued.*", ".*_20week_rate"),
        )
        for name, address in (
            ("file", "90d7c9d3-d811-46f1-ae61-39ea674d4654/download"),
            ("earlier file", "0efe0d40-2c9f-4352-9658-d7439c99aff1/download"),
        )
    ),
    "dfe_ks4": (
        Layout(
            "rows",
            "/query",
            "json",
            {TOWER_HAMLETS: ("LA",), LONDON: ("REG",), ENGLAND: ("NAT",)},
            periods=("timePeriod.period",),
            values=(r"values\..*",),
            percents=(r"values\..*",),
        ),
    ),
    "dfe_ks5": (
        _ees("file", "/download", ("aps_per_entry_alev",), ()),
        Layout(
            "rows of England",
            "/query",
            "json",
            {ENGLAND: ("NAT",)},
            periods=("timePeriod.period",),
            values=(r"values\..*",),
        ),
    ),
    "dfe_neet": (
        _ees(
            "file",
            "/download",
            ("avg_.*_count", ".*nk_percent", "neet_percent"),
            (".*nk_percent", "neet_percent"),
        ),
    ),
    "dwp_low_income": (
        _low_income("7_BHC_Relative_LA", TOWER_HAMLETS, "Local Authority.*"),
        _low_income("5_BHC_Relative_Region", LONDON, "Government Office Region.*"),
    ),
    "fingertips": (_fingertips(()),),
    "laei": (
        Layout(
            "workbook",
            ".xlsx",
            "xlsx",
            {TOWER_HAMLETS: ("Tower Hamlets",), LONDON: ("Greater London",)},
            header="Borough",
            sheets="Population_.*",
            wide="LAEI 20.*",
            values=("LAEI 20.*",),
            percents=(11, 12),
            fractions=True,
            text="Borough",
        ),
    ),
    "leggi": (
        Layout(
            "table",
            "co2-emissions-borough-leggi.csv",
            "csv",
            {TOWER_HAMLETS: ("Tower Hamlets",), LONDON: ("London",)},
            periods=("LEGGI_Year",),
            values=("KtCO2e",),
            text="Fuel",
        ),
        Layout(
            "workbook",
            ".xlsx",
            "xlsx",
            {TOWER_HAMLETS: ("Tower Hamlets",), LONDON: ("Grand Total (kt)",)},
            header="Total CO2/ CO2e emissions (kt)",
            sheets="Borough GHG",
            titles="Table.*",
            values=tuple(range(2, 31)),
            text="Total CO2/ CO2e emissions (kt)",
        ),
    ),
    "lga_poll": (_return("poll.csv", "K03000001"),),
    "mhclg_dwellings": (
        Layout(
            "table 100",
            ".ods",
            "ods",
            {TOWER_HAMLETS: ("Tower Hamlets",), LONDON: ("London Boroughs",)},
            header="code",
            sheets=r"20\d\d",
            values=("Total.*",),
            text=".*Local Authority Name|Lower and.*",
        ),
    ),
    "ncmp": (_fingertips(("Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit")),),
    "ons_aps": (_nomis(("OBS_VALUE",)),),
    "ons_bres": (_nomis(),),
    "ons_gdhi": (
        Layout(
            "authorities",
            "authorities2023.xlsx",
            "xlsx",
            {TOWER_HAMLETS: (TOWER_HAMLETS,)},
            NAMES,
            **_GDHI,  # type: ignore[arg-type]
        ),
        Layout(
            "regions",
            "regions2023.xlsx",
            "xlsx",
            {TOWER_HAMLETS: ("TLI42",), LONDON: ("TLI",), ENGLAND: ("TLB",)},
            NAMES,
            **_GDHI,  # type: ignore[arg-type]
        ),
    ),
    "ons_population": (_nomis(periods=("DATE",)),),
    "ons_wellbeing": (
        Layout(
            "data",
            "4.csv",
            "csv",
            BY_CODE,
            NAMES,
            periods=("yyyy-yy", "Time"),
            values=("v4_3", "Lower limit", "Upper limit"),
            text="Geography",
        ),
    ),
    "pupil_survey": (_return("pupils.xlsx"),),
    "residents_survey": (_return("residents.xlsx"), _return("residents.csv")),
}
"""The files with figures of each source."""

ALSO = {
    "dfe_care_leavers": ("dfe_neet",),
    "dfe_neet": ("dfe_care_leavers",),
    "dfe_ehc": ("council_returns",),
    "council_returns": ("dfe_ehc",),
    "mhclg_dwellings": ("ons_population",),
    "ons_population": ("mhclg_dwellings",),
    "residents_survey": ("lga_poll",),
    "lga_poll": ("residents_survey",),
    "leggi": ("ons_gdhi",),
    "ons_gdhi": ("leggi",),
}
"""The other sources of a source's indicators, which answer well."""


@cache
def subject(source: str) -> Subject:
    """A source with its good answers."""
    also = ALSO.get(source, ())
    return Subject(source, LAYOUTS[source], good_answers(source), _inbox().get(source, {}), also)


@cache
def good_answers(source: str) -> Answers:
    """What a source's publisher answers on a good day."""
    answers = load_answers(SAMPLES / source)
    filled = _FILLED.get(source)
    if filled is None:
        return answers
    return Answers(
        answers.composed, tuple(replace(one, content=filled(one)) for one in answers.answers)
    )


@cache
def inbox_of(source: str) -> Mapping[str, bytes]:
    """What has been handed in for a source."""
    return _inbox().get(source, {})


def _filled_bres(answer: Answer) -> bytes:
    """A plausible number of jobs in every cell: each area and industry has its own."""
    if not answer.url.endswith(".data.csv"):
        return answer.content
    size = {TOWER_HAMLETS: 1, LONDON: 17, ENGLAND: 84}
    share = {"1": 1.0, "2": 0.7, "3": 0.3}
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    for at, row in enumerate(rows):
        jobs = 310_000 if row["INDUSTRY_NAME"] == "Total" else 9_000 + 125 * (at // 3)
        jobs = int(jobs * share[row["EMPLOYMENT_STATUS"]]) * size[row["GEOGRAPHY_CODE"]]
        row |= {"OBS_VALUE": str(jobs), "OBS_STATUS": "A", "OBS_STATUS_NAME": "Normal Value"}
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


_FILLED = {"ons_bres": _filled_bres}

_EARLIER = {"period_start": "2024-04-01", "period_end": "2025-03-31", "period_label": "2024/25"}


@cache
def _inbox() -> dict[str, dict[str, bytes]]:
    """Returns as people hand them in, in both formats."""
    survey, pupils = returns.RESIDENTS, returns.PUPILS
    before = {
        "period_start": "2024-02-02",
        "period_end": "2024-03-27",
        "period_label": "2024",
        "value": "79",
    }
    secondary = {**pupils, "breakdown": "secondary", "value": "48", "base_unweighted": "1980"}
    with TemporaryDirectory() as folder:
        at = Path(folder)
        files = {
            "council_returns": [
                returns.csv_return(
                    at / "homes.csv",
                    *(returns.HOMES, {**returns.HOMES, **_EARLIER, "value": "1044"}),
                    *(returns.LETS, {**returns.LETS, **_EARLIER, "value": "702", "denominator": "1651"}),
                ),
                returns.xlsx_return(at / "register.xlsx", _numbered(returns.REGISTER)),
            ],
            "residents_survey": [
                returns.xlsx_return(at / "residents.xlsx", _numbered(survey), _numbered({**survey, **before})),
                returns.csv_return(at / "residents.csv", {**survey, **before, "period_start": "2023-02-02",
                                   "period_end": "2023-03-27", "period_label": "2023", "value": "77.5"}),
            ],
            "lga_poll": [returns.csv_return(at / "poll.csv", returns.AWAY, {**returns.AWAY, **before})],
            "pupil_survey": [
                returns.xlsx_return(
                    at / "pupils.xlsx",
                    *map(_numbered, (pupils, secondary, {**pupils, **before}, {**secondary, **before, "value": "51"})),
                )
            ],
        }  # fmt: skip
        return {
            source: {path.name: path.read_bytes() for path in paths}
            for source, paths in files.items()
        }


def _numbered(row: returns.Row) -> returns.Row:
    """A row with its numbers as numbers, as a workbook has them."""
    numbers = ("value", "numerator", "denominator", "base_unweighted")
    return {name: float(str(cell)) if name in numbers else cell for name, cell in row.items()}
