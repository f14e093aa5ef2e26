"""Of each call to action the front page counts how its indicators stand beside London and England."""

from __future__ import annotations

from thindicators.site.content import Content
from thindicators.site.tallies import tallies


def test_a_call_to_action_counts_each_of_its_indicators_once(content: Content) -> None:
    of_call = [part for part in content.parts if part.indicator.call_to_action == 4]
    for tally in tallies(of_call):
        counted = [int(count.split()[0]) for count in tally.counts]
        assert sum(counted) == len(of_call)
    london, england = tallies(of_call)
    assert (london.name, england.name) == ("London", "England")
    assert london.counts[0].endswith(" worse")
