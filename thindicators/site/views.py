"""Views: what the page of one indicator says, ready to be put into its template.

What belongs here: choosing and wording. The template says in which order and with which tags; charts are prepared in
`graphics`, tables in `values`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thindicators import house_style
from thindicators.comparing.comparison import Comparison
from thindicators.comparing.latest import Group
from thindicators.comparing.latest_figures import LatestFigure
from thindicators.observations.observation import Row, value_of
from thindicators.plan.indicator_parts import Printed
from thindicators.site.content import Part

SIGNS = {
    "better": "+",
    "worse": house_style.MINUS,
    "similar": "=",
    "higher": "↑",
    "lower": "↓",
    "": "○",
}
"""What stands before a verdict, so that colour is never all there is."""

_NONE = {
    "no_figure": "no figure yet",
    "no_comparator": "no comparable figure",
    "comparator_has_no_figure": "no comparable figure",
    "no_limits": "no margin of error published",
    "unreliable": "the figure is unreliable",
    "totals": "totals are not compared",
    "too_few_figures": "too few figures",
    "not_yearly": "no figure in some years",
    "no_later_figure": "no later figure yet",
    "no_baseline": "no comparable figure",
    "periods_overlap": "periods overlap",
    "too_wide": "too much is left to chance",
    "not_given": "a comparison could mislead",
}


@dataclass(frozen=True)
class Chip:
    """A verdict in a word or two.

    Attributes:
        kind: By which it is styled: the verdict, or `none`.
        sign: Read by the eye only.
        text: For all.
        words: The sentence, without what `text` says.
    """

    kind: str
    sign: str
    text: str
    words: str


@dataclass(frozen=True)
class Figure:
    """A figure as a headline.

    Attributes:
        group: Its name; empty for the total.
        value: With its unit; empty if there is none.
        limits, period, series: In words; empty where there are none.
        other_series: What other series give for the same time, in sentences; empty if there are none.
        instead: Why there is no figure.
        beside: Other areas' figures: name, value and limits.
        note: What must be known of it.
        is_provisional: Whether the publisher will revise it.
    """

    group: str
    value: str
    limits: str
    period: str
    series: str
    other_series: str
    instead: str
    beside: Sequence[tuple[str, str, str]]
    note: str
    is_provisional: bool


def newest_public(part: Part) -> str:
    """How new the newest public figure of the Plan's own area is, in a sentence; empty if there is none.

    A group whose newest figure is older than that of the others is named with its own period.
    """
    newest: dict[Group, Row] = {}
    for group in part.groups:
        row = part.newest(group)
        if row is not None:
            newest[group] = row
    if not newest:
        return ""
    last = max(newest.values(), key=lambda row: row["period_end"])
    kind = part.indicator.period
    period = house_style.period(last["period"], kind)
    sentence = f"For {period}{_ended(last)}."
    older = []
    for group, row in newest.items():
        if row["period_end"] < last["period_end"]:
            name = group_name(part, group)
            own_period = house_style.period(row["period"], kind)
            older.append(f"{name}: {own_period}")
    return f"{sentence} Older for some groups. {'; '.join(older)}." if older else sentence


def _ended(row: Row) -> str:
    """When a figure's period ended; empty for a single day, which says so itself."""
    if row["period_start"] == row["period_end"]:
        return ""
    return f", which ended on {house_style.day(row['period_end'])}"


def figures(part: Part) -> list[Figure]:
    """The headline: the latest figure, or one for each group."""
    return [figure_of(part, group) for group in part.headline_groups]


def figure_of(part: Part, group: Group) -> Figure:
    """The latest figure of one group."""
    latest = part.latest_by_group[group]
    name = "" if group[0] == "total" else group_name(part, group)
    newest = latest.newest
    if newest is None:
        return _no_figure(latest, name)
    has_several_series = len(part.series) > 1
    return Figure(
        group=name,
        value=latest.value_in_words,
        limits=house_style.limits(newest, latest.decimals),
        period=latest.period_in_words,
        series=latest.series_title if has_several_series else "",
        other_series=latest.other_series_in_words,
        instead="",
        beside=_beside(part, latest),
        note=newest["note"] or "",
        is_provisional=newest["revision"] == "p",
    )


def _no_figure(latest: LatestFigure, name: str) -> Figure:
    return Figure(
        group=name,
        value="",
        limits="",
        period="",
        series="",
        other_series="",
        instead=latest.why_none,
        beside=[],
        note="",
        is_provisional=False,
    )


def _beside(part: Part, latest: LatestFigure) -> list[tuple[str, str, str]]:
    """What the other areas have for the same period, made in the same way."""
    beside = []
    for area in part.plan.compared_areas[1:]:
        row = latest.beside(area.code)
        if row is not None and row["value"] is not None:
            figure = house_style.figure(row["value"], row["unit"], latest.decimals)
            limits = house_style.limits(row, latest.decimals)
            beside.append((area.name, figure, limits))
    return beside


def group_name(part: Part, group: Group) -> str:
    """A member of a breakdown, with the breakdown where its own name does not say enough."""
    dimension = group[0]
    member = house_style.category(part.plan, *group)
    others = [other for other in part.groups if other[0] != dimension]
    # Two breakdowns may both have a member called “other”, which alone would say too little.
    names_of_others = {house_style.category(part.plan, *other) for other in others}
    is_headline_of_several = group in part.headline_groups and bool(others)
    if member in names_of_others or is_headline_of_several:
        return f"{member}: {house_style.breakdown(part.plan, dimension)}"
    return member


def element_id(*words: str) -> str:
    """A name for an element of the page, by which a link leads to it."""
    return "-".join(words).replace("_", "-").lower()


def chips(part: Part, group: Group) -> list[Chip]:
    """The verdicts on a group: against other areas, its trends, and since the Plan began."""
    made = []
    for area in part.plan.compared_areas[1:]:
        comparison = part.verdict(group, "comparison", area.code)
        made.append(_against(comparison, area.name))
    made.append(_chip(part.verdict(group, "recent_trend"), _RECENT_TREND, "Recent trend"))
    made.append(_chip(part.verdict(group, "long_run"), _LONG_RUN, "Long run"))
    # The Plan is judged by what has changed since its first year, whatever the year before.
    since = f"since {part.plan.file.starts}"
    labels = {verdict: f"{label} {since}" for verdict, label in _SINCE.items()}
    since_start = part.verdict(group, "since_start")
    made.append(_chip(since_start, labels, since.capitalize()))
    return made


_RECENT_TREND = {
    "better": "Recent trend: better",
    "worse": "Recent trend: worse",
    "similar": "Recent trend: no clear change",
    "higher": "Recent trend: rise",
    "lower": "Recent trend: fall",
}
_LONG_RUN = {
    "better": "Long run: better",
    "worse": "Long run: worse",
    "similar": "Long run: no clear rise or fall",
    "higher": "Long run: rise",
    "lower": "Long run: fall",
}
_SINCE = {
    "better": "Better",
    "worse": "Worse",
    "similar": "No clear change",
    "higher": "Higher",
    "lower": "Lower",
}
_NOT_JUDGED = "none"


def with_verdict(judged: Sequence[Chip]) -> list[Chip]:
    """The chips that say a verdict, not why there is none."""
    return [chip for chip in judged if chip.kind != _NOT_JUDGED]


def not_judged(judged: Sequence[Chip]) -> str:
    """The questions without a verdict, with the reasons, in one sentence; empty if there are none."""
    questions_by_reason: dict[str, list[str]] = {}
    for chip in judged:
        if chip.kind == _NOT_JUDGED:
            # The reason follows the colon, and several questions often share one.
            question, _, reason = chip.text.partition(": ")
            questions_by_reason.setdefault(reason, []).append(question)
    parts = []
    for reason, questions in questions_by_reason.items():
        parts.append(f"{house_style.together(questions)} ({reason})")
    return f"No comparison: {'; '.join(parts)}." if parts else ""


def _against(comparison: Comparison | None, name: str) -> Chip:
    labels = {
        "better": f"Better than {name}",
        "worse": f"Worse than {name}",
        "higher": f"Higher than {name}",
        "lower": f"Lower than {name}",
        "similar": f"No clear difference from {name}",
    }
    return _chip(comparison, labels, name)


def _chip(
    comparison: Comparison | None,
    labels: Mapping[str, str],
    about: str,
) -> Chip:
    if comparison is None:
        return Chip(
            kind=_NOT_JUDGED,
            sign=SIGNS[""],
            text=f"{about}: not compared",
            words="",
        )
    verdict = comparison.verdict
    if not verdict:
        why = _NONE[comparison.reason]
        return Chip(
            kind=_NOT_JUDGED,
            sign=SIGNS[""],
            text=f"{about}: {why}",
            words=comparison.words,
        )
    # The published sentence begins with the verdict, which the chip says already.
    rest = comparison.words.removeprefix(f"{labels[verdict]}: ")
    return Chip(
        kind=verdict,
        sign=SIGNS[verdict],
        text=labels[verdict],
        words=house_style.capitalised(rest),
    )


@dataclass(frozen=True)
class PrintedFigure:
    """A figure that the Plan printed, and what became of it."""

    value: str
    period: str
    note: str
    since: str


def printed(part: Part) -> list[PrintedFigure]:
    """The figures that the Plan itself printed, each with what is published for its period now."""
    return [_printed(part, figure) for figure in part.indicator.printed_in_plan]


def _printed(part: Part, figure: Printed) -> PrintedFigure:
    decimals = _decimals_printed(figure.value)
    where = f"page {figure.page}" if figure.page else ""
    return PrintedFigure(
        value=house_style.figure(figure.value, part.indicator.unit, decimals),
        period=house_style.period(figure.period, part.indicator.period),
        note=" ".join(filter(None, [where, figure.note])),
        since=_since(part, figure, decimals),
    )


def _decimals_printed(value: float) -> int:
    if value.is_integer():
        return 0
    _, _, decimals = f"{value:.10g}".partition(".")
    return len(decimals)


def _since(
    part: Part,
    figure: Printed,
    decimals: int,
) -> str:
    """What is published now for the time of a figure that the Plan printed."""
    now = {}
    for row in part.own_rows_of((figure.breakdown, figure.category)):
        if row["value"] is not None and row["period"] == figure.period:
            now[row["series"]] = row
    sentences = []
    # Of its own series a figure can be revised; another series can only have taken its place.
    same = now.pop(figure.series, None)
    if same is not None:
        sentences.append(_revised(part, figure, same, decimals))
    title = part.series_by_id[figure.series].title
    for series, row in now.items():
        sentences.append(
            f"It has been replaced since: it was of the series “{title}”, and for the same time the series "
            f"“{part.series_by_id[series].title}” gives {_now(part, row)}. The two may not be compared."
        )
    if not sentences:
        return f"It was of the series “{title}”, which has no figure for that time here."
    return " ".join(sentences)


def _revised(
    part: Part,
    figure: Printed,
    row: Row,
    decimals: int,
) -> str:
    now = _now(part, row)
    # The Plan printed fewer decimals than publishers give, so that equal means equal once rounded.
    if round(value_of(row), decimals) == figure.value:
        return f"The figure for that time stands: it is {now} here."
    return f"It has been revised since: for the same time it is {now} now."


def _now(part: Part, row: Row) -> str:
    return house_style.figure(
        value_of(row),
        row["unit"],
        part.indicator.decimals,
    )
