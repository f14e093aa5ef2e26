"""The list of areas: what a person or a spreadsheet does to it is taken or told by line, and no area gets another's name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import ROOT
from thindicators.areas.register import ENGLAND, register
from thindicators.errors import PlanError
from thindicators.plan.areas_file import load_areas
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Area

HEADER = "code,name,kind\n"
OWN = "E09000030,Tower Hamlets,London borough\n"
LONDON = "E12000007,London,region\n"


def read(folder: Path, content: str | bytes) -> tuple[Area, ...]:
    path = folder / "areas.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_areas(path)


def test_the_first_area_is_the_plans_own_and_others_are_what_their_kind_says(
    tmp_path: Path,
) -> None:
    lines = [OWN, "E09000012,Hackney,London borough\n", LONDON, "K03000001,Great Britain,context\n"]
    areas = read(tmp_path, HEADER + "".join(lines))
    assert [(area.name, area.role) for area in areas] == [
        ("Tower Hamlets", "subject"),
        ("Hackney", "comparator"),
        ("London", "region"),
        ("Great Britain", "context"),
    ]


def test_the_plans_own_file_is_read() -> None:
    assert load_areas(ROOT / "schemas" / "areas.csv") == load_plan(ROOT / "schemas").areas


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + (HEADER + OWN + LONDON).encode(),
        (HEADER + OWN + LONDON).replace("\n", "\r\n").encode(),
        (HEADER + OWN + ",,\n" + LONDON + ",,\n\n").encode(),
        (HEADER + OWN + LONDON).replace(",", " , ").encode(),
    ],
    ids=["as CSV UTF-8 of Excel", "with its line ends", "with emptied rows", "with spaces"],
)
def test_what_a_spreadsheet_does_to_it_changes_nothing(tmp_path: Path, content: bytes) -> None:
    assert [area.code for area in read(tmp_path, content)] == ["E09000030", "E12000007"]


@pytest.mark.parametrize(
    ("content", "line", "field", "problem"),
    [
        ("", 1, "(file)", "the first line must be code,name,kind; it is "),
        ("code,name,sort\n", 1, "(file)", "the first line must be code,name,kind; it is code,name,sort"),
        ("code;name;kind\n", 1, "(file)", "the first line must be code,name,kind; it is code;name;kind"),
        (HEADER, 2, "(file)", "there is no area; the first must be the one that the plan is about"),
        (HEADER + OWN + "E1200007,London,region\n", 3, "code", "“E1200007” is no GSS code, such as E09000030"),
        (HEADER + OWN + "E12000007,,region\n", 3, "name", "is empty"),
        (HEADER + "E09000030,Tower Hamlets,\n", 2, "kind", "is empty"),
        (HEADER + OWN + LONDON + OWN, 4, "code", "E09000030 stands there twice"),
        (
            HEADER + "E06000023,Bristol, City of,unitary authority\n",
            2,
            "name",
            "the line must have 3 cells and has 4; a name with a comma needs quotes",
        ),
        (
            HEADER + "E09000031,Tower Hamlets,London borough\n",
            2,
            "name",
            "E09000031 is the code of Waltham Forest, not of Tower Hamlets",
        ),
        (
            HEADER + "E09000001,London,London borough\n",
            2,
            "name",
            "E09000001 is the code of City of London, not of London",
        ),
        (
            HEADER + "E07000039,Derbyshire,district\n",
            2,
            "name",
            "E07000039 is the code of South Derbyshire, not of Derbyshire",
        ),
        (
            HEADER + "E08000019,Sheffield,metropolitan district\n",
            2,
            "code",
            "E08000019 is a code that Sheffield had before; write E08000039",
        ),
        (
            (HEADER + "W06000001,Ynys Môn,principal area\n").encode("cp1252"),
            2, "(file)", "is not UTF-8: save it as UTF-8, which Excel calls “CSV UTF-8”",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line(
    tmp_path: Path, content: str | bytes, line: int, field: str, problem: str
) -> None:
    with pytest.raises(PlanError) as refused:
        read(tmp_path, content)
    told = refused.value
    assert (told.file, told.line, told.field) == ("areas.csv", line, field)
    assert told.problem == problem


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"areas\.csv, line 1, .*cannot be read: No such file"):
        load_areas(tmp_path / "areas.csv")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("E06000010", "Hull"),
        ("E06000023", "Bristol"),
        ("E12000006", "East of England"),
        ("E12000006", "East"),
        ("W06000001", "Ynys Môn"),
        ("E99999999", "A place that only this plan knows"),
    ],
)
def test_a_plan_may_call_an_area_by_a_shorter_name(tmp_path: Path, code: str, name: str) -> None:
    [area] = read(tmp_path, f"{HEADER}{code},{name},anything\n")
    assert (area.code, area.name) == (code, name)


_CODES = st.sampled_from(register().councils(ENGLAND))


@given(code=_CODES, other=_CODES)
def test_no_council_is_published_under_the_name_of_another(
    tmp_path_factory: pytest.TempPathFactory, code: str, other: str
) -> None:
    name = register()[other].name
    content = f'{HEADER}{code},"{name}",anything\n'
    folder = tmp_path_factory.mktemp("areas")
    if code == other:
        assert read(folder, content)[0].name == name
    else:
        with pytest.raises(PlanError, match=f"{code} is the code of"):
            read(folder, content)
