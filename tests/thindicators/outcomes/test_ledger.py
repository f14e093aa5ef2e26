"""A ledger is only added to: what a killed run left of a line is dropped, and any other damage is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.thindicators.outcomes.past import DAY, figures, reading
from thindicators.outcomes.entries import (
    Accepted,
    Empty,
    Entry,
    Event,
    Failed,
    Gave,
    Published,
    entry_from,
    next_entry,
)
from thindicators.outcomes.ledger import Ledger, LedgerError, Tables

EVENTS: list[Event] = [
    Empty("The source has no figure for this indicator."),
    Gave(reading({2024: 7.0}, "2026-01-05")),
    Failed("dfe_care_leavers: “no answer”, line 1\nline 2"),
    Accepted("0" * 64, "The publisher says so.", DAY),
    Published("2026-11-22.1"),
]


def entries() -> list[Entry]:
    written: list[Entry] = []
    for event in EVENTS:
        written.append(next_entry(written, event, DAY))
    return written


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    written = Ledger(tmp_path / "ledger" / "happiness.jsonl")
    written.append(entries())
    return written


def test_what_is_appended_is_read_in_its_order_with_its_places(ledger: Ledger) -> None:
    assert [entry.event for entry in ledger.read()] == EVENTS
    assert [entry.sequence for entry in ledger.read()] == [1, 2, 3, 4, 5]
    assert [entry.place for entry in ledger.read()] == [entry.place for entry in entries()]
    before = ledger.path.read_bytes()
    ledger.append([next_entry(ledger.read(), Published("2026-11-23.1"), DAY)])
    assert ledger.path.read_bytes().startswith(before)


def test_a_ledger_that_is_not_there_has_no_entries(tmp_path: Path) -> None:
    assert Ledger(tmp_path / "none.jsonl").read() == ()


@given(data=st.data())
def test_a_line_that_a_killed_run_left_unfinished_is_dropped_and_written_anew(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ledger = Ledger(tmp_path_factory.mktemp("killed") / "happiness.jsonl")
    ledger.append(entries()[:-1])
    whole = ledger.path.read_bytes()
    last = f"{entries()[-1].line}\n".encode()
    written = data.draw(st.integers(1, len(last) - 1))
    ledger.path.write_bytes(whole + last[:written])
    assert [entry.event for entry in ledger.read()] == EVENTS[:-1]
    ledger.append(entries()[-1:])
    assert ledger.path.read_bytes() == whole + last


@pytest.mark.parametrize("line", [0, 1, 3])
def test_a_changed_line_is_damage_that_names_the_file_and_what_to_do(
    ledger: Ledger, line: int
) -> None:
    lines = ledger.path.read_text(encoding="utf-8").splitlines()
    lines[line] = lines[line].replace('"kind"', '"sort"')
    ledger.path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    with pytest.raises(LedgerError, match=rf"{ledger.path} is damaged in line {line + 1}.*backup"):
        ledger.read()


def test_a_line_that_was_taken_out_or_put_elsewhere_is_damage(ledger: Ledger) -> None:
    lines = ledger.path.read_text(encoding="utf-8").splitlines()
    for order in ([0, 2, 3, 4], [1, 0, 2, 3, 4], [0, 1, 1, 2]):
        ledger.path.write_text("".join(f"{lines[one]}\n" for one in order), encoding="utf-8")
        with pytest.raises(LedgerError, match="is damaged in line"):
            ledger.read()


def test_a_reason_that_was_changed_by_hand_does_not_fit_what_follows(ledger: Ledger) -> None:
    text = ledger.path.read_text(encoding="utf-8")
    ledger.path.write_text(text.replace("The publisher says so.", "Nobody says so."), "utf-8")
    with pytest.raises(LedgerError, match="is damaged in line 5"):
        ledger.read()


def test_the_day_of_an_entry_is_no_part_of_its_place() -> None:
    [entry] = [next_entry([], EVENTS[0], "2026-11-22")]
    assert next_entry([], EVENTS[0], "2026-11-23").place == entry.place
    assert entry_from(entry.line) == entry


class TestTables:
    def test_a_table_is_kept_once_by_its_sum(self, tmp_path: Path) -> None:
        tables = Tables(tmp_path)
        table = figures({2023: 6.5, 2024: 7.0})
        kept = tables.keep(table)
        assert tables.keep(figures({2023: 6.5, 2024: 7.0})) == kept
        assert [path.name for path in tmp_path.iterdir()] == [f"{kept}.parquet"]
        assert tables.load(kept).equals(table)

    def test_a_lost_or_damaged_table_is_told_and_kept_anew(self, tmp_path: Path) -> None:
        tables = Tables(tmp_path)
        table = figures({2024: 7.0})
        [path] = [tmp_path / f"{tables.keep(table)}.parquet"]
        for damage in (path.unlink, lambda: path.write_bytes(b"damaged")):
            damage()
            with pytest.raises(LedgerError, match=rf"{path}.*Restore it from a backup"):
                tables.load(path.stem)
            tables.keep(table)
            assert tables.load(path.stem).equals(table)
