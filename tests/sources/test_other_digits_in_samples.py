"""To every source, a digit of another script is a strange letter like any: it reads no year, period or figure from it.

In each file of each sample, one column of a CSV, one member of a JSON document or all text of a workbook is written in
other digits, and then with a letter for every digit. What comes of the two must be the same: both are refused, or both
give the same figures. A reader that takes other digits for plain ones gives the good sample's figures for the first.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.damage.letters import each_part_changed
from tests.sources.sample_readings import PLAN, READ, sample
from tests.support import module_of
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import table_of

PLAIN = "0123456789"
OTHER = str.maketrans(PLAIN, "٠١٢٣٤٥٦٧٨٩")
STRANGE = str.maketrans(PLAIN, "§" * len(PLAIN))


def outcome(source: str, snapshots: Mapping[str, Snapshot]) -> list[object]:
    """The figures of each of a source's indicators, or that they are refused."""
    found: list[object] = []
    for indicator in sample(source).indicators:
        try:
            rows = module_of(source).parse(indicator, snapshots)
            table_of(rows, PLAN.area_names)
        except ThindicatorsError:
            found.append("refused")
            continue
        found.append(
            {
                (row.area_code, row.period.iso, row.breakdown, row.category, row.value)
                for row in rows
            }
        )
    return found


FILES = [(source, role) for source in READ for role in sorted(sample(source).snapshots)]


@pytest.mark.parametrize(("source", "role"), FILES)
def test_other_digits_are_strange_letters(source: str, role: str) -> None:
    content = sample(source).snapshots[role].content
    in_other_digits = each_part_changed(content, lambda text: text.translate(OTHER))
    in_strange_letters = each_part_changed(content, lambda text: text.translate(STRANGE))
    for (name, other), (_, strange) in zip(in_other_digits, in_strange_letters, strict=True):
        came = outcome(source, sample(source).with_content(role, other))
        expected = outcome(source, sample(source).with_content(role, strange))
        # A label in such digits is refused, since a person would read days in it; strange letters are mere words.
        for figures, figures_of_words in zip(came, expected, strict=True):
            assert figures in ("refused", figures_of_words), f"{name} of {role}"
