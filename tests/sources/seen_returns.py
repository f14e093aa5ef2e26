"""Workbooks of returns with what people leave in them: hidden and struck rows, merged cells, raised marks, errors.

What belongs here: making one change to a workbook. What must come of it is said in the tests.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from sources.returns.check import opened, problems, published
from sources.returns.rows import Problem
from tests.sources.returns import HEADER, TODAY, Row, xlsx_return
from thindicators.observations.observation import Observation
from thindicators.plan.model import Plan

Change = Callable[[Any, Any], None]
"""Changes a workbook and its sheet Return, as openpyxl knows them."""


def column(name: str) -> int:
    """A column of the template, counted from 1."""
    return HEADER.index(name) + 1


def address(name: str, row: int = 2) -> str:
    """A cell as a spreadsheet names it."""
    return f"{get_column_letter(column(name))}{row}"


def changed(path: Path, change: Change, *rows: Row) -> Path:
    """A return whose workbook is changed before it is saved by a program that has calculated everything."""
    xlsx_return(path, *rows)
    workbook = load_workbook(path)
    change(workbook, workbook["Return"])
    # What openpyxl writes asks Excel to calculate; what Excel writes does not.
    workbook.calculation.fullCalcOnLoad = False
    workbook.save(path)
    return path


def with_cell(path: Path, cell: str, xml: str) -> Path:
    """The same return, one cell of whose sheet is this XML."""
    pattern = rf'<c r="{cell}"[^>]*?(?:/>|>.*?</c>)'
    return edited(path, "xl/worksheets/sheet2.xml", lambda text: re.sub(pattern, xml, text))


def edited(path: Path, part: str, edit: Callable[[str], str]) -> Path:
    """The same workbook, with one part of it edited."""
    whole = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(whole, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                before, content = content, edit(content.decode()).encode()
                assert content != before, "nothing was edited"
            new.writestr(name, content)
    path.write_bytes(whole.getvalue())
    return path


def told(plan: Plan, path: Path) -> list[Problem]:
    """What is wrong with a file."""
    file = opened(plan, path)
    return [file] if isinstance(file, Problem) else problems(plan, file, TODAY)


def figures(plan: Plan, path: Path) -> list[Observation]:
    """What would be published of a file that has no problem."""
    file = opened(plan, path)
    assert not isinstance(file, Problem)
    assert problems(plan, file, TODAY) == []
    return [observation for _, observation in published(plan, {file.role: file})]
