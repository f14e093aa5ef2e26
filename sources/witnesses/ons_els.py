"""The ONS's Explore Local Statistics data: one CSV file for each subject, with a file about it beside it.

What belongs here: the shape of those files, at https://github.com/ONSdigital/explore-local-statistics-data. The ONS
collects them from the same publishers as this project does, by other people with other code.

A file holds several indicators, areas of every kind, and periods as ISO 8601 intervals. The file about it says from
which day the figures are, in one of two shapes; it may be absent, or say nothing of the day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sources.reading.areas import with_present_codes
from sources.reading.files import Line, Place, csv_lines, json_of, number
from thindicators import plain_numbers
from thindicators.comparing.witnesses import WitnessFigure
from thindicators.errors import FetchError, SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.periods import Period, PeriodError, from_iso
from thindicators.plan.model import Indicator

DATA = "https://raw.githubusercontent.com/ONSdigital/explore-local-statistics-data/main"
COLUMNS = ("areacd", "indicator", "period", "observation")
_REMEDY = "look at the file on GitHub; if it has changed, correct `witnesses` in the YAML."


class Ask(BaseModel):
    """What an indicator asks of Explore Local Statistics."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    folder: str = Field(
        pattern=r"^[a-z0-9-]+$",
        description="The folder, and the name of the files in it",
    )
    indicator: str = Field(description="As the column `indicator` names it, letter for letter")


def part_of(indicator: Indicator) -> str:
    """The folder."""
    return indicator.read_ask(Ask).folder


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The figures of one folder and, if it can be had, what is said about them."""
    folder = part_of(indicators[0])
    figures = client.get(f"{folder}/figures", f"{DATA}/{folder}/{folder}.csv")
    try:
        return [figures, client.get(f"{folder}/about", f"{DATA}/{folder}/{folder}.json")]
    except FetchError:
        return [figures]


def read(
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
    area_names: Mapping[str, str],
) -> list[WitnessFigure]:
    """One figure for each area and period that has one."""
    ask = indicator.read_ask(Ask)
    csv_file = snapshots[f"{ask.folder}/figures"]
    about = snapshots.get(f"{ask.folder}/about")
    lines = csv_lines(
        csv_file,
        COLUMNS,
        keep=lambda line: line["indicator"] == ask.indicator,
    )
    if not lines:
        names = sorted({line["indicator"] for line in csv_lines(csv_file, COLUMNS)})
        raise Place(csv_file, column="indicator").wrong(
            f"rows of “{ask.indicator}”",
            f"only rows of {names}",
            _REMEDY,
        )
    vintage = vintage_of(about) if about else ""
    figures: list[WitnessFigure] = []
    for line in with_present_codes(lines, "areacd", ("indicator", "period")):
        # A figure that is not there is an empty cell: a witness says nothing of it.
        if line["areacd"] in indicator.areas and line["observation"].strip():
            figures.append(_figure(line, vintage))
    _check_once(figures, csv_file)
    return figures


def vintage_of(about: Snapshot) -> str:
    """The day from which the figures of a folder are, ISO 8601; empty if the file about them does not say it.

    Seen are `"sourceDate": "16/04/2024"` somewhere within `ess-beta-metadata`, and `"date": "2023-11-07"` of each
    source within `metadata`.
    """
    try:
        whole = json_of(about)
        days = [
            *_days(whole, "sourceDate", plain_numbers.british_day),
            *_days(whole, "date", plain_numbers.day),
        ]
    except SourceError:
        # The figures are there all the same; only their day is not known.
        return ""
    return max(days).isoformat() if days else ""


def _days(
    member: Any,
    name: str,
    read: Callable[[str], date],
) -> Iterator[date]:
    """The days that stand under a name, at any depth: where it stands has changed."""
    inner: list[Any] = []
    if isinstance(member, list):
        inner = member
    elif isinstance(member, dict):
        inner = list(member.values())
        written = member.get(name)
        if isinstance(written, str):
            # What is no day is some other date, and says nothing.
            with suppress(plain_numbers.PlainNumberError):
                yield read(written)
    for value in inner:
        yield from _days(value, name, read)


def _figure(line: Line, vintage: str) -> WitnessFigure:
    text = line["observation"].strip()
    return WitnessFigure(
        area_code=line["areacd"],
        period=_period(line),
        value=number(text, line.at("observation")),
        text=text,
        snapshot=line.place.snapshot.sha256,
        where=str(line.place),
        vintage=vintage,
    )


def _period(line: Line) -> Period:
    """The period, with a label as people write it, for it is shown to them."""
    try:
        period = from_iso(line["period"])
        first = period.start.year
        last = period.end.year
        label = str(last) if first == last else f"{first} to {last}"
        return from_iso(line["period"], label)
    except PeriodError as problem:
        raise line.at("period").wrong(
            "an ISO 8601 interval such as 2023-01-01/P1Y",
            problem,
            _REMEDY,
        ) from None


def _check_once(figures: Sequence[WitnessFigure], snapshot: Snapshot) -> None:
    first_of_key: dict[tuple[str, str, str, str], WitnessFigure] = {}
    for figure in figures:
        first = first_of_key.setdefault(figure.key, figure)
        if first is not figure:
            raise Place(snapshot).wrong(
                "one row for each area and period",
                f"two: {first.where} and {figure.where}",
                _REMEDY,
            )
