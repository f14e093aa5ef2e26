"""`verify`: a release is what it was published as, and comes out the same when it is made again from its snapshots."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner

from assets.command_line import typer_app
from sources import SAMPLES
from tests.samples import sample_release, sample_run_context
from tests.sources.test_fingertips import edition_of_2024, edition_of_2026
from tests.support import NOW, QUICK, answer_with, smaller_plan
from tests.thindicators.outcomes.test_holds import OVERWEIGHT, change_sample, raised
from thindicators.context import RunContext, open_run_context
from thindicators.fetching.answers import Answers
from thindicators.outcomes.holds import accept
from thindicators.refreshing import refresh, witnessing
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.remake import verify
from thindicators.release.publishing import latest, prune, publish
from thindicators.settings import Settings
from thindicators.storage.sums import SUMS, differences, sums_of, write_sums


def publish_all(run_context: RunContext) -> Path:
    """Refresh every source and indicator, and publish; the folder of the release."""
    for source in run_context.plan.sources.values():
        if refresh.is_fetched(run_context.plan, source):
            refresh.fetch(run_context, source.id)
    for witness in witnessing.asked(run_context.plan):
        witnessing.fetch(run_context, witness)
    for indicator in run_context.plan.indicators:
        refresh.read(run_context, indicator)
    return publish(
        run_context, all_outcomes(run_context), statements=witnessing.hear(run_context)
    ).folder


def publish_again(run_context: RunContext) -> Path:
    """Refresh the one source whose sample these tests change, and publish."""
    refresh.fetch(run_context, "ncmp")
    refresh.read(run_context, OVERWEIGHT)
    return publish(run_context, all_outcomes(run_context)).folder


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    schemas = smaller_plan(
        folder / "schemas",
        OVERWEIGHT,
        "employment_rate",
        "happiness",
        "dwellings_per_child",
        "feeling_safe",
    )
    settings = Settings(schemas=schemas, state=folder / "state", published=folder / "published")
    publish_all(open_run_context(settings, SAMPLES, "sample", lambda: NOW))
    return folder


@pytest.fixture
def run_context(
    published_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> RunContext:
    """Some indicators of the sample edition, published, in folders that a test may harm."""
    own = Path(shutil.copytree(published_once, tmp_path / "own", symlinks=True))
    samples = Path(shutil.copytree(SAMPLES, tmp_path / "samples"))
    settings = Settings(schemas=own / "schemas", state=own / "state", published=own / "published")
    monkeypatch.setenv("THINDICATORS_SCHEMAS", str(settings.schemas))
    monkeypatch.setenv("THINDICATORS_STATE", str(settings.state))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(settings.published))
    return open_run_context(settings, samples, "sample", lambda: NOW)


def release(run_context: RunContext) -> Path:
    folder = latest(run_context.settings.published)
    assert folder is not None
    return folder


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def test_a_fresh_release_of_the_whole_plan_comes_out_the_same() -> None:
    assert verify(sample_run_context(), sample_release()) == []


def test_a_fresh_release_comes_out_the_same(run_context: RunContext) -> None:
    assert verify(run_context, release(run_context)) == []
    ran = CliRunner().invoke(typer_app, ["verify"])
    assert (ran.exit_code, ran.output.count("made again")) == (0, 1), ran.output


def test_a_changed_byte_in_any_one_file_is_found_and_the_file_is_named(
    run_context: RunContext,
) -> None:
    folder = release(run_context)
    for path in files(folder):
        good = path.read_bytes()
        for position in {0, len(good) // 2, len(good) - 1}:
            flip(path, position)
            found = " ".join(verify(run_context, folder))
            assert path.name == SUMS or f"{path.relative_to(folder)} was changed." in found, path
            assert found, f"{path}, byte {position}"
            path.write_bytes(good)
    assert verify(run_context, folder) == []


def test_a_byte_more_at_the_end_of_the_sums_is_found(run_context: RunContext) -> None:
    with (release(run_context) / SUMS).open("a") as file:
        file.write("\n")
    assert verify(run_context, release(run_context)) == [f"{SUMS} was changed."]


def test_a_missing_and_an_added_file_are_named(run_context: RunContext) -> None:
    folder = release(run_context)
    (folder / "areas.csv").unlink()
    (folder / "indicators" / "happiness" / "extra.csv").write_text("a,b\n")
    assert differences(folder) == [
        "areas.csv is missing.",
        "indicators/happiness/extra.csv was added.",
    ]
    ran = CliRunner().invoke(typer_app, ["verify", folder.name])
    assert ran.exit_code == 1
    assert "areas.csv is missing" in ran.output


def test_a_link_in_the_place_of_a_file_is_not_the_file(
    run_context: RunContext, tmp_path: Path
) -> None:
    path = release(run_context) / "areas.csv"
    shutil.move(path, tmp_path / "areas.csv")
    path.symlink_to(tmp_path / "areas.csv")
    assert differences(release(run_context)) == ["areas.csv was changed."]


def test_a_figure_changed_together_with_its_sum_is_found_by_making_the_release_again(
    run_context: RunContext,
) -> None:
    folder = release(run_context)
    path = folder / "indicators.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2023", "2022", 1), encoding="utf-8")
    write_sums(folder, sums_of(folder))
    assert differences(folder) == []
    assert "indicators.csv comes out otherwise" in " ".join(verify(run_context, folder))


def test_each_snapshot_that_is_changed_or_gone_is_named(run_context: RunContext) -> None:
    written = json.loads((release(run_context) / "inputs.json").read_text(encoding="utf-8"))
    sums = {receipt["sha256"] for fetch in written["fetches"] for receipt in fetch.values()}
    assert len(sums) > 5
    for sha256 in sums:
        path = run_context.settings.state / "snapshots" / "bytes" / sha256[:2] / sha256
        flip(path, 0)
        assert [
            sha256 in one and "changed" in one for one in verify(run_context, release(run_context))
        ] == [True]
        good = path.read_bytes()
        path.unlink()
        assert [
            sha256 in one and "cannot be read" in one
            for one in verify(run_context, release(run_context))
        ] == [True]
        path.write_bytes(good)
        flip(path, 0)


@pytest.mark.parametrize(
    "name", ["plan.yaml", "areas.csv", "indicators/happiness.yaml", "sources/ncmp.yaml"]
)
def test_a_changed_plan_is_named(run_context: RunContext, tmp_path: Path, name: str) -> None:
    schemas = Path(shutil.copytree(run_context.settings.schemas, tmp_path / "schemas"))
    with (schemas / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    other = replace(run_context, settings=replace(run_context.settings, schemas=schemas))
    assert verify(other, release(run_context)) == [
        f"The plan's {name} was changed since this release. Bring back the plan of that day, or publish again."
    ]


def test_a_plan_with_a_file_more_or_less_is_named(run_context: RunContext, tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(run_context.settings.schemas, tmp_path / "schemas"))
    (schemas / "indicators" / "happiness.yaml").rename(schemas / "indicators" / "joy.yaml")
    other = replace(run_context, settings=replace(run_context.settings, schemas=schemas))
    found = " ".join(verify(other, release(run_context)))
    assert "indicators/happiness.yaml is gone" in found
    assert "indicators/joy.yaml is new" in found


def test_a_file_beside_the_plan_that_nobody_reads_changes_nothing(
    run_context: RunContext, tmp_path: Path
) -> None:
    schemas = Path(shutil.copytree(run_context.settings.schemas, tmp_path / "schemas"))
    (schemas / "tables").mkdir()
    (schemas / "tables" / "observations.json").write_text("{}", encoding="utf-8")
    other = replace(run_context, settings=replace(run_context.settings, schemas=schemas))
    assert verify(other, release(run_context)) == []


def change_inputs(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = folder / "inputs.json"
    written = json.loads(path.read_text(encoding="utf-8"))
    change(written)
    path.write_text(json.dumps(written), encoding="utf-8")
    write_sums(folder, sums_of(folder))


def test_a_changed_contract_is_named(run_context: RunContext) -> None:
    folder = release(run_context)
    change_inputs(
        folder,
        lambda written: written["plan"].update({"tables/observations.json": "of another day"}),
    )
    assert verify(run_context, folder) == [
        "The contract's tables/observations.json was changed since this release. Install the version of this project "
        "that made it, or publish again."
    ]


def test_a_contract_with_a_file_more_or_less_is_named(run_context: RunContext) -> None:
    folder = release(run_context)

    def rename(written: dict[str, Any]) -> None:
        written["plan"]["tables/figures.json"] = written["plan"].pop("tables/observations.json")

    change_inputs(folder, rename)
    found = " ".join(verify(run_context, folder))
    assert "contract's tables/figures.json is gone" in found
    assert "contract's tables/observations.json is new" in found


def test_the_sums_stand_where_a_release_of_before_has_them_so_that_it_still_verifies(
    run_context: RunContext,
) -> None:
    """Plan and contract once were one folder, whose files were listed in the order of their paths."""
    written = json.loads((release(run_context) / "inputs.json").read_text(encoding="utf-8"))
    listed = [Path(path) for path in written["plan"]]
    assert {Path("plan.yaml"), Path("tables/observations.json"), Path("source.schema.json")} < set(
        listed
    )
    assert listed == sorted(listed)


def test_other_versions_of_the_libraries_are_named(run_context: RunContext) -> None:
    folder = release(run_context)
    change_inputs(folder, lambda written: written["made_with"].update({"pyarrow": "1.0"}))
    assert "made with pyarrow 1.0" in " ".join(verify(run_context, folder))


def test_a_release_that_does_not_exist_is_refused_with_those_there_are(
    run_context: RunContext,
) -> None:
    ran = CliRunner().invoke(typer_app, ["verify", "../state"])
    assert "2026-11-22.1" in str(ran.exception)


def test_a_release_with_figures_that_stand_from_earlier_snapshots_comes_out_the_same(
    run_context: RunContext,
) -> None:
    change_sample(run_context, raised)
    folder = publish_again(run_context)
    assert folder.name.endswith(".2")
    assert verify(run_context, folder) == []


def test_a_release_with_an_accepted_series_comes_out_the_same_even_when_the_one_before_was_pruned(
    run_context: RunContext,
) -> None:
    change_sample(run_context, raised)
    publish_again(run_context)
    accept(
        refresh.outcomes(run_context), OVERWEIGHT, "Weighted anew by the publisher.", "2026-11-22"
    )
    folder = publish(run_context, all_outcomes(run_context)).folder
    prune(run_context.settings, keep=1)
    assert [path.name for path in folder.parent.iterdir()] == ["2026-11-22.3"]
    assert verify(run_context, folder) == []


def test_the_first_release_still_verifies_after_the_second(run_context: RunContext) -> None:
    first = release(run_context)
    change_sample(run_context, lambda row: raised(row) if "2017/18" in row else row)
    assert publish_again(run_context) != first
    assert verify(run_context, first) == []


def test_a_changed_plan_makes_a_new_release_that_verifies(
    run_context: RunContext, tmp_path: Path
) -> None:
    schemas = Path(shutil.copytree(run_context.settings.schemas, tmp_path / "schemas"))
    path = schemas / "indicators" / "happiness.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# Looked at again.\n", encoding="utf-8")
    settings = replace(run_context.settings, schemas=schemas)
    later = open_run_context(
        settings, run_context.samples, "sample", lambda: NOW + timedelta(days=7)
    )
    folder = publish_again(later)
    assert folder.name == "2026-11-29.1"
    assert verify(later, folder) == []


def test_releases_with_a_public_address_come_out_the_same_and_no_name_alone_makes_a_new_one(
    run_context: RunContext,
) -> None:
    with (run_context.settings.schemas / "plan.yaml").open("a", encoding="utf-8") as file:
        file.write("public_url: https://data.example.org/plan\n")
    public = open_run_context(
        run_context.settings, run_context.samples, "sample", lambda: NOW + timedelta(days=7)
    )
    first = publish_again(public)
    assert first.name == "2026-11-29.1"
    later = replace(public, now=lambda: NOW + timedelta(days=14))
    assert publish_again(later) == first
    change_sample(later, lambda row: raised(row) if "2017/18" in row else row)
    second = publish_again(later)
    assert second.name == "2026-12-06.1"
    for folder in (first, second):
        catalogue = (folder / "catalogue.jsonld").read_text(encoding="utf-8")
        assert f"/plan/releases/{folder.name}/observations.csv" in catalogue
        assert verify(later, folder) == []


class TestHealthyLifeExpectancy:
    """The publisher's own restatement, over HTTP: the edition of 2024, then that of 2026 under the same id."""

    INDICATOR = "healthy_life_expectancy_female"

    @pytest.fixture
    def refreshed(self, tmp_path: Path, httpserver: HTTPServer) -> Callable[[Answers], RunContext]:
        schemas = smaller_plan(tmp_path / "schemas", self.INDICATOR, "feeling_safe")
        folders = Settings(
            schemas=schemas,
            state=tmp_path / "state",
            published=tmp_path / "published",
            edition="live",
        )

        def refresh_with(answers: Answers) -> RunContext:
            run_context = open_run_context(folders, SAMPLES, "live", lambda: NOW)
            addresses = answer_with(
                httpserver, answers, run_context.plan.sources["fingertips"].addresses
            )
            run_context = replace(
                run_context, settings=replace(folders, addresses=addresses), manners=QUICK
            )
            refresh.fetch(run_context, "fingertips")
            refresh.read(run_context, self.INDICATOR)
            return run_context

        return refresh_with

    def test_the_restated_series_is_held_and_once_accepted_two_are_published_with_the_reason(
        self, refreshed: Callable[[Answers], RunContext]
    ) -> None:
        run_context = refreshed(edition_of_2024())
        first = publish(run_context, all_outcomes(run_context)).folder
        held = publish(refreshed(edition_of_2026()), all_outcomes(run_context)).folder
        figures = f"indicators/{self.INDICATOR}/{self.INDICATOR}.csv"
        assert (held / figures).read_bytes() == (first / figures).read_bytes()
        assert self.said(held)["state"] == "stale"
        assert "hle_modelled_health" in self.said(held)["reason"]

        accept(
            refresh.outcomes(run_context),
            self.INDICATOR,
            "ONS rebased the series on the 2021 Census.",
            "2026-11-22",
        )
        accepted = publish(run_context, all_outcomes(run_context)).folder
        assert [one["reason"] for one in self.said(accepted)["accepted"]] == [
            "ONS rebased the series on the 2021 Census."
        ]
        text = (accepted / figures).read_text(encoding="utf-8")
        assert {"hle_older_method", "hle_modelled_health"} <= set(
            text.replace("\n", ",").split(",")
        )
        for folder in (first, held, accepted):
            assert verify(run_context, folder) == []

    def test_a_series_that_had_ended_and_comes_back_is_held_and_joined_to_nothing(
        self, refreshed: Callable[[Answers], RunContext]
    ) -> None:
        refreshed(edition_of_2024())
        for edition in (edition_of_2026(), edition_of_2024()):
            run_context = refreshed(edition)
            (reason,) = refresh.failures(run_context).values()
            accept(
                refresh.outcomes(run_context),
                self.INDICATOR,
                "The publisher says so.",
                "2026-11-22",
            )
        assert "hle_older_method had ended and has come back" in reason
        folder = publish(run_context, all_outcomes(run_context)).folder
        path = folder / "indicators" / self.INDICATOR / f"{self.INDICATOR}.parquet"
        rows = pq.read_table(path).to_pylist()
        assert {row["series"] for row in rows} == {
            "hle_modelled_health",
            "hle_older_method",
            "hle_older_method_until_2026-11-22",
        }
        assert verify(run_context, folder) == []

    @classmethod
    def said(cls, folder: Path) -> dict[str, Any]:
        path = folder / "indicators" / cls.INDICATOR / "datapackage.json"
        read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return read


def test_sums_are_those_of_sha256sum(run_context: RunContext) -> None:
    folder = release(run_context)
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        expected, path = line.split("  ")
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == expected
