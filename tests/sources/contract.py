"""What each source's module needs of a good file, as data for the one suite that damages it: `test_contract`.

What belongs here: a line for each file with figures. How the files are laid out is said in `tests.damage.good_files`; what
is special to one publisher belongs in that source's own tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.damage.good_files import LAYOUTS, subject
from tests.damage.tables import Layout, Tables, read_tables, write_tables
from tests.sources.sample_readings import PLAN, READ, figures_of, sample
from thindicators.observations.observation import Observation

_EES_WHERE = (
    "time_period time_identifier geographic_level region_code region_name la_name new_la_code"
)
_EES_COUNTRY = "country_code country_name"
_NOMIS = "GEOGRAPHY_CODE MEASURES OBS_VALUE OBS_STATUS OBS_STATUS_NAME RECORD_COUNT DATE"
_FINGERTIPS = (
    *("Indicator ID", "Indicator Name", "Area Code", "Area Name", "Sex", "Age", "Category Type"),
    *("Category", "Time period", "Time period Sortable", "Time period range", "Value", "Count"),
    *("Lower CI 95.0 limit", "Upper CI 95.0 limit", "Denominator", "Value note"),
)

NEEDED: dict[str, tuple[str, ...]] = {
    "dfe_care_leavers: file": (
        *f"{_EES_WHERE} {_EES_COUNTRY} care_leaver_age breakdown".split(),
        *("care_leaver_count", "care_leaver_percent"),
    ),
    "dfe_ehc: file": (
        *f"{_EES_WHERE} {_EES_COUNTRY} breakdown_topic breakdown".split(),
        *("plans_issued_den", "plans_issued_within_20_weeks", "pc_plans_issued_within_20_weeks"),
        *("plans_issued_den_ex", "plans_issued_20_weeks_ex", "pc_plans_issued_20_weeks_ex"),
    ),
    "dfe_ehc: earlier file": (
        *f"{_EES_WHERE} {_EES_COUNTRY}".split(),
        *("tot_inc_exc_ehc", "inc_exc_20week_ehc", "inc_exc_20week_rate"),
        *("tot_no_exc_ehc", "no_exc_20week_ehc", "no_exc_20week_rate"),
    ),
    "dfe_ks5: file": (
        *f"{_EES_WHERE} version characteristic_value establishment_type".split(),
        "aps_per_entry_alev",
    ),
    "dfe_neet: file": (
        *f"{_EES_WHERE} {_EES_COUNTRY} age characteristic_grouping characteristic".split(),
        *("avg_cohort_count", "avg_neet_nk_count", "avg_neet_count", "avg_nk_count"),
        *("neet_nk_percent", "neet_percent", "nk_percent"),
    ),
    "fingertips: data": _FINGERTIPS,
    "leggi: table": ("Borough", "LEGGI_Year", "Sector", "Fuel", "Data_Year", "KtCO2e"),
    "ncmp: data": _FINGERTIPS,
    "ons_aps: data": (*f"{_NOMIS} DATE_NAME VARIABLE VARIABLE_NAME MEASURES_NAME".split(),),
    "ons_bres: data": (
        *f"{_NOMIS} DATE_NAME INDUSTRY INDUSTRY_NAME MEASURE MEASURE_NAME".split(),
        *("EMPLOYMENT_STATUS", "EMPLOYMENT_STATUS_NAME"),
    ),
    "ons_population: data": (*f"{_NOMIS} GENDER C_AGE C_AGE_NAME".split(),),
    "ons_wellbeing: data": (
        *("v4_3", "Data marking", "Lower limit", "Upper limit", "Time"),
        *("administrative-geography", "measure-of-wellbeing", "wellbeing-estimate"),
    ),
}
"""The columns of each CSV file without which nothing is read from it."""

_EES_SYMBOLS = {
    "c": "c",
    "k": "low",
    "low": "low",
    "x": "x",
    "z": "z",
    "u": "u",
    "~": "low",
    ":": "x",
}
SYMBOLS: dict[str, Mapping[str, str]] = {
    "dfe_care_leavers: file": _EES_SYMBOLS,
    "dfe_ks4: rows": _EES_SYMBOLS,
    "dfe_ks5: file": _EES_SYMBOLS,
    "dfe_ks5: rows of England": _EES_SYMBOLS,
    "dfe_neet: file": _EES_SYMBOLS,
}
"""What may stand in the place of a figure, and the status that it means."""

CALLED = {"v4_3": "value"}
"""What a column is called in errors, where its own name changes with each version."""

MAY_BE_EMPTY = ("dfe_neet: file", "fingertips: data", "ncmp: data")
"""Files in which an empty cell is how the publisher says that there is no figure, or no count beside it."""

MAY_HAVE_GAPS = ("dfe_ks4: rows", "dfe_ks5: rows of England", "fingertips: data", "ncmp: data")
"""Files that may lack one area in one period: what was published there before is then held by what compares."""


ROW_NOT_NAMED = ("mhclg_dwellings: table 100",)
"""Files in which a cell that is neither number nor symbol makes its row none of figures: the sheet is named."""


@dataclass(frozen=True)
class File:
    """One file with figures, and who reads it.

    Attributes:
        source: Whose file it is.
        layout: Where it has what.
        reader: The source whose module reads it: a derived source's, where the file's own gives no figure.
        role: As the reader calls it.
    """

    source: str
    layout: Layout
    reader: str
    role: str

    def __str__(self) -> str:
        return f"{self.source}: {self.layout.file}"

    @property
    def good(self) -> bytes:
        """The good bytes."""
        return subject(self.source).content(self.layout)

    def tables(self) -> Tables:
        """The good file as tables."""
        return read_tables(self.layout, self.good)

    def written(self, tables: Tables) -> bytes:
        """Tables in the file's own format."""
        return write_tables(self.layout, tables, self.good)

    def figures(self, content: bytes) -> list[Observation]:
        """What is read where the file holds these bytes, and all others are good."""
        return figures_of(self.reader, sample(self.reader).with_content(self.role, content))


def files() -> Iterator[File]:
    """Every file with figures that a publisher gives; what the council hands in has its own suite."""
    for source, layouts in LAYOUTS.items():
        if subject(source).is_return:
            continue
        readers = [source] if source in READ else _derived_from(source)
        for reader in readers:
            for layout in layouts:
                yield File(source, layout, reader, _role(reader, subject(source).content(layout)))


def _derived_from(source: str) -> list[str]:
    return [each.id for each in PLAN.sources.values() if source in each.derived_from]


def _role(reader: str, content: bytes) -> str:
    snapshots = sample(reader).snapshots
    (role,) = (role for role, snapshot in snapshots.items() if snapshot.content == content)
    return role
