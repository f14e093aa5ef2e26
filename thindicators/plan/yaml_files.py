"""YAML files read into models, with errors that name file, line and field.

What belongs here: parsing YAML, remembering lines, turning a validation error into a `PlanError`. What the fields mean
belongs in `plan`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from thindicators import plain_numbers
from thindicators.errors import PlanError

Location = tuple[str | int, ...]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class YamlFile:
    """One parsed file.

    Attributes:
        name: How the file is named to people, relative to `schemas/`.
        data: What it holds.
        lines: The line of every field, by its location.
    """

    name: str
    data: Any
    lines: Mapping[Location, int]

    def line_of(self, location: Location) -> int:
        """The line of a field, or of the nearest field around it that the file does have."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def read_as(self, model: type[Model], under: Location = ()) -> Model:
        """The file, or the part of it at `under`, as a model.

        Raises:
            PlanError: If a field is missing, unknown or wrong.
        """
        try:
            return model.model_validate(self._part(under))
        except ValidationError as invalid:
            first = invalid.errors(include_url=False)[0]
            place = under + tuple(first["loc"])
            problem = first["msg"].removeprefix("Value error, ")
            if first["type"] not in ("missing", "extra_forbidden") and not isinstance(
                first["input"], dict | list
            ):
                problem += f" (it says {first['input']!r})"
            raise PlanError(
                self.name,
                self.line_of(place),
                ".".join(map(str, place)) or "(file)",
                problem,
            ) from None

    def _part(self, under: Location) -> Any:
        part = self.data
        for step in under:
            part = part.get(step, {}) if isinstance(part, dict) else part[step]
        return part


def load(path: Path, name: str | None = None) -> YamlFile:
    """Parse one YAML file.

    Raises:
        PlanError: If the file is absent or is not YAML.
    """
    name = name or path.name
    try:
        text = path.read_text(encoding="utf-8")
        loader = _Loader(text)
        node = loader.get_single_node()
        _check_numbers(name, node)
        lines = dict(_lines(node, ()))
        data = loader.construct_document(node) if node is not None else {}
    except OSError as problem:
        raise PlanError(
            name,
            1,
            "(file)",
            f"cannot be read: {problem.strerror}",
        ) from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        raise PlanError(
            name,
            mark.line + 1 if mark else 1,
            "(file)",
            f"is not YAML: {problem}",
        ) from problem
    return YamlFile(name, data, lines)


def _check_numbers(name: str, node: yaml.Node | None) -> None:
    """YAML 1.1 takes 010 for eight, 1:30 for ninety and 2021_22 for 202,122; a person means none of these."""
    if isinstance(node, yaml.ScalarNode):
        is_plain = _IS_PLAIN.get(node.tag.rpartition(":")[2])
        if is_plain and not is_plain(node.value):
            problem = f"{node.value} is no number in plain digits; text goes in quotes"
            raise PlanError(
                name,
                node.start_mark.line + 1,
                "(file)",
                problem,
            )
        return
    # The members of a mapping are pairs of nodes, those of a sequence are nodes.
    for member in node.value if isinstance(node, yaml.CollectionNode) else ():
        for inner in member if isinstance(member, tuple) else (member,):
            _check_numbers(name, inner)


def _is_plain_whole(text: str) -> bool:
    """Whether a whole number is written as it is counted: no zero before other digits, which YAML takes for octal."""
    digits = text.lstrip("+-")
    return plain_numbers.is_whole_number(text) and (digits == "0" or not digits.startswith("0"))


_IS_PLAIN = {"int": _is_plain_whole, "float": plain_numbers.is_number}


def _lines(node: yaml.Node | None, at: Location) -> list[tuple[Location, int]]:
    if node is None:
        return []
    found = [(at, node.start_mark.line + 1)]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*at, _plain_key(key))
            found += _lines(value, place)
            found.append((place, key.start_mark.line + 1))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            found += _lines(value, (*at, index))
    return found


def _plain_key(key: yaml.Node) -> str | int:
    return plain_numbers.whole_number(key.value) if key.tag.endswith(":int") else str(key.value)
