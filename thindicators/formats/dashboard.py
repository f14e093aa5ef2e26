"""The example dashboard: one page that draws any indicator from the JSON files alone.

What belongs here: putting `dashboard.html` into a release, as it is. It shows how little a chart elsewhere needs: copy
it, and let `data-release` at its top name the address of a release.
"""

from __future__ import annotations

from pathlib import Path

PATH = "examples/dashboard.html"
_PAGE = Path(__file__).parent / "dashboard.html"


def write_dashboard(release: Path) -> None:
    """Write `examples/dashboard.html`."""
    path = release / PATH
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_PAGE.read_bytes())
