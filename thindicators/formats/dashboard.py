"""The example dashboard: one page that draws any indicator from the JSON files alone.

What belongs here: putting `dashboard.html` into a release, as it is. It shows how little a chart elsewhere needs: copy
it, and let `data-release` at its top name the address of a release.
"""

from __future__ import annotations

from pathlib import Path

from thindicators.formats.published import PublishedPlan

PATH = "examples/dashboard.html"
_PAGE = Path(__file__).parent / "dashboard.html"


def example_dashboard(_whole: PublishedPlan) -> dict[str, bytes]:
    """The example, by its path; it is the same in every release."""
    return {PATH: _PAGE.read_bytes()}
