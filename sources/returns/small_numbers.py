"""Small numbers in a council return: which rows are withheld before anything leaves.

What belongs here: which rows make up a table, and what is left of a row that is withheld. The rule itself belongs in
`thindicators.observations.small_numbers`; what is too few in a survey belongs in `return_rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sources.returns.rows import ReturnRow
from thindicators.observations.small_numbers import Cell, withheld

SMALL_NOTE = "Withheld: a number from 1 to 4."
"""How the note of a small number begins."""

SECOND_NOTE = "Withheld, so that a number from 1 to 4 beside it cannot be worked out."
"""How the note of a number begins that would give a small one away."""


def without_small_numbers(rows: Sequence[ReturnRow]) -> list[ReturnRow]:
    """The rows of an indicator, those withheld without anything from which their figure follows.

    Rows of a survey stay as they are. Rows whose licence is not confirmed count, though they are not published: with
    their total published, a small number among them could be worked out.
    """
    tables: dict[tuple[object, ...], dict[Cell, ReturnRow]] = {}
    for row in rows:
        # In a survey nobody knows who was asked, and a small base is refused already.
        if row.is_administrative:
            tables.setdefault(row.group, {})[_cell(row)] = row
    hidden = {
        table[cell].key: cell.is_small for table in tables.values() for cell in withheld(table)
    }
    return [_withheld(row, hidden[row.key]) if row.key in hidden else row for row in rows]


def _cell(row: ReturnRow) -> Cell:
    is_total = row.breakdown_type == "total"
    return Cell(
        dimension="" if is_total else row.breakdown_type,
        group=row.breakdown,
        counts=_counts(row),
        confidential=row.value is None and row.status in {"c", "low"},
    )


def _counts(row: ReturnRow) -> tuple[float, ...] | None:
    """The counts of a row; none for a sum of money or a score, which count nobody."""
    counted = row.value if row.unit == "count" else row.numerator
    if row.value is None or counted is None:
        return None
    if row.denominator is None:
        return (counted,)
    return counted, row.denominator - counted, row.denominator


def _withheld(row: ReturnRow, is_small: bool) -> ReturnRow:
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
        note=SMALL_NOTE if is_small else SECOND_NOTE,
    )
