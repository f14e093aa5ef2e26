"""Accepting held figures from the UI's launchpad, as `thindicators accept` does on the command line."""

from dagster import Config, OpExecutionContext, job, op
from pydantic import Field

from assets.refusing import failing_in_words
from assets.resources import RunContextResource
from thindicators.outcomes.holds import accept
from thindicators.refreshing import refresh
from thindicators.refreshing.waiting import indicator_meant
from thindicators.telling.calendar import london_day


class Acceptance(Config):
    """What to accept, and why."""

    indicator: str = Field(
        description="Title or id of the indicator whose new figures are held, such as year_6_overweight."
    )
    reason: str = Field(
        description="Why the new figures are right, on one line; the release tells its readers."
    )
    source: str = Field(
        default="", description="Id of the source, if figures of two of its sources are held."
    )
    sum: str = Field(
        default="",
        description=(
            "The short sum that is told with the held figures, so that no others are accepted; empty for those that "
            "were told first since figures wait."
        ),
    )


@op
def accept_held_figures(
    context: OpExecutionContext, config: Acceptance, run_context: RunContextResource
) -> None:
    """Let held figures take the place of the last good ones."""
    with failing_in_words(), run_context.at_work() as opened:
        outcome = accept(
            refresh.outcomes(opened),
            indicator_meant(opened, config.indicator),
            config.reason,
            london_day(opened.now()).isoformat(),
            config.source,
            config.sum,
        )
    closed = ", ".join(outcome.accepted[-1].closed) or "none"
    context.log.info(
        f"Accepted. Series that ended: {closed}. Run the job republish to publish them."
    )


@job(
    description="Accept held figures of one indicator, with a reason; they are in the next release."
)
def accept_held() -> None:
    """One op."""
    accept_held_figures()
