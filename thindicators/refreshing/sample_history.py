"""The sample's history: the releases that would have been published, had this project run when figures came out.

What belongs here: which days have news, and publishing what was public on each, in order, so that vintages, revisions
and holds can be seen on real history. Which folder holds what was public on a day belongs in
`thindicators.fetching.sample_vintages`.

A source whose earlier releases are not known takes part from the last day on, with its newest release: on an earlier
day it would tell what was not public yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path

from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.fetching.sample_vintages import vintages
from thindicators.parsing import parsing
from thindicators.refreshing import refresh
from thindicators.release.publishing import Release, latest, publish


@dataclass(frozen=True)
class Published:
    """What was published of one day.

    Attributes:
        day: On which publishers released something.
        release: What was published then.
        sources: The sources that had news.
        held: The indicators whose new figures wait for somebody's word.
    """

    day: date
    release: Release
    sources: tuple[str, ...]
    held: tuple[str, ...]


def days(samples: Path) -> dict[date, list[str]]:
    """The days on which a publisher released something that the sample still has, and the sources, in order."""
    news: dict[date, list[str]] = {}
    for sample in sorted(path for path in samples.iterdir() if path.is_dir()):
        for day in vintages(sample):
            news.setdefault(day, []).append(sample.name)
    return dict(sorted(news.items()))


def publish_history(run_context: RunContext, tell: Callable[[Published], None]) -> list[Published]:
    """Publish what was public on each day, the oldest first; the newest figures are left to `publish`.

    Args:
        run_context: Of the sample edition, with nothing published yet.
        tell: Is given each release as it is made.

    Raises:
        ThindicatorsError: If the edition is live, or something is published already: history is not written backwards.
    """
    if not run_context.is_sample:
        raise ThindicatorsError(
            "Only the sample edition has a history to publish. Set --edition sample, or nothing."
        )
    if latest(run_context.settings.published) is not None:
        raise ThindicatorsError(
            f"{run_context.settings.published} has releases already, and older figures never come after newer ones. "
            "Run `thindicators forget-sample` first, or choose other folders."
        )
    made = []
    for published in _published(run_context):
        tell(published)
        made.append(published)
    return made


def _published(run_context: RunContext) -> Iterator[Published]:
    asked: set[str] = set()
    for day, news in days(run_context.samples).items():
        on_that_day = replace(
            run_context,
            known_on=day,
            now=partial(
                datetime.combine,
                day,
                time(12),
                UTC,
            ),
        )
        asked.update(source for source in news if source in run_context.plan.sources)
        for source in news:
            refresh.fetch(on_that_day, source)
        for indicator in _fed_by(run_context, asked):
            refresh.read_or_stand(on_that_day, indicator)
        outcomes = refresh.all_outcomes(on_that_day)
        held = tuple(outcome.indicator for outcome in outcomes if outcome.held)
        yield Published(
            day,
            publish(on_that_day, outcomes),
            tuple(news),
            held,
        )


def _fed_by(run_context: RunContext, asked: set[str]) -> list[str]:
    """The indicators that these sources feed, those of several sources too, in the order of the plan."""
    return [
        indicator.id
        for indicator in run_context.plan.indicators.values()
        if set(parsing.fetched_for(run_context.plan, indicator)) & asked
    ]
