"""A stranger looks at packages: what is wrong is told, wherever the look is taken."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from thindicators.errors import ReleaseError
from thindicators.formats.stranger import Stranger
from thindicators.helper import begin, helping

Make = Callable[..., Path]


@pytest.fixture
def package(tmp_path: Path) -> Make:
    """Makes a data package of one table, of years and values."""

    def make(table: str = "year,value\n2024,66.2\n2025,66.3\n", name: str = "package") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "figures.csv").write_text(table, encoding="utf-8")
        fields = [{"name": "year", "type": "integer"}, {"name": "value", "type": "number"}]
        resource = {"name": "figures", "path": "figures.csv", "schema": {"fields": fields}}
        descriptor = {"name": "figures", "resources": [{**resource, "type": "table"}]}
        (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
        return folder

    return make


def look_at(*folders: Path) -> None:
    looking = Stranger()
    for folder in folders:
        looking.look_at(folder)
    looking.require_valid()


def test_packages_in_which_nothing_is_wrong_are_valid(package: Make) -> None:
    look_at(package(), package(name="another"), package(name="of letters that\nneed care, “é”"))


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("year,values\n2024,66.2\n", "Incorrect Label"),
        ("year,value\n2024,much\n", "Type Error 2 value"),
        ("year,value\n2024\n", "Missing Cell 2 value"),
    ],
)
def test_what_is_wrong_is_named_with_its_package(package: Make, table: str, problem: str) -> None:
    wrong = package(table, name="wrong")
    refused = pytest.raises(
        ReleaseError, match=rf"wrong/datapackage\.json is not a valid.*{problem}.*before stands"
    )
    with refused:
        look_at(package(), wrong)


def test_a_package_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"absent/datapackage\.json is not a valid data package"):
        look_at(tmp_path / "absent")


def test_of_many_errors_the_first_are_told(package: Make) -> None:
    rows = "".join(f"{year},much\n" for year in range(1997, 2026))
    with pytest.raises(ReleaseError) as refused:
        look_at(package(f"year,value\n{rows}"))
    assert str(refused.value).count("Type Error") == 5


def test_a_helper_sees_what_is_seen_without_one(package: Make) -> None:
    wrong = package("year,value\n2024,much\n", name="wrong")
    with helping():
        look_at(package())
        with pytest.raises(ReleaseError, match="Type Error 2 value"):
            look_at(wrong)


def test_a_look_that_was_killed_is_taken_again(package: Make) -> None:
    wrong = package("year,value\n2024,much\n", name="wrong")
    with helping():
        os.kill(begin(os.getpid).answer(), signal.SIGKILL)
        looking = Stranger()
        looking.look_at(wrong)
        with pytest.raises(ReleaseError, match="Type Error 2 value"):
            looking.require_valid()
