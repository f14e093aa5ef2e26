"""What indicators ask is read before anybody is asked: misspelt, copied and homeless asks are refused with their file."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel
from typer.testing import CliRunner

from assets.command_line import typer_app
from assets.repository import definitions
from tests.support import ROOT
from thindicators.errors import PlanError
from thindicators.parsing.modules import module_of, witness_module_of
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan
from thindicators.refreshing.asks import check_asks
from thindicators.settings import Settings

PLAN = load_plan(ROOT / "schemas")
OVERWEIGHT = "year_6_overweight"
ASKS = [
    (indicator.id, part)
    for indicator in PLAN.indicators.values()
    for part in [("ask",), *(("also", source, "ask") for source in indicator.also)]
]
"""Every ask of the plan: its indicator, and where in the file it stands."""


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))


def read(schemas: Path, indicator: str) -> dict[str, Any]:
    text = (schemas / "indicators" / f"{indicator}.yaml").read_text(encoding="utf-8")
    # Without anchors, by which two parts of a file would be changed at once.
    content: dict[str, Any] = yaml.safe_load(text)
    return {name: copy.deepcopy(part) for name, part in content.items()}


def write(schemas: Path, content: dict[str, Any]) -> None:
    path = schemas / "indicators" / f"{content['id']}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")


def copied(schemas: Path, indicator: str, **changes: object) -> str:
    """Copy an indicator's file under another name; gives the copy's id."""
    content = {**read(schemas, indicator), "id": f"{indicator}_too", "witnesses": [], **changes}
    write(schemas, content)
    return str(content["id"])


def refused(schemas: Path) -> PlanError:
    with pytest.raises(PlanError) as error:
        check_asks(load_plan(schemas))
    return error.value


def test_every_ask_of_the_plan_is_one_and_no_two_are_the_same() -> None:
    check_asks(PLAN)


@pytest.mark.parametrize(("indicator", "part"), ASKS)
def test_a_field_that_no_source_knows_is_refused(
    schemas: Path, indicator: str, part: tuple[str, ...]
) -> None:
    content = read(schemas, indicator)
    ask = content
    for step in part:
        ask = ask.setdefault(step, {})
    ask["colour"] = "blue"
    write(schemas, content)
    error = refused(schemas)
    assert error.file == f"indicators/{indicator}.yaml"
    assert error.field == ".".join([*part, "colour"])


class TestAMisspeltField:
    @pytest.mark.parametrize(
        ("indicator", "old", "new"),
        [
            (OVERWEIGHT, "indicator_id", "indicator_ids"),
            (OVERWEIGHT, "sex", "Sex"),
            ("co2_emissions", "dataset", "data_set"),
            ("employee_jobs", "measure", "mesure"),
        ],
    )
    def test_is_refused(self, schemas: Path, indicator: str, old: str, new: str) -> None:
        path = schemas / "indicators" / f"{indicator}.yaml"
        text = path.read_text(encoding="utf-8")
        assert f"\n  {old}:" in text
        path.write_text(text.replace(f"\n  {old}:", f"\n  {new}:"), encoding="utf-8")
        assert refused(schemas).file == f"indicators/{indicator}.yaml"

    def test_of_what_is_asked_of_a_witness_is_refused(self, schemas: Path) -> None:
        content = read(schemas, OVERWEIGHT)
        content["witnesses"] = [{"source": "ons_els", "ask": {"foldr": "x"}, "decimals": 1}]
        write(schemas, content)
        assert refused(schemas).field.startswith("witnesses.0.ask")


class TestACopiedFile:
    """Published, it would put one indicator's figures under the name of another."""

    def test_with_only_its_id_changed_is_refused(self, schemas: Path) -> None:
        copy = copied(schemas, OVERWEIGHT)
        error = refused(schemas)
        assert error.file == f"indicators/{copy}.yaml"
        assert f"the same of ncmp as indicators/{OVERWEIGHT}.yaml" in error.problem

    def test_with_another_title_and_definition_is_refused(self, schemas: Path) -> None:
        copied(schemas, OVERWEIGHT, title="Children who read", definition="Those who read.")
        assert "the same of ncmp" in refused(schemas).problem

    def test_with_its_ask_in_another_order_is_refused(self, schemas: Path) -> None:
        ask = read(schemas, OVERWEIGHT)["ask"]
        turned = {name: ask[name] for name in reversed(ask)}
        turned["name_has"] = list(reversed(ask["name_has"]))
        copied(schemas, OVERWEIGHT, ask=turned)
        assert "the same of ncmp" in refused(schemas).problem

    def test_with_what_goes_without_saying_written_out_is_refused(self, schemas: Path) -> None:
        ask = {**read(schemas, "neet_16_17")["ask"], "series": ""}
        copied(schemas, "neet_16_17", ask=ask)
        assert "the same of dfe_neet" in refused(schemas).problem

    @pytest.mark.parametrize("indicator", sorted(PLAN.indicators))
    def test_of_any_indicator_is_refused(self, schemas: Path, indicator: str) -> None:
        copied(schemas, indicator)
        assert "asks the same of" in refused(schemas).problem

    def test_that_asks_for_something_else_is_none(self, schemas: Path) -> None:
        ask = {**read(schemas, OVERWEIGHT)["ask"], "sex": "Male"}
        copied(schemas, OVERWEIGHT, ask=ask)
        check_asks(load_plan(schemas))

    def test_is_refused_by_the_command_and_before_a_refresh(
        self, schemas: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copied(schemas, OVERWEIGHT)
        monkeypatch.setenv("THINDICATORS_SCHEMAS", str(schemas))
        ran = CliRunner().invoke(typer_app, ["check-plan"])
        assert isinstance(ran.exception, PlanError)
        with pytest.raises(PlanError, match="asks the same"):
            definitions(Settings(schemas=schemas))


class TestASourceWithoutItsModule:
    def test_is_refused_by_its_file(self, schemas: Path) -> None:
        path = schemas / "sources" / "ncmp.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("module: sources.ncmp\n", ""), encoding="utf-8")
        with pytest.raises(PlanError, match=r"sources/ncmp\.yaml.*module"):
            load_plan(schemas)

    @pytest.mark.parametrize("module", ["sources.reading.cells", "sources.ncpm", "os.path"])
    def test_is_refused_if_it_names_what_is_none(self, schemas: Path, module: str) -> None:
        path = schemas / "sources" / "ncmp.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("sources.ncmp", module), encoding="utf-8")
        error = refused(schemas)
        assert (error.file, error.field) == ("sources/ncmp.yaml", "module")


def modules() -> list[ModuleType]:
    read_by = [module_of(source) for source in PLAN.sources.values()]
    compared_by = [witness_module_of(witness) for witness in PLAN.witnesses.values()]
    return [*read_by, *compared_by]  # type: ignore[list-item]


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, with those of their own fields."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    for inner in get_args(annotation):
        yield from models_in(inner)


def test_every_model_of_an_ask_knows_all_its_fields() -> None:
    """But those of a source of which another one is made: they see its ask, and it knows all the fields."""
    parts = {part for source in PLAN.sources.values() for part in source.derived_from}
    parts_of_others = {module_of(PLAN.sources[part]).Ask for part in parts}
    for module in modules():
        for model in models_in(module.Ask):
            assert model.model_config.get("extra") == "forbid" or model in parts_of_others, model


def test_the_plan_of_this_test_has_asks_of_every_source(plan: Plan) -> None:
    asked = {source for indicator in plan.indicators.values() for source in indicator.sources}
    assert len(ASKS) >= len(asked)
