"""The alarm: what needs a person after a refresh, and telling them.

What belongs here: finding the troubles of an installation and putting them into words. How they are sent, and that none is
told twice, belongs in `thindicators.telling.alerts`. A sample edition alarms nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from thindicators.context import RunContext
from thindicators.editions import held_edition
from thindicators.outcomes.told import short
from thindicators.plan.model import Indicator
from thindicators.refreshing import refresh
from thindicators.refreshing.refused import refused_returns
from thindicators.settings import Settings
from thindicators.telling.alerts import Trouble, tell
from thindicators.telling.channels import channels

_LAST_GOOD = "The last good figures stay published, marked stale with this reason; everything else is published."


def alert(run_context: RunContext) -> list[str]:
    """Tell people what failed, is held or was refused, and what is well again; each once.

    Returns:
        The channels on which a message was sent.
    """
    if run_context.is_sample or not any(channels(run_context.settings.alerts)):
        return []
    return tell(run_context.settings, troubles(run_context))


def alert_of_run(
    settings: Settings,
    job: str,
    reason: str,
) -> list[str]:
    """Tell people that a run broke off before it could say itself what failed.

    Returns:
        The channels on which a message was sent.
    """
    if held_edition(settings) != "live":
        return []
    broke_off = Trouble(
        "run",
        f"A run of {job} broke off.",
        reason,
        "The release before stands, as it was.",
        "Do what the reason says; then run `thindicators publish`, or the job again in the UI.",
    )
    return tell(
        settings,
        {f"run of {job}": broke_off},
        these_are_all=False,
    )


def troubles(run_context: RunContext) -> dict[str, Trouble]:
    """Everything that needs a person, by a name that stays."""
    found = {
        name: _failure(run_context, name, why)
        for name, why in refresh.failures(run_context).items()
    }
    return {**found, **dict(_refused(run_context))}


def _failure(
    run_context: RunContext,
    name: str,
    why: str,
) -> Trouble:
    indicator = run_context.plan.indicators.get(name)
    if indicator is None:
        return _of_source(run_context, name, why)
    store = refresh.outcomes(run_context)
    if waiting := store.waiting(name):
        source, *others = waiting
        # Of two parts that wait, each reason names its own command.
        sum_told = "" if others else store.sum_held(name, source)
        return Trouble(
            "held",
            f"New figures are held: {indicator.title}.",
            why,
            _LAST_GOOD,
            how_to_accept(
                indicator,
                "" if others else source,
                sum_told,
            ),
        )
    return Trouble(
        "failed", f"Not read: {indicator.title}.", why, _LAST_GOOD, how_to_mend(indicator.source)
    )


def _of_source(
    run_context: RunContext,
    source: str,
    why: str,
) -> Trouble:
    plan = run_context.plan
    fed = dict.fromkeys(one.id for one in plan.indicators_of(source))
    titles = ", ".join(plan.indicators[one].title for one in fed)
    what = f"{plan.sources[source].title} could not be fetched ({titles})."
    return Trouble(
        "failed",
        what,
        why,
        _LAST_GOOD,
        how_to_mend(source),
        sameness=_answer_of(run_context, source),
    )


def _answer_of(run_context: RunContext, source: str) -> str:
    """With what a publisher answered a failed fetch; empty if it did not, or if its words say what is wrong."""
    fetched = run_context.store.last_fetch(source)
    # An error page may have other words every day, and be the same trouble.
    if fetched is None or not fetched.failure_facts.status:
        return ""
    facts = fetched.failure_facts
    return f"{facts.kind} {facts.status}"


def how_to_accept(
    indicator: Indicator,
    source: str = "",
    sum_told: str = "",
) -> str:
    """What to do about held figures, or about those of one of several sources.

    Args:
        indicator: Whose figures are held.
        source: The id of the source, where the indicator has several.
        sum_told: The sum of what is held; empty to accept what was told first.
    """
    named = f" --source {source}" if source else ""
    named += f" --sum {short(sum_told)}" if sum_told else ""
    return (
        "See what the publisher says about it. If the new figures are right, run "
        f'`thindicators accept {indicator.id}{named} --reason "…"`, then `thindicators publish`; '
        "in the UI, the job accept_held."
    )


def how_to_mend(source: str) -> str:
    """What to do about a source that failed."""
    return (
        "What the reason says. It is tried again at every refresh; "
        f"`thindicators probe {source}` says whether the way to the publisher is right."
    )


def _refused(run_context: RunContext) -> Iterator[tuple[str, Trouble]]:
    for refused in refused_returns(run_context):
        name = refused.file.name
        yield (
            f"return {name}",
            Trouble(
                "return",
                f"A return was refused: {name}.",
                refused.in_short,
                "Nothing of it is published; the last good return stands.",
                refused.what_to_do,
            ),
        )
