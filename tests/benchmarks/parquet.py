"""What Snappy costs beside Zstandard: size, and seconds to write and read, of the sample edition and of many rows."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from tests.samples import sample_release

NUMBERS = ("value", "lower_ci_95", "upper_ci_95", "numerator", "denominator")
MANY = 10_000_000


def measure(console: Console, rows: int = MANY) -> None:
    """Write and read both ways, and print what it took."""
    small = pq.read_table(sample_release() / "observations.parquet")
    shown = Table("rows", "compression", "bytes", "seconds to write", "seconds to read")
    for table in (small, _many(small, rows)):
        for compression in ("zstd", "snappy"):
            shown.add_row(f"{table.num_rows:,}", compression, *_measured(table, compression))
    console.print(shown)


def _many(small: pa.Table, rows: int) -> pa.Table:
    """The sample's rows again and again, each number a little other each time, as those of other areas would be."""
    random = np.random.default_rng(1)
    many = pa.concat_tables([small] * (rows // small.num_rows + 1)).slice(0, rows)
    for name in NUMBERS:
        numbers = many[name].to_numpy() * random.normal(1, 0.05, rows)
        at = many.schema.get_field_index(name)
        many = many.set_column(
            at, many.schema.field(at), pa.array(np.round(numbers, 4), from_pandas=True)
        )
    return many.sort_by([("indicator", "ascending"), ("area_code", "ascending")])


def _measured(table: pa.Table, compression: str) -> tuple[str, str, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.parquet"
        start = time.perf_counter()
        pq.write_table(table, path, compression=compression, row_group_size=1 << 20)
        written = time.perf_counter()
        pq.read_table(path)
        read = time.perf_counter()
        return f"{path.stat().st_size:,}", f"{written - start:.3f}", f"{read - written:.3f}"


if __name__ == "__main__":
    measure(Console(width=100), int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
