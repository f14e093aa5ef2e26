"""Graphics: which charts a page has, with their captions, keys and words for those who cannot see them.

What belongs here: choosing what is drawn and saying what it shows. The drawing belongs in `charts` and `group_charts`.

The headline is drawn over time, each track of series in a chart of its own. So are the members of a breakdown if they
are two at most; more of them are drawn below each other for the latest period, since many lines cannot be read.
Areas are drawn together only where their figures may be compared by eye: not totals, of which a larger area has more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.comparing.verdicts import TOTALS
from thindicators.plan.model import Area
from thindicators.site import charts, group_charts, scales
from thindicators.site.content import Part
from thindicators.site.drawn import sparkline
from thindicators.site.lines import Track, tracks
from thindicators.site.marks import Texts
from thindicators.site.views import group_name

Row = Mapping[str, Any]
_FEW = 2
_KEYS = ("own", "first", "second")


@dataclass(frozen=True)
class Key:
    """An entry of a chart's key: how it is styled, and what it says."""

    kind: str
    text: str


@dataclass(frozen=True)
class Graphic:
    """One chart.

    Attributes:
        drawings: The same for wide and for narrow screens.
        title: Its heading.
        unit: What the numbers are, and where their scale begins.
        keys: What its lines and marks are.
        breaks: What changed at each break, in their order.
        is_earlier: Whether its series have ended and others, not comparable, took their place.
    """

    drawings: Sequence[str]
    title: str
    unit: str
    keys: Sequence[Key]
    breaks: Sequence[str]
    is_earlier: bool


def headline(part: Part) -> list[Graphic]:
    """The charts of the headline over time, the newest series first."""
    return [one for group in part.headline_groups for one in _over_time(part, group)]


def of_breakdown(part: Part, dimension: str) -> list[Graphic]:
    """The charts of a breakdown."""
    members = [group for group in part.other_groups if group[0] == dimension]
    if len(members) <= _FEW:
        return [one for group in members for one in _over_time(part, group)]
    return _for_latest(part, dimension, members)


def _over_time(part: Part, group: Group) -> list[Graphic]:
    rows = part.rows_of(group)
    areas = _areas(part, rows)
    found = [track for track in tracks(part.series, areas, rows) if track.points > 1]
    return [
        _line_chart(part, group, areas, track, number, is_earlier=number < len(found) - 1)
        for number, track in reversed(list(enumerate(found)))
    ]


def _line_chart(
    part: Part, group: Group, areas: Sequence[Area], track: Track, number: int, *, is_earlier: bool
) -> Graphic:
    rows = track.rows
    there = {row["area_code"] for row in rows}
    drawn = [area for area in areas if area.code in there]
    title = part.indicator.title if group[0] == "total" else group_name(part, group)
    series = "; ".join(one.title for one in track.series) if len(part.series) > 1 else ""
    texts = Texts(
        f"chart-{'-'.join(group)}-{number}".replace("_", "-").lower(),
        f"{title}{f', {series}' if series else ''}",
        _in_words(part, track, drawn),
    )
    drawings = charts.over_time(track, areas, texts)
    breaks = [f"{house_style.tick(one.after)}: {house_style.sentence(one.because)}" for one in track.breaks]
    heading = f"{title}: {series}" if is_earlier or len(part.headline_groups) > 1 or group[0] != "total" else title
    return Graphic(
        drawings, heading.removesuffix(": "), _unit(rows[0]["unit"]), _keys(track, areas, rows), breaks, is_earlier
    )


def _areas(part: Part, rows: Sequence[Row]) -> list[Area]:
    totals = any(row["unit"] in TOTALS for row in rows)
    return [part.plan.subject] if totals else list(part.plan.compared_areas)


def _unit(unit: str) -> str:
    named = house_style.UNITS[unit]
    start = "starts at zero" if unit in scales.FROM_ZERO else "does not start at zero"
    return f"{named[:1].upper()}{named[1:]}; the scale {start}"


def _keys(track: Track, areas: Sequence[Area], rows: Sequence[Row]) -> list[Key]:
    there = {row["area_code"] for row in rows}
    keys = [Key(_KEYS[place], area.name) for place, area in enumerate(areas) if area.code in there]
    if any(row["lower_ci_95"] is not None for row in rows):
        keys.append(Key("band", "95% limits"))
    if any(row["revision"] == "p" for row in rows):
        keys.append(Key("hollow", "provisional"))
    aside = {one.series for one in track.segments if one.is_aside}
    keys += [Key("aside", f"{one.title}, not comparable") for one in track.series if one.id in aside]
    if track.breaks:
        keys.append(Key("break", "break in the series: figures on either side may not be compared"))
    return keys


def _in_words(part: Part, track: Track, areas: Sequence[Area]) -> str:
    """What a line chart shows: where each area's figures begin and end, their extremes, and the breaks."""
    sentences = []
    for area in areas:
        own = [row for row in track.rows if row["area_code"] == area.code]
        low, high = min(own, key=lambda row: row["value"]), max(own, key=lambda row: row["value"])
        first, last = _said(part, own[0]), _said(part, own[-1])
        if len(own) == 1:
            sentences.append(f"{area.name}: {first}, the only figure.")
        else:
            sentences.append(
                f"{area.name}: {len(own)} figures, first {first}, last {last}, lowest {_said(part, low)}, "
                f"highest {_said(part, high)}."
            )
    for one in track.breaks:
        sentences.append(
            f"The line is broken before {house_style.tick(one.after)}: {house_style.sentence(one.because)}"
        )
    return " ".join([*sentences, "Every figure is in the table below."])


def _said(part: Part, row: Row) -> str:
    decimals = house_style.decimals_of(row["unit"], part.indicator)
    return f"{house_style.figure(row['value'], row['unit'], decimals)} ({house_style.tick(row['period'])})"


def _for_latest(part: Part, dimension: str, members: Sequence[Group]) -> list[Graphic]:
    """The members of a breakdown for the latest period that any has a figure for, in one series and one unit."""
    newest = [row for group in members if (row := part.newest(group)) is not None]
    if not newest:
        return []
    one_of_them = max(newest, key=lambda row: (row["period_end"], row["period"], row["series"], row["unit"]))
    same = ("period", "series", "unit")
    names = {group: group_name(part, group) for group in members}
    areas = _areas(part, newest)
    drawn = {area.code for area in areas}
    rows = [
        {**row, "label": names[group]}
        for group in members
        for row in part.rows_of(group)
        if all(row[name] == one_of_them[name] for name in same)
        and row["value"] is not None
        and row["area_code"] in drawn
    ]
    own = [row["label"] for row in rows if row["area_code"] == part.plan.subject.code]
    if len(own) <= 1:
        return []
    rows = [row for row in rows if row["label"] in own]
    period = house_style.period(one_of_them["period"], part.indicator.period)
    title = f"{house_style.breakdown(part.plan, dimension)}, {period}"
    texts = Texts(f"chart-{dimension}".replace("_", "-"), title, _groups_in_words(part, rows, areas))
    keys = [Key(f"{_KEYS[place]} mark", area.name) for place, area in enumerate(areas)] if len(areas) > 1 else []
    return [Graphic(group_charts.by_group(rows, own, areas, texts), title, _unit(rows[0]["unit"]), keys, [], False)]


def _groups_in_words(part: Part, rows: Sequence[Row], areas: Sequence[Area]) -> str:
    subject = part.plan.subject
    decimals = house_style.decimals_of(rows[0]["unit"], part.indicator)
    said = [
        f"{row['label']}: {house_style.figure(row['value'], row['unit'], decimals)}"
        for row in rows
        if row["area_code"] == subject.code
    ]
    beside = f" {house_style.together([area.name for area in areas[1:]])} beside." if len(areas) > 1 else ""
    return f"{subject.name}: {'; '.join(said)}.{beside} Every figure is in the table below."


def spark(part: Part) -> str:
    """The headline as a small line; empty if there are not two figures to join or set beside each other."""
    newest = part.headline
    if newest is None:
        return ""
    group = (newest["breakdown"], newest["category"])
    found = tracks(part.series, [part.plan.subject], part.rows_of(group))
    track = next(one for one in found if newest["series"] in {series.id for series in one.series})
    if track.points < _FEW:
        return ""
    segments = [
        [(scales.place_of(row["period"]), row["value"]) for row in one.rows]
        for one in track.segments
        if not one.is_aside
    ]
    own = track.rows
    breaks = len(track.breaks)
    label = f"From {_said(part, own[0])} to {_said(part, own[-1])}, {len(own)} figures"
    broken = f", broken {'once' if breaks == 1 else f'{breaks} times'}" if breaks else ""
    return sparkline(segments, f"{label}{broken}")
