"""A live publish of everything, over real HTTP on loopback, with publishers' own files: their figures come out.

Sources that have no file of their own here answer with their samples, so that every source is fetched by the live code.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from rich.console import Console

from assets.publishing import run_refresh
from sources import SAMPLES
from sources.samples import compose_dfe_lait
from tests.sources import (
    test_dfe_ks4,
    test_dwp_low_income,
    test_fingertips,
    test_laei,
    test_leggi,
    test_ncmp,
    test_ons_aps,
    test_ons_gdhi,
)
from tests.sources.dwp_answers import answers_with
from tests.sources.witnesses.test_ons_els import REAL_FILES
from tests.support import NOW, ROOT, answer_with, real
from thindicators.fetching.answers import Answers, load_answers
from thindicators.plan.loading import load_plan
from thindicators.settings import settings_from

TOWER_HAMLETS, LONDON, ENGLAND = "E09000030", "E12000007", "E92000001"

PUBLISHERS_OWN: dict[str, Callable[[], Answers]] = {
    "ons_aps": test_ons_aps.edition_of_april_2023,
    "ons_gdhi": test_ons_gdhi.release_of_2024,
    "fingertips": test_fingertips.edition_of_2026,
    "ncmp": test_ncmp.edition_of_2019,
    "dwp_low_income": lambda: answers_with(
        real(test_dwp_low_income.REAL_WORKBOOK_2026).read_bytes(), "2022-to-2025", "2026-03-26"
    ),
    "laei": lambda: test_laei.answers(real(f"laei/{test_laei.DECEMBER_2021}").read_bytes()),
    "leggi": lambda: test_leggi.answers(
        {
            name: real(f"leggi/{name}").read_bytes()
            for name in (test_leggi.TABLE, test_leggi.WORKBOOK)
        }
    ),
    "dfe_ks4": lambda: test_dfe_ks4.catalogue(real(test_dfe_ks4.REAL_FILE).read_bytes()),
    "ons_els": lambda: witness_with(
        "ons_els", {f"{one}.csv": real(path) for one, path in REAL_FILES.items()}
    ),
    "dfe_lait": lambda: witness_with(
        "dfe_lait", {compose_dfe_lait.FILE: real("lait/bds_long_0.parquet")}
    ),
}


def witness_with(witness: str, files: Mapping[str, Path]) -> Answers:
    """A witness that answers with its own files of these names, and with the sample's where it has none."""
    sample = load_answers(SAMPLES / witness)
    answers = [
        replace(one, content=files[name].read_bytes())
        if (name := one.url.rpartition("/")[2]) in files
        else one
        for one in sample.answers
    ]
    return Answers(sample.composed, tuple(answers))


@dataclass(frozen=True)
class Published:
    """What a reader finds under `published/latest`, and whether the run succeeded."""

    succeeded: bool
    said: str
    rows: list[dict[str, str]]
    folder: Path

    def cell(
        self, indicator: str, area: str, label: str, category: str = "total"
    ) -> dict[str, str]:
        found = [
            row
            for row in self.rows
            if (row["indicator"], row["area_code"], row["period_label"], row["category"])
            == (indicator, area, label, category)
        ]
        assert len(found) == 1, f"{len(found)} rows for {indicator} {area} {label} {category}"
        return found[0]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("live")
    schemas = plan_without_pauses(folder / "schemas")
    plan = load_plan(schemas)
    samples = {
        path.name: load_answers(path)
        for path in SAMPLES.iterdir()
        if (path / "answers.yaml").exists()
    }
    given = {**samples, **{source: make() for source, make in PUBLISHERS_OWN.items()}}
    answers = Answers(
        max(one.composed for one in given.values()),
        tuple(a for one in given.values() for a in one.answers),
    )
    with HTTPServer() as server, pytest.MonkeyPatch.context() as patch:
        replaced = answer_with(server, answers, plan.addresses)
        for name, value in environment(folder, schemas, replaced).items():
            patch.setenv(name, value)
        said = Console(file=io.StringIO(), width=200)
        succeeded = run_refresh(settings_from(os.environ), "live", said)
        assert isinstance(said.file, io.StringIO)
        latest = folder / "published" / "latest"
        assert latest.exists(), said.file.getvalue()
        with (latest / "observations.csv").open(encoding="utf-8", newline="") as file:
            yield Published(
                succeeded, said.file.getvalue(), list(csv.DictReader(file)), latest.resolve()
            )


def plan_without_pauses(folder: Path) -> Path:
    """The plan with no pause between requests, and with key stage 4 by the way that the real file came."""
    shutil.copytree(ROOT / "schemas", folder)
    for path in (folder / "sources").glob("*.yaml"):
        text = re.sub(
            r"^seconds_between_requests:.*\n",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.MULTILINE,
        )
        path.write_text(f"{text}seconds_between_requests: 0\n", encoding="utf-8")
    ks4 = folder / "indicators" / "gcse_english_maths_9_5.yaml"
    ks4.write_text(
        ks4.read_text(encoding="utf-8").replace("way: api", "way: csv"), encoding="utf-8"
    )
    return folder


def environment(folder: Path, schemas: Path, replaced: Mapping[str, str]) -> dict[str, str]:
    return {
        "THINDICATORS_STATE": str(folder / "state"),
        "THINDICATORS_PUBLISHED": str(folder / "published"),
        "THINDICATORS_SCHEMAS": str(schemas),
        **{f"THINDICATORS_{name.upper()}_URL": address for name, address in replaced.items()},
    }


def test_the_run_succeeds_and_the_release_says_that_it_is_live(published: Published) -> None:
    assert published.succeeded, published.said
    assert '"edition": "live"' in (published.folder / "datapackage.json").read_text(
        encoding="utf-8"
    )


def test_the_publishers_own_files_agree_with_those_of_the_witnesses(published: Published) -> None:
    with (published.folder / "witnesses.csv").open(encoding="utf-8", newline="") as file:
        verdicts = Counter((row["indicator"], row["verdict"]) for row in csv.DictReader(file))
    for sex in ("male", "female"):
        own = {
            verdict: count
            for (name, verdict), count in verdicts.items()
            if name == f"{HEALTHY_LIFE}_{sex}"
        }
        assert own == {
            "agrees": 28,
            "only_with_witness": 8,
        }  # the publisher's file here has fewer years
    assert "with a second publisher's" in published.said


HEALTHY_LIFE = "healthy_life_expectancy"
FIGURES = [
    (f"{HEALTHY_LIFE}_male", TOWER_HAMLETS, "2018 - 20", "total", "61.7"),
    (f"{HEALTHY_LIFE}_male", TOWER_HAMLETS, "2022 - 24", "total", "59.5"),
    (f"{HEALTHY_LIFE}_male", TOWER_HAMLETS, "2015 - 17", "total", "59.6"),
    (f"{HEALTHY_LIFE}_male", LONDON, "2022 - 24", "total", "62.9"),
    (f"{HEALTHY_LIFE}_male", ENGLAND, "2022 - 24", "total", "60.9"),
    (f"{HEALTHY_LIFE}_female", TOWER_HAMLETS, "2018 - 20", "total", "62.8"),
    (f"{HEALTHY_LIFE}_female", TOWER_HAMLETS, "2022 - 24", "total", "59.2"),
    (f"{HEALTHY_LIFE}_female", LONDON, "2018 - 20", "total", "64.8"),
    (f"{HEALTHY_LIFE}_female", ENGLAND, "2018 - 20", "total", "64.0"),
    ("year_6_overweight", TOWER_HAMLETS, "2007/08", "total", "39.4"),
    ("year_6_overweight", TOWER_HAMLETS, "2013/14", "total", "42.4"),
    ("year_6_overweight", TOWER_HAMLETS, "2017/18", "total", "42.1"),
    ("year_6_overweight", ENGLAND, "2006/07", "total", "31.7"),
    ("year_6_overweight", ENGLAND, "2017/18", "total", "34.3"),
    ("gdhi_per_head", TOWER_HAMLETS, "2022", "total", "29182.0"),
    ("gdhi_per_head", LONDON, "2022", "total", "32330.0"),
    ("gdhi_per_head", ENGLAND, "2022", "total", "23338.0"),
    ("gcse_english_maths_9_5", TOWER_HAMLETS, "2018/19", "total", "45.6"),
    ("gcse_english_maths_9_5", TOWER_HAMLETS, "2018/19", "eligible", "39.4"),
    ("gcse_english_maths_9_5", LONDON, "2018/19", "total", "49.0"),
    ("gcse_english_maths_9_5", ENGLAND, "2018/19", "eligible", "22.6"),
]


@pytest.mark.parametrize(("indicator", "area", "label", "category", "value"), FIGURES)
def test_a_figure_of_a_publishers_file_comes_out_as_it_is(
    published: Published, indicator: str, area: str, label: str, category: str, value: str
) -> None:
    assert published.cell(indicator, area, label, category)["value"] == value


LIMITS = [
    (f"{HEALTHY_LIFE}_male", LONDON, "2022 - 24", "62.1", "63.7"),
    (f"{HEALTHY_LIFE}_male", LONDON, "2018 - 20", "62.9", "64.1"),
    (f"{HEALTHY_LIFE}_female", LONDON, "2022 - 24", "62.0", "63.9"),
    (f"{HEALTHY_LIFE}_female", TOWER_HAMLETS, "2022 - 24", "", ""),
]


@pytest.mark.parametrize(("indicator", "area", "label", "lower", "upper"), LIMITS)
def test_limits_come_out_where_the_file_has_them(
    published: Published, indicator: str, area: str, label: str, lower: str, upper: str
) -> None:
    row = published.cell(indicator, area, label)
    assert (row["lower_ci_95"], row["upper_ci_95"]) == (lower, upper)


COUNTS = [
    ("employment_rate", TOWER_HAMLETS, "Jan 2018-Dec 2018", "total", "168000.0", "230300.0"),
    ("employment_rate", TOWER_HAMLETS, "Jan 2022-Dec 2022", "total", "178600.0", "245400.0"),
    ("employment_rate", LONDON, "Jan 2020-Dec 2020", "total", "4590500.0", "6106600.0"),
    ("employment_rate", ENGLAND, "Jan 2021-Dec 2021", "total", "26200100.0", "34873900.0"),
    ("children_low_income", TOWER_HAMLETS, "FYE 2022", "total", "13788.0", "57670.0"),
    ("children_low_income", TOWER_HAMLETS, "FYE 2025", "total", "14969.0", "56085.0"),
    ("children_low_income", LONDON, "FYE 2025", "total", "265040.0", "1698384.0"),
    ("children_low_income", ENGLAND, "FYE 2025", "total", "2130682.0", "10768248.0"),
    ("gcse_english_maths_9_5", TOWER_HAMLETS, "2018/19", "total", "1296.0", "2840.0"),
    ("gcse_english_maths_9_5", TOWER_HAMLETS, "2018/19", "eligible", "452.0", "1148.0"),
    ("gcse_english_maths_9_5", ENGLAND, "2018/19", "total", "234482.0", "540046.0"),
]


@pytest.mark.parametrize(
    ("indicator", "area", "label", "category", "numerator", "denominator"), COUNTS
)
def test_counts_come_out_where_the_file_has_them(
    published: Published,
    indicator: str,
    area: str,
    label: str,
    category: str,
    numerator: str,
    denominator: str,
) -> None:
    row = published.cell(indicator, area, label, category)
    assert (row["numerator"], row["denominator"]) == (numerator, denominator)


ROUNDED = [
    ("children_low_income", TOWER_HAMLETS, 2022, "total", 23.908445),
    ("children_low_income", TOWER_HAMLETS, 2023, "total", 26.258327),
    ("children_low_income", TOWER_HAMLETS, 2024, "total", 25.969807),
    ("children_low_income", TOWER_HAMLETS, 2025, "total", 26.689846),
    ("children_low_income", LONDON, 2022, "total", 14.288434),
    ("children_low_income", LONDON, 2023, "total", 15.229665),
    ("children_low_income", LONDON, 2024, "total", 15.003442),
    ("children_low_income", LONDON, 2025, "total", 15.605423),
    ("children_low_income", ENGLAND, 2022, "total", 18.609364),
    ("children_low_income", ENGLAND, 2023, "total", 19.935086),
    ("children_low_income", ENGLAND, 2024, "total", 19.279853),
    ("children_low_income", ENGLAND, 2025, "total", 19.786710),
    ("no2_exposure", TOWER_HAMLETS, 2019, "total", 7.47),
    ("no2_exposure", LONDON, 2019, "total", 1.91),
    ("pm25_concentration", TOWER_HAMLETS, 2019, "total", 11.7210977518943),
    ("pm25_concentration", TOWER_HAMLETS, 2016, "total", 14.2418327136573),
    ("pm25_concentration", LONDON, 2019, "total", 10.7994027192245),
    ("pm25_concentration", LONDON, 2019, "above_10_ug_m3", 87.67),
    ("pm25_concentration", TOWER_HAMLETS, 2019, "above_10_ug_m3", 100),
    ("co2_emissions", TOWER_HAMLETS, 2010, "total", 2141.9),
    ("co2_emissions", TOWER_HAMLETS, 2014, "total", 1768.2),
    ("co2_emissions", TOWER_HAMLETS, 2017, "total", 1185.8),
    ("co2_emissions", TOWER_HAMLETS, 2019, "total", 1129.4597),
    ("co2_emissions", TOWER_HAMLETS, 2019, "domestic", 231.1627),
    ("co2_emissions", TOWER_HAMLETS, 2019, "industrial_and_commercial", 673.4449),
    ("co2_emissions", TOWER_HAMLETS, 2019, "transport", 202.4038),
    ("co2_emissions", TOWER_HAMLETS, 2019, "non_road_mobile_machinery", 22.4484),
]


@pytest.mark.parametrize(("indicator", "area", "year", "category", "value"), ROUNDED)
def test_a_figure_that_a_workbook_computes_comes_out_unrounded(
    published: Published, indicator: str, area: str, year: int, category: str, value: float
) -> None:
    found = [
        float(row["value"])
        for row in published.rows
        if (row["indicator"], row["area_code"], row["year"], row["category"])
        == (indicator, area, str(year), category)
    ]
    assert found == [pytest.approx(value, abs=0.05 if value > 1000 else 0.0001)]


def test_statuses_come_out_where_a_figure_is_missing(published: Published) -> None:
    assert published.cell("year_6_overweight", TOWER_HAMLETS, "2006/07")["status"] == "x"
    assert published.cell("employment_rate", TOWER_HAMLETS, "Jan 2022-Dec 2022")["status"] == "x"
    for year in range(2022, 2026):
        assert (
            published.cell("children_low_income", TOWER_HAMLETS, f"FYE {year}")["revision"] == "p"
        )


def test_a_provisional_or_older_series_is_never_joined(published: Published) -> None:
    series = {row["series"] for row in published.rows if row["indicator"] == f"{HEALTHY_LIFE}_male"}
    assert series == {"hle_modelled_health"}


def test_every_receipt_names_the_publishers_own_address(published: Published) -> None:
    with (published.folder / "receipts.csv").open(encoding="utf-8", newline="") as file:
        receipts = list(csv.DictReader(file))
    assert receipts
    assert not [
        one["url"] for one in receipts if "127.0.0.1" in one["url"] or "localhost" in one["url"]
    ]
    assert {one["edition"] for one in receipts} == {"live"}


def test_quoted_figures_of_a_sample_return_are_never_in_a_live_release(
    published: Published,
) -> None:
    assert [row for row in published.rows if row["indicator"] == "getting_on_well"] == []


def test_the_probe_finds_every_way_right_and_publishes_nothing(
    published: Published, tmp_path: Path
) -> None:
    """Asked again by the command, of the same loopback publishers: the fixture's server has ended, so of a new one."""
    folder = published.folder.parents[2]
    plan = load_plan(folder / "schemas")
    samples = {
        path.name: load_answers(path)
        for path in SAMPLES.iterdir()
        if (path / "answers.yaml").exists()
    }
    answers = Answers(NOW.date(), tuple(a for one in samples.values() for a in one.answers))
    with HTTPServer() as server:
        replaced = answer_with(server, answers, plan.addresses)
        own = environment(tmp_path, folder / "schemas", replaced)
        command = [sys.executable, "-c", "from assets.command_line import app; app()"]
        asked = ["probe", "ons_aps", "ncmp", "leggi", "--record", str(tmp_path / "recorded")]
        ran = subprocess.run(
            [*command, *asked],
            cwd=ROOT,
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "3 sources probed; 0 differ" in ran.stdout
    assert "never seen before" in ran.stdout
    assert (tmp_path / "recorded" / "ncmp" / "answers.yaml").exists()
    assert not (tmp_path / "published").exists()
