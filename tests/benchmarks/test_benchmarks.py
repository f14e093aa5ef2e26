"""`make bench` measures what it says; how fast this machine is, is no matter of a test."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from tests.benchmarks import everyday, pages, parquet, publish, unreachable
from tests.support import smaller_plan


def test_a_publish_is_measured_with_the_steps_that_take_longest() -> None:
    console = Console(file=StringIO(), width=200)
    publish.measure(console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    for words in (
        "A publish of the sample edition:",
        "beyond the import",
        "import great_expectations",
        "indicator (30)",
    ):
        assert words in said


def test_the_everyday_run_is_measured_against_the_import_of_its_libraries(tmp_path: Path) -> None:
    console = Console(file=StringIO(), width=200)
    everyday.measure(console, 1, smaller_plan(tmp_path / "schemas", "year_6_overweight"))
    said = console.file.getvalue()  # type: ignore[attr-defined]
    for words in (everyday.IMPORT, everyday.FIRST, everyday.SECOND, "medians of 1", "goal"):
        assert words in said


def test_the_pages_are_measured() -> None:
    console = Console(file=StringIO(), width=200)
    pages.measure(console)
    assert "All 40 pages of the sample edition" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_publish_without_any_publisher_is_measured_in_two_ways(tmp_path: Path) -> None:
    console = Console(file=StringIO(), width=200)
    unreachable.measure(console, smaller_plan(tmp_path / "schemas", "year_6_overweight"))
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "when every publisher refuses connections:" in said
    assert "when every publisher has a name without an address:" in said
    assert said.count("ends with status 1") == 2


def test_the_compression_of_parquet_is_measured() -> None:
    console = Console(file=StringIO(), width=200)
    parquet.measure(console, rows=2000)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert said.count("zstd") == said.count("snappy") == 2
    assert "2,000" in said
