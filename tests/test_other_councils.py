"""Every council of England by its files: a new plan publishes, or says that an indicator is not covered there.

Where a publisher's own file is at hand, it answers; for the rest the sample, in which the council stands.
"""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from rich.console import Console

from assets.publishing import run_refresh
from tests.other_councils import sample_of
from tests.sources import (
    test_dfe_care_leavers,
    test_dfe_ehc,
    test_dfe_ks4,
    test_dwp_low_income,
    test_fingertips,
    test_laei,
    test_leggi,
)
from tests.sources.dwelling_answers import page
from tests.sources.dwp_answers import answers_with
from tests.sources.ees_files import beside_others, catalogue, listing
from tests.support import ROOT, answer_with, real
from thindicators.areas.register import ENGLAND, register
from thindicators.fetching.answers import Answers
from thindicators.plan.loading import load_plan
from thindicators.plan.new_plan import write_new_plan
from thindicators.settings import settings_from

HACKNEY, LEICESTER, NOTTINGHAMSHIRE, BROXTOWE = "E09000012", "E06000016", "E10000024", "E07000172"

PUBLISHERS_OWN: Mapping[str, Callable[[], Answers]] = {
    "dwp_low_income": lambda: answers_with(
        real(test_dwp_low_income.REAL_WORKBOOK_2026).read_bytes(), "2022-to-2025", "2026-03-26"
    ),
    "dfe_ks4": lambda: beside_others(
        test_dfe_ks4.catalogue(real(test_dfe_ks4.REAL_FILE).read_bytes())
    ),
    "dfe_ehc": lambda: beside_others(
        test_dfe_ehc.answers(real(test_dfe_ehc.REAL_FILE).read_bytes())
    ),
    "dfe_care_leavers": lambda: beside_others(
        catalogue(
            test_dfe_care_leavers.PUBLICATION,
            real(test_dfe_care_leavers.RELEASES[2025]).read_bytes(),
            listing(test_dfe_care_leavers.FILENAME),
        )
    ),
    "fingertips": test_fingertips.edition_of_every_council,
    "mhclg_dwellings": lambda: page(
        {"LT_100.ods": real("dwellings/LT_100_dwellings_tenure_district.ods").read_bytes()}
    ),
    "laei": lambda: test_laei.answers(real(f"laei/{test_laei.DECEMBER_2021}").read_bytes()),
    "leggi": lambda: test_leggi.answers(
        {
            name: real(f"leggi/{name}").read_bytes()
            for name in (test_leggi.TABLE, test_leggi.WORKBOOK)
        }
    ),
}
"""The publishers whose own files have every council of England, or of London."""


COUNCILS = ("E06", "E08", "E09", "E10")
"""How the codes of councils that answer for children begin."""


@dataclass(frozen=True)
class TableOfCouncils:
    """A publisher's own table of all councils, read here by a rule of the test's own: the council's code and the year.

    Attributes:
        indicator, breakdown, category: The figures that are made from it.
        file: Its name.
        column: With the figures.
        where: Cells of the rows that have them.
        key: A row's council and year.
    """

    indicator: str
    breakdown: str
    category: str
    file: str
    column: str
    where: Mapping[str, str]
    key: Callable[[Mapping[str, str]], tuple[str, str]] = lambda row: (
        row["new_la_code"],
        row["time_period"],
    )

    def is_about(self, row: Mapping[str, str]) -> bool:
        figure = (row["indicator"], row["breakdown"], row["category"])
        return figure == (self.indicator, self.breakdown, self.category)

    def cells(self) -> dict[tuple[str, str], str]:
        with real(self.file).open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.DictReader(file) if self.where.items() <= row.items()]
        cells = {}
        for row in rows:
            area, year = self.key(row)
            cells[register().present_code(area), year] = row[self.column].strip()
        return cells


TABLES_OF_COUNCILS = (
    TableOfCouncils(
        "healthy_life_expectancy_female",
        "total",
        "total",
        test_fingertips.FILE_OF_ONS,
        "observation",
        {"indicator": "Female healthy life expectancy"},
        key=lambda row: (row["areacd"], str(int(row["period"][:4]) + 2)),
    ),
    TableOfCouncils(
        "ehc_assessments_in_time",
        "total",
        "total",
        test_dfe_ehc.REAL_FILE,
        "no_exc_20week_rate",
        {},
    ),
    TableOfCouncils(
        "care_experienced_and_send_neet",
        "neet",
        "care_experienced",
        test_dfe_care_leavers.RELEASES[2025],
        "care_leaver_percent",
        {
            "care_leaver_age": "19 to 21 years",
            "breakdown": "Total not in education, employment or training",
        },
    ),
)


@dataclass(frozen=True)
class Published:
    """A release of another council's plan, and how the run ended."""

    succeeded: bool
    said: str
    folder: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def publish(
    folder: Path,
    council: str,
    given: Mapping[str, Answers],
    change: Callable[[Path], None] = lambda _schemas: None,
) -> Published:
    """Write a plan for a council and publish it with the live code, over loopback."""
    schemas = folder / "schemas"
    write_new_plan(ROOT / "schemas", council, schemas, 2026)
    without_pauses(schemas)
    change(schemas)
    plan = load_plan(schemas)
    composed = max(answers.composed for answers in given.values())
    everything = [answer for answers in given.values() for answer in answers.answers]
    with HTTPServer() as server:
        replaced = answer_with(server, Answers(composed, tuple(everything)), plan.addresses)
        variables = {
            "THINDICATORS_STATE": str(folder / "state"),
            "THINDICATORS_PUBLISHED": str(folder / "published"),
            "THINDICATORS_SCHEMAS": str(schemas),
            **{f"THINDICATORS_{name.upper()}_URL": url for name, url in replaced.items()},
        }
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            succeeded = run_refresh(settings_from(variables), "live", Console(file=said, width=200))
    return Published(succeeded, said.getvalue(), (folder / "published" / "latest").resolve())


def without_pauses(schemas: Path) -> None:
    for path in (schemas / "sources").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^seconds_between_requests:.*\n", "", text, flags=re.MULTILINE)
        path.write_text(f"{text}seconds_between_requests: 0\n", encoding="utf-8")


def by_the_files(schemas: Path) -> None:
    """Ask in the way in which the publishers' own files came: key stage 4 as a table, and one file of plans in time."""
    for name, asked, came in (
        ("gcse_english_maths_9_5", "way: api", "way: csv"),
        ("ehc_assessments_in_time", "earlier_file: ", "# the file at hand has every year: "),
    ):
        path = schemas / "indicators" / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert asked in text
        path.write_text(text.replace(asked, came), encoding="utf-8")


def with_broxtowe_beside(schemas: Path) -> None:
    """Compare with a district too, wherever its figures are."""
    by_the_files(schemas)
    with (schemas / "areas.csv").open("a", encoding="utf-8") as file:
        file.write(f"{BROXTOWE},Broxtowe,district\n")
    path = schemas / "indicators" / "employment_rate.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(
            "comparators: [E12000004, E92000001]",
            f"comparators: [E12000004, E92000001, {BROXTOWE}]",
        ),
        encoding="utf-8",
    )
    assert load_plan(schemas).indicators["employment_rate"].areas[-1] == BROXTOWE


def both_in_employment(given: Mapping[str, Answers]) -> dict[str, Answers]:
    """Answers in which a district has the county's rows of employment, once more under its own code."""
    county = given["ons_aps"]
    return {**given, "ons_aps": with_rows_repeated(county, NOTTINGHAMSHIRE, BROXTOWE)}


def with_rows_repeated(answers: Answers, code: str, other: str) -> Answers:
    changed = []
    for answer in answers.answers:
        text = answer.content
        if code.encode() in text:
            lines = text.decode().splitlines(keepends=True)
            again = [line.replace(code, other) for line in lines if code in line]
            text = recounted([*lines, *again])
        changed.append(replace(answer, content=text))
    return Answers(answers.composed, tuple(changed))


def recounted(lines: list[str]) -> bytes:
    """Rows of an answer of Nomis, each of which says how many there are."""
    header, *rows = lines
    return "".join([header, *(f"{row.rpartition(',')[0]},{len(rows)}\n" for row in rows)]).encode()


CASES: Mapping[str, tuple[Callable[[Path], None], frozenset[str]]] = {
    HACKNEY: (by_the_files, frozenset()),
    LEICESTER: (by_the_files, frozenset({"co2_emissions", "no2_exposure", "pm25_concentration"})),
    NOTTINGHAMSHIRE: (
        with_broxtowe_beside,
        frozenset(
            {
                "co2_emissions",
                "no2_exposure",
                "pm25_concentration",
                "gdhi_per_head",
                "children_low_income",
            }
        ),
    ),
}
"""What is changed in a council's new plan, and the indicators that are not covered there."""


@pytest.fixture(scope="module", params=CASES, ids=lambda code: register()[code].name)
def council(request: pytest.FixtureRequest) -> str:
    code: str = request.param
    return code


@pytest.fixture(scope="module")
def published(council: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    change, _ = CASES[council]
    given = {**sample_of(council), **{source: make() for source, make in PUBLISHERS_OWN.items()}}
    if council == NOTTINGHAMSHIRE:
        given = both_in_employment(given)
    yield publish(tmp_path_factory.mktemp(council), council, given, change)


class TestThreeCouncils:
    def test_the_run_ends_well(self, published: Published) -> None:
        assert published.succeeded, published.said

    def test_every_indicator_has_a_figure_or_is_not_covered(
        self, published: Published, council: str
    ) -> None:
        _, not_covered = CASES[council]
        states = {row["id"]: row["state"] for row in published.rows("indicators.csv")}
        assert {name for name, state in states.items() if state == "not_covered"} == not_covered
        assert {state for name, state in states.items() if name not in not_covered} == {"fresh"}
        with_rows = {row["indicator"] for row in published.rows("observations.csv")}
        assert with_rows == states.keys() - not_covered

    def test_an_uncovered_indicator_has_a_page_that_says_why(
        self, published: Published, council: str
    ) -> None:
        _, not_covered = CASES[council]
        for name in not_covered:
            text = (published.folder / "indicators" / name / "index.html").read_text(
                encoding="utf-8"
            )
            assert "Not covered here" in text
            assert "No figure yet" not in text

    def test_no_file_names_another_councils_plan(self, published: Published, council: str) -> None:
        # London's boroughs are beside each other in tables; elsewhere nobody has heard of Tower Hamlets.
        names = ["towerhamlets.gov.uk", "Partnership Plan 2023"]
        if council != HACKNEY:
            names += ["Tower Hamlets", "E09000030"]
        for path in published.folder.rglob("*"):
            # Tower Hamlets is a council elsewhere in England, and has its figures there.
            if path.name == "councils_elsewhere.csv":
                continue
            if path.suffix in (".html", ".csv", ".json", ".md", ".xml", ".jsonld"):
                text = path.read_text(encoding="utf-8")
                assert [name for name in names if name in text] == [], path

    def test_figures_of_publishers_own_files_come_out(
        self, published: Published, council: str
    ) -> None:
        values = {}
        for row in published.rows("observations.csv"):
            if row["area_code"] == council:
                values[row["indicator"], row["period"], row["category"]] = row["value"]
        for key, value in FIGURES[council].items():
            assert float(values[key]) == pytest.approx(value)

    @pytest.mark.parametrize("table", TABLES_OF_COUNCILS, ids=lambda table: table.indicator)
    def test_every_council_beside_it_has_its_cells_of_the_publishers_own_file(
        self, published: Published, council: str, table: TableOfCouncils
    ) -> None:
        cells = table.cells()
        released = {}
        for row in published.rows("observations.csv"):
            if row["area_code"].startswith(COUNCILS) and table.is_about(row):
                released[row["area_code"], row["year"]] = row["value"]
        assert council in {area for area, _ in released}
        assert len({area for area, _ in released}) >= 9
        for key, value in released.items():
            assert (
                value == "" if cells[key] in ("x", "z", "c") else float(value) == float(cells[key])
            )

    @pytest.mark.parametrize("table", TABLES_OF_COUNCILS, ids=lambda table: table.indicator)
    def test_every_council_elsewhere_has_its_cells_of_the_publishers_own_file(
        self, published: Published, council: str, table: TableOfCouncils
    ) -> None:
        beside = {row["area_code"] for row in published.rows("observations.csv")}
        cells = {}
        for (area, year), cell in table.cells().items():
            if area in register() and area.startswith(COUNCILS) and area not in beside:
                cells[area, year] = None if cell in ("x", "z", "c") else float(cell)
        released = {}
        for row in published.rows("councils_elsewhere.csv"):
            if table.is_about(row):
                value = float(row["value"]) if row["value"] else None
                released[row["area_code"], row["year"]] = value
        assert len({area for area, _ in released}) >= 100
        assert released == cells

    def test_a_district_beside_its_county_is_compared_as_a_fourth_area(
        self, published: Published, council: str
    ) -> None:
        rows = published.rows("observations.csv")
        areas = {row["area_code"] for row in rows if row["indicator"] == "employment_rate"}
        has_broxtowe = BROXTOWE in areas
        assert has_broxtowe == (council == NOTTINGHAMSHIRE)


FIGURES = {
    HACKNEY: {
        ("gcse_english_maths_9_5", "2018-09-01/P1Y", "total"): 47.6,
        ("dwellings_per_child", "2021-03-31/P1D", "dwellings"): 113173.6018641811,
    },
    LEICESTER: {
        ("dwellings_per_child", "2010-03-31/P1D", "dwellings"): 125373.6,
        ("children_low_income", "2024-04-01/P1Y", "total"): 34.48966890714463,
    },
    NOTTINGHAMSHIRE: {("dwellings_per_child", "2021-03-31/P1D", "dwellings"): 371992.0},
}
"""Cells of the publishers' own files."""


PARTS = 8
"""Into which the councils are split, so that all processors have some."""


def councils() -> list[str]:
    """Every council of England."""
    return list(register().councils(ENGLAND))


@pytest.mark.parametrize("first", range(PARTS))
def test_every_council_has_a_plan_that_can_be_read(first: int, tmp_path: Path) -> None:
    for code in councils()[first::PARTS]:
        written = write_new_plan(ROOT / "schemas", code, tmp_path / code, 2026)
        assert written.plan.subject.code == code
        # A district has no plans for children with special needs, which a council's own return leads.
        is_upper = "upper" in register()[code].tiers
        assert len(written.plan.indicators) == (20 if is_upper else 19)
        assert written.plan.indicators["employment_rate"].is_asked_for


_TWENTY = random.Random(16).sample(councils(), 20)
_AS_IT_IS = [(code, code) for code in _TWENTY]
_BY_AN_EARLIER_CODE = [("E08000038", "E08000016"), ("E08000039", "E08000019")]


@pytest.mark.system
@pytest.mark.parametrize(("code", "written"), [*_AS_IT_IS, *_BY_AN_EARLIER_CODE])
def test_a_random_councils_plan_publishes(code: str, written: str, tmp_path: Path) -> None:
    """So does that of one whose code has changed, while publishers still write the earlier one."""
    published = publish(tmp_path, code, sample_of(code, written))
    assert published.succeeded, published.said
    states = {row["state"] for row in published.rows("indicators.csv")}
    assert states <= {"fresh", "not_covered"}
    own = {
        row["indicator"] for row in published.rows("observations.csv") if row["area_code"] == code
    }
    covered = {row["id"] for row in published.rows("indicators.csv") if row["state"] == "fresh"}
    assert own == covered
