"""The JSON Schemas of the YAML files, made from the models, so that an editor completes and checks them."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from thindicators.contract import contract_files
from thindicators.plan.exceptions import ExceptionsFile
from thindicators.plan.model import Indicator, PlanFile, Source

_MODELS: dict[str, type[BaseModel]] = {
    "plan": PlanFile,
    "source": Source,
    "indicator": Indicator,
    "exceptions": ExceptionsFile,
}


def write_schema_files(folder: Path) -> list[Path]:
    """Write the schemas into a folder."""
    paths = []
    for name, text in _texts().items():
        path = folder / name
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def outdated() -> list[str]:
    """The schema files of the contract that do not say what the models say."""
    written = contract_files()
    names = []
    for name, text in _texts().items():
        if written.get(name) != text.encode():
            names.append(name)
    return names


def _texts() -> dict[str, str]:
    return {f"{name}.schema.json": _text(model) for name, model in _MODELS.items()}


def _text(model: type[BaseModel]) -> str:
    # The version that pydantic writes; editors that are not told take another for granted.
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(),
    }
    text = json.dumps(schema, indent=2, ensure_ascii=False)
    return f"{text}\n"
