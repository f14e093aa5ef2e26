"""Plan workbook: all indicators in one Excel file for people, with a column for each year.

What belongs here: the cover, the latest figures, and the headlines by year. An indicator's own groups, limits and notes
stand in its own workbook; how a sheet looks belongs in `sheets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.comparing import latest_rows
from thindicators.formats.cover import Paragraph, paragraphs_of, shorthand
from thindicators.formats.packages import SAMPLE_WARNING
from thindicators.formats.published import Published, PublishedPlan
from thindicators.formats.sheets import About, Cell, Table, created_on, workbook_of
from thindicators.formats.workbook import (
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    figure_cell,
    number_format_of,
)
from thindicators.observations.observation import Row

PATH = "all-indicators.xlsx"
LATEST, BY_YEAR = "Latest figures", "By year"

_READ = (
    "Missing is never zero: a figure that is not there has its reason in square brackets.",
    "Only figures of the same series may be compared, or joined by a line.",
    "A difference is not news before it is larger than chance: see the words beside the latest figures.",
    "Limits, numerators, all groups and notes are in the workbook of each indicator.",
)
_LATEST_COLUMNS = {
    "title": "Indicator",
    "category_title": "Group",
    "period_in_words": "Period",
    "value_in_words": "Figure",
    "region_words": "Beside the region",
    "country_words": "Beside the country",
    "recent_trend_words": "Recent trend",
    "why_none": "Why there is no figure",
}
"""The columns of `latest` that the sheet has, with what they are called for people."""

_WHAT = ("Call to action", "Indicator", "Group", "Area", "Series", "Unit")


@dataclass(frozen=True)
class _Line:
    """A row of the sheet by year.

    Attributes:
        what: The cells that say of what its figures are.
        rows: The rows of its figures, by year.
        number_format: How its figures are shown.
    """

    what: Sequence[Cell]
    rows: Mapping[int, Row]
    number_format: str


def plan_workbook(whole: PublishedPlan) -> Mapping[str, bytes]:
    """`all-indicators.xlsx`: the headlines of the whole plan as people read them, by its path."""
    title = whole.plan.file.title
    about = About(
        title=title,
        author=whole.plan.file.council,
        comments=SAMPLE_WARNING if whole.is_sample else "",
        created=created_on(whole.created),
    )
    tables = [_latest(whole), _by_year(whole)]
    return {PATH: workbook_of(about, _cover(whole, tables), tables)}


def _cover(whole: PublishedPlan, tables: Sequence[Table]) -> list[Paragraph]:
    plan = whole.plan.file
    paragraphs = [Paragraph("title", plan.title)]
    if whole.is_sample:
        paragraphs.append(Paragraph("warning", SAMPLE_WARNING))
    contents = {table.name: table.about for table in tables}
    sections = {
        "What this workbook holds": [f"{name}: {about}" for name, about in contents.items()],
        "What the figures are": [plan.description],
        "How to read them": _READ,
        "Licence": [whole.terms],
        "Shorthand": shorthand(contents),
        "Published by": [plan.council, plan.homepage],
    }
    return [*paragraphs, *paragraphs_of(sections)]


def _latest(whole: PublishedPlan) -> Table:
    """A row for each headline, in the words of the pages."""
    rows: list[list[Cell]] = []
    for row in latest_rows.latest_rows(whole.latest):
        if row["is_headline"]:
            rows.append([str(row[name] or NOT_APPLICABLE) for name in _LATEST_COLUMNS])
    return Table(
        name=LATEST,
        title=f"Latest figures. {whole.plan.file.title}",
        about="This sheet holds one table: a row for the latest figure of each indicator, or of each of its groups.",
        unit="Each figure has its unit beside it.",
        header=list(_LATEST_COLUMNS.values()),
        formats=["" for _ in _LATEST_COLUMNS],
        rows=rows,
    )


def _by_year(whole: PublishedPlan) -> Table:
    """A row for each headline, area and series; a column for each year in which any of them has a figure."""
    lines: list[_Line] = []
    for published in whole.indicators:
        lines += _lines(whole, published)
    years = sorted({year for line in lines for year in line.rows})
    return Table(
        name=BY_YEAR,
        title=f"Figures by year. {whole.plan.file.title}",
        about="This sheet holds one table: a row for each indicator, area and series, a column for each year.",
        unit="Each row names its unit. A figure stands under the year in which its period ends.",
        header=[*_WHAT, *map(str, years)],
        formats=[*("" for _ in _WHAT), *("General" for _ in years)],
        rows=[[*line.what, *_cells(line.rows, years)] for line in lines],
        formats_of_rows=[line.number_format for line in lines],
    )


def _cells(rows: Mapping[int, Row], years: Sequence[int]) -> list[Cell]:
    # A year without a row, as one with a row and no figure, says why its cell has none.
    return [figure_cell(rows[year]) if year in rows else NOT_AVAILABLE for year in years]


def _lines(
    whole: PublishedPlan,
    published: Published,
) -> list[_Line]:
    """The headlines of an indicator, each of its areas and series."""
    titles = {series.id: series.title for series in published.series}
    lines: list[_Line] = []
    for (breakdown, category, area, series, unit), rows in _headlines(whole, published).items():
        what: list[Cell] = [
            published.indicator.call_to_action,
            published.indicator.title,
            published.category_title(breakdown, category),
            whole.plan.area_names[area],
            titles[series],
            house_style.UNITS.get(unit, unit),
        ]
        number_format = number_format_of(unit, published)
        for by_year in one_of_each_year(rows):
            lines.append(_Line(what, by_year, number_format))
            # A line that follows has what was measured before in the same years.
            what = [*what[:4], f"{titles[series]}, earlier in the year", *what[5:]]
    return lines


def _headlines(
    whole: PublishedPlan,
    published: Published,
) -> dict[tuple[str, ...], list[Row]]:
    """The rows of the headlines of the areas that are compared, by group, area, series and unit."""
    groups = {figure.group for figure in published.headlines}
    compared = {area.code for area in whole.plan.compared_areas}
    lines: dict[tuple[str, ...], list[Row]] = {}
    for row in published.rows:
        group = (row["breakdown"], row["category"])
        if group in groups and row["area_code"] in compared:
            key = (*group, row["area_code"], row["series"], row["unit"])
            lines.setdefault(key, []).append(row)
    return lines


def one_of_each_year(rows: Sequence[Row]) -> list[dict[int, Row]]:
    """Rows by the year in which their periods end; of two of one year the last first, and the other apart from it."""
    apart: list[dict[int, Row]] = []
    for row in sorted(rows, key=lambda row: row["period_end"], reverse=True):
        year = row["year"]
        free = next((by_year for by_year in apart if year not in by_year), None)
        if free is None:
            apart.append({year: row})
        else:
            free[year] = row
    return apart
