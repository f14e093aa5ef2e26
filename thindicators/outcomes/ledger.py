"""Ledgers: the file to which all that becomes of an indicator is appended, and the tables that its entries name.

What belongs here: reading and appending, and telling a part of a line that a killed run left from damage. What entries
say belongs in `entries`; what follows from them in `balance`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from thindicators.errors import ThindicatorsError
from thindicators.observations.observation import SCHEMA
from thindicators.outcomes.entries import Entry, entry_from
from thindicators.safe_text import is_file_name, visible
from thindicators.storage.files import sync, why, write_whole


class LedgerError(ThindicatorsError):
    """What is kept of an indicator's past cannot be read."""


@dataclass(frozen=True)
class Ledger:
    """The ledger of an indicator, or of the part of it that one of several sources gives: a line for each entry."""

    path: Path

    def read(self) -> tuple[Entry, ...]:
        """All entries; none if there is no file.

        Raises:
            LedgerError: If a line is not one that was written, or does not follow the one before.
        """
        entries: list[Entry] = []
        lines = _whole_lines(self._content())
        for number, line in enumerate(lines, start=1):
            try:
                entry = entry_from(line.decode("utf-8"))
            except ValueError:
                raise self._damaged(number) from None
            # Each entry has the sum of the one before: none can be changed, taken out or put elsewhere.
            before = entries[-1].sum if entries else ""
            if (entry.sequence, entry.before) != (number, before):
                raise self._damaged(number)
            entries.append(entry)
        return tuple(entries)

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries after those that are there, and wait until they are on the disk.

        Raises:
            ThindicatorsError: If they cannot be written.
        """
        lines = "".join(f"{entry.line}\n" for entry in entries)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            is_new = not self.path.exists()
            with self.path.open("ab") as file:
                # What a killed run left of a line would make the next one unreadable.
                file.truncate(_whole_size(self._content()))
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                sync(self.path.parent)
        except OSError as problem:
            reason = why(problem, place=False)
            raise ThindicatorsError(f"{self.path} could not be written. {reason}") from problem

    def _content(self) -> bytes:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as problem:
            raise LedgerError(f"{self.path} cannot be read. {why(problem, place=False)}") from None

    def _damaged(self, number: int) -> LedgerError:
        return LedgerError(
            f"{self.path} is damaged in line {number}. Restore it from a backup; or move it away, and the next "
            "refresh begins it anew with the figures published last."
        )


def ledger_name(indicator: str, source: str = "") -> str:
    """The name of the ledger of an indicator, or of the part that one of several sources gives.

    Raises:
        ThindicatorsError: If an id would lead elsewhere than to a file of its name.
    """
    for name in (indicator, source) if source else (indicator,):
        if not is_file_name(name):
            raise ThindicatorsError(f"“{visible(name)}” is no id of an indicator.")
    return f"{indicator}.{source}" if source else indicator


def ledger_in(folder: Path, indicator: str, source: str = "") -> Ledger:
    """The ledger of an indicator, or of a part of it, in a folder."""
    return Ledger(folder / f"{ledger_name(indicator, source)}.jsonl")


def _whole_size(content: bytes) -> int:
    """How many bytes there are up to the end of the last whole line: a killed run may leave a part of one."""
    return content.rfind(b"\n") + 1


def _whole_lines(content: bytes) -> list[bytes]:
    return content[: _whole_size(content)].split(b"\n")[:-1]


@dataclass(frozen=True)
class Tables:
    """The tables that were read, each kept once by the sum of its bytes, so that nothing is parsed again."""

    folder: Path

    def keep(self, table: pa.Table) -> str:
        """Keep a table, and say its sum."""
        content = _as_parquet(table)
        sum_of_table = hashlib.sha256(content).hexdigest()
        path = self._path(sum_of_table)
        # One that a disk has damaged is written anew.
        if not path.exists() or _sum_of(path) != sum_of_table:
            write_whole(path, content)
        return sum_of_table

    def load(self, sum_of_table: str) -> pa.Table:
        """A table by its sum.

        Raises:
            LedgerError: If it is gone or damaged.
        """
        path = self._path(sum_of_table)
        try:
            # The name is the sum, so that a damaged table is never taken for figures.
            if _sum_of(path) == sum_of_table:
                return pq.read_table(path).cast(SCHEMA)
        except OSError as problem:
            raise LedgerError(self._lost(path, f"cannot be read ({problem.strerror})")) from None
        raise LedgerError(self._lost(path, "is damaged"))

    def _path(self, sum_of_table: str) -> Path:
        return self.folder / f"{sum_of_table}.parquet"

    def _lost(self, path: Path, what: str) -> str:
        return (
            f"{path} {what}. Restore it from a backup; or move the ledger beside this folder away that names it, and "
            "the next refresh begins it anew with the figures published last."
        )


def sum_of_table(table: pa.Table) -> str:
    """The sum by which a table would be kept."""
    return hashlib.sha256(_as_parquet(table)).hexdigest()


def _as_parquet(table: pa.Table) -> bytes:
    # In one piece: how a table was put together must not show in its bytes.
    whole = table.cast(SCHEMA).replace_schema_metadata(None).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(whole, sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
