"""The template of a council return: a workbook with drop-down lists, and a CSV file with the same columns.

What belongs here: how the template looks, which has a row for each awaited figure. Which those are belongs in `awaited`,
reading a filled one in `file`. For the same figures the bytes are the same each time, so that two can be compared.

What a person must fill in stands at the left, beside what is asked for; then what is known already; and at the right
what only some figures need.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from sources.returns import cells as return_cells
from sources.returns import standing as returns
from sources.returns.awaited import AwaitedFigure
from sources.returns.check import handed_in
from sources.returns.file import COLUMNS, KNOWN, Column
from sources.returns.workbook import SHEET
from thindicators.plan.model import Indicator, Plan

ROWS = 1000
"""How many rows have drop-down lists."""

ABOUT = {
    "return_id": "Your own name for this return, if you use one.",
    "indicator_id": "Which indicator; the sheet Notes says what each measures.",
    "measure_id": "What is measured; one for each indicator, on the sheet Notes.",
    "area_code": "The area's code.",
    "breakdown_type": "total, or what the figure is divided by.",
    "breakdown": "total, or the name of the group.",
    "period_type": "What kind of period the figure is for.",
    "period_start": "The first day, as 2025-04-01.",
    "period_end": "The last day, as 2026-03-31. For a count on one day, the same day twice.",
    "period_label": "Your words for the period, such as 2025/26.",
    "value": "The figure alone: digits, with a point for decimals. A percentage from 0 to 100. Blank if there is none.",
    "unit": "What the value is.",
    "numerator": "Of a percentage: how many were counted. Needed for the council's own records.",
    "denominator": "Out of how many. Needed for a percentage of the council's own records.",
    "base_unweighted": "Of a survey: how many people answered, exactly.",
    "ci_lower_95": "The lower 95% limit, if the survey gives one.",
    "ci_upper_95": "The upper 95% limit, if the survey gives one.",
    "ci_published": "What the survey says of its limits, in its own words.",
    "status": "Why there is no value: c confidential, low near zero, u unreliable, x not available, z not applicable.",
    "revision": "p if the figure is provisional, r if it replaces one that was published.",
    "series_break": "b if this figure cannot be compared with the one before.",
    "collection_mode": "How it was collected: face to face, telephone, online, or the council's own records (admin).",
    "definition_version": "Which definition or wording; the sheet Notes says which there are.",
    "source_title": "The report or the system that the figure is from.",
    "source_url": "The address of the report, if it is public.",
    "published_on": "The day on which it was published, if it was.",
    "licence_confirmed": "yes if the council licenses the figure for re-use; a figure with no is not published.",
    "supplied_by": "Who fills this in.",
    "supplied_on": "The day on which it is filled in. A later day replaces an earlier return of the same figure.",
    "approved_by": "Who has approved it.",
    "note": "What a reader must know about this figure. It is published.",
}
"""What to write into each column."""

ASKED_FOR = "asked_for"
"""The first column, in words for the person who fills in the row. It is not read."""

_TO_FILL_IN = (
    *("value", "numerator", "denominator", "base_unweighted", "status"),
    *("licence_confirmed", "supplied_by", "supplied_on"),
)
_AT_THE_RIGHT = tuple(
    column.name for column in COLUMNS if column.name not in {*_TO_FILL_IN, *KNOWN}
)
ORDER = (*_TO_FILL_IN, *KNOWN, *_AT_THE_RIGHT)
"""The columns of the template as it has them, after the first."""

_FILL = PatternFill("solid", start_color="FFF2CC")
_KNOWN_FILL = PatternFill("solid", start_color="E7E6E6")
_WIDTHS = {ASKED_FOR: 70, "source_title": 34, "definition_version": 34, "indicator_id": 34}

_READ_ME = (
    "Return of indicators to the {plan}",
    "1. Each row of the sheet Return is a figure that is awaited. Fill in the yellow columns of those that you have. A row "
    "into which you write nothing is not handed in; nobody minds it.",
    "2. The grey columns are filled in already. Where the days of a count or a survey are blank, write them. Change one "
    "only if it is wrong; the sheet Notes says what goes together. You may add rows, for years before the Plan too.",
    "3. Write no units, symbols or words into the column value. A figure that does not exist stays blank, with its "
    "reason in status.",
    "4. Give true numbers, small ones too: numbers from 1 to 4 are withheld before anything is published, with all "
    "that would show them.",
    "5. Check it: in Dagster with the job check_return, or with thindicators check-return and the name of this file.",
    "6. Put it into the folder state/returns; to practise in the sample edition, into state/practice. To correct a figure, "
    "replace the file, or hand in another with a later day in supplied_on.",
)
_COLUMNS = {column.name: column for column in COLUMNS}
_FIXED = (1980, 1, 1, 0, 0, 0)
_WORKBOOK_TIME = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def as_csv(figures: Sequence[AwaitedFigure]) -> bytes:
    """The template as a CSV file that Excel opens as UTF-8.

    Args:
        figures: Those that are awaited, a row for each.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(_rows(figures))
    return f"\ufeff{text.getvalue()}".encode()


def as_workbook(plan: Plan, figures: Sequence[AwaitedFigure]) -> bytes:
    """The template as a workbook.

    Args:
        plan: Whose indicators are handed in.
        figures: Those that are awaited, a row for each.
    """
    workbook = Workbook()
    read_me = [[line.format(plan=plan.file.plan)] for line in _READ_ME]
    _fill(workbook.active, "Read me", read_me, [110])
    _fill_table(workbook.create_sheet(SHEET), figures)
    lists = choices(plan)
    _fill(workbook.create_sheet("Lists"), "Lists", _side_by_side(lists), [34] * len(lists))
    _fill(workbook.create_sheet("Notes"), "Notes", list(_notes(plan)), [12, 34, 14, 110])
    for at, name in enumerate(ORDER, 2):
        _help(workbook[SHEET], get_column_letter(at), name, _where(lists, name))
    return _same_each_time(workbook)


def _rows(figures: Sequence[AwaitedFigure]) -> Iterator[list[object]]:
    """The header, and the row of each figure."""
    yield [ASKED_FOR, *ORDER]
    for figure in figures:
        yield [figure.words, *(figure.known.get(name) for name in ORDER)]


def _fill_table(sheet: Worksheet, figures: Sequence[AwaitedFigure]) -> None:
    widths = [_WIDTHS.get(name, max(14, len(name) + 3)) for name in (ASKED_FOR, *ORDER)]
    _fill(sheet, SHEET, list(_rows(figures)), widths)
    sheet.freeze_panes = "B2"
    for at, name in enumerate(ORDER, 2):
        column = _COLUMNS[name]
        sheet.column_dimensions[get_column_letter(at)].number_format = _format(column)
        for (cell,) in sheet.iter_rows(min_row=2, min_col=at, max_col=at):
            cell.number_format = _format(column)
        fill = _FILL if name in _TO_FILL_IN else _KNOWN_FILL if name in KNOWN else None
        if fill is not None:
            for (cell,) in sheet.iter_rows(min_col=at, max_col=at):
                cell.fill = fill


def _side_by_side(lists: Mapping[str, Sequence[str]]) -> list[tuple[object, ...]]:
    """Lists as the columns of a table, each under its name."""
    return list(zip_longest(*([name, *values] for name, values in lists.items())))


def _where(lists: Mapping[str, Sequence[str]], name: str) -> str:
    """Where in the workbook the list of a column stands; empty if it has none."""
    if name not in lists:
        return ""
    letter = get_column_letter(list(lists).index(name) + 1)
    return f"Lists!${letter}$2:${letter}${len(lists[name]) + 1}"


def choices(plan: Plan) -> dict[str, list[str]]:
    """What may be chosen, by column."""
    views = [indicator for _, indicator in handed_in(plan)]
    asks = [returns.ask_of(indicator) for indicator in views]
    groups = [
        (name, member)
        for one in views
        for name, members in one.breakdowns.items()
        for member in members
    ]
    chosen = {
        "indicator_id": sorted({one.id for one in views}),
        "measure_id": sorted({one.measure for one in asks}),
        "area_code": _unique(code for one in views for code in one.areas),
        "breakdown_type": _unique(["total", *(name for name, _ in groups)]),
        "breakdown": _unique(["total", *(member for _, member in groups)]),
        "definition_version": sorted(
            {rule.definition_version for one in asks for rule in one.series}
        ),
        "licence_confirmed": ["yes", "no"],
    }
    return {
        column.name: chosen.get(column.name, list(column.choices))
        for column in COLUMNS
        if column.choices or column.name in chosen
    }


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _notes(plan: Plan) -> Iterable[Sequence[str]]:
    yield "about", "name", "must be filled", "what to write"
    for column in COLUMNS:
        yield "column", column.name, "yes" if column.required else "", ABOUT[column.name]
    for _, indicator in handed_in(plan):
        yield "indicator", indicator.id, "", _what_to_write(indicator)


def _what_to_write(indicator: Indicator) -> str:
    ask = returns.ask_of(indicator)
    groups = "; ".join(
        f"{name}: {', '.join(members)}" for name, members in indicator.breakdowns.items()
    )
    pairs = "; ".join(
        _unique(
            f"{rule.definition_version} ({rule.collection_mode or 'blank'})" for rule in ask.series
        )
    )
    parts = {
        "measure_id": ask.measure,
        "area_code": ", ".join(indicator.areas),
        "unit": returns.UNITS_HANDED_IN.get(indicator.unit, indicator.unit),
        "breakdown": " and ".join(filter(None, ["total" if indicator.has_total else "", groups])),
        "period_type": " or ".join(ask.period_types) or "any",
        "definition_version (collection_mode)": pairs,
    }
    return f"{indicator.title}. " + " | ".join(f"{name}: {value}" for name, value in parts.items())


def _format(column: Column) -> str:
    """Words are kept as text, or Excel would make a date of 2022-23."""
    if column.read is return_cells.day:
        return "yyyy-mm-dd"
    return "@" if column.read is return_cells.text else "General"


def _fill(
    sheet: Worksheet,
    title: str,
    rows: Sequence[Sequence[object]],
    widths: Sequence[int],
) -> None:
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    if title != "Read me":
        sheet.freeze_panes = "A2"


def _help(
    sheet: Worksheet,
    letter: str,
    name: str,
    values: str,
) -> None:
    """Explain a column in each of its cells, and offer its list if it has one.

    Args:
        sheet: Of the rows.
        letter: Of the column.
        name: Of the column.
        values: Where its list stands; empty if it has none.
    """
    column = _COLUMNS[name]
    helper = DataValidation(
        type="list" if values else None,
        formula1=values or None,
        allow_blank=True,
    )
    helper.errorTitle, helper.error = name, "Choose from the list."
    helper.promptTitle, helper.prompt = name, ABOUT[name][:250]
    helper.showErrorMessage, helper.showInputMessage = bool(values), True
    if not column.required:
        helper.prompt = f"{ABOUT[name][:230]} May stay blank."
    helper.add(f"{letter}2:{letter}{ROWS + 1}")
    sheet.add_data_validation(helper)


def _same_each_time(workbook: Workbook) -> bytes:
    """The bytes of a workbook without the time at which it was written."""
    written, same = io.BytesIO(), io.BytesIO()
    workbook.save(written)
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(same, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _WORKBOOK_TIME.sub(b"1980-01-01T00:00:00Z", content)
            target.writestr(
                zipfile.ZipInfo(name, _FIXED),
                content,
                zipfile.ZIP_DEFLATED,
            )
    return same.getvalue()
