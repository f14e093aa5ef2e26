"""Graphics: which charts a page has, with their captions, keys and words for those who cannot see them.

What belongs here: choosing what is drawn and saying what it shows. The drawing belongs in `charts` and `group_charts`.

The headline is drawn over time, each track of series in a chart of its own. So are the members of a breakdown if they
are two at most; more of them are drawn below each other for the latest period, since many lines cannot be read.
Areas are drawn together only where their figures may be compared by eye: not totals, of which a larger area has more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.comparing.verdicts import TOTALS
from thindicators.observations.observation import Row, value_of
from thindicators.plan.model import Area
from thindicators.site import charts, group_charts, scales
from thindicators.site.content import Part
from thindicators.site.drawn import Drawing, Point, sparkline
from thindicators.site.group_charts import LabelledRow
from thindicators.site.lines import Break, Segment, Track, tracks
from thindicators.site.marks import Texts
from thindicators.site.points import point_of
from thindicators.site.views import element_id, group_name

_FEW = 2
# Names of the style sheet's: the Plan's own area, then those it is compared with.
_KEYS = ("own", "first", "second")
_IN_TABLE = "Every figure is in the table below."


@dataclass(frozen=True)
class Key:
    """An entry of a chart's key: how it is styled, and what it says."""

    kind: str
    text: str


@dataclass(frozen=True)
class Graphic:
    """One chart.

    Attributes:
        drawings: The chart as SVG, once for wide and once for narrow screens.
        title: Its heading.
        unit: What the numbers are, and where their scale begins.
        keys: What its lines and marks are.
        breaks: What changed at each break, in their order.
        is_earlier: Whether its series have ended and others, not comparable, took their place.
        source: Whose figures are drawn, for a picture of the chart that stands alone.
    """

    drawings: Sequence[Drawing]
    title: str
    unit: str
    keys: Sequence[Key]
    breaks: Sequence[str]
    is_earlier: bool
    source: str


def headline(part: Part) -> list[Graphic]:
    """The charts of the headline over time, the newest series first."""
    graphics: list[Graphic] = []
    for group in part.headline_groups:
        graphics += _over_time(part, group)
    return graphics


def of_breakdown(part: Part, dimension: str) -> list[Graphic]:
    """The charts of a breakdown."""
    members = [group for group in part.other_groups if group[0] == dimension]
    if len(members) > _FEW:
        return _for_latest(part, dimension, members)
    graphics: list[Graphic] = []
    for group in members:
        graphics += _over_time(part, group)
    return graphics


def _over_time(part: Part, group: Group) -> list[Graphic]:
    rows = part.rows_of(group)
    areas = _areas(part, rows)
    # A single figure is no line; it stands in the headline and in the table.
    every_track = tracks(part.series, areas, rows)
    drawn = [track for track in every_track if track.points > 1]
    newest = len(drawn) - 1
    graphics = []
    for number, track in enumerate(drawn):
        is_earlier = number < newest
        chart = _line_chart(
            part,
            group,
            areas,
            track,
            number,
            is_earlier=is_earlier,
        )
        graphics.append(chart)
    # The newest first, as everywhere on a page; their numbers stay those of the order of time.
    return graphics[::-1]


def _line_chart(
    part: Part,
    group: Group,
    areas: Sequence[Area],
    track: Track,
    number: int,
    *,
    is_earlier: bool,
) -> Graphic:
    is_total = group[0] == "total"
    title = part.indicator.title if is_total else group_name(part, group)
    # Of an indicator with one series its title says nothing that tells figures apart.
    series = ""
    if len(part.series) > 1:
        series = "; ".join(each.title for each in track.series)
    drawn = _with_figures(areas, track.rows)
    texts = Texts(
        name=element_id("chart", *group, str(number)),
        title=f"{title}, {series}" if series else title,
        description=_in_words(part, track, drawn),
    )
    # The newest chart of the only headline has the page's own heading to explain it.
    is_only_headline = is_total and len(part.headline_groups) == 1
    needs_series = bool(series) and (is_earlier or not is_only_headline)
    return Graphic(
        drawings=charts.over_time(track, areas, texts, partial(_point, part)),
        title=f"{title}: {series}" if needs_series else title,
        unit=_unit(track.rows[0]["unit"]),
        keys=_keys(track, areas),
        breaks=[_break_in_words(each) for each in track.breaks],
        is_earlier=is_earlier,
        source=part.sources_of(track.rows),
    )


def _break_in_words(each: Break) -> str:
    time = house_style.tick(each.after)
    because = house_style.sentence(each.because)
    return f"{time}: {because}"


def _areas(part: Part, rows: Sequence[Row]) -> list[Area]:
    """The areas that may be drawn together."""
    # Beside the whole of England every bar of a borough would be nothing.
    units = {row["unit"] for row in rows}
    has_totals = not units.isdisjoint(TOTALS)
    if has_totals:
        return [part.plan.subject]
    # More lines than there are dashes and marks could not be told from each other; the tables have all areas.
    return list(part.plan.compared_areas[: len(_KEYS)])


def _with_figures(
    areas: Sequence[Area],
    rows: Sequence[Row],
) -> list[Area]:
    area_codes = {row["area_code"] for row in rows}
    return [area for area in areas if area.code in area_codes]


def _unit(unit: str) -> str:
    name = house_style.UNITS[unit]
    # A scale that does not start at zero makes a small change look large: a reader is told.
    start = "starts at zero" if unit in scales.FROM_ZERO else "does not start at zero"
    return f"{house_style.capitalised(name)}; the scale {start}"


def _keys(track: Track, areas: Sequence[Area]) -> list[Key]:
    rows = track.rows
    drawn = _with_figures(areas, rows)
    # An area keeps its colour and mark even where the one before it has no figure.
    keys = []
    for area in drawn:
        place = areas.index(area)
        keys.append(Key(_KEYS[place], area.name))
    if any(row["lower_ci_95"] is not None for row in rows):
        keys.append(Key("band", "95% limits"))
    if any(row["revision"] == "p" for row in rows):
        keys.append(Key("hollow", "provisional"))
    aside = {segment.series for segment in track.segments if segment.is_aside}
    for series in track.series:
        if series.id in aside:
            explained = f"{series.title}, not comparable"
            keys.append(Key("aside", explained))
    if track.breaks:
        explained = "break in the series: figures on either side may not be compared"
        keys.append(Key("break", explained))
    return keys


def _in_words(
    part: Part,
    track: Track,
    areas: Sequence[Area],
) -> str:
    """What a line chart shows: where each area's figures begin and end, their extremes, and the breaks."""
    sentences = []
    for area in areas:
        own_rows = [row for row in track.rows if row["area_code"] == area.code]
        sentence = _area_in_words(part, area, own_rows)
        sentences.append(sentence)
    for each in track.breaks:
        explained = _break_in_words(each)
        sentences.append(f"The line is broken before {explained}")
    sentences.append(_IN_TABLE)
    return " ".join(sentences)


def _area_in_words(
    part: Part,
    area: Area,
    rows: Sequence[Row],
) -> str:
    first = _figure_in_words(part, rows[0])
    if len(rows) == 1:
        return f"{area.name}: {first}, the only figure."
    last = _figure_in_words(part, rows[-1])
    lowest = _figure_in_words(part, min(rows, key=value_of))
    highest = _figure_in_words(part, max(rows, key=value_of))
    # The course between them would be a list as long as the table that stands below.
    return (
        f"{area.name}: {len(rows)} figures, "
        f"first {first}, last {last}, lowest {lowest}, highest {highest}."
    )


def _figure_in_words(part: Part, row: Row) -> str:
    figure = house_style.figure_of(row, part.indicator)
    time = house_style.tick(row["period"])
    return f"{figure} ({time})"


def _for_latest(
    part: Part,
    dimension: str,
    members: Sequence[Group],
) -> list[Graphic]:
    """The members of a breakdown for the latest period that any has a figure for, in one series and one unit."""
    # A member may have no figure at all, such as one that is too small to be published.
    newest = [row for row in map(part.newest, members) if row is not None]
    if not newest:
        return []
    latest = max(newest, key=_period_series_and_unit)
    areas = _areas(part, newest)
    like = _like(part, latest, members, areas)
    own_code = part.plan.subject.code
    labels = [each.label for each in like if each.row["area_code"] == own_code]
    # One member is no comparison between members.
    if len(labels) <= 1:
        return []
    # A member that only other areas have a figure of says nothing of the Plan's own.
    labelled = [each for each in like if each.label in labels]
    breakdown = house_style.breakdown(part.plan, dimension)
    period = house_style.period(latest["period"], part.indicator.period)
    title = f"{breakdown}, {period}"
    texts = Texts(
        name=element_id("chart", dimension),
        title=title,
        description=_groups_in_words(part, labelled, areas),
    )
    graphic = Graphic(
        drawings=group_charts.by_group(labelled, labels, areas, texts),
        title=title,
        unit=_unit(latest["unit"]),
        keys=_keys_of_marks(areas),
        breaks=[],
        is_earlier=False,
        source=part.sources_of([each.row for each in labelled]),
    )
    return [graphic]


def _period_series_and_unit(row: Row) -> tuple[object, ...]:
    return row["period_end"], row["period"], row["series"], row["unit"]


def _like(
    part: Part,
    latest: Row,
    members: Sequence[Group],
    areas: Sequence[Area],
) -> list[LabelledRow]:
    """The figures of all members that may be drawn beside the latest one, each with its member's name."""
    area_codes = {area.code for area in areas}
    like = []
    for group in members:
        label = group_name(part, group)
        for row in part.rows_of(group):
            is_same = _period_series_and_unit(row) == _period_series_and_unit(latest)
            is_drawn = row["value"] is not None and row["area_code"] in area_codes
            if is_same and is_drawn:
                point = point_of(part, row, f"{label}, {row['area_name']}")
                like.append(LabelledRow(label, row, point))
    return like


def _point(part: Part, row: Row) -> str:
    return point_of(part, row, row["area_name"])


def _keys_of_marks(areas: Sequence[Area]) -> list[Key]:
    if len(areas) == 1:
        return []
    keys = []
    for place, area in enumerate(areas):
        keys.append(Key(f"{_KEYS[place]} mark", area.name))
    return keys


def _groups_in_words(
    part: Part,
    labelled: Sequence[LabelledRow],
    areas: Sequence[Area],
) -> str:
    subject = part.plan.subject
    figures = []
    for each in labelled:
        if each.row["area_code"] == subject.code:
            figure = house_style.figure_of(each.row, part.indicator)
            figures.append(f"{each.label}: {figure}")
    in_words = "; ".join(figures)
    # Of the others the words would be a second table: the one below has all of them.
    others = house_style.together([area.name for area in areas[1:]])
    beside = f" {others} beside." if others else ""
    return f"{subject.name}: {in_words}.{beside} {_IN_TABLE}"


def spark(part: Part) -> str:
    """The headline as a small line; empty if there are not two figures to join or set beside each other."""
    newest = part.headline
    if newest is None:
        return ""
    group = newest["breakdown"], newest["category"]
    rows = part.rows_of(group)
    drawn = tracks(part.series, [part.plan.subject], rows)
    track = _track_of(newest["series"], drawn)
    if track.points < _FEW:
        return ""
    # Figures that may not be compared would look like a break, on a line too small to explain one.
    segments = [_points(segment) for segment in track.segments if not segment.is_aside]
    own = track.rows
    first = _figure_in_words(part, own[0])
    last = _figure_in_words(part, own[-1])
    broken = _broken(len(track.breaks))
    label = f"From {first} to {last}, {len(own)} figures{broken}"
    return sparkline(segments, label)


def _track_of(series: str, drawn: Sequence[Track]) -> Track:
    """The chart that a series is drawn in."""
    for track in drawn:
        if series in [each.id for each in track.series]:
            return track
    raise ValueError(f"the series {series} has a figure and is drawn in no chart")


def _points(segment: Segment) -> list[Point]:
    points = []
    for row in segment.rows:
        points.append((scales.place_of(row["period"]), value_of(row)))
    return points


def _broken(breaks: int) -> str:
    if not breaks:
        return ""
    return ", broken once" if breaks == 1 else f", broken {breaks} times"
