"""Suspects: the few rows of a large table that may break a rule about others, found for whole columns at once.

What belongs here: leaving out the rows of which `series_rules` can say nothing, so that it looks at a hundred of a
million. Whether a suspect breaks a rule, and what is then said, is decided there and nowhere else: here a row too many
costs time, and a row too few would be a fault.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from thindicators.checking.plausibility import CONSISTENT, CUT_OFF, FEWEST, SMALLEST_SHARE
from thindicators.observations.limits import Z_95

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LINE = ("area_code", "series", "breakdown", "category")
"""What tells the rows that are compared with each other, one for each year, from all others."""

_REPEATED = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator", "status")
_SLIGHTLY_LESS = 1 - 1e-9
"""So that a change at the very cut-off is a suspect, however its numbers are added up."""


def of_lines(table: pa.Table, decimals: int) -> Places:
    """The places of rows whose line has a gap, or a change that may be unusual, or several rows for a year.

    Args:
        table: In the contract of observations.
        decimals: That are shown of a figure.
    """
    if not table.num_rows:
        return np.array([], np.int64)
    line = _numbered([table[name] for name in LINE])
    year = table["year"].to_numpy().astype(np.int64)
    grid = _Grid(line, year)
    suspect = grid.has_several | grid.has_gap
    suspect |= _may_be_unusual(grid, table, 10.0**-decimals)
    return np.flatnonzero(suspect[line])


def of_repetitions(table: pa.Table, names: Sequence[str]) -> Places:
    """The places of rows that are compared with a period which may be the one before, come again.

    Args:
        table: In the contract of observations.
        names: What the rows of one period have in common.
    """
    if not table.num_rows:
        return np.array([], np.int64)
    year = table["year"].to_numpy().astype(np.int64)
    line = _numbered([table[name] for name in LINE])
    group = _numbered([*(table[name] for name in names), *_calendar(table)])
    comes_again = _comes_again(table, line, year)
    first = year.min().item()
    period = group * (year.max().item() - first + 1) + (year - first)
    _, of_row = np.unique(period, return_inverse=True)
    rows = np.bincount(of_row)
    again = np.bincount(of_row, weights=comes_again)
    suspect_groups = np.unique(group[(again == rows)[of_row]])
    return np.flatnonzero(np.isin(group, suspect_groups))


class _Grid:
    """Lines by years: where in the table the row of a line and a year stands."""

    def __init__(self, line: Places, year: Places) -> None:
        self.lines = line.max().item() + 1
        self.first = year.min().item()
        self.years = year.max().item() - self.first + 1
        self.line, self.year = line, year - self.first
        count = np.zeros((self.lines, self.years), np.int64)
        np.add.at(count, (line, self.year), 1)
        self.has_several: Flags = np.asarray((count > 1).any(axis=1))
        self.has_gap: Flags = self._with_gap(count > 0)

    def _with_gap(self, is_there: Flags) -> Flags:
        begun = np.cumsum(is_there, axis=1) > 0
        goes_on = np.cumsum(is_there[:, ::-1], axis=1)[:, ::-1] > 0
        return np.asarray((begun & goes_on & ~is_there).any(axis=1))

    def filled(self, column: Numbers) -> Numbers:
        """A column of the table by line and year; not a number where there is none."""
        cells = np.full((self.lines, self.years), np.nan)
        cells[self.line, self.year] = column
        return cells


def _may_be_unusual(
    grid: _Grid,
    table: pa.Table,
    grain: float,
) -> Flags:
    """The lines with a change that is beyond what history and limits let expect; see `plausibility`."""
    value = grid.filled(_numbers(table["value"]))
    width = _numbers(table["upper_ci_95"]) - _numbers(table["lower_ci_95"])
    half_width = grid.filled(width / 2)
    size = value[:, 1:] - value[:, :-1]
    error = np.nan_to_num(np.hypot(half_width[:, 1:], half_width[:, :-1]) / Z_95)
    share = SMALLEST_SHARE * np.abs(value[:, :-1])
    suspect = np.zeros(grid.lines, bool)
    for year in range(FEWEST, size.shape[1]):
        history = size[:, :year]
        judged = np.isfinite(size[:, year])
        judged &= np.isfinite(history).sum(axis=1) >= FEWEST
        if not judged.any():
            continue
        usual = np.nanmedian(history[judged], axis=1)
        distances = np.abs(history[judged] - usual[:, None])
        spread = np.nanmedian(distances, axis=1) / CONSISTENT
        for least in (error[judged, year], share[judged, year]):
            spread = np.maximum(spread, least)
        spread = np.maximum(spread, grain)
        beyond = np.abs(size[judged, year] - usual) > CUT_OFF * spread * _SLIGHTLY_LESS
        suspect[judged] |= beyond
    return suspect


def _comes_again(
    table: pa.Table,
    line: Places,
    year: Places,
) -> Flags:
    """Whether a row's numbers are those of the row of its line for the year before; of several such rows, of any."""
    order = np.lexsort((year, line))
    follows = (np.diff(line[order]) == 0) & (np.diff(year[order]) <= 1)
    same = follows.copy()
    for name in _REPEATED:
        codes = _numbered([table[name]])[order]
        same &= codes[1:] == codes[:-1]
    again = np.zeros(len(line), bool)
    again[order[1:]] = same
    # With two rows for one year it is not known here which is the one before: all may be.
    several = np.zeros(len(line), bool)
    several[order[1:]] = (np.diff(line[order]) == 0) & (np.diff(year[order]) == 0)
    twice = np.isin(line, np.unique(line[several]))
    flags: Flags = again | twice
    return flags


def _numbers(column: pa.ChunkedArray) -> Numbers:
    numbers: Numbers = column.to_numpy(zero_copy_only=False).astype(np.float64)
    return numbers


def _calendar(table: pa.Table) -> list[pa.ChunkedArray]:
    """The length of each row's period, and the month in which it ends; see `series_rules.calendar_of`."""
    length = pc.list_element(pc.split_pattern(table["period"], "/"), 1)
    return [length, pc.month(table["period_end"])]


def _numbered(columns: Sequence[pa.ChunkedArray]) -> Places:
    """A number for each row, the same for rows that have equal cells in some columns."""
    number = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        # Nought with a minus is nought, for whoever compares two numbers; as bytes the two differ.
        cells = pc.add(column, 0.0) if pa.types.is_floating(column.type) else column
        encoded = cells.combine_chunks().dictionary_encode(null_encoding="encode")
        codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        number = number * (len(encoded.dictionary) + 1) + codes
        # Numbers stay small, however many columns there are.
        _, number = np.unique(number, return_inverse=True)
    return number
