from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thindicators.history.revisions import Revision, compare
from thindicators.observations.observation import KEY, Observation, table_of
from thindicators.observations.periods import calendar_year

NAMES = {"E09000030": "Tower Hamlets", "E12000007": "London"}


def figure(year: int, value: float | None = 7.0, **changes: object) -> Observation:
    given = {
        "indicator": "happiness",
        "area_code": "E09000030",
        "period": calendar_year(year),
        "value": value,
        "unit": "score_0_10",
        "series": "aps",
        "source_text": "" if value is None else str(value),
        "snapshot": "ab" * 32,
        "status": "x" if value is None else "",
    }
    return Observation(**{**given, **changes})  # type: ignore[arg-type]


def table(*rows: Observation) -> pa.Table:
    return table_of(rows, NAMES)


def only(found: list[Revision]) -> Revision:
    assert len(found) == 1, found
    return found[0]


def test_a_figure_that_was_not_there_is_new() -> None:
    found = only(compare(table(figure(2020)), table(figure(2020), figure(2021, 7.1))))
    assert (found.kind, found.old, found.new, found.size) == ("new", None, 7.1, None)
    assert found.row["period"] == "2021-01-01/P1Y"


def test_a_figure_that_is_gone_is_withdrawn() -> None:
    found = only(compare(table(figure(2020), figure(2021, 7.1)), table(figure(2020))))
    assert (found.kind, found.old, found.new) == ("withdrawn", 7.1, None)


def test_a_figure_that_moved_is_revised_with_its_size_and_its_size_in_limits() -> None:
    before = figure(2020, 7.0, lower_ci_95=6.8, upper_ci_95=7.2)
    found = only(compare(table(before), table(replace(before, value=7.3, upper_ci_95=7.5))))
    assert (found.kind, found.size, found.size_in_limits) == ("revised", 0.3, 1.5)
    assert found.changed == ("value", "upper_ci_95")


def test_a_changed_status_is_told_as_one() -> None:
    found = only(compare(table(figure(2020)), table(figure(2020, None))))
    assert (found.kind, found.old_status, found.new_status) == ("status_changed", None, "x")


def test_a_changed_note_is_metadata_only() -> None:
    found = only(compare(table(figure(2020)), table(figure(2020, note="Read this."))))
    assert (found.kind, found.changed, found.size) == ("metadata_only", ("note",), 0)


def test_the_same_figure_in_newer_bytes_is_no_revision() -> None:
    assert compare(table(figure(2020)), table(figure(2020, snapshot="cd" * 32))) == []


def test_most_of_a_series_moved_at_once_is_restated() -> None:
    before = table(*(figure(year, 7.0) for year in range(2011, 2021)))
    after = table(*(figure(year, 6.5 if year > 2013 else 7.0) for year in range(2011, 2021)))
    assert [one.kind for one in compare(before, after)] == ["restated"] * 7


def test_a_few_figures_that_move_are_a_routine_revision() -> None:
    before = table(*(figure(year, 7.0) for year in range(2011, 2021)))
    after = table(*(figure(year, 6.5 if year > 2017 else 7.0) for year in range(2011, 2021)))
    assert {one.kind for one in compare(before, after)} == {"revised"}


def test_another_series_is_not_restated_with_it() -> None:
    rows = [figure(year, 7.0) for year in range(2011, 2021)]
    other = [figure(year, 5.0, series="census") for year in range(2011, 2021)]
    moved = [replace(row, value=6.0) for row in rows]
    found = compare(table(*rows, *other), table(*moved, replace(other[0], value=5.1), *other[1:]))
    assert {one.kind for one in found if one.key[-1] == "census"} == {"revised"}
    assert {one.kind for one in found if one.key[-1] == "aps"} == {"restated"}


VALUES = st.dictionaries(
    st.integers(1990, 2030), st.none() | st.floats(0, 10).map(lambda value: round(value, 2))
)


def from_values(values: dict[int, float | None]) -> pa.Table:
    return table(*(figure(year, value) for year, value in values.items()))


@given(VALUES)
def test_a_table_does_not_differ_from_itself(values: dict[int, float | None]) -> None:
    assert compare(from_values(values), from_values(values)) == []


@given(VALUES, VALUES)
def test_the_differences_lead_from_the_one_table_to_the_other(
    before: dict[int, float | None], after: dict[int, float | None]
) -> None:
    rebuilt = dict(before)
    for one in compare(from_values(before), from_values(after)):
        year = int(one.key[2][:4])
        if one.kind == "withdrawn":
            del rebuilt[year]
        else:
            rebuilt[year] = one.new
    assert rebuilt == after


@given(VALUES, VALUES)
def test_the_other_way_round_new_is_withdrawn_and_sizes_turn_their_sign(
    before: dict[int, float | None], after: dict[int, float | None]
) -> None:
    there = {one.key: one for one in compare(from_values(before), from_values(after))}
    back = {one.key: one for one in compare(from_values(after), from_values(before))}
    assert there.keys() == back.keys()
    for key, one in there.items():
        assert (one.kind == "new") == (back[key].kind == "withdrawn")
        assert one.size is None or one.size == pytest.approx(-(back[key].size or 0))


ROWS = st.builds(
    lambda value, half, count, note, revision: {
        "value": value,
        "lower_ci_95": None if value is None or half is None else round(value - half, 2),
        "upper_ci_95": None if value is None or half is None else round(value + half, 2),
        "numerator": count,
        "note": note,
        "revision": revision,
    },
    st.none() | st.floats(0, 10).map(lambda value: round(value, 2)),
    st.none() | st.floats(0, 1).map(lambda half: round(half, 2)),
    st.none() | st.integers(0, 50).map(float),
    st.sampled_from(["", "Read this."]),
    st.sampled_from(["", "p", "r"]),
)
TABLES = st.dictionaries(
    st.tuples(
        st.integers(2015, 2022), st.sampled_from(sorted(NAMES)), st.sampled_from(["aps", "census"])
    ),
    ROWS,
    max_size=12,
)


def of_rows(rows: dict[tuple[int, str, str], dict[str, object]]) -> pa.Table:
    return table(
        *(
            figure(year, area_code=area, series=series, **row)  # type: ignore[arg-type]
            for (year, area, series), row in rows.items()
        )
    )


def by_key(rows: pa.Table) -> dict[tuple[object, ...], dict[str, object]]:
    return {tuple(row[name] for name in KEY): row for row in rows.to_pylist()}


@given(TABLES, TABLES)
def test_the_differences_and_nothing_else_make_the_one_table_of_the_other(
    before: dict[tuple[int, str, str], dict[str, object]],
    after: dict[tuple[int, str, str], dict[str, object]],
) -> None:
    old, new = by_key(of_rows(before)), by_key(of_rows(after))
    rebuilt = {key: dict(row) for key, row in old.items()}
    for one in compare(of_rows(before), of_rows(after)):
        if one.kind == "withdrawn":
            del rebuilt[one.key]
        elif one.kind == "new":
            assert one.key not in rebuilt
            rebuilt[one.key] = dict(new[one.key])
        else:
            assert one.changed, "a difference names what differs"
            rebuilt[one.key] |= {column: new[one.key][column] for column in one.changed}
        assert (one.old, one.new) == (
            old.get(one.key, {}).get("value"),
            new.get(one.key, {}).get("value"),
        )
    assert rebuilt == new


@given(TABLES, TABLES)
def test_both_ways_the_same_figures_differ_in_the_same_columns(
    before: dict[tuple[int, str, str], dict[str, object]],
    after: dict[tuple[int, str, str], dict[str, object]],
) -> None:
    mirrored = {"new": "withdrawn", "withdrawn": "new", "revised": "revised", "restated": "revised"}
    there = {one.key: one for one in compare(of_rows(before), of_rows(after))}
    back = {one.key: one for one in compare(of_rows(after), of_rows(before))}
    assert there.keys() == back.keys()
    for key, one in there.items():
        other = back[key]
        kind = "revised" if other.kind == "restated" else other.kind
        assert mirrored.get(one.kind, one.kind) == kind
        assert (one.old, one.new, one.changed) == (other.new, other.old, other.changed)
        assert (one.old_status, one.new_status) == (other.new_status, other.old_status)


@given(TABLES)
def test_no_table_differs_from_itself(rows: dict[tuple[int, str, str], dict[str, object]]) -> None:
    assert compare(of_rows(rows), of_rows(dict(reversed(rows.items())))) == []


def test_a_figure_in_another_unit_has_no_size() -> None:
    found = only(compare(table(figure(2020)), table(figure(2020, 700.0, unit="percent"))))
    assert (found.kind, found.size, found.unit_changed) == ("revised", None, True)
    assert (found.old_unit, found.new_unit) == ("score_0_10", "percent")


def test_only_a_figure_that_stood_before_is_one_that_ended() -> None:
    ended = (figure(2020, series="ended"), figure(2021, 6.0, series="ended"))
    revisions = compare(table(figure(2020)), table(*ended), {("happiness", "ended")})
    assert [(one.series, one.kind) for one in revisions] == [
        ("aps", "withdrawn"),
        ("ended", "ended"),
        ("ended", "new"),
    ]
