"""Views: what the page of one indicator says, ready to be put into its template.

What belongs here: choosing and wording. The template says in which order and with which tags; charts are prepared in
`graphics`, tables in `values`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.comparing.verdicts import Comparison
from thindicators.plan.model import Printed
from thindicators.site.content import Part

Row = Mapping[str, Any]

SIGNS = {"better": "+", "worse": house_style.MINUS, "similar": "=", "higher": "↑", "lower": "↓", "": "○"}
"""What stands before a verdict, so that colour is never all there is."""

_NONE = {
    "no_figure": "no figure yet",
    "no_comparator": "no like figure",
    "comparator_has_no_figure": "no like figure",
    "no_limits": "no limits published",
    "totals": "totals are not compared",
    "too_few_figures": "too few figures",
    "no_later_figure": "no later figure yet",
    "no_baseline": "no comparable figure",
    "periods_overlap": "periods overlap",
    "not_given": "not judged",
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
    instead: str
    beside: Sequence[tuple[str, str, str]]
    note: str
    is_provisional: bool


def newest_public(part: Part) -> str:
    """How new the newest public figure of the Plan's own area is, in a sentence; empty if there is none.

    A group whose newest figure is older than that of the others is named with its own period.
    """
    newest = {group: row for group in part.groups if (row := part.newest(group)) is not None}
    if not newest:
        return ""
    last = max(newest.values(), key=lambda row: row["period_end"])
    kind = part.indicator.period
    ended = (
        f", which ended on {house_style.day(last['period_end'])}" if last["period_start"] != last["period_end"] else ""
    )
    sentence = f"For {house_style.period(last['period'], kind)}{ended}."
    older = [
        f"{group_name(part, group)}: {house_style.period(row['period'], kind)}"
        for group, row in newest.items()
        if row["period_end"] < last["period_end"]
    ]
    return f"{sentence} Older for some groups. {'; '.join(older)}." if older else sentence


def figures(part: Part) -> list[Figure]:
    """The headline: the latest figure, or one for each group."""
    return [figure_of(part, group) for group in part.headline_groups]


def figure_of(part: Part, group: Group) -> Figure:
    """The latest figure of one group."""
    newest, indicator = part.newest(group), part.indicator
    name = "" if group[0] == "total" else group_name(part, group)
    if newest is None:
        why = part.statuses[0].because if [group] == part.headline_groups else _why_none(part, group)
        return Figure(name, "", "", "", "", why, [], "", False)
    decimals = house_style.decimals_of(newest["unit"], indicator)
    several = len(part.series) > 1
    return Figure(
        name,
        house_style.figure(newest["value"], newest["unit"], decimals),
        house_style.limits(newest, decimals),
        house_style.period(newest["period"], indicator.period),
        part.series_by_id[newest["series"]].title if several else "",
        "",
        _beside(part, newest, decimals),
        newest["note"] or "",
        newest["revision"] == "p",
    )


def _beside(part: Part, newest: Row, decimals: int) -> list[tuple[str, str, str]]:
    same = ("period", "series", "breakdown", "category")
    found = []
    for area in part.plan.compared_areas[1:]:
        rows = [
            row for row in part.rows if row["area_code"] == area.code and all(row[one] == newest[one] for one in same)
        ]
        for row in rows:
            if row["value"] is not None:
                found.append(
                    (
                        area.name,
                        house_style.figure(row["value"], row["unit"], decimals),
                        house_style.limits(row, decimals),
                    )
                )
    return found


def _why_none(part: Part, group: Group) -> str:
    own = [row for row in part.rows_of(group) if row["area_code"] == part.plan.subject.code]
    notes = [row["note"] for row in own if row["note"]]
    return house_style.sentence(notes[-1] if notes else "There is no figure yet")


def group_name(part: Part, group: Group) -> str:
    """A member of a breakdown, with the breakdown where its own name does not say enough."""
    member = house_style.category(part.plan, *group)
    others = [one for one in part.groups if one[0] != group[0]]
    twice = any(house_style.category(part.plan, *one) == member for one in others)
    is_headline_of_several = group in part.headline_groups and bool(others)
    return f"{member}: {house_style.breakdown(part.plan, group[0])}" if twice or is_headline_of_several else member


def chips(part: Part, group: Group) -> list[Chip]:
    """The verdicts on a group: against other areas, its direction, and since the Plan began."""
    found = [
        _against(part, part.verdict(group, "comparison", area.code), area.name) for area in part.plan.compared_areas[1:]
    ]
    direction = part.verdict(group, "direction")
    since = part.verdict(group, "since_start")
    return [
        *found,
        _chip(
            direction,
            {
                "better": "Getting better",
                "worse": "Getting worse",
                "similar": "No clear direction",
                "higher": "Rising",
                "lower": "Falling",
            },
            "Direction",
        ),
        _chip(
            since,
            {name: f"{label} since {part.plan.file.starts}" for name, label in _SINCE.items()},
            f"Since {part.plan.file.starts}",
        ),
    ]


_SINCE = {"better": "Better", "worse": "Worse", "similar": "No clear change", "higher": "Higher", "lower": "Lower"}


def not_judged(found: Sequence[Chip]) -> str:
    """The questions without a verdict, with the reasons, in one sentence; empty if there are none."""
    about: dict[str, list[str]] = {}
    for one in found:
        if one.kind == "none":
            what, _, why = one.text.partition(": ")
            about.setdefault(why, []).append(what)
    said = [f"{house_style.together(what)} ({why})" for why, what in about.items()]
    return f"Not judged: {'; '.join(said)}." if said else ""


def _against(part: Part, one: Comparison | None, name: str) -> Chip:
    labels = {verdict: f"{verdict.capitalize()} than {name}" for verdict in ("better", "worse", "higher", "lower")}
    return _chip(one, {**labels, "similar": f"No clear difference from {name}"}, name)


def _chip(one: Comparison | None, labels: Mapping[str, str], about: str) -> Chip:
    if one is None:
        return Chip("none", SIGNS[""], f"{about}: not judged", "")
    if one.verdict:
        label = labels[one.verdict]
        rest = one.words.removeprefix(f"{label}: ")
        return Chip(one.verdict, SIGNS[one.verdict], label, f"{rest[:1].upper()}{rest[1:]}")
    return Chip("none", SIGNS[""], f"{about}: {_NONE[one.reason]}", one.words)


@dataclass(frozen=True)
class PrintedFigure:
    """A figure that the Plan printed, and what became of it."""

    value: str
    period: str
    note: str
    since: str


def printed(part: Part) -> list[PrintedFigure]:
    """The figures that the Plan itself printed, each with what is published for its period now."""
    return [_printed(part, one) for one in part.indicator.printed_in_plan]


def _printed(part: Part, one: Printed) -> PrintedFigure:
    shown_decimals = 0 if one.value.is_integer() else len(f"{one.value:.10g}".partition(".")[2])
    period = house_style.period(one.period, part.indicator.period)
    where = f"page {one.page}" if one.page else ""
    value = house_style.figure(one.value, part.indicator.unit, shown_decimals)
    return PrintedFigure(value, period, " ".join(filter(None, [where, one.note])), _since(part, one, shown_decimals))


def _since(part: Part, one: Printed, decimals: int) -> str:
    of_series = {
        row["series"]: row
        for row in part.rows_of((one.breakdown, one.category))
        if row["area_code"] == part.plan.subject.code and row["value"] is not None and row["period"] == one.period
    }
    same = of_series.pop(one.series, None)
    said = [] if same is None else [_revised(part, one, same, decimals)]
    title = part.series_by_id[one.series].title
    for series, row in of_series.items():
        said.append(
            f"It has been replaced since: it was of the series “{title}”, and for the same time the series "
            f"“{part.series_by_id[series].title}” gives {_now(part, row)}. The two may not be compared."
        )
    return " ".join(said) or f"It was of the series “{title}”, which has no figure for that time here."


def _revised(part: Part, one: Printed, row: Row, decimals: int) -> str:
    if round(row["value"], decimals) == one.value:
        return f"The figure for that time stands: it is {_now(part, row)} here."
    return f"It has been revised since: for the same time it is {_now(part, row)} now."


def _now(part: Part, row: Row) -> str:
    return house_style.figure(row["value"], row["unit"], part.indicator.decimals)
