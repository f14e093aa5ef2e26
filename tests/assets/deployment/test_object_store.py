"""Snapshots and releases in an object store: a real S3 server on loopback that checks who asks."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from sources import SAMPLES
from tests import servers
from tests.assets.deployment.installation import Installation
from tests.support import ROOT, smaller_plan
from tests.thindicators.refreshing.test_remake import publish_all
from thindicators.context import open_run_context
from thindicators.settings import Settings

pytestmark = pytest.mark.system


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the bucket with nothing but S3."""

    client: Any
    bucket: str

    def text(self, key: str) -> str:
        return str(
            self.client.get_object(Bucket=self.bucket, Key=f"thindicators/{key}")["Body"]
            .read()
            .decode()
        )

    def keys(self, under: str) -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=f"thindicators/{under}"
        )
        return [
            one["Key"].removeprefix("thindicators/")
            for page in pages
            for one in page.get("Contents", ())
        ]

    def sums(self) -> str:
        """The sums of the release that readers are pointed to; every file must be what they say."""
        said = json.loads(self.text("latest.json"))
        place = f"releases/{said['release']}/"
        sums = self.text(f"{place}SHA256SUMS")
        assert hashlib.sha256(sums.encode()).hexdigest() == said["sha256sums"]
        listed = {line.partition("  ")[2]: line.partition("  ")[0] for line in sums.splitlines()}
        assert set(self.keys(place)) == {f"{place}{path}" for path in (*listed, "SHA256SUMS")}
        for path, expected in listed.items():
            got = self.client.get_object(Bucket=self.bucket, Key=f"thindicators/{place}{path}")[
                "Body"
            ].read()
            assert hashlib.sha256(got).hexdigest() == expected, path
        return sums


@pytest.fixture
def reader(store: servers.ObjectStore, one_server: Installation) -> Reader:
    return Reader(store.client(), store.bucket)


def test_readers_of_the_bucket_find_the_sums_of_the_embedded_release(
    reader: Reader, embedded: Installation
) -> None:
    assert reader.sums() == embedded.sums()


def test_no_lock_and_no_secret_are_left(reader: Reader, one_server: Installation) -> None:
    assert reader.keys("lock") == []
    assert one_server.files_with(one_server.settings["AWS_SECRET_ACCESS_KEY"]) == []


def test_dagsters_own_files_stay_where_they_are(reader: Reader) -> None:
    assert reader.keys("state/dagster") == []
    assert any(key.startswith("state/ledger/") for key in reader.keys("state/"))


@pytest.fixture
def elsewhere(one_server: Installation, tmp_path: Path) -> Installation:
    """Another machine: empty folders and the same store."""
    return Installation(tmp_path / "elsewhere", one_server.settings)


def test_a_machine_with_empty_folders_verifies_the_release(
    elsewhere: Installation, reader: Reader
) -> None:
    ran = elsewhere.run("verify")
    assert (ran.returncode, "with the same bytes" in ran.stdout) == (0, True), (
        ran.stdout + ran.stderr
    )
    assert elsewhere.sums() == reader.sums()


def test_a_machine_with_empty_folders_answers_for_the_past(elsewhere: Installation) -> None:
    ran = elsewhere.run("as-of", "2999-01-01", "happiness")
    assert ran.returncode == 0, ran.stderr
    assert "E09000030" in ran.stdout


def test_folders_of_another_release_are_not_mixed_with_the_store(
    one_server: Installation, embedded: Installation, tmp_path: Path
) -> None:
    shutil.copytree(embedded.published, tmp_path / "published", symlinks=True)
    latest = (tmp_path / "published" / "latest").resolve()
    latest.rename(latest.with_name("2026-01-01.1"))
    (tmp_path / "published" / "latest").unlink()
    (tmp_path / "published" / "latest").symlink_to("releases/2026-01-01.1")
    (tmp_path / "published" / "latest" / "SHA256SUMS").write_text("of another release\n")
    ran = Installation(tmp_path, one_server.settings).run("verify")
    assert ran.returncode == 1
    assert "which s3://figures/thindicators does not have" in ran.stderr


WRONG = {
    "key": (
        {"AWS_ACCESS_KEY_ID": "AKIAWRONGWRONGWRONG0"},
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    "secret": ({"AWS_SECRET_ACCESS_KEY": "0xwrong"}, "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    "no key": (
        {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
        "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    "bucket": ({"THINDICATORS_STORE": "s3://no-such-bucket/x"}, "There is no such bucket"),
    "address": ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, "the store cannot be reached"),
    "setting": ({"THINDICATORS_STORE": "figures/x"}, "Write it as s3://bucket/prefix"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_the_store_is_said_in_plain_words(
    one_server: Installation, tmp_path: Path, what: str
) -> None:
    wrong, said = WRONG[what]
    ran = Installation(tmp_path, {**one_server.settings, **wrong}).run("publish")
    assert ran.returncode == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert one_server.settings["AWS_SECRET_ACCESS_KEY"] not in ran.stdout + ran.stderr
    assert not (tmp_path / "published" / "latest").exists()


PUBLISH = """
import os, signal, sys
from thindicators.refreshing.refresh import all_outcomes
from sources import SAMPLES
from thindicators.refreshing import witnessing
from thindicators.storage import bucket
from thindicators.release import publishing as releases
from thindicators.settings import settings_from
from thindicators.sharing.shared import publishing
from thindicators.context import open_run_context

moment = sys.argv[1]

def die(*_given):
    os.kill(os.getpid(), signal.SIGKILL)

put = bucket.Bucket._put
def dying(self, key, content, **condition):
    if key.startswith("releases/") and "happiness.parquet" in key and moment == "amid the files":
        die()
    if key.endswith("/SHA256SUMS") and moment == "before the sums":
        die()
    if key == "latest.json" and moment == "before the pointer":
        die()
    return put(self, key, content, **condition)

bucket.Bucket._put = dying
if moment == "after the pointer":
    releases._swap_in = die
settings = settings_from(os.environ)
with publishing(settings) as announce:
    run_context = open_run_context(settings, SAMPLES)
    statements = witnessing.hear(run_context)
    made = releases.publish(run_context, all_outcomes(run_context), announce, statements)
print(made.name, made.is_new)
"""
"""The step that publishes, as it is; it kills itself at the moment that it is told."""


@dataclass
class Publisher:
    """A machine that publishes from what was read before."""

    installation: Installation

    def start(self, moment: str = "") -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", PUBLISH, moment],
            cwd=ROOT,
            env=self.installation.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def publish(self, moment: str = "") -> tuple[int, str]:
        process = self.start(moment)
        said, problem = process.communicate(timeout=300)
        assert not problem or "Traceback" not in problem, problem
        return process.returncode, said.strip()

    def change_the_plan(self, words: str) -> None:
        """Another title of an indicator, which readers see and which makes another release."""
        schemas = Path(self.installation.settings["THINDICATORS_SCHEMAS"])
        path = schemas / "indicators" / "happiness.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("title: ", f"title: {words}, ", 1), encoding="utf-8")


@pytest.fixture
def publishers(store: servers.ObjectStore, tmp_path: Path) -> tuple[Publisher, Publisher]:
    """Two machines with the same small plan and a new bucket; the first has published without a store before."""
    bucket = f"figures-{uuid4().hex}"
    store.client().create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    schemas = smaller_plan(tmp_path / "schemas", "happiness", "employment_rate")
    settings = {
        **store.environment,
        "THINDICATORS_STORE": f"s3://{bucket}/thindicators",
        "THINDICATORS_SCHEMAS": str(schemas),
    }
    one, other = (Publisher(Installation(tmp_path / name, settings)) for name in ("one", "other"))
    here = one.installation
    publish_all(
        open_run_context(
            Settings(schemas=schemas, state=here.state, published=here.published), SAMPLES
        )
    )
    return one, other


def reader_of(publisher: Publisher, store: servers.ObjectStore) -> Reader:
    return Reader(
        store.client(), publisher.installation.settings["THINDICATORS_STORE"].split("/")[2]
    )


def releases(reader: Reader) -> set[str]:
    return {key.split("/")[1] for key in reader.keys("releases/")}


MOMENTS = ("amid the files", "before the sums", "before the pointer")


def test_a_killed_upload_leaves_the_old_release_and_the_next_run_clears_it_away(
    publishers: tuple[Publisher, Publisher], store: servers.ObjectStore
) -> None:
    one, other = publishers
    first = (one.installation.published / "latest").resolve().name
    assert one.publish() == (0, f"{first} False")
    reader = reader_of(one, store)
    sums = reader.sums()
    assert sums == one.installation.sums()
    one.change_the_plan("Once more")
    for moment in MOMENTS:
        assert one.publish(moment)[0] == -signal.SIGKILL
        assert len(releases(reader)) == 2
        assert reader.sums() == sums
    assert one.publish("after the pointer")[0] == -signal.SIGKILL
    assert releases(reader) == {first, json.loads(reader.text("latest.json"))["release"]}
    assert reader.sums() != sums
    for machine in (one, other):
        assert machine.publish()[1].endswith(" False")
        assert machine.installation.sums() == reader.sums()


def test_of_two_runs_at_once_one_publishes_and_the_other_finds_it_done(
    publishers: tuple[Publisher, Publisher], store: servers.ObjectStore
) -> None:
    one, other = publishers
    one.publish()
    one.change_the_plan("Once more")
    both = [machine.start() for machine in (one, other)]
    said = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted(words.split()[1] for words, _ in said) == ["False", "True"]
    assert len({words.split()[0] for words, _ in said}) == 1
    reader = reader_of(one, store)
    assert one.installation.sums() == other.installation.sums() == reader.sums()
