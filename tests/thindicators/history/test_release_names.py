"""Names of releases never go back, and what is no release is not taken for one."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.errors import ReleaseError
from thindicators.history.release_names import in_order, is_name, next_name, releases_in
from thindicators.storage.sums import SUMS

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    "name",
    [
        "2026-02-30.1",
        "2026-13-01.1",
        "0000-01-01.1",
        "2026-11-22.01",
        "2026-11-22.-1",
        "2026-11-22.1 (copy)",
        "2026-11-22.1.bak",
        "2026-11-22.١",
        "2026-11-22",
        "latest",
        "",
    ],
)
def test_what_is_no_name_is_told_from_one(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(ReleaseError, match="is no name of a release"):
        in_order(name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], "2026-11-25.1"),
        (["2026-11-24.3"], "2026-11-25.1"),
        (["2026-11-25.9", "2026-11-25.10"], "2026-11-25.11"),
        (["2026-11-24.1", "2030-01-01.1"], "2030-01-01.2"),
    ],
)
def test_the_next_name_is_never_below_the_newest(names: list[str], expected: str) -> None:
    assert next_name(names, TODAY) == expected


def test_a_name_of_a_day_that_has_not_come_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        next_name(["2030-01-01.1"], TODAY)
    assert "of a day that has not come: a clock was wrong" in caplog.text
    assert "The next release is 2030-01-01.2" in caplog.text


@given(st.lists(st.integers(-2000, 2000), min_size=1, max_size=30))
def test_whatever_the_clock_says_names_come_in_the_order_in_which_they_were_given(
    days: list[int],
) -> None:
    names: list[str] = []
    for distance in days:
        names.append(next_name(names, TODAY + timedelta(distance)))
    assert names == sorted(names, key=in_order)
    assert len(set(names)) == len(names)


def release(folder: Path, name: str, sums: str) -> Path:
    (folder / name).mkdir(parents=True)
    (folder / name / SUMS).write_text(sums, encoding="utf-8")
    return folder / name


def test_copies_files_and_odd_names_are_no_releases(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = release(tmp_path, "2026-11-22.1", "a"), release(tmp_path, "2026-11-22.2", "b")
    release(tmp_path, "2026-12-24.1", "a")
    release(tmp_path, "2026-02-30.1", "b")
    release(tmp_path, "2026-11-22.1 (copy)", "a")
    (tmp_path / "2026-11-23.1").write_text("a file", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert releases_in(tmp_path) == [first, second]
    assert "2026-12-24.1 is a copy of" in caplog.text


def test_two_damaged_releases_are_not_taken_for_copies(tmp_path: Path) -> None:
    damaged = [tmp_path / name for name in ("2026-11-22.1", "2026-11-22.2")]
    for folder in damaged:
        folder.mkdir()
    assert releases_in(tmp_path) == damaged
    assert releases_in(tmp_path / "absent") == []
