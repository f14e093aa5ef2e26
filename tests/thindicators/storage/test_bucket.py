"""A bucket of a real S3 server on loopback: objects, the lock by which one run at a time publishes, and the mirror."""

from __future__ import annotations

import json
import logging
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from tests import servers
from tests.support import receipt_of
from thindicators.errors import SettingsError, StoreError
from thindicators.fetching.snapshots import SnapshotStore
from thindicators.settings import Settings
from thindicators.sharing import bucket_lock
from thindicators.sharing.bucket_lock import LOCK, locked_bucket
from thindicators.sharing.mirror import Mirror
from thindicators.storage.bucket import Bucket, bringer, open_bucket


@pytest.fixture(scope="module")
def server() -> Iterator[servers.ObjectStore]:
    with servers.object_store() as running:
        yield running


@pytest.fixture
def bucket(server: servers.ObjectStore) -> Bucket:
    """A prefix of this test's own."""
    prefix = uuid4().hex
    return Bucket(f"s3://{server.bucket}/{prefix}", server.client(), server.bucket, f"{prefix}/")


def test_an_object_is_written_listed_read_and_deleted(bucket: Bucket) -> None:
    etag = bucket.put("a/b.csv", b"1,2")
    assert {name: (one.etag, one.size) for name, one in bucket.entries("a/").items()} == {
        "b.csv": (etag, 3)
    }
    found = bucket.get("a/b.csv")
    assert found is not None
    assert (found.content, found.etag) == (b"1,2", etag)
    bucket.delete(["a/b.csv", "a/never-there"])
    assert (bucket.get("a/b.csv"), bucket.has("a/b.csv")) == (None, False)


def test_an_object_is_replaced_only_by_who_knows_what_is_there(bucket: Bucket) -> None:
    first = bucket.put_instead("pointer", b"one", None)
    assert bucket.put_instead("pointer", b"two", None) is None
    second = bucket.put_instead("pointer", b"two", first)
    assert second is not None
    assert bucket.put_instead("pointer", b"three", first) is None
    assert bucket.put_instead("never-there", b"one", first) is None
    found = bucket.get("pointer")
    assert found is not None
    assert found.content == b"two"


def test_an_answer_that_was_lost_on_its_way_is_no_conflict(bucket: Bucket) -> None:
    etag = bucket.put_instead("pointer", b"one", None)
    assert bucket.put_instead("pointer", b"one", None) == etag


@pytest.mark.parametrize("url", ["figures", "s3://", "s3:///x", "https://figures/x"])
def test_a_setting_that_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="it must be such as s3://bucket/prefix"):
        open_bucket(url)


def test_one_run_at_a_time_holds_the_lock_and_the_other_is_told_who(bucket: Bucket) -> None:
    refused = pytest.raises(
        StoreError, match=r"process \d+ of .*, at work since 20.*Nothing was published"
    )
    with locked_bucket(bucket), refused, locked_bucket(bucket, patience=0):
        pytest.fail("two runs at once")
    with locked_bucket(bucket, patience=0):
        assert bucket.has(LOCK)
    assert not bucket.has(LOCK)


def test_a_run_waits_for_the_other_one(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_lock, "_BETWEEN", 0.1)
    ended: list[float] = []
    held = threading.Event()

    def hold() -> None:
        with locked_bucket(bucket):
            held.set()
            time.sleep(0.5)
            ended.append(time.monotonic())

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    with locked_bucket(bucket):
        assert ended
    other.join()


def test_a_lock_that_is_given_back_while_another_run_looks_at_it_is_taken(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put(LOCK, lock_of("another-machine", 1))
    monkeypatch.setattr(bucket_lock, "_BETWEEN", 0.0)
    seconds_since_written = Bucket.seconds_since_written

    def after_it_was_given_back(bucket: Bucket, key: str) -> float | None:
        bucket.delete([key])
        return seconds_since_written(bucket, key)

    monkeypatch.setattr(Bucket, "seconds_since_written", after_it_was_given_back)
    with locked_bucket(bucket) as lock:
        stored = bucket.get(LOCK)
        assert stored is not None
        assert stored.content == lock.content


def lock_of(machine: str, process: int) -> bytes:
    return json.dumps(
        {"machine": machine, "process": process, "since": "2026-11-22T10:15:00Z", "token": "t"}
    ).encode()


def test_the_lock_of_a_killed_run_of_this_machine_is_taken_over(bucket: Bucket) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    bucket.put(LOCK, lock_of(socket.gethostname(), ended.pid))
    with locked_bucket(bucket, patience=0) as lock:
        assert b"since" in lock.content


def test_the_lock_of_another_machine_is_taken_over_when_it_is_stale(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put(LOCK, lock_of("another-machine", 1))
    with pytest.raises(StoreError, match="another-machine"), locked_bucket(bucket, patience=0):
        pytest.fail("the other run may be alive")
    monkeypatch.setattr(bucket_lock, "STALE_AFTER", 0.0)
    with locked_bucket(bucket, patience=0):
        pass


def test_a_run_whose_lock_was_taken_over_stops(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_lock, "_OFTEN", 0.0)
    with locked_bucket(bucket) as lock:
        lock.keep()
        bucket.put(LOCK, lock_of("another-machine", 1))
        with pytest.raises(StoreError, match="another one took its place"):
            lock.keep()
    assert bucket.has(LOCK)  # it is the other's


class _Unconditional:
    """A client of a store that ignores conditions."""

    def __init__(self, client: object) -> None:
        self._client = client

    def __getattr__(self, name: str) -> object:
        return getattr(self._client, name)

    def put_object(self, **given: object) -> object:
        given.pop("IfNoneMatch", None)
        put: Callable[..., object] = self._client.put_object  # type: ignore[attr-defined]
        return put(**given)


def test_a_store_that_cannot_keep_two_runs_apart_is_refused(bucket: Bucket) -> None:
    with (
        pytest.raises(StoreError, match="ignores the condition"),
        locked_bucket(replace(bucket, client=_Unconditional(bucket.client))),
    ):
        pytest.fail("two runs could publish at once")


class Machine:
    """A folder that mirrors the bucket."""

    def __init__(self, folder: Path, bucket: Bucket) -> None:
        self.folder, self.mirror = folder, Mirror(folder, bucket)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def sync(self) -> None:
        self.mirror.bring_to_same()

    @property
    def files(self) -> dict[str, str]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_text()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.startswith(".store")
        }


@pytest.fixture
def machines(bucket: Bucket, tmp_path: Path) -> tuple[Machine, Machine]:
    """Two machines with the same edition, figures, and held figures."""
    one, other = Machine(tmp_path / "one", bucket), Machine(tmp_path / "other", bucket)
    one.write(".edition", "live\n")
    one.write("indicators/happiness.parquet", "7.1")
    one.write("indicators/held/anxiety.parquet", "9.9")
    for machine in (one, other):
        machine.sync()
    return one, other


def test_what_one_machine_has_the_other_gets(machines: tuple[Machine, Machine]) -> None:
    one, other = machines
    assert other.files == one.files
    assert set(other.files) == {
        ".edition",
        "indicators/happiness.parquet",
        "indicators/held/anxiety.parquet",
    }


def test_what_one_machine_changes_the_other_gets(machines: tuple[Machine, Machine]) -> None:
    one, other = machines
    other.write("indicators/happiness.parquet", "7.2")
    other.write("history/2026-11-22.1.parquet", "kept")
    other.sync()
    one.sync()
    assert one.files == other.files
    assert one.files["indicators/happiness.parquet"] == "7.2"


def test_held_figures_that_were_accepted_are_gone_everywhere(
    machines: tuple[Machine, Machine],
) -> None:
    one, other = machines
    (one.folder / "indicators/held/anxiety.parquet").unlink()
    one.sync()
    other.sync()
    assert "indicators/held/anxiety.parquet" not in {**one.files, **other.files}


def test_figures_that_were_lost_on_one_side_come_back(
    machines: tuple[Machine, Machine], bucket: Bucket
) -> None:
    one, _ = machines
    (one.folder / "indicators/happiness.parquet").unlink()
    one.sync()
    assert one.files["indicators/happiness.parquet"] == "7.1"
    bucket.delete(["state/indicators/happiness.parquet"])
    one.sync()
    assert bucket.has("state/indicators/happiness.parquet")


def test_a_folder_that_was_cleared_away_takes_nothing_along(
    machines: tuple[Machine, Machine],
) -> None:
    one, other = machines
    shutil.rmtree(one.folder / "indicators")
    one.sync()
    assert one.files == other.files


def test_a_store_that_was_cleared_away_takes_nothing_along(
    machines: tuple[Machine, Machine], bucket: Bucket
) -> None:
    one, other = machines
    bucket.delete(f"state/{name}" for name in bucket.entries("state/"))
    one.sync()
    assert set(bucket.entries("state/")) == set(one.files) == set(other.files)


def test_where_both_changed_what_the_store_has_stays_and_it_is_said(
    machines: tuple[Machine, Machine], caplog: pytest.LogCaptureFixture
) -> None:
    one, other = machines
    for machine, figure in ((one, "7.3"), (other, "7.4")):
        machine.write("indicators/happiness.parquet", figure)
    one.sync()
    with caplog.at_level(logging.WARNING):
        other.sync()
    assert other.files["indicators/happiness.parquet"] == "7.3"
    assert "was changed here and in the store" in caplog.text


def test_two_states_that_were_never_the_same_are_not_mixed(
    machines: tuple[Machine, Machine], bucket: Bucket, tmp_path: Path
) -> None:
    stranger = Machine(tmp_path / "stranger", bucket)
    stranger.write("indicators/gdhi_per_head.parquet", "25000")
    with pytest.raises(SettingsError, match="were never the same"):
        stranger.sync()
    assert "state/indicators/gdhi_per_head.parquet" not in bucket.entries("")


def test_two_editions_are_not_mixed(
    machines: tuple[Machine, Machine], bucket: Bucket, tmp_path: Path
) -> None:
    sample = Machine(tmp_path / "sample", bucket)
    sample.write(".edition", "sample\n")
    with pytest.raises(SettingsError, match=r"\.edition, for one"):
        sample.sync()


def test_dagsters_files_locks_and_files_being_written_are_not_shared(
    machines: tuple[Machine, Machine], bucket: Bucket
) -> None:
    one, _ = machines
    for name in (
        "dagster/history/runs.db",
        "indicators/.locks/happiness.lock",
        "indicators/.writing-x",
    ):
        one.write(name, "mine")
    one.sync()
    assert not [name for name in bucket.entries("state/") if "dagster" in name or "/." in name]


def test_a_damaged_index_is_said_in_plain_words(machines: tuple[Machine, Machine]) -> None:
    one, _ = machines
    (one.folder / ".store.json").write_text("{")
    with pytest.raises(StoreError, match=r"is damaged: .* Delete it and run again"):
        one.sync()


def test_a_snapshot_is_sent_once_and_brought_when_it_is_read(
    bucket: Bucket, server: servers.ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    content = b"Area,Value\n"
    receipt = receipt_of(content, source="ncmp")
    one, other = (
        Settings(state=tmp_path / "one"),
        Settings(state=tmp_path / "other", store=bucket.url),
    )
    SnapshotStore(one.state / "snapshots").keep("file", content, receipt)
    for settings in (one, other):
        Mirror(settings.state, bucket).bring_to_same()
    store = SnapshotStore(other.state / "snapshots", bringer(other))
    assert list(other.state.glob("snapshots/bytes/*/*")) == []
    assert store.last_answer(receipt) == receipt
    assert store.load("file", receipt).content == content
    bucket.put(f"bytes/{receipt.sha256[:2]}/{receipt.sha256}", b"something else")
    next(other.state.glob("snapshots/bytes/*/*")).unlink()
    with pytest.raises(Exception, match="has been changed"):
        store.load("file", receipt)
