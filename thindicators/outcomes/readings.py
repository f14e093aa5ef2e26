"""Readings: which of the figures that were once read still stand, and as what.

What belongs here: figures of years that a publisher's newer files no longer hold, and telling, from what was read once,
the figures that stand of it. That contradicted figures wait for somebody's word belongs in `holds`.

Some publishers keep a window: each release has the newest five years, say, and the oldest drops out. A published figure
whose year has left the window stays, from the file that last had it, and says so. A year that is missing inside the
window is another matter: it is held, like any published figure that is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from thindicators import house_style
from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import ORDER, SCHEMA, Row, key_of, rows_of
from thindicators.outcomes.outcome import Outcome, Reading, receipts_of


@dataclass(frozen=True)
class OutOfWindow:
    """Published figures that stay because their years have left the publisher's window.

    Attributes:
        table: The figures, each with a note that says so.
        readings: What they were read from.
    """

    table: pa.Table
    readings: tuple[Reading, ...] = ()


def out_of_window(
    last: Outcome | None,
    table: pa.Table,
    window_years: int | None,
) -> OutOfWindow:
    """The published figures whose years a publisher's newest file is too young to hold.

    Args:
        last: The last good outcome; None if there is none.
        table: The new figures, at least one.
        window_years: How many years each of the publisher's files holds; None if it drops none.
    """
    if last is None or window_years is None:
        return OutOfWindow(SCHEMA.empty_table())
    newest_year = max(table["year"].to_pylist())
    first_year = newest_year - window_years + 1
    keys = {key_of(row) for row in rows_of(table)}
    staying = []
    for row in rows_of(last.open_figures):
        # Inside the window, a year that is missing was taken out: that is a figure which is gone.
        has_left = row["year"] < first_year
        if has_left and key_of(row) not in keys:
            staying.append(row)
    readings: list[Reading] = []
    noted: list[Row] = []
    for reading in last.readings:
        # A reading of ended series gives nothing else, and their figures stay whatever the window is.
        if reading.ended:
            continue
        receipts = _receipts_by_snapshot(reading, last.table)
        own = [row for row in staying if row["snapshot"] in receipts]
        if own:
            # A file may have been part of two readings: each figure is of the first, which is the newest.
            staying = [row for row in staying if row["snapshot"] not in receipts]
            noted += [_with_note(row, receipts) for row in own]
            readings.append(
                replace(
                    reading,
                    kept=_years_by_series(own),
                )
            )
    return OutOfWindow(
        pa.Table.from_pylist(
            noted,
            schema=SCHEMA,
        ),
        tuple(readings),
    )


def _receipts_by_snapshot(
    reading: Reading,
    table: pa.Table,
) -> dict[str, Receipt]:
    return {receipt.sha256: receipt for receipt in receipts_of([reading], table)}


def standing_of(
    reading: Reading,
    table: pa.Table,
    newer: pa.Table,
) -> pa.Table:
    """The figures that stand of what was read once, as they are published.

    Args:
        reading: What was read, and what of it stands.
        table: All figures that were read, as they are read now.
        newer: The figures that stand of newer readings, which take the place of those of the same key.
    """
    if reading.is_newest:
        return table
    rows = []
    receipts = _receipts_by_snapshot(reading, table)
    for row in rows_of(table):
        if not _stands(reading, row):
            continue
        rows.append(_with_note(row, receipts) if reading.kept else row)
    newer_keys = {key_of(row) for row in rows_of(newer)}
    published = []
    for row in rows:
        # Under the name that the series ended with, which decides whether a newer figure has its place.
        name = reading.ended.get(row["series"], row["series"])
        renamed: Row = {**row, "series": name}
        if key_of(renamed) not in newer_keys:
            published.append(renamed)
    return pa.Table.from_pylist(
        published,
        schema=SCHEMA,
    )


def ended_now(
    readings: Sequence[Reading],
    names: Mapping[str, str],
) -> list[Reading]:
    """What was read of series that end now, and of those that had ended before.

    Args:
        readings: Of the figures that stood until now.
        names: The names that the figures of ending series are published under, by series.
    """
    ended = []
    for reading in readings:
        if reading.ended:
            ended.append(reading)
            continue
        # Without limits to the years, everything was published of a reading, also of the series that end.
        read = reading.kept or names
        own = {series: name for series, name in names.items() if series in read}
        if own:
            years = {}
            for series, some in reading.kept.items():
                if series in own:
                    years[series] = some
            ended.append(
                replace(
                    reading,
                    ended=own,
                    kept=years,
                )
            )
    return ended


def standing_together(
    readings: Sequence[Reading],
    read: Callable[[Reading], pa.Table],
) -> pa.Table:
    """The figures that stand of several readings, sorted.

    Args:
        readings: The newest first.
        read: Gives all figures that were read in one of them.
    """
    together = SCHEMA.empty_table()
    for reading in readings:
        standing = standing_of(
            reading,
            read(reading),
            newer=together,
        )
        together = pa.concat_tables([together, standing])
    return together.sort_by([(column, "ascending") for column in ORDER])


def _stands(
    reading: Reading,
    row: Row,
) -> bool:
    names = reading.ended or reading.kept
    years = reading.kept.get(row["series"])
    return row["series"] in names and (years is None or row["year"] in years)


def _years_by_series(rows: Sequence[Row]) -> dict[str, tuple[int, ...]]:
    years: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        years[row["series"]].add(row["year"])
    return {series: tuple(sorted(some)) for series, some in sorted(years.items())}


def _with_note(
    row: Row,
    receipts: Mapping[str, Receipt],
) -> Row:
    """A figure with a note that its year has left the publisher's window."""
    receipt = receipts[row["snapshot"]]
    return {**row, "note": _with_sentence(row["note"], receipt)}


def _with_sentence(
    note: str | None,
    receipt: Receipt,
) -> str:
    day = house_style.day_of(receipt.retrieved[:10])
    sentence = f"The publisher's newer files no longer hold this year; the figure is from the file of {day}."
    if note and sentence in note:
        return note
    return f"{note} {sentence}" if note else sentence
