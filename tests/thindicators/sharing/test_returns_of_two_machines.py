"""Several machines with one store lose no return, follow no link, and write nowhere but into their own folder."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from tests.thindicators.storage.test_bucket import Machine, bucket, machines, server
from thindicators.errors import StoreError
from thindicators.sharing.bucket_releases import bring
from thindicators.storage.bucket import Bucket
from thindicators.storage.sums import SUMS

__all__ = ["bucket", "machines", "server"]  # the fixtures

RETURN = "returns/thindicators-return.csv"


def handed_in(machine: Machine) -> set[str]:
    return {text for name, text in machine.files.items() if name.startswith("returns/")}


@pytest.mark.parametrize("name", [RETURN, "returns/refused/a.csv", f"returns/{'ä' * 120}.csv"])
def test_two_returns_of_one_name_are_both_kept_and_it_is_said(
    machines: tuple[Machine, Machine], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    one, other = machines
    one.write(name, "mine")
    other.write(name, "yours")
    one.sync()
    with caplog.at_level(logging.WARNING):
        other.sync()
    one.sync()
    assert handed_in(one) == handed_in(other) == {"mine", "yours"}
    assert "was handed in here and on another machine. Both are kept" in caplog.text
    for machine in (one, other, one):
        machine.sync()
    assert len(handed_in(one)) == len(one.files.keys() & other.files.keys()) - 3


def test_a_return_that_two_machines_corrected_is_kept_both_ways(
    machines: tuple[Machine, Machine],
) -> None:
    one, other = machines
    one.write(RETURN, "as it was")
    for machine in (one, other):
        machine.sync()
    one.write(RETURN, "corrected here")
    other.write(RETURN, "corrected there")
    for machine in (one, other, one):
        machine.sync()
    assert handed_in(one) == handed_in(other) == {"corrected here", "corrected there"}


def test_the_same_return_on_two_machines_is_one(machines: tuple[Machine, Machine]) -> None:
    one, other = machines
    for machine in (one, other, one):
        machine.write(RETURN, "the same")
        machine.sync()
    assert [name for name in one.files if name.startswith("returns/")] == [RETURN]
    assert handed_in(other) == {"the same"}


def test_links_pipes_and_names_that_are_no_text_are_not_shared(
    machines: tuple[Machine, Machine],
    bucket: Bucket,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, other = machines
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("secret", encoding="utf-8")
    inbox = one.folder / "returns"
    inbox.mkdir()
    (inbox / "link.csv").symlink_to(secret / "key.txt")
    (inbox / "folder").symlink_to(secret)
    (inbox / "nowhere.csv").symlink_to(tmp_path / "absent")
    os.mkfifo(inbox / "pipe.csv")
    Path(os.fsdecode(os.fsencode(inbox) + b"/\xff.csv")).write_text("odd", encoding="utf-8")
    one.write("returns/good.csv", "good")
    with caplog.at_level(logging.WARNING):
        one.sync()
    assert "link.csv is no plain file" in caplog.text
    assert {name for name in bucket.entries("state/") if name.startswith("returns/")} == {
        "returns/good.csv"
    }
    other.sync()
    assert handed_in(other) == {"good"}


def test_nothing_is_brought_to_a_place_behind_a_link(
    machines: tuple[Machine, Machine], bucket: Bucket, tmp_path: Path
) -> None:
    one, _ = machines
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (one.folder / "returns").symlink_to(elsewhere)
    bucket.put(f"state/{RETURN}", b"yours")
    one.sync()
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../escaped.txt", "dagster/dagster.yaml", "returns/../../escaped.txt", ".store.json"]
)
def test_a_store_writes_nothing_but_what_is_shared(
    machines: tuple[Machine, Machine], bucket: Bucket, name: str
) -> None:
    one, _ = machines
    before = set(one.folder.parent.rglob("*"))
    bucket.put(f"state/{name}", b"from outside")
    one.sync()
    assert set(one.folder.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["../../escaped.txt", "indicators/../../../escaped.txt"])
def test_a_release_in_a_store_leads_nowhere_else(bucket: Bucket, tmp_path: Path, name: str) -> None:
    published = tmp_path / "deep" / "published"
    published.mkdir(parents=True)
    bucket.put(f"releases/2026-11-22.1/{SUMS}", b"")
    bucket.put(f"releases/2026-11-22.1/{name}", b"from outside")
    with pytest.raises(StoreError, match="which leads out of a release"):
        bring(bucket, "2026-11-22.1", published)
    assert not list(tmp_path.rglob("escaped.txt"))
