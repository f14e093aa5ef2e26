"""Asks: what each indicator asks of its sources and witnesses, read as they would read it, before anybody is asked.

What belongs here: that every ask is one its source knows, and that no two indicators ask for the same figures. What a
source may be asked belongs to its module, in the model `Ask`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thindicators.parsing.modules import module_of, require_modules, witness_module_of
from thindicators.plan.model import Indicator, Plan


@dataclass(frozen=True)
class Ask:
    """What one indicator asks of one source or witness.

    Attributes:
        indicator: As the source sees it.
        source: Its id.
        content: The whole question as the source understands it, with what it takes for granted written out.
    """

    indicator: Indicator
    source: str
    content: str


def check_asks(plan: Plan) -> None:
    """Read what every indicator asks.

    Raises:
        PlanError: If a module is not there, if one is asked for what it does not know, or if two indicators ask the same.
    """
    require_modules(plan)
    askers: dict[tuple[str, str], str] = {}
    for ask in _asks(plan):
        own = ask.indicator.id
        question = (ask.source, ask.content)
        asker = askers.setdefault(question, own)
        # A file that was copied and not changed would publish one indicator's figures under the name of another.
        if asker != own:
            problem = (
                f"asks the same of {ask.source} as indicators/{asker}.yaml, "
                "so that both would publish the same figures"
            )
            raise ask.indicator.wrong("ask", problem)


def _asks(plan: Plan) -> Iterator[Ask]:
    for indicator in plan.indicators.values():
        # Whoever follows one that has left the plan may ask what it asked.
        if not indicator.is_asked_for:
            continue
        for source in indicator.sources:
            yield _ask_of_source(plan, indicator.seen_by(source))
        for witness in indicator.witnesses:
            yield _ask_of_witness(plan, indicator.asked_of(witness.source))


def _ask_of_source(plan: Plan, indicator: Indicator) -> Ask:
    source = indicator.source
    module = module_of(plan.sources[source])
    question = indicator.read_ask(module.Ask)
    content = _in_order(question.model_dump(mode="json"))
    return Ask(indicator, source, content)


def _ask_of_witness(plan: Plan, indicator: Indicator) -> Ask:
    witness = indicator.source
    module = witness_module_of(plan.witnesses[witness])
    question = indicator.read_ask(module.Ask)
    # Some witnesses refuse more than their model can: what is no part of their data.
    module.part_of(indicator)
    content = _in_order(question.model_dump(mode="json"))
    return Ask(indicator, witness, content)


def _in_order(value: object) -> str:
    """A value of JSON as text in which the order of lists and fields makes no difference."""
    if isinstance(value, dict):
        fields = []
        for name, member in value.items():
            fields.append(f"{name!r}: {_in_order(member)}")
        return f"fields {sorted(fields)}"
    if isinstance(value, list):
        members = map(_in_order, value)
        return f"list {sorted(members)}"
    return repr(value)
