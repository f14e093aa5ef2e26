"""Whatever the bytes are, a source's module reads them or refuses them in the project's own words; it never fails else.

Each example damages one answer of a source's sample. What comes of it is not judged for its figures here, but the
contract is: the observations make a table. `ANY_BYTES_EXAMPLES=500 pytest tests/sources/test_any_bytes.py` tries as
many, at random, for each test; without it few are tried, always the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sources import SAMPLES, dwp_low_income
from sources.publishers import datastore, stat_xplore
from sources.reading.files import sheets
from tests.damage.anywhere import TEXTS, Damage, damaged, damages
from tests.damage.archives import zipped
from tests.sources.bombs import GOOD
from tests.sources.dwp_answers import SCHEMA, counts_body, schema_answers, snapshot
from tests.sources.sample_readings import PLAN, READ, figures_of, sample, sample_client
from tests.support import NOW, module_of
from thindicators.errors import SourceError, ThindicatorsError
from thindicators.fetching.answers import Answers, load_answers
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.observation import table_of
from thindicators.refreshing.refresh import is_fetched

EXAMPLES = int(os.environ.get("ANY_BYTES_EXAMPLES", "0"))
FETCHED = sorted(source.id for source in PLAN.sources.values() if is_fetched(PLAN, source))
TRIED = settings(
    max_examples=EXAMPLES or 25,
    derandomize=not EXAMPLES,
    database=None,
    deadline=timedelta(seconds=30),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BYTES = st.binary(max_size=200) | st.sampled_from(
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"PK\x03\x04",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'"',
        b"<html>",
    ]
)


FOUND = [
    pytest.param(
        "dfe_ks4", "gcse_english_maths_9_5 meta", Damage("deep", 103, 0), id="a list for an id"
    ),
    pytest.param(
        "dfe_ks5",
        "key_stage_5_outcomes England rows 1",
        Damage("tree", 1419, 1),
        id="true for a period",
    ),
    pytest.param(
        "dfe_neet",
        "ud_neet_characteristics file",
        Damage("number", 0, TEXTS.index("1_000")),
        id="a year before all calendars",
    ),
    pytest.param(
        "dfe_neet",
        "ud_neet_characteristics file",
        Damage("number", 0, TEXTS.index("9" * 400)),
        id="a year after all calendars",
    ),
    pytest.param(
        "dwp_low_income",
        "workbook",
        Damage("part: number", 154, TEXTS.index("1e308")),
        id="a number near the largest of all",
    ),
]
"""What once ended in another exception."""


def read(source: str, snapshots: Mapping[str, Snapshot]) -> None:
    """Read all indicators of a source; each gives a table or is refused."""
    for indicator in sample(source).indicators:
        with suppress(ThindicatorsError):
            table_of(module_of(source).parse(indicator, snapshots), PLAN.area_names)


@pytest.mark.parametrize("source", READ)
@TRIED
@given(data=st.data())
def test_damaged_bytes_are_read_or_refused(source: str, data: st.DataObject) -> None:
    good = sample(source).snapshots
    role = data.draw(st.sampled_from(sorted(good)), label="role")
    content = damaged(good[role].content, data.draw(damages(good[role].content), label="damage"))
    read(source, sample(source).with_content(role, content))


@pytest.mark.parametrize(("source", "role", "damage"), FOUND)
def test_what_was_found_is_refused(source: str, role: str, damage: Damage) -> None:
    good = sample(source).snapshots
    bad = damaged(good[role].content, [damage])
    with pytest.raises(ThindicatorsError):
        figures_of(source, sample(source).with_content(role, bad))


def test_a_code_that_is_no_text_is_refused_before_it_is_asked_for() -> None:
    answers = list(load_answers(SAMPLES / "ons_aps").answers)
    codes = json.loads(answers[0].content)
    codes["structure"]["codelists"]["codelist"][0]["code"][0]["value"] = {"value": 45}
    answers[0] = replace(answers[0], content=json.dumps(codes).encode())
    with TemporaryDirectory() as folder, pytest.raises(SourceError, match="a code list"):
        asking = sample_client("ons_aps", Path(folder), Answers(NOW.date(), tuple(answers)))
        module_of("ons_aps").fetch(asking, PLAN.indicators_of("ons_aps"))


@TRIED
@given(data=st.data())
def test_a_damaged_table_of_stat_xplore_is_read_or_refused(data: st.DataObject) -> None:
    answers = [
        json.dumps(counts_body()).encode(),
        *(answer.content for answer in schema_answers(SCHEMA)),
    ]
    good = data.draw(st.sampled_from(answers))
    content = damaged(good, data.draw(damages(good), label="damage"))
    indicator = PLAN.indicators["children_low_income"].changed(areas=("E09000030",))
    for reader in (stat_xplore.read_table, stat_xplore.read_schema):
        with suppress(ThindicatorsError):
            reader(snapshot(content))
    with suppress(ThindicatorsError):
        table_of(
            dwp_low_income.parse(indicator, {"counts": snapshot(content, "counts")}),
            PLAN.area_names,
        )


@TRIED
@given(data=st.data())
def test_a_damaged_zip_gives_its_member_or_is_refused(data: st.DataObject) -> None:
    good = zipped({"Stats/LAEI.xlsx": GOOD, "Stats/other.txt": b"words " * 100})
    content = damaged(good, data.draw(damages(good), label="damage"))
    with suppress(ThindicatorsError):
        for sheet in sheets(datastore.member_of(snapshot(content), r"laei\.xlsx")):
            assert sheet.rows is not None


@pytest.mark.parametrize("source", READ)
@TRIED
@given(data=st.data())
def test_any_bytes_are_read_or_refused(source: str, data: st.DataObject) -> None:
    good = sample(source).snapshots
    role = data.draw(st.sampled_from(sorted(good)), label="role")
    read(source, sample(source).with_content(role, data.draw(BYTES, label="content")))


@pytest.mark.parametrize("source", [one for one in FETCHED if PLAN.sources[one].kind != "return"])
@TRIED
@given(data=st.data())
def test_a_damaged_answer_is_taken_or_refused(source: str, data: st.DataObject) -> None:
    answers = list(load_answers(SAMPLES / source).answers)
    at = data.draw(st.integers(0, len(answers) - 1), label="answer")
    good = answers[at].content
    changed = st.one_of(BYTES, damages(good).map(lambda several: damaged(good, several)))
    answers[at] = replace(answers[at], content=data.draw(changed, label="content"))
    indicators = PLAN.indicators_of(source)
    with TemporaryDirectory() as folder:
        try:
            asking = sample_client(source, Path(folder), Answers(NOW.date(), tuple(answers)))
            snapshots = by_role(module_of(source).fetch(asking, indicators))
        except ThindicatorsError:
            return
        read(source, snapshots)


@pytest.mark.parametrize("source", [one for one in FETCHED if PLAN.sources[one].kind == "return"])
@TRIED
@given(data=st.data())
def test_a_damaged_return_is_taken_or_refused(source: str, data: st.DataObject) -> None:
    good = next(iter(sample(source).snapshots.values())).content
    content = data.draw(
        st.one_of(BYTES, damages(good).map(lambda several: damaged(good, several))), label="content"
    )
    with TemporaryDirectory() as folder:
        inbox = Path(folder) / "inbox"
        inbox.mkdir()
        (inbox / data.draw(st.sampled_from(["return.csv", "return.xlsx"]))).write_bytes(content)
        try:
            asking = sample_client(source, Path(folder), inbox=inbox)
            snapshots = by_role(module_of(source).fetch(asking, PLAN.indicators_of(source)))
        except ThindicatorsError:
            return
        read(source, snapshots)
