"""Readings: which of the figures that were once read still stand, and as what.

What belongs here: figures of years that a publisher's newer files no longer hold, and telling, from what was read once,
the figures that stand of it. That contradicted figures wait for somebody's word belongs in `holds`.

Some publishers keep a window: each release has the newest five years, say, and the oldest drops out. A published figure
whose year has left the window stays, from the file that last had it, and says so. A year that is missing inside the
window is another matter: it is held, like any published figure that is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from thindicators import house_style
from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import SCHEMA, Row, key_of, rows_of
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


def out_of_window(last: Outcome | None, table: pa.Table, window_years: int | None) -> OutOfWindow:
    """The published figures whose years a publisher's newest file is too young to hold.

    Args:
        last: The last good outcome; None if there is none.
        table: The new figures, at least one.
        window_years: How many years each of the publisher's files holds; None if it drops none.
    """
    if last is None or window_years is None:
        return OutOfWindow(SCHEMA.empty_table())
    first_year = max(table["year"].to_pylist()) - window_years + 1
    new_keys = {key_of(row) for row in rows_of(table)}
    rows = [
        row
        for row in rows_of(last.table)
        if row["series"] not in last.closed and row["year"] < first_year and key_of(row) not in new_keys
    ]
    readings, kept = [], []
    for reading in last.readings:
        receipts = {receipt.sha256: receipt for receipt in receipts_of([reading], last.table)}
        own = [row for row in rows if row["snapshot"] in receipts and not reading.ended]
        rows = [row for row in rows if row not in own]
        kept += [{**row, "note": _with_sentence(row["note"], receipts[row["snapshot"]])} for row in own]
        if own:
            readings.append(Reading(reading.fetched, kept=_years_by_series(own)))
    return OutOfWindow(pa.Table.from_pylist(kept, schema=SCHEMA), tuple(readings))


def standing_of(reading: Reading, table: pa.Table, newer: pa.Table) -> pa.Table:
    """The figures that stand of what was read once, as they are published.

    Args:
        reading: What was read, and what of it stands.
        table: All figures that were read, as they are read now.
        newer: The figures that stand of newer readings, which take the place of those of the same key.
    """
    if reading.is_newest:
        return table
    rows = [row for row in rows_of(table) if _stands(reading, row)]
    receipts = {receipt.sha256: receipt for receipt in receipts_of([reading], table)}
    if reading.kept:
        for row in rows:
            row["note"] = _with_sentence(row["note"], receipts[row["snapshot"]])
    for row in rows:
        row["series"] = reading.ended.get(row["series"], row["series"])
    newer_keys = {key_of(row) for row in rows_of(newer)}
    return pa.Table.from_pylist([row for row in rows if key_of(row) not in newer_keys], schema=SCHEMA)


def without_kept(outcome: Outcome, series: Collection[str]) -> Outcome:
    """An outcome without those figures of some series that stay because their years have left the window."""
    kept = [reading for reading in outcome.readings if reading.kept and not reading.ended]
    gone = {
        (receipt.sha256, name, year)
        for reading in kept
        for receipt in receipts_of([reading], outcome.table)
        for name, years in reading.kept.items()
        if name in series
        for year in years
    }
    rows = rows_of(outcome.table)
    stays = [(row["snapshot"], row["series"], row["year"]) not in gone for row in rows]
    table = outcome.table.filter(pa.array(stays, pa.bool_()))
    readings: list[Reading] = []
    for reading in outcome.readings:
        left = {name: years for name, years in reading.kept.items() if name not in series}
        if reading not in kept:
            readings.append(reading)
        elif left:
            readings.append(replace(reading, kept=left))
    return replace(outcome, table=table, readings=tuple(readings), receipts=receipts_of(readings, table))


def ended_now(readings: Sequence[Reading], names: Mapping[str, str]) -> list[Reading]:
    """What was read of series that end now, and of those that had ended before.

    Args:
        readings: Of the figures that stood until now.
        names: The names that the figures of ending series are published under, by series.
    """
    ended = []
    for reading in readings:
        if reading.ended:
            ended.append(reading)
        elif own := {series: names[series] for series in names if not reading.kept or series in reading.kept}:
            kept = {series: years for series, years in reading.kept.items() if series in own}
            ended.append(Reading(reading.fetched, own, kept))
    return ended


def _stands(reading: Reading, row: Row) -> bool:
    names = reading.ended or reading.kept
    years = reading.kept.get(row["series"])
    return row["series"] in names and (years is None or row["year"] in years)


def _years_by_series(rows: Sequence[Row]) -> dict[str, tuple[int, ...]]:
    years: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        years[row["series"]].add(row["year"])
    return {series: tuple(sorted(some)) for series, some in sorted(years.items())}


def _with_sentence(note: str | None, receipt: Receipt) -> str:
    day = house_style.day_of(receipt.retrieved[:10])
    sentence = f"The publisher's newer files no longer hold this year; the figure is from the file of {day}."
    if note and sentence in note:
        return note
    return f"{note} {sentence}" if note else sentence
