"""Small numbers in a council return: which rows are withheld before anything leaves.

What belongs here: which rows make up a table, what an earlier return said of it, and what is left of a row that is
withheld. The rule itself belongs in `thindicators.observations.small_numbers`; what is too few in a survey belongs in
`rows`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sources.returns.rows import ReturnRow
from thindicators.observations.small_numbers import SMALL, Cell, Counts, withheld

WITHHELD_NOTE = (
    f"Withheld so that nobody can be recognised: a number from {min(SMALL)} to {max(SMALL)}, "
    "or one from which such a number could be worked out."
)
"""The note of every number that is withheld. One that told which of them is small would give the others away."""

_Table = dict[Cell, ReturnRow]


def without_small_numbers(
    rows: Sequence[ReturnRow],
    earlier: Sequence[Sequence[ReturnRow]] = (),
) -> list[ReturnRow]:
    """The rows of an indicator, those withheld without anything from which their figure follows.

    Rows of a survey stay as they are. Rows whose licence is not confirmed count, though they are not published: with
    their total published, a small number among them could be worked out.

    Args:
        rows: The rows that are published now.
        earlier: Those that were before each return that came later, from the oldest on: a correction must not tell
            what was withheld, then or now.
    """
    tables_before = [_tables(version) for version in earlier]
    hidden: set[tuple[object, ...]] = set()
    for table in _tables(rows).values():
        versions: list[list[Cell]] = []
        for tables in tables_before:
            # A total may come only later; then nothing could be worked out before.
            versions += [list(earlier_table) for earlier_table in _versions_of(table, tables)]
        for cell in withheld(table, versions):
            hidden.add(table[cell].key)
    return [_withheld(row) if row.key in hidden else row for row in rows]


def _versions_of(table: _Table, tables: Mapping[tuple[object, ...], _Table]) -> list[_Table]:
    """Those of some tables that one takes the place of: of the same thing, and of some of the same days.

    The days of a period are corrected too, and a table of other days tells as much of this one as one of the same.
    """
    row = next(iter(table.values()))
    versions = []
    for other in tables.values():
        other_row = next(iter(other.values()))
        if row.is_about_the_same_as(other_row) and row.overlaps(other_row):
            versions.append(other)
    return versions


def _tables(rows: Sequence[ReturnRow]) -> dict[tuple[object, ...], _Table]:
    """The rows of each total and its groups."""
    tables: dict[tuple[object, ...], _Table] = {}
    for row in rows:
        # In a survey nobody knows who was asked, and a small base is refused already.
        if row.is_administrative:
            tables.setdefault(row.group, {})[_cell(row)] = row
    return tables


def _cell(row: ReturnRow) -> Cell:
    is_total = row.breakdown_type == "total"
    return Cell(
        dimension="" if is_total else row.breakdown_type,
        group=row.breakdown,
        counts=_counts(row),
        confidential=row.value is None and row.status in {"c", "low"},
    )


def _counts(row: ReturnRow) -> Counts | None:
    """The counts of a row; none for a sum of money or a score, which count nobody."""
    if row.value is None:
        return None
    counted = row.value if row.unit == "count" else row.numerator
    if counted is None and row.unit == "percent" and row.denominator:
        counted = _implied(row.value, row.value_text, row.denominator)
    if counted is None:
        return None
    if row.denominator is None:
        return (counted,)
    return counted, row.denominator - counted, row.denominator


def _implied(percentage: float, text: str, base: float) -> int:
    """How many a percentage of a published denominator stands for; a small number, if rounding allows one.

    Who has 2 % of 150 knows that it is 3 people, whether a numerator stands beside it or not.
    """
    decimals = len(text.partition(".")[2])
    half = 0.5 / 10.0**decimals
    least = max(0, math.ceil((percentage - half) * base / 100))
    most = min(math.floor(base), math.floor((percentage + half) * base / 100))
    # Only the ends can be small: as few as there may be, or all but as few.
    ends: list[int] = [*range(least, least + max(SMALL)), *range(most, most - max(SMALL), -1)]
    for count in ends:
        is_possible = least <= count <= most
        if is_possible and (count in SMALL or base - count in SMALL):
            return count
    return round(percentage * base / 100)


def _withheld(row: ReturnRow) -> ReturnRow:
    return replace(
        row,
        value=None,
        value_text="",
        numerator=None,
        denominator=None,
        base_unweighted=None,
        ci_lower_95=None,
        ci_upper_95=None,
        ci_published="",
        status="c",
        note=WITHHELD_NOTE,
    )
