"""A source is read by the module that its file names, and by no other that happens to lie there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from thindicators.errors import PlanError
from thindicators.parsing.modules import module_of, require_modules, witness_module_of
from thindicators.parsing.parsing import is_read
from thindicators.plan.model import Plan
from thindicators.refreshing.refresh import is_fetched


def test_every_source_and_witness_of_the_plan_has_what_its_promise_names(plan: Plan) -> None:
    require_modules(plan)
    for source in plan.sources.values():
        assert callable(module_of(source).parse), source.id
        assert source.derived_from or callable(module_of(source).fetch), source.id
    for witness in plan.witnesses.values():
        assert callable(witness_module_of(witness).read), witness.id


def test_a_module_that_is_not_there_is_told_with_the_file_that_names_it(plan: Plan) -> None:
    lost = plan.sources["ncmp"].model_copy(update={"module": "sources.none_such"})
    wrong = replace(plan, sources={**plan.sources, "ncmp": lost})
    with pytest.raises(
        PlanError, match=r"sources/ncmp\.yaml.*module.*sources\.none_such cannot be imported"
    ):
        require_modules(wrong)


def test_a_source_without_a_module_is_neither_fetched_nor_read(plan: Plan) -> None:
    unread = plan.sources["ncmp"].model_copy(update={"module": ""})
    later = replace(plan, sources={**plan.sources, "ncmp": unread})
    indicator = plan.indicators["year_6_overweight"]
    assert (is_fetched(later, unread), is_read(later, indicator)) == (False, False)
    assert (is_fetched(plan, plan.sources["ncmp"]), is_read(plan, indicator)) == (True, True)
