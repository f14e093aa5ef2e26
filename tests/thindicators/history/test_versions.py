from __future__ import annotations

from typing import Any

import pytest

from tests.thindicators.history.test_revisions import figure, table
from thindicators.history.revisions import compare
from thindicators.history.versions import next_version

FIELDS = [{"name": "value", "type": "number"}, {"name": "unit", "type": "string"}]
OLD, NEW = table(figure(2020, 7.0)), table(figure(2020, 7.1), figure(2021, 7.2))


def package(
    version: str = "1.4.2", fields: list[dict[str, str]] = FIELDS, **said: object
) -> dict[str, Any]:
    by_year = [{"path": "by_year/2020/figures.parquet"}]
    resources = [
        {
            "name": "figures",
            "path": "figures.csv",
            "schema": {"fields": fields},
            "alternatives": by_year,
        }
    ]
    return {
        "version": version,
        "title": "Happiness",
        "created": "2026-11-22T00:00:00Z",
        "resources": resources,
        **said,
    }


def test_the_first_is_1_0_0() -> None:
    assert next_version(None, package(), []) == "1.0.0"


def test_without_a_change_it_stays() -> None:
    assert next_version(package(), package(created="2026-12-01T00:00:00Z"), []) == "1.4.2"


def test_new_figures_are_a_minor_change_even_with_corrected_ones() -> None:
    assert next_version(package(), package(), compare(OLD, NEW)) == "1.5.0"


@pytest.mark.parametrize(
    "after", [table(figure(2020, 7.1)), table(), table(figure(2020, 7.0, note="Read this."))]
)
def test_corrected_and_withdrawn_figures_and_notes_are_a_patch(after: object) -> None:
    assert next_version(package(), package(), compare(OLD, after)) == "1.4.3"


def test_other_words_about_the_same_figures_are_a_patch() -> None:
    assert next_version(package(), package(title="How happy"), []) == "1.4.3"


@pytest.mark.parametrize(
    "fields",
    [
        FIELDS[:1],
        [*FIELDS, {"name": "note", "type": "string"}],
        FIELDS[::-1],
        [{"name": "value", "type": "string"}],
    ],
)
def test_another_field_is_a_major_change(fields: list[dict[str, str]]) -> None:
    assert next_version(package(), package(fields=fields), compare(OLD, NEW)) == "2.0.0"


def test_a_further_year_is_data_and_not_another_field() -> None:
    now = package()
    now["resources"][0]["alternatives"].append({"path": "by_year/2021/figures.parquet"})
    assert next_version(package(), now, compare(OLD, NEW)) == "1.5.0"
