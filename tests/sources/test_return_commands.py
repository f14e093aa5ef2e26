"""The commands for people who hand in returns, run as they run them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assets.command_line import typer_app
from tests.sources.returns import HOMES, LETS, PUPILS, REGISTER, Row, csv_return, xlsx_return
from tests.support import ROOT


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(
        typer_app, [str(argument) for argument in arguments], terminal_width=200
    )


def said(result: Result) -> str:
    """What was printed, its line breaks folded, without the lines of tables."""
    return " ".join("".join(letter for letter in result.output if letter not in "│┃").split())


class TestReturnTemplate:
    def test_writes_a_workbook_and_a_csv_file(self, tmp_path: Path) -> None:
        result = run("return-template", "--folder", tmp_path)
        assert result.exit_code == 0
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "thindicators-return.csv",
            "thindicators-return.xlsx",
        ]
        written = (tmp_path / "thindicators-return.csv").read_text(encoding="utf-8-sig")
        assert "Affordable homes delivered; " in written

    def test_makes_the_folder(self, tmp_path: Path) -> None:
        assert run("return-template", "--folder", tmp_path / "new" / "folder").exit_code == 0
        assert (tmp_path / "new" / "folder" / "thindicators-return.xlsx").exists()

    def test_never_writes_over_one_that_is_filled_in(self, tmp_path: Path) -> None:
        filled = csv_return(tmp_path / "thindicators-return.csv", HOMES).read_bytes()
        result = run("return-template", "--folder", tmp_path)
        assert result.exit_code == 1
        assert "is there already and is not this template" in said(result)
        assert [path.name for path in tmp_path.iterdir()] == ["thindicators-return.csv"]
        assert (tmp_path / "thindicators-return.csv").read_bytes() == filled

    def test_may_be_run_again(self, tmp_path: Path) -> None:
        assert [run("return-template", "--folder", tmp_path).exit_code for _ in range(2)] == [0, 0]


class TestCheckReturn:
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_shows_what_would_be_published(self, tmp_path: Path, kind: str) -> None:
        path = tmp_path / f"return.{kind}"
        (csv_return if kind == "csv" else xlsx_return)(path, HOMES, REGISTER)
        result = run("check-return", path)
        assert result.exit_code == 0
        assert f"return.{kind}: 2 rows, all well. This would be published:" in said(result)
        assert "affordable_homes_delivered Tower Hamlets 2025/26 812" in said(result)
        assert "9.2%" in said(result)

    def test_shows_a_small_number_as_withheld(self, tmp_path: Path) -> None:
        result = run("check-return", csv_return(tmp_path / "return.csv", {**LETS, "value": "3"}))
        assert result.exit_code == 0
        assert "2025/26 [c] confidential" in said(result)
        assert "1,790" not in said(result)
        assert (
            "Withheld: 1 figure, so that no number from 1 to 4 can be seen or worked out."
            in said(result)
        )

    def test_says_which_rows_are_not_published_for_want_of_a_licence(self, tmp_path: Path) -> None:
        result = run(
            "check-return",
            csv_return(tmp_path / "return.csv", {**HOMES, "licence_confirmed": "no"}),
        )
        assert result.exit_code == 0
        assert "Not published: 1 row whose licence_confirmed is “no”." in said(result)

    def test_never_calls_well_what_is_not_published(self, tmp_path: Path) -> None:
        rows = [HOMES, {**REGISTER, "licence_confirmed": "no"}]
        some = said(run("check-return", csv_return(tmp_path / "some.csv", *rows)))
        assert "some.csv: 2 rows, of which 1 would be published:" in some
        none = said(run("check-return", csv_return(tmp_path / "none.csv", rows[1])))
        assert "none.csv: 1 row, and none of them would be published." in none
        assert "all well" not in some + none

    def test_says_which_groups_are_missing(self, tmp_path: Path) -> None:
        result = run("check-return", csv_return(tmp_path / "return.csv", PUPILS))
        assert "Missing: children_happy also has phase: secondary." in said(result)

    @pytest.mark.parametrize(
        ("rows", "says"),
        [
            (
                [{**HOMES, "value": "about 800"}],
                "Row 2, column “value”: “about 800” is not a number. To mend it: write digits only",
            ),
            (
                [HOMES, {**LETS, "indicator_id": "lets_to_overcrowded_housholds"}],
                "Row 3, column “indicator_id”: there is no indicator “lets_to_overcrowded_housholds” here. "
                "To mend it: write `lets_to_overcrowded_households`, if that is meant.",
            ),
            (
                [],
                "The file: there is no row under the header. To mend it: fill it in, or take the file away.",
            ),
        ],
    )
    def test_says_in_plain_words_what_is_wrong_and_ends_with_1(
        self, tmp_path: Path, rows: list[Row], says: str
    ) -> None:
        result = run("check-return", csv_return(tmp_path / "return.csv", *rows))
        assert result.exit_code == 1
        assert (
            "return.csv: 1 problem. Nothing of it is published until the file is mended."
            in said(result)
        )
        assert says in said(result)

    def test_tells_of_all_problems_at_once_in_the_order_of_the_rows(self, tmp_path: Path) -> None:
        rows = [
            {**HOMES, "unit": "percent"},
            {**LETS, "value": "many"},
            {**REGISTER, "area_code": "E12000007"},
        ]
        result = run("check-return", csv_return(tmp_path / "return.csv", *rows))
        assert [word for word in ("Row 2", "Row 3", "Row 4") if word in said(result)] == [
            "Row 2",
            "Row 3",
            "Row 4",
        ]
        assert (
            said(result).index("Row 2") < said(result).index("Row 3") < said(result).index("Row 4")
        )

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        result = run("check-return", tmp_path / "none.csv")
        assert result.exit_code == 1
        assert "The file: it cannot be read (No such file or directory)." in said(result)

    def test_keeps_and_publishes_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("THINDICATORS_STATE", str(tmp_path / "state"))
        run("check-return", csv_return(tmp_path / "return.csv", HOMES))
        assert [path.name for path in tmp_path.iterdir()] == ["return.csv"]

    def test_the_sample_s_quoted_figures_are_no_return(self) -> None:
        result = run(
            "check-return", ROOT / "sources/samples/council_returns/returns/publicly_reported.csv"
        )
        assert result.exit_code == 1
        assert "write yes if the council licenses the figure for re-use, else no" in said(result)


class TestCheckReturnBesideTheInbox:
    """What the next refresh would make of the file and those that are in the inbox already."""

    @pytest.fixture
    def inbox(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("THINDICATORS_STATE", str(tmp_path / "state"))
        folder = tmp_path / "state" / "returns"
        folder.mkdir(parents=True)
        return folder

    def test_names_the_file_that_a_row_loses_to(self, tmp_path: Path, inbox: Path) -> None:
        csv_return(inbox / "august.csv", {**HOMES, "supplied_on": "2026-08-20"})
        result = run("check-return", csv_return(tmp_path / "july.csv", {**HOMES, "value": "790"}))
        assert "july.csv: 1 row, and none of them would be published." in said(result)
        assert (
            "Row 2 would not be published: row 2 of august.csv, 812, was supplied later, on 2026-08-20"
            in said(result)
        )
        assert "790" not in said(result)

    def test_names_the_file_that_a_row_replaces(self, tmp_path: Path, inbox: Path) -> None:
        csv_return(inbox / "july.csv", HOMES, LETS)
        newer = {**HOMES, "value": "820", "supplied_on": "2026-08-20"}
        result = run("check-return", csv_return(tmp_path / "august.csv", newer))
        assert "august.csv: 1 row, all well. This would be published:" in said(result)
        assert "Row 2 replaces row 2 of july.csv, 812, supplied on 2026-07-15." in said(result)

    def test_says_what_another_file_says_already(self, tmp_path: Path, inbox: Path) -> None:
        csv_return(inbox / "july.csv", HOMES)
        result = run("check-return", csv_return(tmp_path / "again.csv", HOMES))
        assert "Row 2 says the same as row 2 of july.csv." in said(result)

    def test_names_the_file_that_a_row_contradicts(self, tmp_path: Path, inbox: Path) -> None:
        csv_return(inbox / "july.csv", HOMES)
        result = run("check-return", csv_return(tmp_path / "other.csv", {**HOMES, "value": "790"}))
        assert result.exit_code == 1
        assert "another than row 2 of july.csv: 790 and 812" in said(result)

    def test_says_what_a_file_of_this_name_had(self, tmp_path: Path, inbox: Path) -> None:
        csv_return(inbox / "return.csv", HOMES, LETS)
        result = run("check-return", csv_return(tmp_path / "return.csv", HOMES))
        assert "It would take the place of the file return.csv in the inbox." in said(result)
        assert "Row 3 of that file, lets_to_overcrowded_households 2025/26, would be gone." in said(
            result
        )

    def test_of_a_file_in_the_inbox_is_no_replacement(self, inbox: Path) -> None:
        result = run("check-return", csv_return(inbox / "return.csv", HOMES))
        assert "all well" in said(result)
        assert "place of" not in said(result)

    def test_leaves_a_wrong_file_there_out(self, tmp_path: Path, inbox: Path) -> None:
        csv_return(inbox / "wrong.csv", {**HOMES, "value": "about 800"})
        (inbox / "folder.csv").mkdir()
        result = run("check-return", csv_return(tmp_path / "return.csv", HOMES))
        assert "return.csv: 1 row, all well." in said(result)
        assert sorted(path.name for path in inbox.iterdir()) == ["folder.csv", "wrong.csv"]
