"""What the tests of the public pages share: their content, and the pages beside the files of a real release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.samples import sample_outcomes, sample_release, sample_run_context
from tests.written import plan_at
from thindicators.comparing.latest_figures import latest_figures
from thindicators.comparing.verdicts import comparisons
from thindicators.comparing.witness_words import witness_sentences
from thindicators.formats.files import all_descriptions
from thindicators.observations.tables import table_schemas
from thindicators.outcomes.outcome import Outcome
from thindicators.parsing.councils_elsewhere import read_elsewhere
from thindicators.plan.model import Plan
from thindicators.refreshing import witnessing
from thindicators.site.content import Content, parts_of
from thindicators.site.log import continued
from thindicators.site.page_charts import begin_charts
from thindicators.site.pages import site


def content_of(
    plan: Plan, outcomes: Sequence[Outcome], is_sample: bool = True, release: Path | None = None
) -> Content:
    """The content of the pages of a first release, with the downloads of a release's folder, if there is one."""
    whole = plan_at(release, plan, outcomes, release.name) if release else None
    elsewhere = read_elsewhere(sample_run_context(), outcomes) if release else []
    return Content(
        plan,
        parts_of(plan, outcomes, latest_figures(plan, outcomes, comparisons(plan, outcomes))),
        {outcome.indicator: continued(plan, outcome, None, []) for outcome in outcomes},
        is_sample,
        {},
        table_schemas(),
        whole.downloads if whole else {},
        all_descriptions(whole) if whole else {},
        witness_sentences(plan, outcomes, witnessing.hear(sample_run_context())) if release else {},
        {figures.indicator: figures.councils for figures in elsewhere},
    )


@pytest.fixture(scope="session")
def published() -> Path:
    """A release of the sample edition, as a reader finds it."""
    return sample_release()


@pytest.fixture(scope="session")
def content(plan: Plan, published: Path) -> Content:
    return content_of(plan, sample_outcomes(), release=published)


@pytest.fixture(scope="session")
def pages(content: Content) -> dict[str, str]:
    return pages_of(content)


def pages_of(content: Content) -> dict[str, str]:
    """All files of the site of some content."""
    return site(content, begin_charts(content.parts))
