"""The plan's list of areas, `areas.csv`: which areas figures are published for, the plan's own first.

What belongs here: reading that file, and saying what is wrong with it, by line. It is the one file of a plan that people
edit in a spreadsheet. What is true of an area whatever a plan says of it stands in `thindicators.areas`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from thindicators.areas.register import ENGLAND, RegisteredArea, register
from thindicators.errors import PlanError
from thindicators.plan.model import Area, Role
from thindicators.plan.yaml_files import WHOLE_FILE, text_of_plan_file

FILE = "areas.csv"
_COLUMNS = ("code", "name", "kind")
_ROLE_OF_KIND: dict[str, Role] = {"region": "region", "country": "country", "context": "context"}
_WORD = re.compile(r"\w+")


def load_areas(path: Path) -> tuple[Area, ...]:
    """The areas of the file, in its order.

    Args:
        path: The file: a header `code,name,kind`, and a row for each area.

    Raises:
        PlanError: If it is missing or no such file, or a row is wrong, or two are of one area.
    """
    areas: list[Area] = []
    for line, row in _rows(text_of_plan_file(path, FILE)):
        area = _area(line, row, is_first=not areas)
        if area.code in [other.code for other in areas]:
            raise _wrong(line, "code", f"{area.code} stands there twice")
        areas.append(area)
    if not areas:
        raise _wrong(
            2, WHOLE_FILE, "there is no area; the first must be the one that the plan is about"
        )
    return tuple(areas)


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with its line, by the names of the columns; empty ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header = tuple(name.strip() for name in next(reader, []))
    if header != _COLUMNS:
        raise _wrong(
            1, WHOLE_FILE, f"the first line must be {','.join(_COLUMNS)}; it is {','.join(header)}"
        )
    for row in reader:
        cells = [cell.strip() for cell in row]
        # A spreadsheet writes rows that were emptied as commas.
        if not any(cells):
            continue
        if len(cells) != len(header):
            problem = f"the line must have {len(header)} cells and has {len(cells)}; a name with a comma needs quotes"
            raise _wrong(reader.line_num, "name", problem)
        yield reader.line_num, dict(zip(header, cells, strict=True))


def _area(line: int, row: Mapping[str, str], *, is_first: bool) -> Area:
    for column in ("name", "kind"):
        if not row[column]:
            raise _wrong(line, column, "is empty")
    role: Role = "subject" if is_first else _ROLE_OF_KIND.get(row["kind"], "comparator")
    try:
        area = Area(**row, role=role)
    except ValidationError:
        raise _wrong(line, "code", f"“{row['code']}” is no GSS code, such as E09000030") from None
    _check_code(line, area)
    return area


def _check_code(line: int, area: Area) -> None:
    """The code is the present one, and of the area that the name names: its figures bear that name."""
    known = register()
    if known.present_code(area.code) != area.code:
        raise _wrong(line, "code", known.why_unknown(area.code))
    # Of areas that are not of England the register has not every name: Welsh ones are missing.
    if not known.is_within(area.code, ENGLAND):
        return
    registered = known[area.code]
    if not _may_be_called(registered, area.name):
        raise _wrong(
            line, "name", f"{area.code} is the code of {registered.name}, not of {area.name}"
        )


def _may_be_called(area: RegisteredArea, name: str) -> bool:
    """Whether a name is an area's own, or a shorter one that is no other's: Hull for Kingston upon Hull, City of."""
    if area.is_called(name):
        return True
    # London is a word of the City of London's name, and Derbyshire of South Derbyshire's.
    if any(other.is_called(name) for other in register().by_code.values()):
        return False
    return _words(name) <= _words(area.name, *area.spellings)


def _words(*names: str) -> set[str]:
    return set(_WORD.findall(" ".join(names).casefold()))


def _wrong(line: int, field: str, problem: str) -> PlanError:
    return PlanError(FILE, line, field, problem)
