"""All public pages of the sample edition: how long it takes to make them, with their charts and verdicts."""

from __future__ import annotations

import time

from rich.console import Console

from tests.samples import sample_outcomes, sample_release
from tests.support import ROOT
from tests.thindicators.site.conftest import content_of, pages_of
from thindicators.plan.loading import load_plan
from thindicators.site.pages import paths


def measure(console: Console) -> None:
    """Make them from outcomes that were read before, and print how long it took."""
    plan = load_plan(ROOT / "schemas")
    outcomes, release = sample_outcomes(), sample_release()
    began = time.monotonic()
    content = content_of(plan, outcomes, release=release)
    pages_of(content)
    seconds = time.monotonic() - began
    console.print(
        f"All {len(paths(content))} pages of the sample edition: {seconds:.1f} s (limit 8 s)."
    )
