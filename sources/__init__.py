"""One module for each named source: what to ask its publisher, and how to read the answer.

A source's module has two functions, `fetch` and `parse`, and may have others: see `thindicators.parsing.modules`.
The source's file in the plan names it, as `module: sources.ncmp`. What several sources of one publisher share belongs
in `sources.publishers`, what is handed in in `sources.returns`, and reading files in `sources.reading.files`.
"""

from __future__ import annotations

from pathlib import Path

SAMPLES = Path(__file__).parent / "samples"
"""The sample edition, a folder for each source."""
