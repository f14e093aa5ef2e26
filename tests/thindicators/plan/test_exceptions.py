"""A reviewed exception names an indicator, a rule, a reason, a role and a last day; a wrong entry is named by line."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.support import ROOT
from thindicators.errors import PlanError
from thindicators.plan.exceptions import FILE, ExceptionsFile
from thindicators.plan.json_schemas import write_schema_files
from thindicators.plan.loading import load_plan
from thindicators.plan.rules import NEVER_EXCEPTED, RULES, Finding

ENTRY = """\
exceptions:
  - indicator: children_low_income
    check: change_is_plausible
    area: E09000030
    period: FYE 2021
    category: total
    reason: Incomes were supported during the pandemic.
    who: Head of corporate intelligence
    until: 2027-03-31
"""


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))
    (folder / FILE).write_text(ENTRY, encoding="utf-8")
    return folder


def test_an_entry_is_read_for_its_indicator_alone(schemas: Path) -> None:
    plan = load_plan(schemas)
    (entry,) = plan.exceptions_of(plan.indicators["children_low_income"])
    assert (entry.until, entry.who) == (date(2027, 3, 31), "Head of corporate intelligence")
    assert plan.exceptions_of(plan.indicators["employment_rate"]) == []


def test_a_plan_needs_no_such_file(schemas: Path) -> None:
    (schemas / FILE).unlink()
    assert load_plan(schemas).exceptions == ()


def test_a_change_of_the_file_is_seen_at_once(schemas: Path) -> None:
    assert len(load_plan(schemas).exceptions) == 1
    (schemas / FILE).write_text("exceptions: []\n", encoding="utf-8")
    assert load_plan(schemas).exceptions == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "problem"),
    [
        (
            "children_low_income",
            "children_low",
            2,
            "indicator",
            "there is no such indicator (it says 'children_low')",
        ),
        (
            "change_is_plausible",
            "change_plausible",
            3,
            "check",
            "is none of key_is_unique, value_or_reason,",
        ),
        (
            "change_is_plausible",
            "nothing_published_is_lost",
            3,
            "check",
            "let them through with `thindicators accept`",
        ),
        (
            "change_is_plausible",
            "table_is_the_contract",
            3,
            "check",
            "nothing is excepted from this one",
        ),
        ("E09000030", "E09000031", 4, "area", "is not in areas.csv"),
        (
            "Incomes were supported during the pandemic.",
            "'  '",
            7,
            "reason",
            "should match pattern",
        ),
        (
            "Incomes were supported during the pandemic.",
            "=1+1",
            7,
            "reason",
            "cannot be published: a spreadsheet",
        ),
        ("Head of corporate intelligence", "'@head'", 8, "who", "cannot be published"),
        ("2027-03-31", "next year", 9, "until", "valid date"),
        ("    until: 2027-03-31\n", "", 2, "until", "Field required"),
        ("who:", "name:", 8, "name", "not permitted"),
    ],
)
def test_a_wrong_entry_is_named_with_line_and_field(
    schemas: Path, old: str, new: str, line: int, field: str, problem: str
) -> None:
    assert old in ENTRY
    (schemas / FILE).write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(PlanError) as error:
        load_plan(schemas)
    found = error.value
    where = (
        "exceptions.0.who"
        if field == "name" and found.field.endswith("who")
        else f"exceptions.0.{field}"
    )
    assert (found.file, found.field) == (FILE, where)
    if field != "name":
        assert found.line == line
        assert problem in found.problem


class TestAnEntryCovers:
    FINDING = Finding("seen", "E09000030", frozenset({"2020-04-01/P1Y", "FYE 2021"}), "total", 3)

    def entry(self, **only: str) -> object:
        made = {
            "indicator": "children_low_income",
            "check": "change_is_plausible",
            "reason": "So.",
            "who": "Head",
        }
        return ExceptionsFile.model_validate(
            {"exceptions": [{**made, "until": "2027-03-31", **only}]}
        ).exceptions[0]

    @pytest.mark.parametrize(
        ("only", "covered"),
        [
            ({}, True),
            ({"area": "E09000030", "period": "FYE 2021", "category": "total"}, True),
            ({"period": "2020-04-01/P1Y"}, True),
            ({"area": "E12000007"}, False),
            ({"period": "FYE 2020"}, False),
            ({"category": "female"}, False),
        ],
    )
    def test_what_it_names_and_nothing_else(self, only: dict[str, str], covered: bool) -> None:
        entry = self.entry(**only)
        assert entry.covers("change_is_plausible", self.FINDING) is covered  # type: ignore[attr-defined]
        assert not entry.covers("value_in_range", self.FINDING)  # type: ignore[attr-defined]

    def test_nothing_that_has_no_place_if_it_names_one(self) -> None:
        assert not self.entry(area="E09000030").covers("change_is_plausible", Finding("seen"))  # type: ignore[attr-defined]


def test_an_editor_is_offered_every_rule_that_may_be_excepted_from(tmp_path: Path) -> None:
    write_schema_files(tmp_path)
    schema = json.loads((tmp_path / "exceptions.schema.json").read_text(encoding="utf-8"))
    assert schema["$defs"]["Exempted"]["properties"]["check"]["enum"] == [
        name for name in RULES if name not in NEVER_EXCEPTED
    ]


def test_the_example_in_the_plans_own_file_is_one(schemas: Path) -> None:
    text = (ROOT / "schemas" / FILE).read_text(encoding="utf-8")
    example = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#   "))
    (schemas / FILE).write_text(f"exceptions:\n{example}\n", encoding="utf-8")
    (entry,) = load_plan(schemas).exceptions
    assert entry.indicator == "children_low_income"
