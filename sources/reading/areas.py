"""Areas as publishers write them: by the code that each has now, or by one that it had before.

What belongs here: finding an area's rows whichever of its codes stands there. Which codes an area had is in the register.

Barnsley and Sheffield have had new codes since April 2025, when a small part of the one became a part of the other
(https://www.legislation.gov.uk/uksi/2024/1328). Of files that came afterwards some have the new codes only, some the
earlier ones only, and some have rows of both. What was published under the earlier code is of the same council all the same.

Buckinghamshire, North Yorkshire and Somerset are councils in the place of counties of the same area. Many publishers leave
what they have of earlier years under the county's code.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from sources.reading.files import Line
from thindicators.areas.register import register


def codes_of(areas: Iterable[str]) -> frozenset[str]:
    """All codes by which a publisher may write some areas."""
    codes: set[str] = set()
    for area in areas:
        codes.update(register().gss_codes(area))
    return frozenset(codes)


def code_among(codes: Container[str], area: str) -> str:
    """The code by which a publisher has an area: the latest of its codes that is among some; the present one if none is.

    A file may have several: the county that Buckinghamshire was keeps a row with no dwellings beside the council's.
    """
    found = [code for code in register().gss_codes(area) if code in codes]
    return found[0] if found else area


def with_present_codes(
    lines: Sequence[Line],
    column: str,
    figure: Sequence[str],
) -> list[Line]:
    """Rows with the present code of their area; of two rows of one area and figure, the one that has it already.

    Args:
        lines: Rows of a file.
        column: That of the areas' codes.
        figure: The columns that tell, beside the area, which figure a row has, such as the year.
    """
    with_present_code = set()
    for line in lines:
        if register().present_code(line[column]) == line[column]:
            with_present_code.add(_key(line, line[column], figure))
    kept = []
    for line in lines:
        area = register().present_code(line[column])
        if area == line[column]:
            kept.append(line)
        elif _key(line, area, figure) not in with_present_code:
            kept.append(Line({**line.cells, column: area}, line.place))
    return kept


def _key(
    line: Line,
    area: str,
    figure: Sequence[str],
) -> tuple[str, ...]:
    return (area, *(line[column] for column in figure))
