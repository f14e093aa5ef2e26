"""Board: what a pack says, read from the tables of a release.

What belongs here: choosing figures, sentences and series. Nothing is worked out: every number and every verdict is read
from the published tables, so that a slide cannot say what the pages do not. How it looks belongs in `deck` and `paper`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from thindicators import house_style
from thindicators.comparing.comparison import BESIDE
from thindicators.comparing.verdicts import TOTALS
from thindicators.errors import ThindicatorsError
from thindicators.observations.tables import read_csv, table_schemas
from thindicators.site.scales import FROM_ZERO

Contents = Mapping[str, bytes]
"""The files of the package of a whole plan, by path."""

Cells = dict[str, Any]

_ROLES = ("region", "country")


@dataclass(frozen=True)
class Line:
    """One area's figures in a chart, one for each of its periods; None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """Figures of one series over time.

    Attributes:
        periods: As an axis writes them, the oldest first.
        ends: The last day of each.
        lines: The Plan's own area first.
        unit: What the numbers are.
        starts_at_zero: Whether the scale does.
    """

    periods: tuple[str, ...]
    ends: tuple[date, ...]
    lines: tuple[Line, ...]
    unit: str
    starts_at_zero: bool

    @property
    def lowest(self) -> float:
        """The lowest of all figures."""
        return min(value for line in self.lines for value in line.values if value is not None)


@dataclass(frozen=True)
class Beside:
    """What another area has for the same time.

    Attributes:
        name: Of the area.
        value: In words; empty if it has none.
        verdict: How the Plan's own area stands to it, in a word or two; empty where nothing can be said.
    """

    name: str
    value: str
    verdict: str

    @property
    def cell(self) -> str:
        """The verdict with the other's figure, for a table."""
        if not self.value:
            return "no comparable figure"
        return f"{self.verdict or 'not compared'} ({self.value})"


@dataclass(frozen=True)
class BoardIndicator:
    """What a board is shown of one indicator.

    Attributes:
        id, title, definition: As the release has them.
        group: Of whom the figure is, where the indicator has no total; else empty.
        marks: What must be known of the figure wherever it stands, such as `provisional`; empty if there is nothing.
        value, period, summary: Of the headline, in words; empty if there is no figure.
        words: What the verdicts say, in whole sentences.
        beside: The areas that it is compared with.
        caveat: What must be known first of its figures; empty if there is nothing.
        source: Who publishes it, and what.
        owed_by: Who gives the figures.
        fetched: The day on which its newest bytes came, in words; empty if there are none.
        why_none: Why there is no figure; empty if there is one.
        chart: Its figures over time; None if there are not two.
    """

    id: str
    title: str
    definition: str
    group: str
    marks: str
    value: str
    period: str
    summary: str
    words: tuple[str, ...]
    beside: tuple[Beside, ...]
    caveat: str
    source: str
    owed_by: str
    fetched: str
    why_none: str
    chart: Chart | None

    @property
    def cells(self) -> list[str]:
        """The indicator as a row of a table: what it is, its figure, for when, and how it stands beside each area."""
        if self.why_none:
            return [self.title, "no figure", "", *("" for _ in self.beside)]
        named = f"{self.title}: {self.group}" if self.group else self.title
        value = f"{self.value} ({self.marks})" if self.marks else self.value
        return [named, value, self.period, *(beside.cell for beside in self.beside)]


@dataclass(frozen=True)
class BoardCall:
    """A call to action of the Plan, with those of its indicators that are shown."""

    number: int
    title: str
    indicators: tuple[BoardIndicator, ...]


@dataclass(frozen=True)
class Board:
    """All that a pack says.

    Attributes:
        title: Of the plan's indicators.
        part: Which part of the plan is shown; empty for all of it.
        area: The Plan's own area.
        fetched: The day of the newest bytes of all, in words.
        is_sample: Whether the release is of the sample edition.
        calls: Those with an indicator that is shown.
    """

    title: str
    part: str
    area: str
    fetched: str
    is_sample: bool
    calls: tuple[BoardCall, ...]

    @property
    def missing(self) -> list[BoardIndicator]:
        """The indicators without a figure."""
        every = [indicator for call in self.calls for indicator in call.indicators]
        return [indicator for indicator in every if indicator.why_none]


@dataclass(frozen=True)
class Wanted:
    """Which part of a plan is shown: a call to action by number, a theme by id; nothing chosen is all."""

    call_to_action: int | None = None
    theme: str = ""


def board_of(contents: Contents, wanted: Wanted = Wanted()) -> Board:
    """What a pack says of a release.

    Args:
        contents: The package of the whole plan.
        wanted: Which part of it.

    Raises:
        ThindicatorsError: If the plan has no such call to action or theme.
    """
    descriptor = json.loads(contents["datapackage.json"])
    every_indicator = _table(contents, "indicators")
    indicators = [row for row in every_indicator if _is_wanted(row, wanted)]
    if not indicators:
        raise ThindicatorsError(_none_wanted(every_indicator, wanted))
    latest = _rows(pq.read_table(BytesIO(contents["latest.parquet"])))
    figures = pq.read_table(BytesIO(contents["observations.parquet"]))
    sources = {row["id"]: row for row in _table(contents, "sources")}
    shown: dict[tuple[int, str], list[BoardIndicator]] = {}
    for row in indicators:
        headline = _headline([figure for figure in latest if figure["indicator"] == row["id"]])
        made = _indicator(row, headline, figures, sources[headline["source"]])
        call = (row["call_to_action"], row["call_to_action_title"])
        shown.setdefault(call, []).append(made)
    return Board(
        title=descriptor["title"].removesuffix(" (sample edition)"),
        part=_part(indicators, wanted),
        area=latest[0]["area_name"],
        fetched=_day(max((row["fetched"] for row in latest if row["fetched"]), default=None)),
        is_sample=descriptor.get("edition") == "sample",
        calls=tuple(
            BoardCall(number, title, tuple(of_call)) for (number, title), of_call in shown.items()
        ),
    )


def _table(contents: Contents, name: str) -> list[Cells]:
    """The rows of one of the tables that a release has as CSV only."""
    return _rows(read_csv(BytesIO(contents[f"{name}.csv"]), table_schemas()[name]))


def _rows(table: pa.Table) -> list[Cells]:
    rows: list[Cells] = table.to_pylist()
    return rows


def _is_wanted(row: Cells, wanted: Wanted) -> bool:
    is_of_call = wanted.call_to_action in (None, row["call_to_action"])
    return is_of_call and (not wanted.theme or wanted.theme == row["theme"])


def _none_wanted(indicators: Sequence[Cells], wanted: Wanted) -> str:
    calls = sorted({f"{row['call_to_action']}" for row in indicators})
    themes = sorted({row["theme"] for row in indicators if row["theme"]})
    asked = []
    if wanted.call_to_action is not None:
        asked.append(f"call to action {wanted.call_to_action}")
    if wanted.theme:
        asked.append(f"theme {wanted.theme}")
    return (
        f"The release has no indicator of {' and '.join(asked)}. Its calls to action are {', '.join(calls)}; "
        f"its themes with an indicator are {', '.join(themes) or 'none'}."
    )


def _part(indicators: Sequence[Cells], wanted: Wanted) -> str:
    parts = []
    if wanted.call_to_action is not None:
        parts.append(f"{wanted.call_to_action}. {indicators[0]['call_to_action_title']}")
    if wanted.theme:
        parts.append(indicators[0]["theme_title"])
    return "; ".join(parts)


def _indicator(
    row: Cells,
    headline: Cells,
    figures: pa.Table,
    source: Cells,
) -> BoardIndicator:
    has_figure = headline["value"] is not None
    return BoardIndicator(
        id=row["id"],
        title=row["title"],
        definition=row["definition"],
        group=_group(headline),
        marks=_marks(headline),
        value=headline["value_in_words"] or "",
        period=headline["period_in_words"] or "" if has_figure else "",
        summary=headline["summary"] or "",
        words=tuple(_words(headline)) if has_figure else (),
        beside=tuple(_beside(headline, role) for role in _ROLES if headline[f"{role}_name"]),
        caveat=_first_sentence(row["caveats"] or ""),
        source=f"{source['publisher']}, {source['title']}",
        owed_by=source["publisher"],
        fetched=_day(headline["fetched"]),
        why_none="" if has_figure else headline["why_none"] or row["reason"] or "",
        chart=_chart(headline, figures) if has_figure else None,
    )


def _headline(latest: Sequence[Cells]) -> Cells:
    """The figure that stands for an indicator where there is room for only one, as on the front page."""
    headlines = [figure for figure in latest if figure["is_headline"]]
    with_figure = [figure for figure in headlines if figure["value"] is not None]
    return (with_figure or headlines)[0]


def _group(headline: Cells) -> str:
    if headline["breakdown"] == "total":
        return ""
    return f"{headline['category_title']} ({headline['breakdown_title']})"


def _marks(headline: Cells) -> str:
    """What must be known of a figure wherever it stands alone."""
    marks = {
        "a related measure": headline["stands_in"],
        "unreliable": headline["reliability"] == "u",
        "provisional": headline["revision"] == "p",
        "not refreshed": headline["state"] == "stale",
    }
    return ", ".join(mark for mark, is_so in marks.items() if is_so)


def _words(headline: Cells) -> list[str]:
    words = []
    for question in (*_ROLES, "recent_trend", "since_start"):
        if headline[f"{question}_verdict"]:
            words.append(headline[f"{question}_words"])
    return words


def _beside(headline: Cells, role: str) -> Beside:
    value = headline[f"{role}_value"]
    in_words = ""
    if value is not None:
        in_words = house_style.figure(value, headline["unit"], headline["decimals"])
    verdict = headline[f"{role}_verdict"] or ""
    return Beside(headline[f"{role}_name"], in_words, BESIDE.get(verdict, ""))


def _first_sentence(text: str) -> str:
    first, stop, _ = text.partition(". ")
    return f"{first}{'.' if stop else ''}"


def _day(day: Any) -> str:
    return house_style.day(day) if day is not None else ""


def _chart(headline: Cells, figures: pa.Table) -> Chart | None:
    """The figures of the headline's series over time; None if there are not two of the Plan's own area."""
    names = _drawn(headline)
    rows = _rows_of_series(headline, figures, names)
    value_of = {(row["area_code"], row["period"]): row["value"] for row in rows}
    own = [value for (code, _), value in value_of.items() if code == headline["area_code"]]
    # A single figure is no line.
    if sum(value is not None for value in own) <= 1:
        return None
    # A period without any figure keeps its place: a line across it would say what it was.
    in_order = sorted({(row["period_end"], row["period"]) for row in rows})
    lines = []
    for code, name in names.items():
        values = tuple(value_of.get((code, period)) for _, period in in_order)
        if any(value is not None for value in values):
            lines.append(Line(name, values))
    return Chart(
        periods=tuple(house_style.tick(period) for _, period in in_order),
        ends=tuple(end for end, _ in in_order),
        lines=tuple(lines),
        unit=house_style.capitalised(house_style.UNITS[headline["unit"]]),
        starts_at_zero=headline["unit"] in FROM_ZERO,
    )


def _drawn(headline: Cells) -> dict[str, str]:
    """The areas of a chart, names by code; only the Plan's own where larger areas have more of everything."""
    names = {headline["area_code"]: headline["area_name"]}
    if headline["unit"] in TOTALS:
        return names
    for role in _ROLES:
        if headline[f"{role}_code"]:
            names[headline[f"{role}_code"]] = headline[f"{role}_name"]
    return names


def _rows_of_series(
    headline: Cells,
    figures: pa.Table,
    area_codes: Collection[str],
) -> list[Cells]:
    """The rows of the headline's group and series for some areas, those without a figure too."""
    for column in ("indicator", "breakdown", "category", "series", "unit"):
        figures = figures.filter(pc.equal(figures[column], headline[column]))
    of_areas = pc.is_in(figures["area_code"], value_set=pa.array(list(area_codes)))
    columns = ["area_code", "period", "period_end", "value"]
    return _rows(figures.filter(of_areas).select(columns))
