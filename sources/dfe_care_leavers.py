"""Department for Education, children looked after: care leavers aged 19 to 21, and what they do.

The file has a row for each kind of activity and three that are totals: in education, employment or training, not in it,
and not known. Only these are read: the rows of reasons are often withheld, so that they do not add up. The file's title
changes with each release; its name does not. Each release holds five years, ending in March, and may amend past ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from sources.publishers import ees, ees_catalogue
from sources.publishers.ees_catalogue import PublicationFiles
from sources.publishers.ees_catalogue import is_announcement as is_announcement
from sources.publishers.ees_catalogue import next_release as next_release
from sources.reading.files import Line, Place
from sources.reading.years import check_every_year
from thindicators import plain_numbers
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation, percent
from thindicators.observations.periods import Period, financial_year
from thindicators.plan.model import Indicator

# Renamed in 2025, as most columns were.
AGES = frozenset({"Aged 19 to 21", "19 to 21 years"})
EVERYBODY = "Total"
ACTIVE = "Total in education, employment or training"
MEASURES = {
    "neet": "Total not in education, employment or training",
    "not_known": "Total information not known",
}
"""The publisher's rows by the breakdown that they are here."""

TOGETHER = "neet_or_not_known"
"""Where a council comes to know more of its care leavers, one share falls as the other rises: only both together tell."""

PARTS = (ACTIVE, *MEASURES.values())
ROWS = (EVERYBODY, *PARTS)

Activities = dict[tuple[str, str], dict[str, Line]]
"""Rows by activity, by year and area."""

WITHIN_WHOLE_NUMBERS = 2
"""How far three whole percentages may be from 100 together."""

WITHIN_ROUNDED_COUNTS = 1
"""A whole percentage is within half a point; counts of regions and England, rounded to ten, add to that."""


@dataclass(frozen=True)
class Header:
    """The names that columns had in some releases."""

    age: str
    activity: str
    count: str
    percent: str

    @property
    def columns(self) -> tuple[str, ...]:
        """All that must be there."""
        return (self.age, self.activity, self.count, self.percent)


# What a row is about was called `activity`, and is `breakdown` since 2025.
HEADERS = {
    "2025": Header(
        "care_leaver_age",
        "breakdown",
        "care_leaver_count",
        "care_leaver_percent",
    ),
    "2024": Header(
        "age",
        "activity",
        "number",
        "percentage",
    ),
}
"""The headers that are known, by the last release that had them."""


class Ask(PublicationFiles):
    """What an indicator asks of the publication."""

    category: str = Field(description="What care leavers are called in the indicator")
    series: str = Field(description="Of all figures from here")


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The catalogue's list and the newest file, once for all indicators that ask for the same one."""
    ask_of_name: dict[str, Ask] = {}
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        ask_of_name[_name(ask)] = ask
    snapshots: list[Snapshot] = []
    for name, ask in ask_of_name.items():
        snapshots += ees_catalogue.fetch_file(client, name, ask)
    return snapshots


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """Three observations for each area and year: known to be NEET, not known, and both together."""
    ask = indicator.read_ask(Ask)
    file = snapshots[f"{_name(ask)} file"]
    columns_of_release = {release: header.columns for release, header in HEADERS.items()}
    header = HEADERS[ees.header_of(file, columns_of_release)]
    activities = _activities(
        indicator,
        header,
        ees.read_file(file, header.columns, indicator.wanted_areas),
    )
    _check_all_there(indicator, activities, Place(file))
    for rows in activities.values():
        _check_parts(header, rows)
    observations: list[Observation] = []
    for breakdown in MEASURES:
        for rows in activities.values():
            observation = _observation(
                indicator,
                ask,
                breakdown,
                header,
                rows,
            )
            observations.append(observation)
    # A plan of former times asks for the two apart only.
    if ask.category in indicator.breakdowns.get(TOGETHER, []):
        for rows in activities.values():
            observations.append(_together(indicator, ask, header, rows))
    periods = [observation.period for observation in observations]
    check_every_year((period.year for period in periods), Place(file))
    ees_catalogue.check_newest(
        _name(ask),
        snapshots,
        ask.files,
        periods,
    )
    return observations


def _activities(
    indicator: Indicator,
    header: Header,
    lines: Sequence[Line],
) -> Activities:
    activities: Activities = {}
    for line in lines:
        activity = line[header.activity]
        # There are rows for 17 and 18 year olds too, and for every reason by itself.
        if line[header.age] not in AGES or activity not in ROWS:
            continue
        rows = activities.setdefault(
            (line["time_period"], ees.area_of(line)),
            {},
        )
        if activity in rows:
            raise line.place.wrong(
                "one row for each area, year, age and activity",
                f"two: {rows[activity].cells} and {line.cells}",
                "see how they differ; a new filter must be known to sources/dfe_care_leavers.py. Nothing is chosen.",
            )
        rows[activity] = line
    # Of a peer a year may be incomplete; it is passed over, where one that is expected is an error.
    return {
        (year, area): rows
        for (year, area), rows in activities.items()
        if area in indicator.areas or len(rows) == len(ROWS)
    }


def year_to_march(text: str) -> Period:
    """The publication's reporting year: 2025 is April 2024 to March 2025."""
    # Named by its end, while other publications' years begin with the number.
    return financial_year(plain_numbers.year(text) - 1, text)


def _name(ask: Ask) -> str:
    return ask.files[0].removesuffix(".csv")


def _check_all_there(
    indicator: Indicator,
    activities: Activities,
    place: Place,
) -> None:
    years = sorted({year for year, _ in activities})
    missing: list[tuple[str, str, str]] = []
    for year in years:
        for area in sorted(indicator.areas):
            rows = activities.get((year, area), {})
            missing += [(year, area, name) for name in ROWS if name not in rows]
    if missing or not years:
        raise place.wrong(
            f"the rows {list(ROWS)} at one of the ages {sorted(AGES)} for all of {list(indicator.areas)} in every year",
            f"none for {missing}" if years else "none",
            "look at the areas and labels in the file; new labels belong in sources/dfe_care_leavers.py.",
        )


def _check_parts(header: Header, rows: Mapping[str, Line]) -> None:
    """The three totals make the whole, and every percentage is the share that the counts say."""
    percentages = [ees.value_of(rows[name], header.percent)[0] for name in PARTS]
    published = [value for value in percentages if value is not None]
    # A withheld part leaves the others short of the whole.
    is_whole = len(published) == len(PARTS)
    if is_whole and abs(sum(published) - 100) > WITHIN_WHOLE_NUMBERS:
        place = rows[ACTIVE].at(header.percent)
        raise place.wrong(
            f"three parts of 100: {list(PARTS)}",
            f"{published}",
            "see whether the rows mean something else now.",
        )
    everybody, _ = ees.value_of(rows[EVERYBODY], header.count)
    for name, value in zip(PARTS, percentages, strict=True):
        # Counts of regions and England are rounded to ten, those of authorities are not.
        count, _ = ees.value_of(rows[name], header.count)
        if value is not None and count is not None and everybody:
            ees.check_share(
                rows[name].at(header.percent),
                value,
                count,
                everybody,
                WITHIN_ROUNDED_COUNTS,
            )


def _observation(
    indicator: Indicator,
    ask: Ask,
    breakdown: str,
    header: Header,
    rows: Mapping[str, Line],
) -> Observation:
    line = rows[MEASURES[breakdown]]
    value, status = ees.value_of(line, header.percent)
    return Observation(
        indicator=indicator.id,
        area_code=ees.area_of(line),
        period=ees.period_of(line, year_to_march),
        breakdown=breakdown,
        category=ask.category,
        value=value,
        unit=indicator.unit,
        numerator=ees.value_of(line, header.count)[0],
        denominator=ees.value_of(rows[EVERYBODY], header.count)[0],
        status=status,
        series=ask.series,
        source_text=line[header.percent],
        snapshot=line.place.snapshot.sha256,
    )


def _together(
    indicator: Indicator,
    ask: Ask,
    header: Header,
    rows: Mapping[str, Line],
) -> Observation:
    """Those not in education, employment or training and those not known, as one share.

    It is worked out from the counts; where the file has none, from the two whole percentages, and then it says so.
    """
    lines = [rows[activity] for activity in MEASURES.values()]
    counts = [ees.value_of(line, header.count)[0] for line in lines]
    shares = [ees.value_of(line, header.percent) for line in lines]
    everybody, _ = ees.value_of(rows[EVERYBODY], header.count)
    # A withheld share is never zero, so that the other alone is no sum.
    withheld = [place for place, (share, _) in enumerate(shares) if share is None]
    has_counts = None not in counts and bool(everybody) and not withheld
    column = header.count if has_counts else header.percent
    texts = [line[column] for line in lines]
    value, numerator, note = None, None, ""
    if has_counts:
        numerator = sum(count for count in counts if count is not None)
        value = percent(numerator / (everybody or 1))
        note = _worked_out(texts, f"counts: {{}}, of {rows[EVERYBODY][header.count]}.")
    elif not withheld:
        value = sum(share for share, _ in shares if share is not None)
        note = _worked_out(texts, "whole percentages, since it gives no counts: {}.")
    return Observation(
        indicator=indicator.id,
        area_code=ees.area_of(lines[0]),
        period=ees.period_of(lines[0], year_to_march),
        breakdown=TOGETHER,
        category=ask.category,
        value=value,
        unit=indicator.unit,
        numerator=numerator,
        denominator=everybody,
        status=shares[withheld[0]][1] if withheld else "",
        series=ask.series,
        # The publisher prints no such cell: its two stand in its place, or the one that is withheld.
        source_text=texts[withheld[0]] if withheld else " + ".join(texts),
        snapshot=lines[0].place.snapshot.sha256,
        note=note,
    )


def _worked_out(texts: Sequence[str], how: str) -> str:
    neet, not_known = texts
    parts = f"{neet} not in education, employment or training and {not_known} not known"
    return f"Worked out here from the publisher’s {how.format(parts)}"
