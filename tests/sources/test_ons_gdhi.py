"""Household income per head from two workbooks of one release: what is read, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from sources import SAMPLES, ons_gdhi
from sources.publishers import ons
from sources.reading.files import column_letters
from sources.samples import compose_ons_gdhi
from sources.samples.xlsx import workbook
from tests.sources.sample_readings import origins_in
from tests.support import ROOT, one, real, snapshot_of, with_witnesses
from thindicators.errors import FetchError, PlanError, SourceError
from thindicators.fetching.answers import Answer, Answers, load_answers
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.observation import Observation
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan

Read = Callable[..., list[Observation]]
Cell = str | float
Rows = list[list[Any]]

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"
DATASETS = compose_ons_gdhi.DATASETS
AUTHORITIES = compose_ons_gdhi.AUTHORITIES
TITLE = "Table 3: Gross disposable household income (GDHI) per head of population at current basic prices, pounds"
OTHER_TITLES = [
    "Table 1: Total GDHI at current basic prices, pounds million",
    "Table 2: Total resident population numbers, persons",
    "Table 4: GDHI per head of population indices, UK equals 100",
    "Table 5: Annual growth in total GDHI, percentage",
    "Table 6: Annual growth in GDHI per head of population, percentage",
    "Table 8: Components of GDHI per head of population at current basic prices, pounds [note 2]",
]
WORKBOOK_OF_2024 = "ons/regionalgrossdisposablehouseholdincomeallitlregions2022.xlsx"
YEARS: list[Cell] = [2021, 2022, 2023, "20241"]
NEWEST = {
    TOWER_HAMLETS: [29290, 29914, 30981, 32568],
    LONDON: [30862, 32533, 34300, 36487],
    ENGLAND: [22340, 23491, 24986, 26490],
}
"""The release of 2026, from the publisher's data for Explore Local Statistics."""


def book(tables: Mapping[str, Rows]) -> bytes:
    """A workbook of sheets given as rows."""
    return workbook(
        {
            sheet: {
                f"{column_letters(column)}{number}": cell
                for number, row in enumerate(rows, 1)
                for column, cell in enumerate(row)
                if cell != ""
            }
            for sheet, rows in tables.items()
        }
    )


def authorities(
    figures: Sequence[Cell] = tuple(NEWEST[TOWER_HAMLETS]),
    years: Sequence[Cell] = tuple(YEARS),
    title: str = TITLE,
) -> Rows:
    """The table of local authorities, with a note under it."""
    return [
        [title],
        ["ITL1 region", "LAD code", "Region name", *years],
        ["London", TOWER_HAMLETS, "Tower Hamlets", *figures],
        ["", "", ""],
        ["1 The latest year is provisional."],
    ]


def regions(
    figures: Mapping[str, Sequence[Cell]] | None = None, years: Sequence[Cell] = tuple(YEARS)
) -> Rows:
    """The table of all regions, as the release of 2026 has it: with the header in its fourth row."""
    given = {**NEWEST, **(figures or {})}
    return [
        [TITLE],
        ["This worksheet contains one table."],
        ["Some cells refer to notes."],
        ["ITL", "ITL code", "Region name", *years],
        ["Other", "TLB", "England", *given[ENGLAND]],
        ["ITL1", "TLI", "London", *given[LONDON]],
        ["ITL3", "TLI42", "Tower Hamlets", *given[TOWER_HAMLETS]],
    ]


def answering(
    local: bytes | None = None, all_regions: bytes | None = None, **pages: Any
) -> Answers:
    """The sample's answers with other workbooks, or other pages: `landing` and `edition`, of the local authorities."""
    sample = load_answers(SAMPLES / "ons_gdhi")
    landing, edition, workbook_one, *rest, workbook_two = sample.answers
    changed = {"landing": landing, "edition": edition}
    for name, page in pages.items():
        changed[name] = replace(changed[name], content=json.dumps(page).encode())
    workbooks = (
        replace(workbook_one, content=local or workbook_one.content),
        replace(workbook_two, content=all_regions or workbook_two.content),
    )
    return replace(sample, answers=(*changed.values(), *rest, *workbooks))


@cache
def release_of_2024() -> Answers:
    """The publisher's own workbook of all regions; the local authorities have the row of Tower Hamlets from it."""
    content = real(WORKBOOK_OF_2024).read_bytes()
    title, header, *rows = rows_of(content)["Table 3"]
    years = [cell for cell in header[3:] if cell]
    own = next(row for row in rows if row[1] == "TLI42")
    return answering(
        book({"Table 2": authorities(own[3 : 3 + len(years)], years, str(title[0]))}), content
    )


def rows_of(content: bytes) -> dict[str, Rows]:
    """The rows of each sheet of a workbook."""
    whole = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: whole.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in whole.sheet_names
    }


def origins_of(folder: Path) -> dict[tuple[str, int], float]:
    """The figures of a sample by area and year, as the list of their origins has them."""
    figures = {}
    for row in origins_in(folder):
        if row["figure"] == "gdhi_per_head":
            figures[row["area"], int(row["period"])] = float(row["value"])
    return figures


def of_both(local: Rows | None = None, all_regions: Rows | None = None) -> Answers:
    """Answers with two workbooks of the release of 2026, in which one table or the other is changed."""
    return answering(
        book({"Table 3": local or authorities()}), book({"Table 4": all_regions or regions()})
    )


class TestSample:
    @pytest.mark.parametrize(
        ("area", "year", "pounds"),
        [
            (TOWER_HAMLETS, 1997, 13519),
            (TOWER_HAMLETS, 2008, 20669),
            (TOWER_HAMLETS, 2018, 27951),
            (TOWER_HAMLETS, 2022, 29613),
            (TOWER_HAMLETS, 2023, 31111),
            (LONDON, 1997, 12910),
            (LONDON, 2008, 21540),
            (LONDON, 2018, 29107),
            (LONDON, 2023, 35361),
            (ENGLAND, 1997, 10854),
            (ENGLAND, 2018, 20914),
            (ENGLAND, 2023, 25425),
        ],
    )
    def test_has_pounds_per_head(self, read: Read, area: str, year: int, pounds: float) -> None:
        found = one(read("gdhi_per_head"), area_code=area, year=year)
        assert (found.value, found.unit, found.source_text) == (pounds, "gbp", str(pounds))
        assert (found.period.iso, found.period.label) == (f"{year}-01-01/P1Y", str(year))
        assert (found.status, found.series, found.note) == ("", "gdhi", "")
        assert (found.lower_ci_95, found.numerator) == (None, None)

    def test_has_every_year_of_one_release_for_three_areas(self, read: Read) -> None:
        keys = {(row.area_code, row.period.year) for row in read("gdhi_per_head")}
        assert keys == {
            (area, year) for area in (TOWER_HAMLETS, LONDON, ENGLAND) for year in range(1997, 2024)
        }

    def test_the_last_year_is_provisional_and_no_other(self, read: Read) -> None:
        assert {
            (row.period.year, row.revision) for row in read("gdhi_per_head") if row.revision
        } == {(2023, "p")}

    def test_each_area_comes_from_the_workbook_that_has_it(
        self, plan: Plan, read: Read, live_client: Callable[..., Any]
    ) -> None:
        brought = by_role(ons_gdhi.fetch(live_client("ons_gdhi"), plan.indicators_of("ons_gdhi")))
        sources = {row.area_code: row.snapshot for row in read("gdhi_per_head")}
        assert sources[TOWER_HAMLETS] == brought["local authorities"].sha256
        assert sources[LONDON] == sources[ENGLAND] == brought["regions"].sha256

    @pytest.mark.parametrize(
        "folder", compose_ons_gdhi.RELEASED, ids=lambda folder: str(folder.name)
    )
    def test_is_what_its_origins_compose(self, folder: Path) -> None:
        for name, content in compose_ons_gdhi.answers(folder).items():
            assert (folder / name).read_bytes() == content

    def test_every_figure_has_an_origin(self, read: Read) -> None:
        origins = origins_of(SAMPLES / "ons_gdhi")
        assert {
            (row.area_code, row.period.year): row.value for row in read("gdhi_per_head")
        } == origins

    def test_has_the_words_of_the_publishers_own_workbook(self) -> None:
        """Both tables that say “per head … at current basic prices”, with the columns that they have there."""
        theirs = rows_of(real(WORKBOOK_OF_2024).read_bytes())
        ours = rows_of(
            (
                SAMPLES
                / "ons_gdhi"
                / "regionalgrossdisposablehouseholdincomeallitlregions2023.xlsx"
            ).read_bytes()
        )
        for sheet in ("Table 3", "Table 8"):
            assert ours[sheet][0][0] == str(theirs[sheet][0][0]).removesuffix(" [note 2]")
            texts = [cell for cell in theirs[sheet][1] if cell]
            assert ours[sheet][1][: len(texts)] == texts
            ours_by_code = {row[1]: row[:3] for row in ours[sheet][2:]}
            assert ours_by_code == {
                row[1]: row[:3] for row in theirs[sheet][2:] if row[1] in ours_by_code
            }


class TestVintages:
    """Earlier releases, each as the publisher had it out on its day; every one of them restated all years."""

    @pytest.mark.parametrize(
        ("day", "last", "pounds"),
        [
            ("2020-06-04", 2018, {TOWER_HAMLETS: 25949, LONDON: 29362, ENGLAND: 21609}),
            ("2024-09-04", 2022, {TOWER_HAMLETS: 29182, LONDON: 32330, ENGLAND: 23338}),
        ],
    )
    def test_are_read_by_the_live_code(
        self, read: Read, day: str, last: int, pounds: dict[str, float]
    ) -> None:
        folder = SAMPLES / "ons_gdhi" / "vintages" / day
        answers = load_answers(folder)
        found = read("gdhi_per_head", answers)
        assert answers.composed.isoformat() == day
        assert {(row.area_code, row.period.year): row.value for row in found} == origins_of(folder)
        assert {row.area_code: row.value for row in found if row.period.year == last} == pounds
        assert {row.period.year for row in found if row.revision == "p"} == {last}

    def test_have_tested_folders_only(self) -> None:
        folders = {path.name for path in (SAMPLES / "ons_gdhi" / "vintages").iterdir()}
        assert folders == {"2020-06-04", "2024-09-04"}


class TestFindingTheWorkbooks:
    @pytest.mark.parametrize(
        "released", ["2025-09-10T08:30:00.000Z", "2025-09-09T23:00:00.000Z", "2025-09-10"]
    )
    def test_the_release_is_recorded_with_the_workbook(
        self, plan: Plan, live_client: Callable[..., Any], released: str
    ) -> None:
        """With its day in London, where midnight in summer is 23:00 of the day before."""
        dated = {
            "type": "dataset",
            "downloads": [{"file": f"{AUTHORITIES}2023.xlsx"}],
            "description": {"edition": "1997 to 2023", "releaseDate": released},
        }
        client = live_client("ons_gdhi", answering(edition=dated))
        brought = by_role(ons_gdhi.fetch(client, plan.indicators_of("ons_gdhi")))
        assert brought["local authorities"].receipt.release == "1997 to 2023, 2025-09-10"
        assert brought["regions"].receipt.release == "1997 to 2023, 2025-09-10"
        assert list(brought) == [
            *("local authorities page", "local authorities edition", "local authorities"),
            *("regions page", "regions edition", "regions"),
        ]

    @pytest.mark.parametrize(
        "described", [None, "1997 to 2018", {"edition": None, "releaseDate": None}]
    )
    def test_an_edition_that_says_nothing_of_itself_is_taken_all_the_same(
        self, read: Read, described: Any
    ) -> None:
        page = {
            "type": "dataset",
            "downloads": [{"file": f"{AUTHORITIES}2023.xlsx"}],
            "description": described,
        }
        assert (
            one(
                read("gdhi_per_head", answering(edition=page)), area_code=TOWER_HAMLETS, year=2023
            ).value
            == 31111
        )

    @pytest.mark.parametrize(
        "editions",
        [
            ["1997to2023"],
            ["1997to2022", "1997to2023"],
            ["1997to2023", "1997to2022", "1997to2021revised"],
        ],
    )
    def test_the_newest_edition_is_the_one_with_the_latest_year(
        self, read: Read, editions: list[str]
    ) -> None:
        listed = [{"uri": f"{DATASETS}/{AUTHORITIES}/{edition}"} for edition in editions]
        found = read(
            "gdhi_per_head", answering(landing={"type": "dataset_landing_page", "datasets": listed})
        )
        assert one(found, area_code=TOWER_HAMLETS, year=2023).value == 31111

    @pytest.mark.parametrize(
        "landing",
        [
            {"type": "dataset_landing_page", "datasets": []},
            {"type": "dataset_landing_page", "datasets": [{"title": "no address"}]},
            {
                "type": "dataset_landing_page",
                "datasets": [{"uri": "/economy/other/datasets/something/1997to2018"}],
            },
            {
                "type": "dataset_landing_page",
                "datasets": [
                    {"uri": f"{DATASETS}/{AUTHORITIES}/1997to2018{end}"} for end in ("", "revised")
                ],
            },
            {
                "type": "dataset_landing_page",
                "datasets": [
                    {"uri": f"{DATASETS}/{AUTHORITIES}/{name}"}
                    for name in ("current", "1997to2018")
                ],
            },
            {"type": "bulletin", "datasets": [{"uri": f"{DATASETS}/{AUTHORITIES}/1997to2018"}]},
            {"datasets": [{"uri": f"{DATASETS}/{AUTHORITIES}/1997to2018"}]},
            ["not a page"],
        ],
    )
    def test_a_page_that_does_not_name_one_newest_edition_is_refused(
        self, read: Read, landing: Any
    ) -> None:
        with pytest.raises(SourceError, match="see sources/publishers") as refused:
            read("gdhi_per_head", answering(landing=landing))
        assert f"{DATASETS}/{AUTHORITIES}/data" in refused.value.where

    @pytest.mark.parametrize(
        "downloads",
        [
            [],
            [{"file": "notes.pdf"}],
            [{"file": "one.xlsx"}, {"file": "two.xls"}],
            [{"file": "../../elsewhere.xlsx"}],
            [{"uri": "regional-accounts/notes.pdf"}],
            ["one.xlsx"],
        ],
    )
    def test_an_edition_without_one_workbook_is_refused(self, read: Read, downloads: Any) -> None:
        with pytest.raises(SourceError, match="one workbook"):
            read("gdhi_per_head", answering(edition={"type": "dataset", "downloads": downloads}))

    def test_a_file_of_the_newer_kind_has_its_own_address(self, read: Read) -> None:
        uri = "regional-accounts/gdhi/2018.xlsx"
        answers = answering(
            edition={"type": "dataset", "downloads": [{"uri": uri}, {"file": "notes.pdf"}]}
        )
        content = (SAMPLES / "ons_gdhi" / f"{AUTHORITIES}2023.xlsx").read_bytes()
        newer = Answer("GET", f"{ons.SITE}/downloads-new/{uri}", content)
        found = read("gdhi_per_head", replace(answers, answers=(newer, *answers.answers)))
        assert one(found, area_code=TOWER_HAMLETS, year=2023).value == 31111

    def test_a_page_that_has_moved_is_told_with_its_address(self, read: Read) -> None:
        with pytest.raises(FetchError, match="404") as refused:
            read("gdhi_per_head", Answers(answering().composed, ()))
        assert f"{DATASETS}/{AUTHORITIES}/data" in refused.value.where

    def test_a_page_instead_of_a_workbook_is_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match="a spreadsheet"):
            read("gdhi_per_head", answering(b"<html>Page not found</html>"))


class TestACouncilWhoseCodeHasChanged:
    @pytest.mark.parametrize(
        ("codes", "found"),
        [
            (["E08000019"], "E08000019"),
            (["E08000039"], "E08000039"),
            (["E08000019", "E08000039"], "E08000039"),
            ([TOWER_HAMLETS], "E08000039"),
        ],
    )
    def test_is_found_by_the_latest_of_its_codes_that_the_table_has(
        self, codes: list[str], found: str
    ) -> None:
        title, header, *_ = authorities()
        rows = [["Yorkshire", code, "Sheffield", *NEWEST[TOWER_HAMLETS]] for code in codes]
        content = book({"Table 3": [title, header, *rows]})
        table = ons_gdhi.read_table(snapshot_of(content), ons_gdhi.AUTHORITIES)
        assert table.code_of("E08000039") == found


class TestFindingTheTable:
    def test_the_layout_of_the_newest_release_is_read(self, read: Read) -> None:
        found = read("gdhi_per_head", of_both())
        for area, figures in NEWEST.items():
            for year, pounds in zip(range(2021, 2025), figures, strict=True):
                assert one(found, area_code=area, year=year).value == pounds
        assert {row.period.year for row in found if row.revision == "p"} == {2024}

    @given(order=st.permutations([TITLE, *OTHER_TITLES]))
    def test_the_sheet_is_found_by_its_title_wherever_it_stands(
        self, plan: Plan, order: list[str]
    ) -> None:
        rows = {title: authorities([9, 9, 9, 9], title=title) for title in OTHER_TITLES} | {
            TITLE: authorities()
        }
        content = book({f"Table {number}": rows[title] for number, title in enumerate(order, 1)})
        table = ons_gdhi.read_table(authorities_of(content), ons_gdhi.AUTHORITIES)
        assert table.sheet.rows[0][0] == TITLE
        assert table.figure(table.row_of([TOWER_HAMLETS]), 2024) == 32568

    @pytest.mark.parametrize("title", OTHER_TITLES)
    def test_no_other_table_is_taken_for_it(self, read: Read, title: str) -> None:
        with pytest.raises(SourceError, match="one table that says “per head”") as refused:
            read("gdhi_per_head", of_both(authorities(title=title)))
        assert title in refused.value.came

    def test_components_are_known_by_their_header_whatever_their_title(self, read: Read) -> None:
        parts = authorities()
        for row, added in zip(
            parts[1:3], (["Transaction code", "Transaction"], ["D.1", "Compensation"]), strict=True
        ):
            row[3:3] = added
        local = book({"Table 3": authorities(), "Table 8": parts})
        found = read("gdhi_per_head", answering(local, book({"Table 4": regions()})))
        assert one(found, area_code=TOWER_HAMLETS, year=2024).value == 32568

    @pytest.mark.parametrize(
        "above",
        [
            [
                "Table 4: GDHI per head [note 2]",
                "This worksheet contains one table.",
                "Pounds, current basic prices",
            ],
            ["Regional household income", "Table 4: GDHI per head of population, pounds", ""],
            ["Table 4", "", "Gross disposable household income per head, £"],
        ],
    )
    def test_other_words_above_the_table_do_when_they_say_per_head(
        self, read: Read, above: list[str]
    ) -> None:
        """Nobody has seen the titles of the release of 2026: what stands above the header in any row counts."""
        all_regions = [*([line] for line in above), *regions()[3:]]
        found = read("gdhi_per_head", of_both(all_regions=all_regions))
        assert one(found, area_code=LONDON, year=2024).value == 36487

    def test_a_table_whose_words_tell_nothing_is_refused_with_what_there_is(
        self, read: Read
    ) -> None:
        all_regions = [["Table 4: Household income"], [""], [""], *regions()[3:]]
        with pytest.raises(SourceError, match=r"0 among \['Table 4: Household income'\]"):
            read("gdhi_per_head", of_both(all_regions=all_regions))

    def test_two_tables_that_fit_are_not_chosen_between(self, read: Read) -> None:
        twice = book({"Table 3": authorities(), "Table 4": authorities()})
        with pytest.raises(SourceError, match="2 among"):
            read("gdhi_per_head", answering(twice, book({"Table 4": regions()})))

    def test_a_list_of_contents_is_no_table(self, read: Read) -> None:
        contents: Rows = [["Contents"], [TITLE], *([title] for title in OTHER_TITLES)]
        local = book({"Contents": contents, "Table 3": authorities()})
        found = read("gdhi_per_head", answering(local, book({"Table 4": regions()})))
        assert one(found, area_code=TOWER_HAMLETS, year=2024).value == 32568

    @pytest.mark.parametrize(
        "last", ["2024", 2024, 20241, "20241", "2024 [p]", "2024 [note 1]", "2024p", "2024 \n2"]
    )
    def test_the_footnote_of_the_last_year_is_no_part_of_it(self, read: Read, last: Cell) -> None:
        found = read("gdhi_per_head", of_both(authorities(years=[2021, "2022", 2023, last])))
        assert one(found, area_code=TOWER_HAMLETS, year=2024).value == 32568

    @pytest.mark.parametrize(
        "years",
        [
            [2021, 2022, 2024, "20251"],
            [2021, 2022, 2022, 2023],
            [2024, 2023, 2022, 2021],
            [2021, 2022, 2023, 20231],
        ],
    )
    def test_years_that_do_not_follow_each_other_are_refused(
        self, read: Read, years: list[Cell]
    ) -> None:
        with pytest.raises(SourceError, match="years that follow each other") as refused:
            read("gdhi_per_head", of_both(authorities(years=years)))
        assert "sheet “Table 3”, row 2" in refused.value.where

    def test_a_column_of_names_that_is_called_otherwise_is_refused(self, read: Read) -> None:
        local = authorities()
        local[1][2] = "Where"
        with pytest.raises(SourceError, match="one column named like"):
            read("gdhi_per_head", of_both(local))


class TestReadingTheFigures:
    @pytest.mark.parametrize(
        ("mark", "status", "note"),
        [
            ("-", "x", "The publisher has no figure for this area and year."),
            ("[x]", "x", "The publisher has no figure for this area and year."),
            ("[u]", "u", "The publisher keeps this figure back, because it is too uncertain."),
        ],
    )
    def test_a_mark_is_no_figure_and_no_zero(
        self, read: Read, mark: str, status: str, note: str
    ) -> None:
        missing = regions({ENGLAND: [mark, 23491, 24986, 26490]})
        found = one(
            read("gdhi_per_head", of_both(all_regions=missing)), area_code=ENGLAND, year=2021
        )
        assert (found.value, found.status, found.source_text, found.note) == (
            None,
            status,
            mark,
            note,
        )

    def test_an_outlier_is_a_figure_like_any_other(self, read: Read) -> None:
        local = authorities()
        local.insert(2, ["London", "E09000001", "City of London", 171569, 142214, 117313, 109153])
        assert (
            one(read("gdhi_per_head", of_both(local)), area_code=TOWER_HAMLETS, year=2021).value
            == 29290
        )

    def test_a_code_must_stand_beside_its_name(self, read: Read) -> None:
        all_regions = regions()
        all_regions[5][2] = "South East"
        with pytest.raises(SourceError, match="“London” beside the code; came South East"):
            read("gdhi_per_head", of_both(all_regions=all_regions))

    def test_a_table_of_authorities_is_no_table_of_regions(self, read: Read) -> None:
        with pytest.raises(SourceError, match="0 among"):
            read("gdhi_per_head", of_both(all_regions=authorities()))


class TestOneRelease:
    """Every release restates all years, so that figures of two releases may not stand side by side."""

    def test_workbooks_that_end_in_different_years_are_refused(self, read: Read) -> None:
        older = regions({area: figures[:3] for area, figures in NEWEST.items()}, YEARS[:3])
        with pytest.raises(SourceError, match="2021 to 2024; came 2021 to 2023") as refused:
            read("gdhi_per_head", of_both(all_regions=older))
        assert "different releases" in refused.value.remedy

    def test_workbooks_that_differ_for_the_same_authority_are_refused(self, read: Read) -> None:
        release_of_2025 = regions({TOWER_HAMLETS: [29290, 29914, 31111, 32568]})
        with pytest.raises(
            SourceError, match=r"30981\.0, as in the table of local authorities; came 31111"
        ) as refused:
            read("gdhi_per_head", of_both(all_regions=release_of_2025))
        assert "row 7, column “2023”" in refused.value.where

    def test_a_figure_that_only_one_of_them_has_is_refused(self, read: Read) -> None:
        with pytest.raises(SourceError, match="as in the table of local authorities; came None"):
            read(
                "gdhi_per_head",
                of_both(all_regions=regions({TOWER_HAMLETS: [29290, "-", 30981, 32568]})),
            )

    def test_a_pound_of_rounding_is_no_difference(self, read: Read) -> None:
        rounded = regions({TOWER_HAMLETS: [29290.4, 29913, 30981, 32569]})
        found = read("gdhi_per_head", of_both(all_regions=rounded))
        assert one(found, area_code=TOWER_HAMLETS, year=2022).value == 29914

    def test_a_council_that_is_no_area_of_the_accounts_cannot_be_one_of_the_regions(
        self, live_client: Callable[..., Any], plan: Plan
    ) -> None:
        indicator = plan.indicators["gdhi_per_head"]
        brought = by_role(ons_gdhi.fetch(live_client("ons_gdhi"), [indicator]))
        with pytest.raises(PlanError, match=r"Hackney \(E09000012\) is no area of the regional"):
            ons_gdhi.residents(indicator.changed(areas=("E09000012",)), brought)


FIGURES_OF_2020 = {
    TOWER_HAMLETS: [
        *(13085, 13313, 14068, 15130, 15537, 15683, 16174, 16895, 17972, 18862, 19873),
        *(20231, 20202, 20538, 20417, 21245, 21779, 22294, 23600, 24478, 24544, 25949),
    ],
    LONDON: [
        *(13121, 13584, 14444, 15614, 16119, 16419, 17051, 17918, 19008, 19919, 21402),
        *(22053, 21922, 22105, 22030, 23415, 24641, 25661, 27277, 27649, 27923, 29362),
    ],
    ENGLAND: [
        *(11058, 11328, 11850, 12576, 12985, 13331, 13663, 14166, 14730, 15324, 16083),
        *(16477, 16766, 16923, 17141, 17822, 18456, 19043, 20000, 20207, 20658, 21609),
    ],
}
"""Pounds per head from 1997 to 2018, as released in 2020."""


class TestRealFigures:
    """The publisher's own tables, as rows of the two workbooks."""

    @pytest.fixture
    def release_of_2020(self) -> Answers:
        """Table 2 of the workbook of all regions, 1997 to 2018; the local authorities have only Tower Hamlets."""
        path = real("ons/gdhi_table2_perhead_1997_2018_nutsall.csv")
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file)
        assert header[:3] == ["NUTS level", "NUTS code", "Region name"]
        years: list[Cell] = [*header[3:-1], "20181"]
        own = next(row for row in rows if row[1] == "UKI42")
        every: Rows = [[TITLE], [*header[:3], *years], *([*row] for row in rows)]
        local = authorities(own[3:], years)
        return answering(
            book({"Table 2": local}), book({"Table 1": total_of_2020(years), "Table 2": every})
        )

    def test_release_of_2020(self, read: Read, release_of_2020: Answers) -> None:
        found = read("gdhi_per_head", release_of_2020)
        for area, pounds in FIGURES_OF_2020.items():
            cells = [one(found, area_code=area, year=1997 + at) for at in range(len(pounds))]
            assert [cell.value for cell in cells] == pounds
            assert [cell.source_text for cell in cells] == list(map(str, pounds))

    def test_the_oldest_vintage_repeats_the_release_of_2020(
        self, read: Read, release_of_2020: Answers
    ) -> None:
        oldest = load_answers(SAMPLES / "ons_gdhi" / "vintages" / "2020-06-04")
        ours, theirs = read("gdhi_per_head", oldest), read("gdhi_per_head", release_of_2020)
        assert [replace(row, snapshot="") for row in ours] == [
            replace(row, snapshot="") for row in theirs
        ]

    def test_release_of_2023(self, read: Read) -> None:
        whole = CalamineWorkbook.from_path(real("ons/subnatindicators_2024_02_16.xlsx"))
        sheet = whole.get_sheet_by_name("GDHI per head")
        published = {
            str(row[0]): [float(str(row[6]))] for row in sheet.to_python() if row[0] in NEWEST
        }
        answers = of_both(
            authorities(published[TOWER_HAMLETS], ["20211"]), regions(published, ["20211"])
        )
        found = read("gdhi_per_head", answers)
        assert {row.area_code: row.value for row in found} == {
            TOWER_HAMLETS: 29716,
            LONDON: 31094,
            ENGLAND: 22213,
        }

    def test_release_of_2024(self, read: Read) -> None:
        """The publisher's own workbook of all regions, in which two tables say “per head … at current basic prices”."""
        found = read("gdhi_per_head", release_of_2024())
        newest = {row.area_code: row.value for row in found if row.period.year == 2022}
        assert newest == {TOWER_HAMLETS: 29182, LONDON: 32330, ENGLAND: 23338}
        vintage = SAMPLES / "ons_gdhi" / "vintages" / "2024-09-04"
        assert {(row.area_code, row.period.year): row.value for row in found} == origins_of(vintage)

    def test_marks_of_the_publishers_own_workbook(self) -> None:
        """Parts of Scotland have no population yet, so that [u] stands in the place of their figures."""
        table = ons_gdhi.read_table(
            authorities_of(real(WORKBOOK_OF_2024).read_bytes()), ons_gdhi.REGIONS
        )
        marked = [
            (i, y)
            for i in range(table.header + 1, len(table.sheet.rows))
            for y in table.years
            if table.status(i, y)
        ]
        assert len(marked) == 88
        assert {(table.figure(*cell), table.status(*cell)) for cell in marked} == {(None, "u")}
        assert {str(table.sheet.rows[index][1])[:3] for index, _ in marked} == {"TLM"}

    def test_the_sample_has_the_england_that_the_publisher_shows_elsewhere(
        self, read: Read
    ) -> None:
        """And the vintage before has another in every year: why the two workbooks of a release are compared."""
        path = real("ons/els_gross-disposable-household-income-per-head-table-data.csv")
        header, england = csv.reader(path.read_text("utf-8-sig").splitlines()[7:9])
        assert (header[0], england[1]) == ("Area code", "England")
        later = dict(zip(map(int, header[2:]), map(float, england[2:]), strict=True))
        assert later[2018] == 20914
        assert {
            row.period.year: row.value for row in read("gdhi_per_head") if row.area_code == ENGLAND
        } == later
        oldest = read(
            "gdhi_per_head", load_answers(SAMPLES / "ons_gdhi" / "vintages" / "2020-06-04")
        )
        assert all(
            row.value != later[row.period.year] for row in oldest if row.area_code == ENGLAND
        )


def total_of_2020(years: Sequence[Cell]) -> Rows:
    """The table before it: the same areas, in millions of pounds."""
    with real("ons/gdhi_table1_total_1997_2018_nutsall.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        header, *rows = csv.reader(file)
    return [[OTHER_TITLES[0]], [*header[:3], *years], *([*row] for row in rows)]


def plan_without(folder: Path, line: str) -> Plan:
    """The plan of this one indicator, without the lines of its file that start so."""
    for part in ("sources", "indicators"):
        (folder / part).mkdir()
    for file in (
        "plan.yaml",
        "areas.csv",
        "sources/ons_gdhi.yaml",
        "indicators/gdhi_per_head.yaml",
    ):
        lines = (ROOT / "schemas" / file).read_text().splitlines(keepends=True)
        (folder / file).write_text("".join(one for one in lines if not one.startswith(line)))
    return load_plan(with_witnesses(folder))


def authorities_of(content: bytes) -> Snapshot:
    """A workbook of local authorities, as it is kept."""
    url = f"{ons.SITE}/file?uri={DATASETS}/{AUTHORITIES}/1997to2024/{AUTHORITIES}2024.xlsx"
    return snapshot_of(content, ons_gdhi.AUTHORITIES, source="ons_gdhi", url=url)
