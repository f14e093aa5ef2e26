"""`verify`: a release is what it was published as, and comes out the same when it is made again from its snapshots."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
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
from thindicators.formats.archive import archive_with
from thindicators.outcomes.holds import accept
from thindicators.parsing import parsing
from thindicators.refreshing import refresh, rewording, witnessing
from thindicators.refreshing.refresh import all_outcomes
from thindicators.refreshing.remake import Verification, examine, verify
from thindicators.release.carried_plan import CARRIED_PLAN
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
def test_a_release_carries_its_plan_and_verifies_whatever_becomes_of_todays(
    run_context: RunContext, tmp_path: Path, name: str
) -> None:
    with (run_context.settings.schemas / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    later = open_run_context(run_context.settings, run_context.samples, "sample", lambda: NOW)
    assert examine(later, release(run_context)) == Verification(())


def test_a_release_verifies_though_an_indicator_of_it_is_no_more(run_context: RunContext) -> None:
    (run_context.settings.schemas / "indicators" / "happiness.yaml").unlink()
    later = open_run_context(run_context.settings, run_context.samples, "sample", lambda: NOW)
    assert "happiness" not in later.plan.indicators
    assert examine(later, release(run_context)) == Verification(())


def test_another_plan_in_the_place_of_the_carried_one_is_found(run_context: RunContext) -> None:
    folder = release(run_context)
    with zipfile.ZipFile(folder / CARRIED_PLAN) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for others in (
        {**files, "plan.yaml": files["plan.yaml"] + b"\n"},
        {**files, "../../plan.yaml": b""},
        {"plan.yaml": files["plan.yaml"]},
    ):
        (folder / CARRIED_PLAN).write_bytes(archive_with(others))
        write_sums(folder, sums_of(folder))
        assert "is not the plan that the release was made by" in " ".join(
            verify(run_context, folder)
        )
    (folder / CARRIED_PLAN).write_bytes(b"no archive")
    write_sums(folder, sums_of(folder))
    assert "cannot be read" in " ".join(verify(run_context, folder))


def test_a_carried_plan_that_leads_out_of_its_folder_is_refused(run_context: RunContext) -> None:
    folder = release(run_context)
    outside = folder / CARRIED_PLAN
    with zipfile.ZipFile(outside) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    outside.write_bytes(archive_with({**files, "../../../escaped.yaml": b"x"}))
    sum_of_x = hashlib.sha256(b"x").hexdigest()
    change_inputs(
        folder, lambda written: written["plan"].update({"../../../escaped.yaml": sum_of_x})
    )
    assert "leads out of the folder" in " ".join(verify(run_context, folder))


def of_an_earlier_version(folder: Path) -> Path:
    """Let a release be as an earlier version of the project made it: it carries no plan, and other pages."""
    (folder / CARRIED_PLAN).unlink()
    page = folder / "index.html"
    page.write_text(page.read_text(encoding="utf-8") + "<!-- of then -->", encoding="utf-8")

    def as_of_then(written: dict[str, Any]) -> None:
        del written["made_with"]["code"], written["sequence"]
        written["plan"]["indicators/happiness.yaml"] = "of another day"

    change_inputs(folder, as_of_then)
    return folder


def test_a_release_of_an_earlier_version_verifies_by_its_figures(run_context: RunContext) -> None:
    verification = examine(run_context, of_an_earlier_version(release(run_context)))
    assert verification.problems == ()
    remarks = " ".join(verification.remarks)
    assert "made by another plan: 1 of its files (indicators/happiness.yaml, for one)" in remarks
    assert "made by another state of this project's code" in remarks
    assert "pages and descriptions may differ in words" in remarks
    ran = CliRunner().invoke(typer_app, ["verify"])
    assert (ran.exit_code, ran.output.count("give the same figures")) == (0, 1), ran.output


def test_a_reworded_note_is_told_where_a_release_carries_no_plan(run_context: RunContext) -> None:
    folder = of_an_earlier_version(release(run_context))
    later = reworded(run_context)
    verification = examine(later, folder)
    assert verification.problems == ()
    assert f"words beside some figures differ: those of {OVERWEIGHT}." in " ".join(
        verification.remarks
    )


@pytest.mark.parametrize(
    "name",
    [
        f"indicators/{OVERWEIGHT}/{OVERWEIGHT}.csv",
        f"indicators/{OVERWEIGHT}/{OVERWEIGHT}.parquet",
        "observations.csv",
        "observations.parquet",
        "by_year/2018/observations.parquet",
    ],
)
def test_a_figure_of_an_earlier_version_that_was_changed_with_its_sum_is_found(
    run_context: RunContext, name: str
) -> None:
    folder = of_an_earlier_version(release(run_context))
    path = folder / name
    if path.suffix == ".csv":
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        place = next(number for number, line in enumerate(lines) if OVERWEIGHT in line)
        path.write_text("".join(lines[:place] + lines[place + 1 :]), encoding="utf-8")
    else:
        table = pq.read_table(path, partitioning=None)
        pq.write_table(table.filter(pc.not_equal(table["area_code"], "E09000030")), path)
    write_sums(folder, sums_of(folder))
    (problem, *_) = [one for one in verify(run_context, folder) if OVERWEIGHT in one]
    assert name.partition("/2018")[0] in problem


@pytest.mark.parametrize("name", ["councils_elsewhere.csv", "councils_elsewhere.parquet"])
def test_a_figure_elsewhere_that_other_code_made_and_somebody_changed_is_found(
    run_context: RunContext, name: str
) -> None:
    folder = release(run_context)
    change_inputs(folder, lambda written: written["made_with"].pop("code"))
    assert verify(run_context, folder) == []
    path = folder / name
    if path.suffix == ".csv":
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(lines[:-1]), encoding="utf-8")
    else:
        pq.write_table(pq.read_table(path).slice(1), path)
    write_sums(folder, sums_of(folder))
    (problem,) = verify(run_context, folder)
    assert "councils elsewhere come out otherwise" in problem
    assert problem.endswith(f"they are in {name}.")


def test_figures_that_code_of_today_cannot_read_are_never_called_verified(
    run_context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = of_an_earlier_version(release(run_context))

    def other_roles(*_: object) -> None:
        raise KeyError("a role of today")

    monkeypatch.setattr("sources.ncmp.parse", other_roles)
    (problem,) = verify(run_context, folder)
    assert OVERWEIGHT in problem
    assert "The version that made the release can" in problem


def reworded(run_context: RunContext) -> RunContext:
    """The context after a note in the plan was reworded."""
    path = run_context.settings.schemas / "indicators" / f"{OVERWEIGHT}.yaml"
    text = path.read_text(encoding="utf-8")
    assert "Schools closed in March 2020" in text
    path.write_text(
        text.replace("Schools closed in March 2020", "Schools were closed in March 2020"),
        encoding="utf-8",
    )
    return open_run_context(run_context.settings, run_context.samples, "sample", lambda: NOW)


def test_a_release_verifies_that_was_made_while_a_reworded_indicators_source_was_down(
    run_context: RunContext,
) -> None:
    later = reworded(run_context)
    (later.samples / "ncmp" / "answers.yaml").write_text(
        "composed: 2026-11-22\nanswers: []\n", encoding="utf-8"
    )
    folder = publish_again(later)
    assert folder != release(run_context).with_name("2026-11-22.1")
    text = (folder / "observations.csv").read_text(encoding="utf-8")
    assert "Schools were closed in March 2020" in text
    assert examine(later, folder) == Verification(())


def test_a_release_verifies_that_was_made_when_only_another_source_was_refreshed(
    run_context: RunContext,
) -> None:
    later = reworded(run_context)
    refresh.fetch(later, "ons_aps")
    refresh.read(later, "employment_rate")
    folder = publish(later, all_outcomes(later)).folder
    assert "Schools were closed" in (folder / "observations.csv").read_text(encoding="utf-8")
    assert examine(later, folder) == Verification(())


def test_no_figure_changes_where_only_words_may(
    run_context: RunContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code of today may read kept snapshots otherwise; what was checked and published stands."""
    really = parsing.figures

    def otherwise(*given: Any) -> Any:
        table = really(*given)
        return table.slice(1)

    before = all_outcomes(run_context)
    monkeypatch.setattr(rewording, "figures", otherwise)
    after = all_outcomes(run_context)
    assert [outcome.table.num_rows for outcome in after] == [
        outcome.table.num_rows for outcome in before
    ]


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


def test_another_contract_is_named_and_the_figures_count(run_context: RunContext) -> None:
    folder = release(run_context)

    def rename(written: dict[str, Any]) -> None:
        written["plan"]["tables/figures.json"] = written["plan"].pop("tables/observations.json")

    change_inputs(folder, rename)
    verification = examine(run_context, folder)
    assert verification.problems == ()
    assert "made by another contract: 2 of its files (tables/figures.json, for one)" in " ".join(
        verification.remarks
    )


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
    verification = examine(run_context, folder)
    assert verification.problems == ()
    assert "made with pyarrow 1.0" in " ".join(verification.remarks)


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
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title: ", "title: Once more, ", 1), encoding="utf-8")
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
