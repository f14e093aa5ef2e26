"""The exposure workbook of the London Atmospheric Emissions Inventory: what is read, and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import sqlite3
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sources import SAMPLES, laei
from sources.publishers import datastore
from sources.reading.files import Place, Sheet, column_letters
from sources.samples import compose_laei
from sources.samples.xlsx import workbook
from tests.support import ROOT, one, real, receipt_of, with_witnesses
from thindicators.errors import SourceError
from thindicators.fetching.answers import Answer, Answers
from thindicators.fetching.snapshots import Receipt, Snapshot, by_role
from thindicators.observations.observation import Observation
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]
Cells = dict[str, dict[str, str | float]]

TOWER_HAMLETS, LONDON = "E09000030", "E12000007"
RECORD = "https://data.london.gov.uk/api/v3/dataset/e758q"
FILES = "https://data.london.gov.uk/download/e758q/a511106e-008e-4712-a028-520b1fc4a798"
DECEMBER_2021 = "20211209_AQExceedingPop_RoadStats_LAEI2019.xlsx"
DECEMBER_2022 = "Dec2022_AQExceedingPop_RoadStats_LAEI2019.xlsx"
SAMPLE = SAMPLES / "laei" / DECEMBER_2021


def answers(content: bytes, file: str = DECEMBER_2021, **changed: Any) -> Answers:
    """The Datastore as it serves these bytes under this file name; `changed` are fields of its record."""
    url = f"{FILES}/{file}"
    resource = {
        "title": DECEMBER_2021,
        "url": url,
        "filename": file,
        "size": len(content),
        **changed,
    }
    record = {"id": "e758q", "resources": {"a511106e-008e-4712-a028-520b1fc4a798": resource}}
    return Answers(
        date(2026, 11, 22),
        (Answer("GET", RECORD, json.dumps(record).encode()), Answer("GET", url, content)),
    )


def cells_of(content: bytes) -> Cells:
    """Every cell of a workbook by its address, by sheet."""
    opened = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: {
            f"{column_letters(column)}{row}": cell
            for row, line in enumerate(
                opened.get_sheet_by_name(name).to_python(skip_empty_area=False), 1
            )
            for column, cell in enumerate(line)
            if isinstance(cell, str | float) and cell != ""
        }
        for name in opened.sheet_names
    }


def with_cells(changes: Mapping[str, str | float | None], sheet: str = "Population_NO2") -> bytes:
    """The sample's workbook with some cells changed, or emptied."""
    cells = cells_of(SAMPLE.read_bytes())
    merged = {**cells[sheet], **changes}
    cells[sheet] = {address: value for address, value in merged.items() if value is not None}
    return workbook(cells)


def below(cells: Mapping[str, str | float], rows: int) -> dict[str, str | float]:
    """The same cells so many rows further down."""
    moved = {}
    for address, value in cells.items():
        column = address.rstrip("0123456789")
        moved[f"{column}{int(address.removeprefix(column)) + rows}"] = value
    return moved


def plan_with(folder: Path, plan: Plan, source: str, **replacements: str) -> Plan:
    """The plan of one source as a `schemas/` folder in which every borough is an area, and some texts are replaced."""
    codes = {
        "tower hamlets": TOWER_HAMLETS,
        **datastore.BOROUGHS,
        "London": LONDON,
        "England": "E92000001",
    }
    for part in ("sources", "indicators"):
        (folder / part).mkdir()
    (folder / "plan.yaml").write_bytes((ROOT / "schemas/plan.yaml").read_bytes())
    lines = "".join(f"{code},{name},area\n" for name, code in codes.items())
    (folder / "areas.csv").write_text(f"code,name,kind\n{lines}")
    indicators = {each.id for each in plan.indicators_of(source)}
    files = [
        *(f"sources/{name}.yaml" for name in plan.sources),
        *(f"indicators/{name}.yaml" for name in sorted(indicators)),
    ]
    for file in files:
        text = (ROOT / "schemas" / file).read_text()
        for old, new in replacements.items():
            text = re.sub(rf"(?m)^(\s*){old}: .*$", rf"\1{old}: {new}", text)
        (folder / file).write_text(text)
    return load_plan(with_witnesses(folder))


def every_borough() -> str:
    """Comparators of a plan about Tower Hamlets: all the other boroughs, and London."""
    return f"[{', '.join(sorted({*datastore.BOROUGHS.values()} - {TOWER_HAMLETS}))}, {LONDON}]"


class TestSample:
    @pytest.mark.parametrize(
        ("area", "year", "value", "people", "everyone", "text"),
        [
            (TOWER_HAMLETS, 2016, 76.23, 232900, 305500, "0.7623000000000001"),
            (TOWER_HAMLETS, 2019, 7.47, 23900, 319400, "0.0747"),
            (LONDON, 2016, 23.48, 2065700, 8798900, "0.2348"),
            (LONDON, 2019, 1.91, 173700, 9082700, "0.0191"),
        ],
    )
    def test_share_above_40_is_a_percentage_with_its_counts(
        self,
        read: Read,
        area: str,
        year: int,
        value: float,
        people: float,
        everyone: float,
        text: str,
    ) -> None:
        found = one(read("no2_exposure"), area_code=area, year=year)
        assert (found.value, found.unit, found.numerator, found.denominator) == (
            value,
            "percent",
            people,
            everyone,
        )
        assert (found.source_text, found.status, found.revision) == (text, "", "")
        assert (found.period.iso, found.period.label) == (f"{year}-01-01/P1Y", f"LAEI {year}")
        assert found.series == "laei_2019_december_2021"

    @pytest.mark.parametrize(
        ("area", "year", "mean", "share"),
        [
            (TOWER_HAMLETS, 2016, 14.2418327136573, 100),
            (TOWER_HAMLETS, 2019, 11.7210977518943, 100),
            (LONDON, 2016, 13.2792549960904, 100),
            (LONDON, 2019, 10.7994027192245, 87.67),
        ],
    )
    def test_pm25_is_a_mean_and_beside_it_a_share(
        self, read: Read, area: str, year: int, mean: float, share: float
    ) -> None:
        rows = read("pm25_concentration")
        headline = one(rows, area_code=area, year=year, breakdown="total")
        above = one(
            rows, area_code=area, year=year, breakdown="exposure", category="above_10_ug_m3"
        )
        assert (headline.value, headline.unit, headline.numerator) == (mean, "ug_m3", None)
        assert (above.value, above.unit) == (share, "percent")

    def test_england_has_no_figure_and_a_reason(self, plan: Plan, read: Read) -> None:
        for indicator in ("no2_exposure", "pm25_concentration"):
            assert {row.area_code for row in read(indicator)} == {TOWER_HAMLETS, LONDON}
            assert "London only" in plan.indicators[indicator].no_comparator["E92000001"]

    def test_figures_name_the_bytes_they_were_read_from(self, read: Read) -> None:
        assert {row.snapshot for row in read("no2_exposure")} == {
            hashlib.sha256(SAMPLE.read_bytes()).hexdigest()
        }

    def test_one_workbook_is_fetched_once_for_both_indicators(
        self, plan: Plan, live_client: Callable[..., Any]
    ) -> None:
        roles = [one.role for one in laei.fetch(live_client("laei"), plan.indicators_of("laei"))]
        assert roles == ["dataset e758q", "exposure e758q a511106e-008e-4712-a028-520b1fc4a798"]

    def test_the_sample_is_what_its_origin_says(self) -> None:
        for name, content in compose_laei.answers().items():
            assert (SAMPLES / "laei" / name).read_bytes() == content


class TestRealWorkbook:
    """The publisher's own first edition."""

    @pytest.fixture
    def published(self) -> Answers:
        return answers(real(f"laei/{DECEMBER_2021}").read_bytes())

    def test_agrees_with_the_sample(self, read: Read, published: Answers) -> None:
        assert [(r.value, r.numerator) for r in read("no2_exposure", published)] == [
            (76.23, 232900),
            (23.48, 2065700),
            (7.47, 23900),
            (1.91, 173700),
        ]

    def test_boroughs_of_2019(
        self, plan: Plan, live_client: Callable[..., Any], published: Answers, tmp_path: Path
    ) -> None:
        boroughs = plan_with(tmp_path, plan, "laei", comparators=every_borough())
        fetched = by_role(
            laei.fetch(live_client("laei", published), boroughs.indicators_of("laei"))
        )
        share = laei.parse(boroughs.indicators["no2_exposure"], fetched)
        both = laei.parse(boroughs.indicators["pm25_concentration"], fetched)
        assert len({row.area_code for row in share}) == 34
        no2_mean_and_share_above_10 = {
            "E09000001": (34.45, 13.1741980830671, 100),
            "E09000002": (0, 10.4191043651034, 91.91),
            "E09000003": (0.46, 10.5372917774068, 86.74),
            "E09000006": (0, 9.99917943875523, 45.24),
            "E09000007": (11.06, 11.918432731497, 100),
            "E09000012": (1.23, 11.4085468009771, 100),
            "E09000013": (2.96, 11.4056636793825, 100),
            "E09000016": (0, 9.80108608885205, 16.12),
            "E09000020": (9.61, 11.905355521747, 100),
            "E09000021": (0, 10.2694121867756, 81.08),
            "E09000025": (1.33, 11.0661497517066, 100),
            "E09000027": (0, 10.3546956608578, 79.57),
            "E09000028": (2.4, 11.3567773667887, 100),
            "E09000030": (7.47, 11.7210977518943, 100),
            "E09000033": (21.13, 12.3051171383709, 100),
        }
        for borough, figures in no2_mean_and_share_above_10.items():
            found = [one(share, area_code=borough, year=2019)]
            found += [
                one(both, area_code=borough, year=2019, breakdown=which)
                for which in ("total", "exposure")
            ]
            assert tuple(row.value for row in found) == figures

    def test_children_and_adults_are_exchanged_there_and_never_read(
        self, read: Read, published: Answers
    ) -> None:
        cells = cells_of(real(f"laei/{DECEMBER_2021}").read_bytes())["Population_NO2"]
        children, of, shown = cells["R36"], cells["P36"], cells["T36"]
        assert round(float(children) / float(of), 3) == 0.072 != shown == 0.076
        assert 7.6 not in {row.value for row in read("no2_exposure", published)}

    def test_borough_codes_are_the_official_ones(self) -> None:
        path = real("laei/London_Boroughs.gpkg")
        rows = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True).execute(
            "select name, gss_code from london_boroughs"
        )
        found = {code: datastore.borough_code(name) for name, code in rows}
        assert len(found) == 33
        assert all(code == mapped for code, mapped in found.items())


class TestEditions:
    """One resource id has served two editions."""

    def test_the_later_edition_is_told_by_its_file_name_though_the_title_stays(
        self, read: Read
    ) -> None:
        # The figures of 2019 in tables laid out as readers of the later edition describe it.
        content = later_edition({})
        found = read("no2_exposure", answers(content, DECEMBER_2022))
        assert {(row.period.year, row.series) for row in found} == {
            (2019, "laei_2019_december_2022")
        }
        assert one(found, area_code=TOWER_HAMLETS).value == 7.47

    def test_forecasts_are_not_published(self, read: Read) -> None:
        rows = read("no2_exposure", answers(later_edition({}), DECEMBER_2022))
        assert {row.period.year for row in rows}.isdisjoint({2025, 2030})

    def test_an_unknown_edition_is_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match=r"another edition.*ask\.editions"):
            read(
                "no2_exposure",
                answers(SAMPLE.read_bytes(), "May2027_AQExceedingPop_RoadStats_LAEI2019.xlsx"),
            )

    def test_an_edition_that_does_not_show_its_years_is_refused(self, read: Read) -> None:
        with pytest.raises(
            SourceError, match=r"columns of share for \[2016, 2019\].*came \[2019\]"
        ):
            read("no2_exposure", answers(with_cells({"L6": "Reduction"})))

    def test_an_edition_under_the_name_of_the_other_is_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match=r"title names 40 ug/m3.*1 tables.*Dec2022"):
            read("no2_exposure", answers(SAMPLE.read_bytes(), DECEMBER_2022))

    def test_a_year_of_which_the_edition_says_nothing_is_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match=r"columns of share for \[2019\].*2016, 2019"):
            read("no2_exposure", answers(later_edition({"L6": "LAEI 2016"}), DECEMBER_2022))


def later_edition(changes: Mapping[str, str | float], threshold: str = ">40 ug/m3") -> bytes:
    """Two tables on a sheet, each under a title with its threshold; the second has no figures of ours to mistake."""
    cells = cells_of(SAMPLE.read_bytes())["Population_NO2"]
    only_2019 = {"H6": "2025", "J6": "2025", "L6": "2025", "B6": "2013"}
    first = {**cells, **only_2019, **changes, "A2": f"Population exceeding {threshold}"}
    other = {
        **cells,
        **only_2019,
        "A2": "Population exceeding >20 ug/m3",
        "M36": 0.99,
        "K36": 316200.0,
    }
    return workbook({"Population_NO2": {**first, **below(other, 50)}})


class TestALayoutThatIsNotKnown:
    """The layouts of the editions that the Datastore serves now were not seen: what is in the file is said."""

    def test_the_words_of_the_sheet_are_told(self, read: Read) -> None:
        rows = {
            "B30": "Area",
            "D30": "Population weighted mean",
            "J30": "Total",
            "K30": "Exceeding",
            "B31": "Camden",
        }
        content = workbook({"Population_NO2": {"A1": "Population exceeding > 40 ug/m3", **rows}})
        with pytest.raises(SourceError) as problem:
            read("no2_exposure", answers(content, DECEMBER_2022))
        assert (
            "no such table. The sheet has row 30: Area | Population weighted mean | Total"
            in problem.value.came
        )
        assert "sources/laei.py" in problem.value.remedy

    def test_the_names_of_its_sheets_are_told(self, read: Read) -> None:
        content = workbook({"Summary": {"A1": "LAEI"}, "NO2 by borough": {"A1": "Borough"}})
        with pytest.raises(SourceError, match=r"came \['Summary', 'NO2 by borough'\]"):
            read("no2_exposure", answers(content, DECEMBER_2022))


class TestThresholds:
    """The threshold is in no header of the first edition; with several tables their titles must tell."""

    def test_the_table_of_the_threshold_is_taken(self, read: Read) -> None:
        found = read("no2_exposure", answers(later_edition({}), DECEMBER_2022))
        assert one(found, area_code=TOWER_HAMLETS).numerator == 23900

    @pytest.mark.parametrize("title", ["", ">20 ug/m3", "of 30 ug/m3", "> 40 ug/m3 or > 30 ug/m3"])
    def test_otherwise_nothing_is_chosen(self, read: Read, title: str) -> None:
        with pytest.raises(SourceError, match=r"title names 40 ug/m3.*2 tables: .*row 6.*row 56"):
            read("no2_exposure", answers(later_edition({}, title), DECEMBER_2022))

    def test_a_second_table_in_the_first_edition_is_refused(self, read: Read) -> None:
        cells = cells_of(SAMPLE.read_bytes())["Population_NO2"]
        content = workbook({"Population_NO2": {**cells, **below(cells, 50)}})
        with pytest.raises(SourceError, match=r"and no more.*2 tables"):
            read("no2_exposure", answers(content))

    def test_another_threshold_in_the_first_edition_is_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match="1 tables"):
            read("no2_exposure", answers(with_cells({"G2": "Population above 30 ug/m3"})))

    @given(st.integers(1, 99))
    def test_a_threshold_is_read_from_a_title_and_never_from_a_pollutant(self, number: int) -> None:
        for title in (
            f"> {number} ug/m3",
            f"above {number} µg/m3",
            f"exceeding {number}ug/m3",
            f"≥{number}",
        ):
            named = laei._THRESHOLD.findall(f"PM2.5 ug/m3 and NO2 ug/m3, LAEI 2019, {title}")
            assert {float(a or b) for a, b in named} == {number}


class TestStrictness:
    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"M36": 7.47}, r"a share from 0 to 1.*7\.47"),
            ({"M36": 0.5}, r"23900 of 319400 people, 0\.0748.*0\.5"),
            ({"K36": 0.0}, r"0 of 319400 people"),
            ({"G36": "Waltham Forest"}, r"the same area on both sides.*row 36"),
            ({"A40": "Inner London", "G40": "Inner London"}, r"Greater London.*none for E12000007"),
            ({"A6": "Area", "G6": "Area"}, r"“Borough” under “NO2"),
            (
                {"B5": "Annual Average NOx Concentration ug/m3 (Population Weighted)"},
                r"a heading with NO2",
            ),
            (
                {"B5": "Annual Average NO2 Concentration mg/m3 (Population Weighted)"},
                r"a heading with NO2 and ug/m3",
            ),
            ({"H4": "Adults 19-64"}, r"columns of share for \[2016, 2019\].*none"),
            ({"O4": "All Population Age Groups"}, r"one column for population 2016"),
        ],
    )
    def test_what_does_not_fit_is_refused(
        self, read: Read, changes: dict[str, str | float | None], says: str
    ) -> None:
        with pytest.raises(SourceError, match=says):
            read("no2_exposure", answers(with_cells(changes)))

    def test_a_renamed_sheet_is_refused_and_a_known_second_name_is_read(self, read: Read) -> None:
        cells = cells_of(SAMPLE.read_bytes())
        renamed = workbook({"Population_PM2.5": cells["Population_PM25"]})
        assert one(
            read("pm25_concentration", answers(renamed)),
            area_code=LONDON,
            year=2019,
            breakdown="exposure",
        )
        with pytest.raises(
            SourceError, match=r"one sheet of \['Population_NO2'\].*Population_PM2\.5"
        ):
            read("no2_exposure", answers(renamed))

    @given(st.integers(1, 100_000), st.integers(1, 400_000))
    def test_the_share_of_any_honest_counts_is_accepted(self, above: int, others: int) -> None:
        everyone = above + others
        if round(everyone, -2) < 200:
            return
        row = ["", float(round(above, -2)), float(round(everyone, -2)), round(above / everyone, 4)]
        assert laei._people(_block_of(row), 0, 2019, round(above / everyone, 4)) == (row[1], row[2])


def _block_of(row: Sequence[object]) -> laei.Block:
    snapshot = Snapshot("exposure", b"", receipt("https://data.london.gov.uk/x.xlsx"))
    columns: dict[tuple[laei.Column, int], int] = {
        ("exceeding", 2019): 1,
        ("population", 2019): 2,
        ("share", 2019): 3,
    }
    return laei.Block(Sheet("Population_NO2", [row], snapshot), 0, 1, [0], columns, set())


def receipt(url: str) -> Receipt:
    return receipt_of(source="laei", url=url)


class TestDatastore:
    """What is true of every data set of the London Datastore."""

    def test_resources_may_be_a_list_with_other_field_names(self, read: Read) -> None:
        content = SAMPLE.read_bytes()
        entry = {
            "id": "a511106e-008e-4712-a028-520b1fc4a798",
            "title": DECEMBER_2021,
            "check_size": len(content),
        }
        record = json.dumps(
            {"id": "e758q", "resources": [{**entry, "url": f"{FILES}/{DECEMBER_2021}"}]}
        )
        given = Answers(
            date(2026, 11, 22),
            (
                Answer("GET", RECORD, record.encode()),
                Answer("GET", f"{FILES}/{DECEMBER_2021}", content),
            ),
        )
        assert len(read("no2_exposure", given)) == 4

    @pytest.mark.parametrize("size", [None, 0, 1, "many"])
    def test_another_size_than_the_record_gives_is_refused(self, read: Read, size: object) -> None:
        with pytest.raises(
            SourceError, match=r"bytes, as https://data\.london\.gov\.uk/api/v3/dataset/e758q says"
        ):
            read("no2_exposure", answers(SAMPLE.read_bytes(), size=size))

    def test_another_hash_is_only_logged(
        self, read: Read, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.WARNING, "sources.publishers.datastore"):
            assert read("no2_exposure", answers(SAMPLE.read_bytes(), hash="0" * 32))
        assert "may be out of date" in caplog.text

    def test_a_file_that_has_gone_or_changed_its_name_is_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match=r"one file with the id a511106e.*0 of.*Schools"):
            read("no2_exposure", answers(SAMPLE.read_bytes(), "Schools.xlsx", title="Schools"))

    @pytest.mark.parametrize(
        "body", [b"[]", b"{}", b'{"resources": []}', b'{"resources": {"a": 1}}', b"<html>"]
    )
    def test_what_is_no_record_is_refused(self, read: Read, body: bytes) -> None:
        with pytest.raises(SourceError, match="e758q"):
            read("no2_exposure", Answers(date(2026, 11, 22), (Answer("GET", RECORD, body),)))

    @pytest.mark.parametrize(
        "mock", ["gla-mock-api-dataset.json", "gla-mock-api-v3-datasets-export.json"]
    )
    def test_the_publisher_s_own_examples_of_a_record_are_read(self, mock: str) -> None:
        answer = json.loads(real(f"datastore/{mock}").read_bytes())
        record = json.dumps(answer[0] if isinstance(answer, list) else answer).encode()
        found = datastore.read_resources(Snapshot("dataset", record, receipt(RECORD)))
        assert {(one.size or 0) > 0 for one in found} == {True}
        assert all(one.url.startswith("https://data.london.gov.uk/download/") for one in found)

    @pytest.mark.parametrize(
        "name",
        ["Tower Hamlets", " tower  hamlets ", "Hammersmith & Fulham", "Hammersmith and Fulham", "Kingston upon Thames",
         "Kingston", "Richmond upon Thames", "Richmond", "City of London", "Barking & Dagenham"],
    )  # fmt: skip
    def test_every_spelling_of_a_borough_is_known(self, name: str) -> None:
        assert datastore.borough_code(name) is not None

    @pytest.mark.parametrize(
        "name", ["", "London", "Inner", "Central", "Meeting", "Tower Hamlets Homes", 30.0]
    )
    def test_nothing_else_is_a_borough(self, name: object) -> None:
        assert datastore.borough_code(name) is None


class TestZip:
    """The LAEI 2022 comes in a zip."""

    @pytest.fixture
    def archive(self) -> Callable[..., Snapshot]:
        def make(*members: tuple[str, bytes]) -> Snapshot:
            whole = io.BytesIO()
            with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as opened:
                for name, content in members:
                    opened.writestr(name, content)
            return Snapshot(
                "exposure", whole.getvalue(), receipt("https://data.london.gov.uk/LAEI2022.zip")
            )

        return make

    def test_a_member_is_found_by_its_name_in_any_folder(
        self, archive: Callable[..., Snapshot]
    ) -> None:
        snapshot = archive(("Stats/A.xlsx", b"a"), ("Stats/B.xlsx", b"b"))
        assert datastore.member_of(snapshot, r"b\.xlsx").content == b"b"
        assert datastore.member_of(snapshot, r"b\.xlsx").receipt == snapshot.receipt

    @pytest.mark.parametrize("named", [r"c\.xlsx", r".*\.xlsx"])
    def test_none_or_several_are_refused(
        self, archive: Callable[..., Snapshot], named: str
    ) -> None:
        with pytest.raises(SourceError, match="one member named like"):
            datastore.member_of(archive(("A.xlsx", b"a"), ("B.xlsx", b"b")), named)

    def test_what_unpacks_too_large_is_refused(self, archive: Callable[..., Snapshot]) -> None:
        with pytest.raises(SourceError, match=r"at most 0\.1 MB"):
            datastore.member_of(archive(("A.xlsx", b"0" * 200_000)), r"a\.xlsx", largest_mb=0.1)

    def test_what_is_no_zip_is_refused(self) -> None:
        with pytest.raises(SourceError, match="expected a zip"):
            datastore.member_of(Snapshot("exposure", b"<html>", receipt("https://x/y.zip")), ".*")

    def test_moving_to_a_zipped_workbook_is_a_change_of_the_yaml_alone(
        self,
        plan: Plan,
        live_client: Callable[..., Any],
        archive: Callable[..., Snapshot],
        tmp_path: Path,
    ) -> None:
        edition = "[{file: '.*', series: laei_2019_december_2021, shares: [2016, 2019], means: [2016, 2019], titled: false}]"
        member = r"'.*\\.zip'\n  member: 'LAEI\\.xlsx'"
        plan_with(tmp_path, plan, "laei", named=member)
        for file in (tmp_path / "indicators").iterdir():
            file.write_text(
                re.sub(r"(?s)editions:.*?\ncomp", f"editions: {edition}\ncomp", file.read_text())
            )
        zipped = load_plan(tmp_path)
        given = answers(archive(("Stats/LAEI.xlsx", SAMPLE.read_bytes())).content, "Stats.zip")
        fetched = by_role(
            laei.fetch(live_client("laei", given), [zipped.indicators["no2_exposure"]])
        )
        assert (
            one(
                laei.parse(zipped.indicators["no2_exposure"], fetched), area_code=LONDON, year=2019
            ).value
            == 1.91
        )


def test_places_name_columns_as_a_spreadsheet_does() -> None:
    assert [column_letters(column) for column in (0, 25, 26, 33)] == ["A", "Z", "AA", "AH"]
    assert "row 36" in str(Place(Snapshot("a", b"", receipt("b")), "s", 36))
