"""CSVW: a program that knows nothing of this project reads and checks every CSV by what stands beside it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from csvw import CSVW, TableGroup  # type: ignore[import-untyped]

INDICATOR = "employment_rate"


@pytest.fixture
def copied(release: Path, tmp_path: Path) -> Path:
    """The files of one indicator, to be damaged."""
    return (
        Path(shutil.copytree(release / "indicators" / INDICATOR, tmp_path / INDICATOR))
        / f"{INDICATOR}.csv"
    )


def test_every_csv_has_its_description_and_is_what_it_says(release: Path) -> None:
    tables = sorted(release.rglob("*.csv"))
    assert len(tables) >= 10
    for table in tables:
        assert table.with_name(f"{table.name}-metadata.json").exists()
        read = CSVW(str(table))
        assert read.is_valid, (table, read.warnings)


def test_cells_are_read_with_their_types(release: Path) -> None:
    rows = list(CSVW(str(release / "indicators" / INDICATOR / f"{INDICATOR}.csv")).tables[0])
    one = next(row for row in rows if row["area_code"] == "E12000007" and row["year"] == 2021)
    assert one["value"] == pytest.approx(67.2)
    assert one["period_start"].isoformat().startswith("2021-01-01")
    missing = next(row for row in rows if row["area_code"] == "E09000030" and row["year"] == 2022)
    assert (missing["value"], missing["status"]) == (None, "u")


def test_the_description_says_what_the_table_is_and_what_may_be_done_with_it(release: Path) -> None:
    path = release / "indicators" / INDICATOR / f"{INDICATOR}.csv-metadata.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    assert said["dc:title"] == "Employment rate, people aged 16 to 64"
    assert said["dc:license"] == [
        {"@id": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"}
    ]
    assert said["dc:source"] == [{"@id": "https://www.nomisweb.co.uk/datasets/apsnew"}]
    columns = {one["name"]: one for one in said["tableSchema"]["columns"]}
    assert columns["value"]["dc:description"].startswith("The figure, in the unit of the row")
    assert columns["area_code"]["titles"] == ["area_code", "Area code"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("66.2,percent", "many,percent", id="a word for a number"),
        pytest.param("2020-01-01,2020-12-31", "2020-13-01,2020-12-31", id="a month that is none"),
        pytest.param("E12000007", "London", id="no GSS code"),
        pytest.param(",u,,", ",unknown,,", id="a status that is none"),
        pytest.param("area_code,area_name", "area,area_name", id="another header"),
    ],
)
def test_a_damaged_table_is_found_out(copied: Path, old: str, new: str) -> None:
    text = copied.read_text(encoding="utf-8")
    assert old in text
    copied.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert not _is_accepted(copied)


def test_a_doubled_key_is_found_out(copied: Path) -> None:
    lines = copied.read_text(encoding="utf-8").splitlines(keepends=True)
    copied.write_text("".join([*lines, lines[-1]]), encoding="utf-8")
    assert not _is_accepted(copied)


def test_the_tables_of_the_plan_refer_to_each_other(release: Path) -> None:
    group = TableGroup.from_file(release / "csv-metadata.json")
    names = {str(table.url) for table in group.tables}
    assert {
        "observations.csv",
        "indicators.csv",
        "areas.csv",
        "sources.csv",
        "receipts.csv",
    } <= names
    observations = next(table for table in group.tables if str(table.url) == "observations.csv")
    assert {str(key.reference.resource) for key in observations.tableSchema.foreignKeys} == {
        "indicators.csv",
        "areas.csv",
        "receipts.csv",
        "periods.csv",
        "breakdowns.csv",
        "series.csv",
        "units.csv",
    }
    group.check_referential_integrity(strict=True)


def test_a_figure_of_an_unknown_area_is_found_out(release: Path, tmp_path: Path) -> None:
    for path in [*release.glob("*.csv"), release / "csv-metadata.json"]:
        shutil.copy(path, tmp_path)
    areas = tmp_path / "areas.csv"
    kept = [
        line
        for line in areas.read_text(encoding="utf-8").splitlines(keepends=True)
        if "E12000007" not in line
    ]
    areas.write_text("".join(kept), encoding="utf-8")
    with pytest.raises(ValueError, match="not found in table"):
        TableGroup.from_file(tmp_path / "csv-metadata.json").check_referential_integrity(
            strict=True
        )


def _is_accepted(table: Path) -> bool:
    try:
        read = CSVW(str(table), validate=True)
        return bool(read.is_valid)
    except ValueError:
        return False
