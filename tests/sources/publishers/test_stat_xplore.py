"""Stat-Xplore's tables: every figure stands at its items, as in three answers that the publisher gave."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sources.publishers import stat_xplore
from tests.sources.dwp_answers import counts_body, snapshot
from tests.support import real
from thindicators.errors import SourceError

TABLE_BODIES = [
    "dwp/statxplore-table-response-uc-households-region-by-month-by-family-type-2019-03.json",
    "dwp/statxplore-table-response-uc-households-two-measures-2019-03.json",
    "dwp/statxplore-table-response-hb-new-constituency-age-groups-2019-03.json",
]


def bodies(name: str) -> tuple[stat_xplore.Table, dict[str, Any]]:
    content = real(name).read_bytes()
    return stat_xplore.read_table(
        snapshot(content, media_type="application/json;charset=UTF-8")
    ), json.loads(content)


@pytest.mark.parametrize("name", TABLE_BODIES)
def test_a_table_has_a_cell_for_each_combination_of_items(name: str) -> None:
    found, body = bodies(name)
    size = 1
    for field in body["fields"]:
        size *= len(field["items"])
    assert {measure: len(cells) for measure, cells in found.cells.items()} == dict.fromkeys(
        body["cubes"], size
    )
    assert found.remarks == body["annotationMap"]


def value_at(found: stat_xplore.Table, measure: str, *labels: str) -> float:
    cells = [
        cell
        for cell in found.cells[measure]
        if [i.labels[0] for i in cell.items.values()] == list(labels)
    ]
    assert len(cells) == 1
    return cells[0].value


@pytest.mark.parametrize(
    ("labels", "value"),
    [
        (("North East", "May 2018", "Single, no child dependant"), 36393),
        (("North East", "May 2018", "Single, with child dependant(s)"), 8362),
        (("North East", "May 2018", "Unknown or missing family type"), 0),
        (("North East", "August 2018", "Total"), 60734),
        (("North West", "May 2018", "Couple, no child dependant"), 4476),
        (("North West", "July 2018", "Total"), 165414),
    ],
)
def test_a_figure_stands_at_its_items(labels: tuple[str, ...], value: float) -> None:
    found, _ = bodies(TABLE_BODIES[0])
    assert value_at(found, "str:count:UC_Households:V_F_UC_HOUSEHOLDS", *labels) == value


def test_a_total_has_no_ids_and_an_item_has_its_code() -> None:
    found, _ = bodies(TABLE_BODIES[0])
    regions = found.fields["str:field:UC_Households:V_F_UC_HOUSEHOLDS:COA_CODE"]
    assert [item.codes for item in regions][-2:] == [("E12000009",), ()]
    assert "E12000007" in {code for item in regions for code in item.codes}


def test_a_remark_on_an_item_reaches_its_cells() -> None:
    found, _ = bodies(TABLE_BODIES[0])
    cells = found.cells["str:count:UC_Households:V_F_UC_HOUSEHOLDS"]
    assert cells[0].annotations == ("r",)
    assert "revised" in found.remarks["r"]


def test_two_measures_are_kept_apart_each_to_its_precision() -> None:
    found, _ = bodies(TABLE_BODIES[1])
    count, mean = found.cells
    assert value_at(found, count, "North East", "May 2018") == 50001
    assert value_at(found, mean, "North East", "May 2018") == 457.30
    assert value_at(found, mean, "North West", "June 2018") == 563.97


def test_a_group_of_several_values_is_one_item() -> None:
    found, _ = bodies(TABLE_BODIES[2])
    ages = found.fields["str:field:hb_new:V_F_HB_NEW:AGE_BAND"]
    assert [len(item.ids) for item in ages] == [7, 2, 0]
    assert len(found.cells["str:count:hb_new:V_F_HB_NEW"]) == 635 * 1 * 3
    assert found.cells["str:count:hb_new:V_F_HB_NEW"][0].value == 2566


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.pop("cubes"),
        lambda body: body.pop("fields"),
        lambda body: body["fields"][0]["items"].pop(),
        lambda body: next(iter(body["cubes"].values()))["values"].pop(),
        lambda body: next(iter(body["cubes"].values())).update(values=[1.0, 2.0, 3.0]),
        lambda body: next(iter(body["cubes"].values())).pop("precision"),
    ],
)
def test_a_table_that_does_not_fit_its_fields_is_refused(
    spoil: Callable[[dict[str, Any]], object],
) -> None:
    body = counts_body()
    spoil(body)
    with pytest.raises(SourceError, match="came"):
        stat_xplore.read_table(snapshot(json.dumps(body).encode()))
