"""A release in which nothing has changed for readers is not made, whatever else has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.thindicators.release.test_publishing import Make, outcomes, run_context
from thindicators.context import RunContext
from thindicators.observations import tables
from thindicators.release import data_packages, inputs, writing
from thindicators.release.publishing import publish

__all__ = ["run_context"]  # the fixture

Change = Callable[[pytest.MonkeyPatch], None]


def libraries_are_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = dict.fromkeys(inputs._WRITERS, "of tomorrow")
    monkeypatch.setattr(inputs, "_versions_of_writers", lambda: newer)


def other_parquet(table: pa.Table, *about: Any) -> bytes:
    """The same rows in another form."""
    sink = pa.BufferOutputStream()
    read = pq.read_table(pa.BufferReader(tables.parquet_content(table, *about)))
    pq.write_table(read, sink, compression="zstd")
    return bytes(sink.getvalue())


def libraries_write_other_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As another version of pyarrow does."""
    libraries_are_newer(monkeypatch)
    monkeypatch.setattr(data_packages, "parquet_content", other_parquet)


def code_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_sum_of_code", lambda: "of tomorrow")


def project_is_newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "__version__", "99.0.0")


@pytest.mark.parametrize(
    "change",
    [libraries_are_newer, libraries_write_other_bytes, code_is_newer, project_is_newer],
)
def test_what_wrote_a_release_makes_no_new_one(
    run_context: Make, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    made = run_context()
    first = publish(made, outcomes(made))
    change(monkeypatch)
    again = publish(made, outcomes(made))
    assert (again.name, again.is_new) == (first.name, False)


def test_a_figure_that_changed_with_the_libraries_makes_a_new_one(
    run_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    libraries_write_other_bytes(monkeypatch)
    assert publish(made, outcomes(made, value=66.3)).is_new


def test_other_bytes_of_the_same_libraries_make_a_new_one(
    run_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    code_is_newer(monkeypatch)
    monkeypatch.setattr(data_packages, "parquet_content", other_parquet)
    assert publish(made, outcomes(made)).is_new


def never_written(*_: object) -> None:
    raise AssertionError("A release was written that says nothing new.")


def test_a_release_from_the_same_inputs_is_not_even_written(
    run_context: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    monkeypatch.setattr(writing, "write_release", never_written)
    assert not publish(made, outcomes(made)).is_new


@pytest.mark.parametrize("changed", [{"value": 66.3}, {"reason": "Another."}])
def test_another_figure_or_reason_is_written(
    run_context: Make, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any]
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    monkeypatch.setattr(writing, "write_release", never_written)
    value, *others = outcomes(made, value=changed.get("value", 66.2))
    coming = [replace(value, reason=changed.get("reason", value.reason)), *others]
    with pytest.raises(AssertionError, match="written"):
        publish(made, coming)


def schemas(made: RunContext) -> Path:
    return made.settings.schemas


@pytest.mark.parametrize(
    "name",
    [
        "plan.yaml~",
        ".plan.yaml.swp",
        "indicators/happiness.yaml~",
        "indicators/.happiness.yaml.un~",
    ],
)
def test_what_an_editor_lays_beside_the_plan_makes_no_new_one(run_context: Make, name: str) -> None:
    made = run_context()
    publish(made, outcomes(made))
    (schemas(made) / name).write_text("half a line", encoding="utf-8")
    again = run_context()
    assert not publish(again, outcomes(again)).is_new


def test_an_editors_lock_is_no_file_of_the_plan(run_context: Make) -> None:
    made = run_context()
    publish(made, outcomes(made))
    # Emacs' lock is a link that leads nowhere, and its name ends as those of the plan do.
    (schemas(made) / "indicators" / ".#happiness.yaml").symlink_to("officer@desk.4711")
    again = run_context()
    assert not publish(again, outcomes(again)).is_new


@pytest.mark.parametrize(
    ("old", "new", "is_new"),
    [("id: ", "# Looked at again.\nid: ", False), ("title: ", "title: Once more, ", True)],
)
def test_a_change_of_the_plan_makes_a_new_one_if_readers_see_it(
    run_context: Make, old: str, new: str, is_new: bool
) -> None:
    made = run_context()
    publish(made, outcomes(made))
    path = schemas(made) / "indicators" / "employment_rate.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    again = run_context()
    assert publish(again, outcomes(again)).is_new is is_new
