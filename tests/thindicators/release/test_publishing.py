"""What a release holds, and that a reader sees the old one or the new one."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from filelock import FileLock

from sources import SAMPLES
from tests.support import smaller_plan
from thindicators.context import RunContext, open_run_context
from thindicators.errors import ReleaseError, ThindicatorsError
from thindicators.fetching.snapshots import Receipt
from thindicators.formats.packages import SAMPLE_WARNING, check_descriptor, load_profile
from thindicators.formats.stranger import Stranger
from thindicators.history import vintages
from thindicators.history.vintages import History
from thindicators.observations import tables
from thindicators.observations.observation import Observation, empty_table, table_of
from thindicators.observations.periods import twelve_months_ending
from thindicators.outcomes.outcome import Outcome
from thindicators.release import publishing
from thindicators.release.publishing import latest, publish
from thindicators.settings import Settings
from thindicators.storage import files
from thindicators.storage.descriptors import described_files

SNAPSHOT = hashlib.sha256(b"figures").hexdigest()
RECEIPT = Receipt(
    sha256=SNAPSHOT,
    source="ons_aps",
    edition="live",
    method="GET",
    url="https://www.nomisweb.co.uk/data",
    retrieved="2026-11-20T10:15:00Z",
    size=7,
    media_type="text/csv",
    licence="ogl",
)
DAY = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)

Make = Callable[..., RunContext]


@pytest.fixture
def run_context(tmp_path: Path) -> Make:
    schemas = smaller_plan(
        tmp_path / "schemas", "employment_rate", "happiness", "co2_emissions", "feeling_safe"
    )

    def make(edition: str = "live", now: datetime = DAY, name: str = "one") -> RunContext:
        settings = Settings(
            schemas=schemas,
            state=tmp_path / name / "state",
            published=tmp_path / name / "published",
        )
        return open_run_context(settings, SAMPLES, edition, lambda: now)

    return make


def outcomes(made: RunContext, value: float = 66.2) -> list[Outcome]:
    """One figure for each area in each of two years, for one indicator; the others are empty."""
    rows = [
        Observation(
            indicator="employment_rate",
            area_code=area,
            period=twelve_months_ending(year, 12, f"Jan {year}-Dec {year}"),
            value=value if year == 2023 else None,
            unit="percent",
            status="" if year == 2023 else "x",
            series="aps",
            source_text="66.2",
            snapshot=SNAPSHOT,
        )
        for area in made.plan.area_names
        for year in (2022, 2023)
    ]
    table = table_of(rows, made.plan.area_names)
    fresh = Outcome("employment_rate", "fresh", "", (), (RECEIPT,), table)
    return [
        fresh
        if one == "employment_rate"
        else Outcome(one, "empty", "Nobody has counted.", (), (), empty_table())
        for one in made.plan.indicators
    ]


def descriptor(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return read


def test_a_release_has_the_files_that_readers_rely_on(run_context: Make) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder
    assert folder == made.settings.published / "releases" / "2026-11-22.1"
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {
        "datapackage.json",
        "observations.csv",
        "observations.parquet",
        "indicators.csv",
        "areas.csv",
        "checks.csv",
        "sources.csv",
        "receipts.csv",
        "revisions.csv",
        "CHANGES.md",
        "feed.xml",
        "SHA256SUMS",
        "by_year/2022/observations.parquet",
        "by_year/2023/observations.parquet",
    } <= names
    for indicator in made.plan.indicators:
        files = ("datapackage.json", f"{indicator}.csv", f"{indicator}.parquet")
        assert {f"indicators/{indicator}/{name}" for name in files} <= names


def test_readers_find_the_release_under_latest(run_context: Make) -> None:
    made = run_context()
    publish(made, outcomes(made))
    link = made.settings.published / "latest"
    assert link.readlink() == Path("releases/2026-11-22.1")
    assert pq.read_table(link / "observations.parquet").num_rows == 2 * len(made.plan.every_area)


def test_every_file_is_summed(run_context: Make) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    summed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    assert set(summed) == set(files) - {"SHA256SUMS"}
    assert all(
        hashlib.sha256(files[name].read_bytes()).hexdigest() == digest
        for name, digest in summed.items()
    )


def test_a_year_holds_the_same_rows_as_the_whole(run_context: Make) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder
    whole = pq.read_table(folder / "observations.parquet").to_pylist()
    parts = [
        row
        for path in sorted((folder / "by_year").rglob("*.parquet"))
        for row in pq.ParquetFile(path).read().to_pylist()
    ]
    assert sorted(map(str, parts)) == sorted(map(str, whole))


def test_every_descriptor_states_hash_size_schema_licence_source_and_contributors(
    run_context: Make,
) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder
    for place in sorted(path.parent for path in folder.rglob("datapackage.json")):
        said = descriptor(place)
        assert said["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
        assert said["licenses"]
        assert said["sources"]
        assert said["contributors"]
        assert all(one["schema"]["fields"] for one in said["resources"])
        described = described_files(said)
        assert {one["path"] for one in described} >= {
            path.relative_to(place).as_posix()
            for pattern in ("*.csv", "*.parquet", "by_year/*/*.parquet")
            for path in place.glob(pattern)
        }
        for file in described:
            content = (place / file["path"]).read_bytes()
            assert file["bytes"] == len(content)
            assert file["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_an_indicator_without_figures_is_an_empty_table_with_its_reason(run_context: Make) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder / "indicators" / "happiness"
    assert pq.read_table(folder / "happiness.parquet").num_rows == 0
    said = descriptor(folder)
    assert (said["state"], said["reason"]) == ("empty", "Nobody has counted.")
    assert "Nobody has counted." in said["description"]


def test_the_side_tables_say_state_and_source(run_context: Make) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder
    schemas = tables.table_schemas()
    indicators = {
        row["id"]: row
        for row in tables.read_csv(folder / "indicators.csv", schemas["indicators"]).to_pylist()
    }
    assert list(indicators) == list(made.plan.indicators)
    assert indicators["employment_rate"]["last_year"] == 2023
    assert indicators["happiness"]["reason"] == "Nobody has counted."
    receipts = tables.read_csv(folder / "receipts.csv", schemas["receipts"]).to_pylist()
    assert [row["sha256"] for row in receipts] == [SNAPSHOT]
    assert receipts[0]["licence"] == "OGL-UK-3.0"


def test_the_same_inputs_give_the_same_bytes_in_another_place_on_another_day(
    run_context: Make,
) -> None:
    one, other = run_context(), run_context(now=datetime(2027, 1, 5, tzinfo=UTC), name="other")
    first, second = (
        publish(one, outcomes(one)).folder,
        publish(other, list(reversed(outcomes(other)))).folder,
    )
    assert first.name != second.name
    assert (first / "SHA256SUMS").read_bytes() == (second / "SHA256SUMS").read_bytes()


def test_a_first_release_without_any_figure_is_refused(run_context: Make) -> None:
    made = run_context()
    nothing = [replace(one, table=empty_table(), state="empty") for one in outcomes(made)]
    with pytest.raises(ReleaseError, match="No indicator has a figure yet"):
        publish(made, nothing)
    assert latest(made.settings.published) is None


def test_a_release_without_a_change_is_not_made(run_context: Make) -> None:
    made = run_context()
    publish(made, outcomes(made))
    again = publish(made, outcomes(made))
    assert (again.name, again.is_new) == ("2026-11-22.1", False)
    assert len(list((made.settings.published / "releases").iterdir())) == 1


def test_a_change_makes_a_second_release_and_keeps_the_first(run_context: Make) -> None:
    made = run_context()
    first = publish(made, outcomes(made))
    before = (first.folder / "SHA256SUMS").read_bytes()
    second = publish(made, outcomes(made, value=66.3))
    assert second.name == "2026-11-22.2"
    assert latest(made.settings.published) == second.folder
    assert (first.folder / "SHA256SUMS").read_bytes() == before


def test_a_release_says_what_changed_since_the_one_before(run_context: Make) -> None:
    made = run_context()
    first = publish(made, outcomes(made))
    second = publish(made, outcomes(made, value=66.3))
    schema = tables.table_schemas()["revisions"]
    assert tables.read_csv(first.folder / "revisions.csv", schema).num_rows == 0
    rows = tables.read_csv(second.folder / "revisions.csv", schema).to_pylist()
    assert {(row["kind"], row["old_value"], row["new_value"], row["size"]) for row in rows} == {
        ("revised", 66.2, 66.3, 0.1)
    }
    assert len(rows) == len(made.plan.area_names)
    assert "66.2 became 66.3" in (second.folder / "CHANGES.md").read_text(encoding="utf-8")
    assert "Employment rate" in (second.folder / "feed.xml").read_text(encoding="utf-8")


def test_versions_follow_what_changed(run_context: Make) -> None:
    made = run_context()
    first = publish(made, outcomes(made)).folder
    second = publish(made, outcomes(made, value=66.3)).folder
    assert [descriptor(one)["version"] for one in (first, second)] == ["1.0.0", "1.0.1"]
    changed, other = "indicators/employment_rate", "indicators/happiness"
    assert [descriptor(one / changed)["version"] for one in (first, second)] == ["1.0.0", "1.0.1"]
    assert (first / other / "datapackage.json").read_bytes() == (
        second / other / "datapackage.json"
    ).read_bytes()


def test_a_release_in_which_only_a_reason_changed_is_made(run_context: Make) -> None:
    made = run_context()
    publish(made, outcomes(made))
    others = [
        Outcome(one.indicator, "empty", "Still nobody has counted.", (), (), one.table)
        if one.state == "empty"
        else one
        for one in outcomes(made)
    ]
    second = publish(made, others)
    assert second.is_new
    assert "No figure has changed" in (second.folder / "CHANGES.md").read_text(encoding="utf-8")


def test_a_sample_says_so_in_every_descriptor_and_from_what_it_was_composed(
    run_context: Make,
) -> None:
    made = run_context("sample")
    folder = publish(made, outcomes(made)).folder
    for place in sorted(path.parent for path in folder.rglob("datapackage.json")):
        said = descriptor(place)
        assert said["edition"] == "sample"
        assert said["description"].startswith(SAMPLE_WARNING)
        assert said["title"].endswith("(sample edition)")
    assert descriptor(folder / "indicators" / "employment_rate")["composedFrom"]
    assert (folder / "origins.csv").exists()


def test_a_live_release_never_says_sample(run_context: Make) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder
    assert descriptor(folder)["edition"] == "live"
    assert not (folder / "origins.csv").exists()


def test_a_figure_from_bytes_without_a_receipt_stops_the_release(run_context: Make) -> None:
    made = run_context()
    publish(made, outcomes(made))
    broken = [
        Outcome(one.indicator, one.state, one.reason, (), (), one.table) if one.receipts else one
        for one in outcomes(made, value=1.0)
    ]
    with pytest.raises(ReleaseError, match="not a valid data package"):
        publish(made, broken)
    assert latest(made.settings.published) == made.settings.published / "releases" / "2026-11-22.1"
    assert [
        path.name for path in made.settings.published.iterdir() if path.name.startswith(".building")
    ] == []


def test_an_indicator_without_an_outcome_stops_the_release(run_context: Make) -> None:
    made = run_context()
    with pytest.raises(ReleaseError, match="no outcome for feeling_safe"):
        publish(made, [one for one in outcomes(made) if one.indicator != "feeling_safe"])


def test_what_a_killed_run_left_behind_is_cleared_away(run_context: Make) -> None:
    made = run_context()
    left_over = made.settings.published / ".building-killed"
    left_over.mkdir()
    (left_over / "observations.csv").write_text("half")
    publish(made, outcomes(made))
    assert not left_over.exists()


def test_a_second_run_at_the_same_time_says_why_it_does_not_publish(
    run_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_context()
    monkeypatch.setattr(publishing, "_PATIENCE", 0.1)
    with (
        FileLock(made.settings.published / ".lock"),
        pytest.raises(ReleaseError, match="Another run"),
    ):
        publish(made, outcomes(made))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda said: said["resources"][0].update(hash="md5-of-nothing"), "hash"),
        (lambda said: said.update(created="yesterday"), "created"),
        (lambda said: said["resources"][0].update(bytes=1), "byte"),
        (lambda said: said.pop("resources"), "resources"),
    ],
)
def test_a_descriptor_that_is_not_true_is_refused(
    run_context: Make, change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder / "indicators" / "employment_rate"
    said = descriptor(folder)
    change(said)
    (folder / "datapackage.json").write_text(json.dumps(said), encoding="utf-8")
    looking = Stranger()
    with pytest.raises(ReleaseError, match=f"(?i){problem}"):
        check_descriptor(folder, load_profile())
        looking.look_at(folder)
        looking.require_valid()


def bytes_of(published: Path) -> dict[str, bytes]:
    """What readers see: every file of every release, and where `latest` points to."""
    files = [path for path in (published / "releases").rglob("*") if path.is_file()]
    seen = {str(path): path.read_bytes() for path in files}
    return {**seen, "latest": str((published / "latest").readlink()).encode()}


def test_a_table_that_vanishes_while_it_is_checked_stops_the_release(
    run_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    before = bytes_of(made.settings.published)

    look_at = Stranger.look_at

    def vanishing(looking: Stranger, folder: Path) -> None:
        (folder / "happiness.csv").unlink(missing_ok=True)
        look_at(looking, folder)

    monkeypatch.setattr(Stranger, "look_at", vanishing)
    with pytest.raises(ReleaseError, match=r"happiness.*The release before stands"):
        publish(made, outcomes(made, value=66.3))
    assert bytes_of(made.settings.published) == before


def test_a_latest_that_points_to_nothing_is_told_with_the_way_back(run_context: Make) -> None:
    made = run_context()
    folder = publish(made, outcomes(made)).folder
    folder.rename(folder.with_name("moved-away"))
    with pytest.raises(
        ReleaseError, match=r"points to releases/2026-11-22\.1, which is not there.*ln -sfn"
    ):
        publish(made, outcomes(made, value=66.3))
    folder.with_name("moved-away").rename(folder)
    assert publish(made, outcomes(made, value=66.3)).name == "2026-11-22.2"


def test_a_latest_that_is_no_link_is_never_replaced(run_context: Make) -> None:
    made = run_context()
    link = made.settings.published / "latest"
    link.mkdir(parents=True)
    (link / "mine.txt").write_text("mine")
    with pytest.raises(ReleaseError, match="is not a link"):
        publish(made, outcomes(made))
    assert (link / "mine.txt").exists()


def test_a_file_where_a_folder_must_be_is_told(run_context: Make) -> None:
    made = run_context()
    shutil.rmtree(made.settings.published)
    made.settings.published.write_text("a file")
    with pytest.raises(ReleaseError, match="A file stands where a folder must be"):
        publish(made, outcomes(made))
    assert made.settings.published.read_text() == "a file"


@pytest.mark.parametrize(
    "damage", ["observations.csv", "indicators/happiness/happiness.csv", "SHA256SUMS"]
)
def test_a_latest_release_that_is_not_whole_is_replaced_by_one_of_the_same_figures(
    run_context: Make, damage: str
) -> None:
    made = run_context()
    first = publish(made, outcomes(made)).folder
    path = first / damage
    path.write_bytes(path.read_bytes().replace(b"66.2", b"99.9") + b"\n")
    second = publish(made, outcomes(made))
    assert (second.name, second.is_new) == ("2026-11-22.2", True)
    assert b"99.9" not in (second.folder / "observations.csv").read_bytes()
    assert [
        line for line in (second.folder / "revisions.csv").read_text().splitlines()[1:] if line
    ] == []


def test_a_name_is_never_given_twice_even_if_the_releases_were_moved_away(
    run_context: Make,
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    (made.settings.published / "latest").unlink()
    shutil.rmtree(made.settings.published / "releases")
    assert publish(made, outcomes(made, value=66.3)).name == "2026-11-22.2"


def test_a_release_whose_figures_the_history_cannot_take_is_published_and_says_so(
    run_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    really = files.write_whole

    def refusing(path: Path, content: bytes) -> None:
        if path.name == "2026-11-22.2.parquet":
            raise ThindicatorsError(f"{path} could not be written. No space left on device.")
        really(path, content)

    monkeypatch.setattr(vintages, "write_whole", refusing)
    with pytest.raises(
        ReleaseError, match=r"2026-11-22\.2 is published, but .*as-of.* cannot answer for it yet"
    ):
        publish(made, outcomes(made, value=66.3))
    assert (made.settings.published / "latest").readlink().name == "2026-11-22.2"
    monkeypatch.undo()
    publish(made, outcomes(made, value=66.3))
    assert History(made.settings.state / "history").names() == ["2026-11-22.1", "2026-11-22.2"]


def test_everything_is_on_the_disk_before_readers_get_it(
    run_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    told: list[str] = []
    really_sync, really_replace = files.sync, Path.replace

    def syncing(path: Path) -> None:
        told.append(f"sync {path.relative_to(made.settings.published).as_posix()}")
        really_sync(path)

    def replacing(path: Path, target: Path) -> Path:
        told.append(f"replace {Path(target).name}")
        return really_replace(path, target)

    monkeypatch.setattr(files, "sync", syncing)
    monkeypatch.setattr(publishing, "sync", syncing)
    monkeypatch.setattr(vintages, "write_whole", lambda path, content: path.write_bytes(content))
    monkeypatch.setattr(Path, "replace", replacing)
    folder = publish(made, outcomes(made, value=66.3)).folder
    before = [
        one.partition("/")[2]
        for one in told[: told.index("replace latest")]
        if one.startswith("sync .building")
    ]
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert written <= set(before)
    assert told[told.index("replace latest") - 2 :] == [
        "sync releases",
        "sync .",
        "replace latest",
        "sync .",
    ]


@pytest.mark.parametrize("link", [".building-latest", ".building-back"])
def test_a_release_that_was_the_latest_once_is_never_cleared_away(
    run_context: Make, link: str
) -> None:
    made = run_context()
    first = publish(made, outcomes(made)).folder
    publish(made, outcomes(made, value=66.3))
    (made.settings.published / link).symlink_to(Path("releases") / first.name)
    publish(made, outcomes(made, value=66.4))
    assert sorted(path.name for path in first.parent.iterdir()) == [
        "2026-11-22.1",
        "2026-11-22.2",
        "2026-11-22.3",
    ]
    assert not (made.settings.published / link).is_symlink()


HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from filelock import FileLock
with FileLock(Path(sys.argv[1]) / ".lock"):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_run_waits_for_another_that_publishes(run_context: Make) -> None:
    made = run_context()
    command = [sys.executable, "-c", HOLDS_THE_LOCK, str(made.settings.published)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(publish, made, outcomes(made))
            time.sleep(0.5)
            assert not waiting.done()
            assert latest(made.settings.published) is None
            other.communicate("go\n")
            assert waiting.result().is_new
