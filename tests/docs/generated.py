"""Parts of the documents that are made from the code, so that they cannot go out of date.

What belongs here: making the text of each part, and putting it between its marks. What stands around it is written by
hand. `python -m tests.docs` writes them all; `test_generated.py` compares.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

import typer

from assets.command_line import typer_app
from tests.support import ROOT
from thindicators.comparing.explained import UNCERTAINTY, methods
from thindicators.plan.rules import RULES
from thindicators.storage.sums import SUMS
from thindicators.telling.calendar import State

ARCHITECTURE, OPERATING, DATA, METHODS = (
    ROOT / "docs" / name for name in ("ARCHITECTURE.md", "operating.md", "data.md", "methods.md")
)

_PLAIN_IN_LINKS = ":/?=&#;.-_~%"
"""All else in an address is encoded: the parentheses of some DOIs would end a link."""

Descriptor = Mapping[str, Any]

STATES = {
    State.HELD: "new figures contradict published ones and wait for somebody's word",
    State.FAILED: "the last refresh could not read the figures, or they broke a rule",
    State.NOT_ASKED: "no refresh has asked its publisher",
    State.LATE: "figures that were to be out by now, with a grace, have not come",
    State.WAITING: "the council has to hand in a return",
    State.NO_FIGURES: "its publisher was asked and has none",
    State.DUE: "a release is expected in these days",
    State.PAUSED: "its publisher has paused the figures; never late",
    State.ENDED: "its only series has ended, or it has left the plan",
    State.NOT_COVERED: "none of its sources has figures of the plan's own area; nobody is asked",
    State.UP_TO_DATE: "nothing is to be done",
}
"""What each state of an indicator means."""

FILES = {
    "index.html": "the front page",
    "404.html": "the page for an address that is not there",
    "<page>/index.html": "pages about the release: downloads, dictionary, sources, calendar, revisions, how "
    "figures are compared, accessibility",
    "style.css": "of the pages",
    "script.js": "of the pages, which do without it",
    "sitemap.xml": "for search engines; only with a public address",
    "robots.txt": "for search engines; only with a public address",
    "examples/dashboard.html": "a dashboard that reads only the JSON files",
    "datapackage.json": "the description of all tables, by the Data Package standard",
    "catalogue.jsonld": "the release as a catalogue for data portals (DCAT)",
    "csv-metadata.json": "the same tables as one group, for CSVW readers",
    "index.json": "a list of all indicators with their latest figures, for charts elsewhere",
    "latest.json": "the rows of `latest.csv`, for charts elsewhere",
    "openapi.json": "the addresses of a release, for programs that read it over the web (OpenAPI)",
    "board-slides.pptx": "slides for a partnership board, with charts that can be edited",
    "board-paper.docx": "a paper of about two pages for a partnership board",
    "json-schemas/<name>.json": "what the JSON files hold",
    "inputs.json": "what the release was made from, for `verify`",
    "plan-files.zip": "the plan that the release was made by: what was defined and asked then",
    "SHA256SUMS": "the sum of every file",
    "CHANGES.md": "what differs from the release before, in sentences",
    "feed.xml": "the same for feed readers",
    "<plan>.zip": "the whole data package as one file",
    "<table>.csv": "the tables below",
    "<table>.csv-metadata.json": "what the columns of a table hold, for CSVW readers",
    "observations.parquet": "the same rows as `observations.csv`",
    "<table>.parquet": "the same rows as `<table>.csv`, of the tables that dashboards join",
    "all-indicators.xlsx": "all indicators by year for spreadsheets, with the latest figures and a cover sheet",
    "power-bi.m.txt": "a query that gives all tables in Power BI",
    "duckdb.sql": "views of all tables in DuckDB",
    "by_year/<year>/observations.parquet": "the same rows by year",
    "indicators/<id>/index.html": "the page of an indicator",
    "indicators/<id>/datapackage.json": "its description: definition, licence, state, warnings, changes",
    "indicators/<id>/<id>.csv": "its figures; an empty table where there are none",
    "indicators/<id>/<id>.csv-metadata.json": "what its columns hold, for CSVW readers",
    "indicators/<id>/<id>.parquet": "the same rows",
    "indicators/<id>/<id>.json": "the same for charts elsewhere",
    "indicators/<id>/<id>.expectations.json": "what its figures must be like, for Great Expectations",
    "indicators/<id>/<id>.xlsx": "the same for spreadsheets, with a cover sheet",
    "indicators/<id>/<id>.zip": "its data package as one file",
}
"""What each kind of file in a release is."""

ONLY_WITH_ADDRESS = {"sitemap.xml", "robots.txt"}
"""The files of a release that is served at a public address, and is none of the sample edition."""

_KINDS = (
    (r"by_year/\d{4}/", "by_year/<year>/"),
    (r"indicators/(\w+)/\1\.", "indicators/<id>/<id>."),
    (r"indicators/\w+/", "indicators/<id>/"),
    (r"json-schemas/\w+\.json", "json-schemas/<name>.json"),
    (r"[a-z]+/index\.html", "<page>/index.html"),
    (r"[a-z_]+\.csv$", "<table>.csv"),
    (r"(?!observations)[a-z_]+\.parquet", "<table>.parquet"),
    (r"[a-z_]+\.csv-metadata\.json", "<table>.csv-metadata.json"),
    (r"(?!plan-files)[a-z0-9-]+\.zip", "<plan>.zip"),
)
"""How the kind of a file is told from its path; the first that fits counts."""


def kind_of(path: str) -> str:
    """The kind of a file of a release: its path with names of years, indicators and tables left open."""
    for pattern, kind in _KINDS:
        if re.match(pattern, path):
            return re.sub(pattern, kind, path, count=1)
    return path


def files_of(release: Path) -> set[str]:
    """The kinds of files of a release."""
    listed = (release / SUMS).read_text(encoding="utf-8").splitlines()
    paths = [line.split(maxsplit=1)[1] for line in listed]
    return {kind_of(path) for path in [*paths, SUMS]}


def rooms() -> str:
    """The rooms of the domain from the top floor to the lowest, in the words of their own first lines."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    floors = next(
        contract["layers"]
        for contract in contracts
        if contract.get("containers") == ["thindicators"]
    )
    names = [name for floor in floors for name in re.split(r" [|:] ", floor)]
    return _table(
        ("room", "what is in it"), ((f"`{_path(name)}`", _first_sentence(name)) for name in names)
    )


def _path(room: str) -> str:
    folder = ROOT / "thindicators" / room
    return f"thindicators/{room}/" if folder.is_dir() else f"thindicators/{room}.py"


def _first_sentence(room: str) -> str:
    text = import_module(f"thindicators.{room}").__doc__ or ""
    return " ".join(text.split("\n\n")[0].split())


def states() -> str:
    """The states of an indicator, the one that counts first."""
    return _table(("state", "meaning"), ((state.value, STATES[state]) for state in State))


def commands() -> str:
    """Every command with its options, in the words of its own help."""
    group = typer.main.get_command(typer_app)
    assert isinstance(group, typer.core.TyperGroup)
    rows = []
    for name, command in sorted(group.commands.items()):
        arguments = [_argument(parameter) for parameter in command.params]
        usage = " ".join([f"thindicators {name}", *arguments])
        rows.append((f"`{usage}`", (command.help or "").split("\n\n")[0].replace("\n", " ")))
    return _table(("command", "what it does"), rows)


def _argument(parameter: Any) -> str:
    """An argument or an option as a line of usage writes it."""
    if parameter.param_type_name == "argument":
        # An argument that takes any number of values, as `probe` does, has -1 for their number.
        written = parameter.name.upper() + ("…" if parameter.nargs == -1 else "")
    elif parameter.is_flag:
        written = parameter.opts[0]
    else:
        written = f"{parameter.opts[0]} {parameter.name.upper()}"
    return written if parameter.required else f"[{written}]"


def files(release: Path) -> str:
    """The files of a release."""
    present = files_of(release) | ONLY_WITH_ADDRESS
    return _table(
        ("file", "what"), ((f"`{kind}`", words) for kind, words in FILES.items() if kind in present)
    )


def tables(release: Path) -> str:
    """The tables of a release with their columns, as its own description has them."""
    package = json.loads((release / "datapackage.json").read_text(encoding="utf-8"))
    return "\n\n".join(_columns(resource) for resource in package["resources"])


def _columns(resource: Descriptor) -> str:
    schema = resource["schema"]
    key = ", ".join(f"`{column}`" for column in schema.get("primaryKey", ()))
    told = [f"### {resource['path']}", f"{resource['title']}."]
    if key:
        told.append(f"No two rows have the same {key}.")
    rows = [(f"`{field['name']}`", field["type"], _meaning(field)) for field in schema["fields"]]
    return "\n\n".join([*told, _table(("column", "type", "meaning"), rows)])


def _meaning(field: Descriptor) -> str:
    allowed = field.get("constraints", {}).get("enum")
    values = "" if not allowed else f" One of {', '.join(f'`{value}`' for value in allowed)}."
    return f"{field['description']}{values}"


def checks() -> str:
    """The rules that figures are checked for."""
    rows = ((f"`{name}`", rule.severity, rule.says) for name, rule in RULES.items())
    return _table(("check", "if it is broken", "what holds if it is kept"), rows)


def uncertainty() -> str:
    """What is said of how sure figures are."""
    return "\n".join(f"- {sentence}" for sentence in UNCERTAINTY)


def methods_in_words() -> str:
    """Each method in plain words, with its example and its source."""
    sections = []
    for method in methods():
        paragraphs = [
            f"### {method.title}",
            *method.words,
            f"For example: {method.example}",
            f"From: [{method.source}]({quote(method.address, safe=_PLAIN_IN_LINKS)}).",
        ]
        sections.append("\n\n".join(paragraphs))
    return "\n\n".join(sections)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


FROM_THE_CODE: dict[tuple[Path, str], Callable[[], str]] = {
    (ARCHITECTURE, "rooms"): rooms,
    (ARCHITECTURE, "states"): states,
    (OPERATING, "commands"): commands,
    (DATA, "checks"): checks,
    (METHODS, "uncertainty"): uncertainty,
    (METHODS, "methods"): methods_in_words,
}
"""The parts that need no release, by document and name."""

FROM_A_RELEASE: dict[tuple[Path, str], Callable[[Path], str]] = {
    (DATA, "files"): files,
    (DATA, "tables"): tables,
}
"""The parts that are made from a release."""


def part(document: Path, name: str) -> str:
    """What stands in a document between two marks."""
    return _between(name).search(document.read_text(encoding="utf-8"))["text"].strip("\n")  # type: ignore[index]


def write_part(document: Path, name: str, text: str) -> None:
    """Put text between two marks of a document."""
    whole = document.read_text(encoding="utf-8")
    begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
    document.write_text(
        _between(name).sub(lambda _: f"{begin}\n{text}\n{end}", whole), encoding="utf-8"
    )


def _between(name: str) -> re.Pattern[str]:
    return re.compile(rf"<!-- begin: {name} -->(?P<text>.*?)<!-- end: {name} -->", re.DOTALL)
