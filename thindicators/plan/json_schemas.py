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
    for name, text in _texts().items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in _texts()]


def outdated() -> list[str]:
    """The schema files of the contract that do not say what the models say."""
    written = contract_files()
    return [name for name, text in _texts().items() if written.get(name) != text.encode()]


def _texts() -> dict[str, str]:
    return {
        f"{name}.schema.json": json.dumps(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                **model.model_json_schema(),
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, model in _MODELS.items()
    }
