"""The London Energy and Greenhouse Gas Inventory: what is read from each edition, and what is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sources import SAMPLES, leggi
from sources.reading.files import Place
from sources.samples import compose_leggi
from sources.samples.xlsx import workbook
from tests.sources.sample_readings import origins_in
from tests.sources.test_laei import cells_of, every_borough, plan_with, receipt
from tests.support import one, real
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answer, Answers
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.observation import Observation
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]

TOWER_HAMLETS, LONDON = "E09000030", "E12000007"
BASE = "https://data.london.gov.uk"
TABLE, WORKBOOK = "co2-emissions-borough-leggi.csv", "LEGGI 2019 Final.xlsx"
CSV_ID = "fcf8a0a3-2051-484a-ba9a-5c8bc2268a3e"
FOLDER = SAMPLES / "leggi"


def answers(files: Mapping[str, bytes] | None = None, others: tuple[str, ...] = ()) -> Answers:
    """The Datastore with the sample's files, some of them replaced, and the names of others that stand beside them."""
    given = {name: (FOLDER / name).read_bytes() for name in (TABLE, WORKBOOK)} | dict(files or {})
    resources: dict[str, Any] = {}
    found = []
    for name, content in given.items():
        key = CSV_ID if name == TABLE else f"id-{len(resources)}"
        url = f"{BASE}/download/2ko63/{key}/{quote(name)}"
        resources[key] = {"title": name, "url": url, "filename": name, "size": len(content)}
        found += [
            Answer("GET", address, content)
            for address in {url, f"{BASE}/download/2ko63/{key}/{name}"}
        ]
    for name in others:
        resources[name] = {
            "title": name,
            "url": f"{BASE}/download/2ko63/x/{name}",
            "filename": name,
            "size": 1,
        }
    record = json.dumps({"id": "2ko63", "resources": resources}).encode()
    return Answers(
        date(2026, 11, 22), (Answer("GET", f"{BASE}/api/v3/dataset/2ko63", record), *found)
    )


def with_cells(changes: Mapping[str, str | float | None], sheet: str = "Borough GHG") -> Answers:
    """The sample with some cells of its workbook changed, or emptied."""
    cells = cells_of((FOLDER / WORKBOOK).read_bytes())
    merged = {**cells[sheet], **changes}
    cells[sheet] = {address: value for address, value in merged.items() if value is not None}
    return answers({WORKBOOK: workbook(cells)})


def with_text(old: str, new: str) -> Answers:
    """The sample with a piece of its CSV changed."""
    text = (FOLDER / TABLE).read_text()
    assert old in text
    return answers({TABLE: text.replace(old, new).encode()})


class TestSample:
    @pytest.mark.parametrize(
        ("year", "tower_hamlets", "london"),
        [
            (2010, 2141.889857, 43790.61155),
            (2011, 1789.54759, 38994.15699),
            (2012, 2003.844633, 40750.4899),
            (2013, 1888.707382, 40874.9835),
            (2014, 1768.19714, 37943.18353),
            (2015, 1485.879353, 34105.92621),
            (2016, 1292.89154, 31355.90507),
            (2017, 1185.760861, 30320.36376),
            (2019, 1129.4597488115967, 31377.339718831103),
        ],
    )
    def test_totals(self, read: Read, year: int, tower_hamlets: float, london: float) -> None:
        rows = read("co2_emissions")
        for area, value in ((TOWER_HAMLETS, tower_hamlets), (LONDON, london)):
            found = one(rows, area_code=area, year=year, breakdown="total", category="total")
            assert (found.value, found.unit, found.source_text, found.status) == (
                value,
                "ktco2e",
                str(value),
                "",
            )
            assert (found.period.iso, found.period.label) == (f"{year}-01-01/P1Y", str(year))

    @pytest.mark.parametrize(
        ("area", "year", "sectors"),
        [
            (TOWER_HAMLETS, 2010, [375.7455239, 1554.988844, 211.155489]),
            (TOWER_HAMLETS, 2017, [251.0826414, 745.8771438, 188.8010758]),
            (LONDON, 2017, [11336.96748, 11024.1103, 7959.285975]),
            (
                TOWER_HAMLETS,
                2019,
                [231.1626500618733, 673.4448630333675, 202.4037996418438, 22.448436074512],
            ),
            (
                LONDON,
                2019,
                [10695.852878153615, 9391.35000108903, 8189.115586260112, 478.40308066577853],
            ),
        ],
    )
    def test_sectors(self, read: Read, area: str, year: int, sectors: list[float]) -> None:
        rows = [
            row
            for row in read("co2_emissions")
            if row.area_code == area and row.period.year == year
        ]
        assert [row.value for row in rows if row.breakdown == "sector"] == sectors
        names = ["domestic", "industrial_and_commercial", "transport", "non_road_mobile_machinery"]
        assert [row.category for row in rows if row.breakdown == "sector"] == names[: len(sectors)]

    def test_machinery_stands_only_where_the_edition_counts_it(self, read: Read) -> None:
        rows = [row for row in read("co2_emissions") if row.category == "non_road_mobile_machinery"]
        assert {row.period.year for row in rows} == {2019}

    def test_years_that_may_not_be_joined_are_of_different_series(self, read: Read) -> None:
        found = {(row.period.year, row.series) for row in read("co2_emissions")}
        assert found == {
            *((year, "leggi_2010_2012") for year in (2010, 2011, 2012)),
            *((year, "leggi_2013_2017") for year in range(2013, 2018)),
            (2019, "leggi_2019"),
        }

    def test_an_interim_edition_is_provisional(self, read: Read) -> None:
        assert {(row.period.year == 2019, row.revision) for row in read("co2_emissions")} == {
            (True, "p"),
            (False, ""),
        }

    def test_london_in_2019_says_what_no_borough_has(self, read: Read) -> None:
        rows = read("co2_emissions")
        note = one(rows, area_code=LONDON, year=2019, category="total").note
        assert "2,622.6 kt" in note and "28,754.7 kt" in note
        assert one(rows, area_code=TOWER_HAMLETS, year=2019, category="total").note == ""

    @pytest.mark.parametrize("category", ["transport", "total"])
    @pytest.mark.parametrize(
        ("year", "noted"), [(2010, False), (2011, True), (2012, True), (2013, False)]
    )
    def test_repeated_road_transport_is_noted(
        self, read: Read, category: str, year: int, noted: bool
    ) -> None:
        found = one(read("co2_emissions"), area_code=TOWER_HAMLETS, year=year, category=category)
        assert ("estimate for 2010" in found.note) == noted

    def test_england_has_no_figure_and_a_reason(self, plan: Plan, read: Read) -> None:
        assert {row.area_code for row in read("co2_emissions")} == {TOWER_HAMLETS, LONDON}
        assert plan.indicators["co2_emissions"].no_comparator["E92000001"]

    def test_each_figure_names_the_file_it_was_read_from(self, read: Read) -> None:
        of = {
            name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
            for name in (TABLE, WORKBOOK)
        }
        for row in read("co2_emissions"):
            assert row.snapshot == of[WORKBOOK if row.period.year == 2019 else TABLE]

    def test_the_sample_is_what_its_origin_says(self) -> None:
        for name, content in compose_leggi.answers().items():
            assert (FOLDER / name).read_bytes() == content


class TestRealFiles:
    """The publisher's own CSV of 2010 to 2017 and workbook of 2019."""

    @pytest.fixture
    def published(self) -> Answers:
        return answers({name: real(f"leggi/{name}").read_bytes() for name in (TABLE, WORKBOOK)})

    def test_give_every_figure_of_the_sample(self, read: Read, published: Answers) -> None:
        rows = read("co2_emissions", published)
        assert len(rows) == 8 * 2 * 4 + 2 * 5
        assert (
            one(rows, area_code=TOWER_HAMLETS, year=2019, category="total").value
            == 1129.4597488115967
        )
        assert (
            one(rows, area_code=TOWER_HAMLETS, year=2014, category="domestic").value == 318.4811584
        )
        assert one(rows, area_code=LONDON, year=2013, category="transport").value == 8679.569809

    def test_are_the_figures_that_the_sample_was_composed_from(
        self, read: Read, published: Answers
    ) -> None:
        origin = {
            (row["area"], int(row["period"]), row["figure"]): row["value"]
            for row in origins_in(FOLDER)
        }
        names = {**leggi.CSV_SECTORS, **leggi.SECTORS, "Grand Total": "total"}
        expected = {
            (area, year, names[figure.removesuffix(", Total")]): value
            for (area, year, figure), value in origin.items()
            if figure.endswith(", Total") or figure == "Grand Total"
        }
        found = {
            (row.area_code, row.period.year, row.category): row.source_text
            for row in read("co2_emissions", published)
        }
        assert found == expected
        assert len(found) == 74

    def test_every_borough_adds_up_in_every_year(
        self, plan: Plan, live_client: Callable[..., Any], published: Answers, tmp_path: Path
    ) -> None:
        boroughs = plan_with(tmp_path, plan, "leggi", comparators=every_borough())
        fetched = by_role(
            leggi.fetch(live_client("leggi", published), boroughs.indicators_of("leggi"))
        )
        rows = leggi.parse(boroughs.indicators["co2_emissions"].seen_by("leggi"), fetched)
        assert len({(row.area_code, row.period.year) for row in rows}) == 34 * 9
        sectors_and_total_of_2019 = {
            "E09000002": (
                211.05502367992165,
                136.7695950513661,
                157.67284708261263,
                3.285246446627201,
                508.78271226052755,
            ),
            "E09000003": (
                557.4652483749769,
                196.68218282908737,
                426.13085398187314,
                16.294515116387995,
                1196.5728003023255,
            ),
            "E09000017": (
                378.8222480061093,
                454.0586276896681,
                1151.543764217266,
                53.21391064798882,
                2037.6385505610322,
            ),
            "E09000031": (
                312.9991689805808,
                127.34213250404214,
                178.43807531146334,
                7.769749106736999,
                626.5491259028232,
            ),
            "E09000033": (
                294.2535433202996,
                1156.0393403147161,
                258.8430215132966,
                46.564834628496996,
                1755.7007397768093,
            ),
        }
        for borough, figures in sectors_and_total_of_2019.items():
            mine = [row for row in rows if row.area_code == borough and row.period.year == 2019]
            assert tuple(row.value for row in mine) == figures


class TestEditions:
    def test_a_newer_edition_is_named_on_the_latest_figures_and_nowhere_else(
        self, read: Read
    ) -> None:
        rows = read(
            "co2_emissions",
            answers(others=("LEGGI_2020.xlsx", "LEGGI_2018_FINAL.xlsx", "LEGGI_2022.xlsx")),
        )
        assert {row.period.year for row in rows if "not read here yet" in row.note} == {2019}
        note = one(rows, area_code=TOWER_HAMLETS, year=2019, category="total").note
        assert note == "On the Datastore and not read here yet: LEGGI_2020.xlsx, LEGGI_2022.xlsx."

    def test_what_is_no_table_is_not_taken_for_an_edition(self, read: Read) -> None:
        rows = read(
            "co2_emissions", answers(others=("LEGGI_2022_method.pdf", "population_2022.xlsx"))
        )
        assert not any("not read here" in row.note for row in rows)

    def test_a_listed_edition_that_has_gone_is_refused(self, read: Read) -> None:
        with pytest.raises(
            SourceError, match=r"one file named like LEGGI\[ _\]2019.*0 of: .*co2-emissions"
        ):
            given = answers()
            record = json.loads(given.answers[0].content)
            record["resources"].pop("id-1")
            changed = Answer("GET", given.answers[0].url, json.dumps(record).encode())
            read("co2_emissions", Answers(given.composed, (changed, *given.answers[1:])))

    def test_two_files_with_the_name_of_one_edition_are_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match="2 of"):
            read("co2_emissions", answers(others=("LEGGI_2019.xlsx",)))

    def test_another_year_than_the_edition_s_is_refused(self, read: Read) -> None:
        title = "Table B.2 Greenhouse gas emissions by borough, 2020 (ktCO2e)"
        with pytest.raises(SourceError, match=r"the year \[2019\].*came 2020"):
            read("co2_emissions", with_cells({"B4": title}))

    def test_an_edition_that_is_not_interim_is_not_provisional(self, read: Read) -> None:
        given = with_cells({"C2": "Final"}, "Summary")
        assert {row.revision for row in read("co2_emissions", given)} == {""}

    @pytest.mark.parametrize("version", [None, "Draft"])
    def test_a_workbook_that_does_not_say_its_version_is_refused(
        self, read: Read, version: str | None
    ) -> None:
        with pytest.raises(SourceError, match="“Version” and one of"):
            read("co2_emissions", with_cells({"C2": version}, "Summary"))

    def test_a_year_comes_from_one_edition(self) -> None:
        edition = {"named": "a", "format": "csv", "years": [2010]}
        with pytest.raises(ValidationError, match="each year must come from one edition"):
            leggi.Ask.model_validate(
                {"dataset": "a", "editions": [{**edition, "id": "a"}, {**edition, "id": "b"}]}
            )


class TestALayoutThatIsNotKnown:
    """The layouts of 2020 and later were not seen: what is in the file is said."""

    def test_the_words_of_the_sheet_are_told(self, read: Read) -> None:
        title = "Table B.2 Greenhouse gas emissions by borough, 2019 (ktCO2e)"
        content = workbook({"GHG": {"A1": title, "A3": "LA code", "B3": "Area", "C3": "Domestic"}})
        with pytest.raises(
            SourceError, match=r"came none\. The sheet has row 3: LA code \| Area \| Domestic"
        ):
            read("co2_emissions", answers({WORKBOOK: content}))

    def test_the_names_of_its_sheets_are_told(self, read: Read) -> None:
        content = workbook({"Summary": {"A1": "LEGGI 2020"}, "B.2": {"A1": "Emissions"}})
        with pytest.raises(SourceError, match=r"one title like .*came 0 in \['Summary', 'B\.2'\]"):
            read("co2_emissions", answers({WORKBOOK: content}))


class TestWorkbook:
    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"B4": "Table B.1 Energy by borough, 2019 (kWh)"}, r"one title like .*0 in"),
            (
                {"B4": "Table B.2 Greenhouse gas emissions by borough, 2019 (tCO2e)"},
                r"one title like .*0 in",
            ),
            (
                {"B6": "Total CO2/ CO2e emissions (t)"},
                r"one row with “Total CO2/ CO2e emissions \(kt\)”",
            ),
            ({"B44": "Grand Total (mt)", "B45": None}, r"none for E12000007"),
            ({"B43": None}, r"Unapportioned.*none for unapportioned"),
            ({"W7": "Machinery (CO2e)"}, r"the sectors .*NRMM"),
            ({"AA7": None}, r"the sectors .*IPPU"),
            ({"AE6": None}, r"0 of “Grand Total”"),
            ({"O8": "Sum"}, r"a total of each sector"),
            ({"J8": "Electricity less rail"}, r"“Electricity w/o rail & RT” of industry"),
            ({"H39": 230.0}, r"231\.1627, the sum of its parts.*came 230"),
            ({"AE39": 1107.0}, r"1129\.4597, the sum of its parts"),
            ({"AC39": 12.5}, r"no figures for IPPU.*Waste \(CO2e\) 12\.5"),
        ],
    )
    def test_what_does_not_fit_is_refused(
        self, read: Read, changes: dict[str, str | float | None], says: str
    ) -> None:
        with pytest.raises(SourceError, match=says):
            read("co2_emissions", with_cells(changes))

    def test_industry_that_counts_the_railways_too_is_refused(self, read: Read) -> None:
        # 521.1 with railways in place of 500.2 without: transport's electricity would be counted twice.
        twice = 673.4448630333675 - 500.1756228588279 + 521.1450747335522
        with pytest.raises(SourceError, match=r"673\.4449, the sum of its parts"):
            read("co2_emissions", with_cells({"O39": twice}))

    def test_million_tonnes_are_never_read(self, read: Read) -> None:
        assert all((row.value or 0) > 20 for row in read("co2_emissions"))

    def test_negative_figures_that_no_borough_has_are_fine(self, read: Read) -> None:
        assert read("co2_emissions", with_cells({"O43": -25.03}))


class TestCsv:
    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("London,2017,Total,Total", "London,2017,NRMM,Total", r"a total of one of .*came NRMM"),
            ("N/A,375.7455239", "N/A,0", r"1766\.1443, the sum of its parts.*came 2141\.889857"),
            (",2017,", ",2018,", r"the years \[2010.*2018"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, read: Read, old: str, new: str, says: str) -> None:
        with pytest.raises(SourceError, match=says):
            read("co2_emissions", with_text(old, new))

    def test_other_rows_and_columns_are_passed_over(self, read: Read) -> None:
        lines = (FOLDER / TABLE).read_text().splitlines()
        more = [f"{line},{'Remark' if at == 0 else ''}" for at, line in enumerate(lines)]
        more.append("Unapportioned,2017,Industrial and Commercial,Total,N/A,-25.03397924,")
        more += ["Unapportioned,2017,Domestic,Coal,2017,-,", ""]
        assert read("co2_emissions", answers({TABLE: "\n".join(more).encode()})) != []


@given(st.lists(st.floats(0, 50_000), min_size=1, max_size=6), st.floats(-1, 1))
def test_a_total_agrees_with_its_parts_within_rounding_and_not_beyond(
    parts: list[float], off: float
) -> None:
    total = leggi.Cell(
        "a", 2019, "total", repr(sum(parts) + off), Place(Snapshot("a", b"", receipt("b")))
    )
    if abs(off) < leggi.ROUNDING * 0.99:
        leggi._agree(total, parts)
    elif abs(off) > leggi.ROUNDING * 1.01:
        with pytest.raises(SourceError):
            leggi._agree(total, parts)
