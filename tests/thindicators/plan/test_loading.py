from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support import ROOT
from thindicators.errors import PlanError
from thindicators.plan.loading import load_plan


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, text: str) -> int:
    return next(
        i for i, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line
    )


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        ("decimals: 1", "decimals: one", "decimals", "valid integer"),
        ("decimals: 1", "decimals: 1\ndecimal: 1", "decimal", "not permitted"),
        ("polarity: higher_is_better", "polarity: up", "polarity", "higher_is_better"),
        ("unit: percent", "unit: per_cent", "unit", "percent"),
        ("source: ons_aps", "source: ons_asp", "source", "sources/ons_asp.yaml"),
        ("call_to_action: 4", "call_to_action: 6", "call_to_action", "none of plan.yaml's"),
        ("id: employment_rate", "id: employment", "id", "the file's name"),
        ("valid_range: [2, 100]", "valid_range: [100, 2]", "(file)", "below the second"),
        ("comparators: [E12000007", "comparators: [E12000008", "comparators", "E12000008"),
        ("comparators: [E12000007", "comparators: [London", "comparators.0", "pattern"),
    ],
)
def test_a_wrong_indicator_file_is_named_with_line_and_field(
    schemas: Path, old: str, new: str, field: str, problem: str
) -> None:
    path = schemas / "indicators" / "employment_rate.yaml"
    change(path, old, new)
    with pytest.raises(PlanError) as error:
        load_plan(schemas)
    assert error.value.file == "indicators/employment_rate.yaml"
    assert error.value.field == field
    assert problem in error.value.problem
    wrong = new.splitlines()[-1].split("[")[0] if field != "(file)" else "id: employment_rate"
    assert error.value.line == line_of(path, wrong)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("measured_by: sample\n", "Field required: Whether everybody is counted"),
        ("measured_by: sample\n", "(one of full_count, sample, model)"),
        ("polarity: higher_is_better\n", "(one of higher_is_better, lower_is_better, neither)"),
        ("decimals: 1\n", "Field required: Decimals to show"),
    ],
)
def test_a_missing_field_says_what_it_is_for_and_what_it_may_hold(
    schemas: Path, line: str, problem: str
) -> None:
    change(schemas / "indicators" / "employment_rate.yaml", line, "")
    with pytest.raises(PlanError) as error:
        load_plan(schemas)
    assert error.value.field == line.partition(":")[0]
    assert problem in error.value.problem


@pytest.mark.parametrize(
    "number",
    [
        "010",
        "1_0",
        "0x1F",
        "1:30",
        "0b1",
        ".inf",
        "-.inf",
        ".nan",
        "1_0.5",
        "190:20:30.15",
        "2021_22",
    ],
)
def test_a_number_that_yaml_reads_otherwise_than_a_person_is_refused_with_its_line(
    schemas: Path, number: str
) -> None:
    path = schemas / "indicators" / "employment_rate.yaml"
    change(path, "decimals: 1", f"decimals: {number}")
    with pytest.raises(PlanError, match="no number in plain digits") as error:
        load_plan(schemas)
    assert (error.value.file, error.value.line) == (
        "indicators/employment_rate.yaml",
        line_of(path, f"decimals: {number}"),
    )
    assert error.value.problem.startswith(f"{number} is")


def test_a_year_for_a_key_is_refused_in_the_same_way(schemas: Path) -> None:
    path = schemas / "indicators" / "employment_rate.yaml"
    change(path, "decimals: 1", "decimals: 1\n0x7E5: 1")
    with pytest.raises(PlanError, match="0x7E5 is no number in plain digits"):
        load_plan(schemas)


@pytest.mark.parametrize("text", ["'1'", "'1_0'", "١", "true", "1e0"])
def test_text_is_no_number_though_python_reads_it_as_one(schemas: Path, text: str) -> None:
    path = schemas / "indicators" / "employment_rate.yaml"
    change(path, "decimals: 1", f"decimals: {text}")
    with pytest.raises(PlanError, match=r"decimals.*valid integer"):
        load_plan(schemas)


@pytest.mark.parametrize("text", ["'2'", "'2_0'", "٢", "nan"])
def test_neither_is_text_in_a_pair_of_numbers(schemas: Path, text: str) -> None:
    change(
        schemas / "indicators" / "employment_rate.yaml",
        "valid_range: [2, 100]",
        f"valid_range: [{text}, 100]",
    )
    with pytest.raises(PlanError, match=r"valid_range\.0"):
        load_plan(schemas)


@pytest.mark.parametrize("code", ["E0900003٠", "E０９００００３０"])
def test_the_code_of_an_area_has_plain_digits(schemas: Path, code: str) -> None:
    change(
        schemas / "indicators" / "employment_rate.yaml",
        "comparators: [E12000007",
        f"comparators: [{code}",
    )
    with pytest.raises(PlanError, match="pattern"):
        load_plan(schemas)


def test_a_missing_field_is_named(schemas: Path) -> None:
    change(schemas / "indicators" / "employment_rate.yaml", "unit: percent\n", "")
    with pytest.raises(PlanError, match=r"employment_rate.yaml.*unit.*required"):
        load_plan(schemas)


def test_a_file_that_is_no_yaml_is_named_with_its_line(schemas: Path) -> None:
    change(schemas / "sources" / "ons_aps.yaml", "licence: ogl", "licence: [ogl")
    with pytest.raises(PlanError, match=r"sources/ons_aps\.yaml, line \d+"):
        load_plan(schemas)


def test_an_absent_plan_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"plan\.yaml"):
        load_plan(tmp_path)


def test_a_file_in_another_encoding_is_named_with_the_line(schemas: Path) -> None:
    path = schemas / "plan.yaml"
    before = path.read_bytes()
    path.write_bytes(before + "# Café\n".encode("cp1252"))
    line = before.count(b"\n") + 1
    with pytest.raises(
        PlanError, match=rf"plan\.yaml, line {line}, .*is not UTF-8: save it as UTF-8"
    ):
        load_plan(schemas)


def test_the_mark_that_some_editors_begin_a_file_with_is_no_part_of_it(schemas: Path) -> None:
    before = load_plan(schemas)
    path = schemas / "plan.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load_plan(schemas).file == before.file


def test_two_sources_cannot_give_one_name_to_two_addresses(schemas: Path) -> None:
    change(
        schemas / "sources" / "ons_bres.yaml",
        "nomis: https://www.nomisweb.co.uk",
        "nomis: https://nomis.example",
    )
    with pytest.raises(PlanError, match="nomis"):
        load_plan(schemas)
