"""YAML files read into models, with errors that name file, line and field.

What belongs here: parsing YAML, remembering lines, turning a validation error into a `PlanError`. What the fields mean
belongs in `plan`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from thindicators import plain_numbers
from thindicators.errors import PlanError

Location = tuple[str | int, ...]
# Many times as fast where PyYAML was built with libyaml; safe, or a file could run code.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
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

    def with_words(self, words: Mapping[str, str]) -> YamlFile:
        """The file with words such as `{subject}` replaced wherever they stand in a text.

        Args:
            words: What stands for each word, by the word without its braces.
        """
        # Other braces stay: a pattern in `ask` may have its own.
        by_placeholder = {f"{{{word}}}": text for word, text in words.items()}
        return replace(self, data=_with_words(self.data, by_placeholder))

    def line_of(self, location: Location) -> int:
        """The line of a field, or of the nearest field around it that the file does have."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def require(self, field: str, holds: bool, problem: str) -> None:
        """Refuse the file if something does not hold for one of its fields.

        Raises:
            PlanError: If it does not hold; it names the field and its line.
        """
        if not holds:
            raise PlanError(self.name, self.line_of((field,)), field, problem)

    def read_as(
        self,
        model: type[Model],
        under: Location = (),
    ) -> Model:
        """The file, or the part of it at `under`, as a model.

        Raises:
            PlanError: If a field is missing, unknown or wrong.
        """
        try:
            return model.model_validate(self._part(under))
        except ValidationError as invalid:
            # One at a time: what is wrong after the first is often wrong because of it.
            first = invalid.errors(include_url=False)[0]
        place = under + tuple(first["loc"])
        field = ".".join(map(str, place)) or "(file)"
        raise PlanError(
            self.name,
            self.line_of(place),
            field,
            _in_words(first, model),
        )

    def _part(self, under: Location) -> Any:
        part = self.data
        # What may be left out, such as `ask`, is read as if it were there and empty.
        for step in under:
            part = part.get(step, {}) if isinstance(part, dict) else part[step]
        return part


def _with_words(part: Any, by_placeholder: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {key: _with_words(value, by_placeholder) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_words(member, by_placeholder) for member in part]
    if isinstance(part, str) and "{" in part:
        for placeholder, text in by_placeholder.items():
            part = part.replace(placeholder, text)
    return part


def _in_words(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong with a field, and what it holds if that can be quoted in a line."""
    problem = error["msg"].removeprefix("Value error, ")
    if error["type"] == "missing":
        return problem + _what_it_holds(model, error["loc"])
    # Of a field that is missing, or that nobody knows, the value is that of the whole file.
    is_about_value = error["type"] not in ("missing", "extra_forbidden")
    is_short = not isinstance(error["input"], dict | list)
    if is_about_value and is_short:
        problem += f" (it says {error['input']!r})"
    return problem


def _what_it_holds(model: type[BaseModel], location: Location) -> str:
    """What a missing field of the model itself is for, and its allowed words, as an editor would show them."""
    field = model.model_fields.get(str(location[0])) if len(location) == 1 else None
    if field is None:
        return ""
    words = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    purpose = f": {field.description}" if field.description else ""
    choices = f" (one of {', '.join(map(str, words))})" if words else ""
    return purpose + choices


WHOLE_FILE = "(file)"
"""What an error names in the place of a field, where the file itself is at fault."""


def text_of_plan_file(path: Path, name: str) -> str:
    """The text of a plan's file, without the byte-order mark with which some programs begin it.

    Raises:
        PlanError: If it is absent, cannot be read or is no UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise PlanError(name, 1, WHOLE_FILE, f"cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        wrong = "is not UTF-8: save it as UTF-8, which Excel calls “CSV UTF-8”"
        raise PlanError(name, line, WHOLE_FILE, wrong) from problem


def load(path: Path, name: str | None = None) -> YamlFile:
    """Parse one YAML file.

    Raises:
        PlanError: If the file is absent or is not YAML.
    """
    name = name or path.name
    text = text_of_plan_file(path, name)
    try:
        loader = Loader(text)
        node = loader.get_single_node()
        _check_numbers(name, node)
        lines = dict(_lines(node, ()))
        data = loader.construct_document(node) if node is not None else {}
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        # PyYAML counts lines from nought, people and their editors from one.
        line = mark.line + 1 if mark else 1
        raise PlanError(
            name,
            line,
            WHOLE_FILE,
            f"is not YAML: {problem}",
        ) from problem
    return YamlFile(name, data, lines)


def _check_numbers(name: str, node: yaml.Node | None) -> None:
    """YAML 1.1 takes 010 for eight, 1:30 for ninety and 2021_22 for 202,122; a person means none of these."""
    if isinstance(node, yaml.ScalarNode):
        _, _, kind = node.tag.rpartition(":")
        is_plain = _IS_PLAIN.get(kind)
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
    if not plain_numbers.is_whole_number(text):
        return False
    return digits == "0" or not digits.startswith("0")


_IS_PLAIN = {"int": _is_plain_whole, "float": plain_numbers.is_number}


def _lines(
    node: yaml.Node | None,
    at: Location,
) -> list[tuple[Location, int]]:
    if node is None:
        return []
    lines = [(at, node.start_mark.line + 1)]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*at, _plain_key(key))
            lines += _lines(value, place)
            # After its value, whose line it replaces: a field begins where its name stands.
            lines.append((place, key.start_mark.line + 1))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines += _lines(value, (*at, index))
    return lines


def _plain_key(key: yaml.Node) -> str | int:
    if key.tag.endswith(":int"):
        return plain_numbers.whole_number(key.value)
    return str(key.value)
