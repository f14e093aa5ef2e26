"""Fingertips' area types: which of them holds an indicator's figures of today for local authorities.

What belongs here: reading the lists at https://fingertips.phe.org.uk/api `area_types` and `available_data`. Asking for
figures and reading them belongs in `fingertips`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import cast

from sources.reading.files import Place, json_of
from thindicators import plain_numbers
from thindicators.areas.register import Tier, register
from thindicators.fetching.snapshots import Snapshot

REGION = 6
"""The area type of the nine regions; as the parent of the local authorities it brings London's own rows."""

_NAMES: dict[Tier, str] = {
    "upper": "Upper tier local authorities",
    "lower": "Lower tier local authorities",
}
"""How the names of the area types of a tier begin."""
_SINCE = re.compile(r"\((?:(pre)\b|(?:post |from )?([0-9]{1,2})/([0-9]{2})\b).*\)")
_REMEDY = "open the address in a browser; if the answer is right, sources/publishers/fingertips_areas.py must be adapted."


def tiers_of(areas: Iterable[str]) -> list[Tier]:
    """The tiers of local authorities whose area types together hold some areas.

    Counties are in the upper one alone and districts in the lower one; all other councils, regions and England are in both.
    """
    councils = [register()[area] for area in areas if register().is_council(area)]
    has_districts = any("upper" not in council.tiers for council in councils)
    has_counties = any("lower" not in council.tiers for council in councils)
    tiers: list[Tier] = []
    if has_counties or not has_districts:
        tiers.append("upper")
    if has_districts:
        tiers.append("lower")
    return tiers


def choose_area_type(
    area_types: Snapshot,
    available: Snapshot | None,
    indicator_id: int,
    tier: Tier = "upper",
) -> int:
    """The newest local authorities of a tier that an indicator has data for, by the date in their name.

    The number alone says little: 102, 202, 302, 402 and 502 all hold Tower Hamlets, each with another last period.
    Their names say since when their boundaries hold: `Upper tier local authorities (post 4/23)`.

    Args:
        area_types: The list of all.
        available: Which of them an indicator has data for; None if that list cannot be had. Then it is the newest of
            all: a type without data for the indicator is answered by a header without rows, which is refused.
        indicator_id: Of the indicator.
        tier: Of the local authorities.

    Raises:
        SourceError: If there are none, if a name has no date that can be read, or if the region is not the region.
    """
    names = _names(area_types)
    # London's rows come only with the regions as parents, so that their number must still be theirs.
    if "region" not in names.get(REGION, "").lower():
        raise Place(area_types).wrong(
            f"the regions under id {REGION}",
            names.get(REGION, "no such id"),
            _REMEDY,
        )
    numbers = set(names) if available is None else _with_data(available, indicator_id)
    of_tier = [number for number in numbers if names.get(number, "").startswith(_NAMES[tier])]
    if not of_tier:
        came = sorted(names.get(number, f"unnamed {number}") for number in numbers)
        raise Place(available or area_types).wrong(
            f"“{_NAMES[tier]} (…)” with data for indicator {indicator_id}",
            came,
            _REMEDY,
        )
    since = {number: _since(names[number], area_types) for number in of_tier}
    newest = [number for number in of_tier if since[number] == max(since.values())]
    # Two of one date would differ in something that the names do not say.
    if len(newest) != 1:
        raise Place(area_types).wrong(
            "one newest area type",
            [names[number] for number in newest],
            _REMEDY,
        )
    return newest[0]


def check_available(available: Snapshot) -> None:
    """Check that an answer is a list of indicators and area types.

    Raises:
        SourceError: If it is none, as where the publisher answers with a web page.
    """
    for pair in _objects(available):
        _whole_number(pair, "IndicatorId", available)
        _whole_number(pair, "AreaTypeId", available)


def _names(area_types: Snapshot) -> dict[int, str]:
    names: dict[int, str] = {}
    for area_type in _objects(area_types):
        number = _whole_number(area_type, "Id", area_types)
        names[number] = str(area_type.get("Name"))
    return names


def _with_data(available: Snapshot, indicator_id: int) -> set[int]:
    area_types: set[int] = set()
    # Whatever the address asked for, only pairs of this indicator count.
    for pair in _objects(available):
        indicator = _whole_number(pair, "IndicatorId", available)
        area_type = _whole_number(pair, "AreaTypeId", available)
        if indicator == indicator_id:
            area_types.add(area_type)
    return area_types


def _since(name: str, area_types: Snapshot) -> tuple[int, int]:
    """The year and month since when the boundaries of a type hold, which sort; (0, 0) for the oldest."""
    match = _SINCE.search(name)
    if not match:
        raise Place(area_types).wrong(
            "a name such as “… (post 4/23)” or “… (4/21-3/23)”",
            name,
            _REMEDY,
        )
    # The oldest says until when its boundaries held, “pre 4/19”, and not since when.
    if match[1]:
        return 0, 0
    return plain_numbers.whole_number(match[3]), plain_numbers.whole_number(match[2])


def _objects(snapshot: Snapshot) -> list[Mapping[str, object]]:
    members = json_of(snapshot)
    is_list = isinstance(members, list) and bool(members)
    if not is_list or not all(isinstance(member, dict) for member in members):
        raise Place(snapshot).wrong(
            "a list of objects",
            snapshot.content[:200].decode("utf-8", "replace"),
            _REMEDY,
        )
    return cast(list[Mapping[str, object]], members)


def _whole_number(
    members: Mapping[str, object],
    name: str,
    snapshot: Snapshot,
) -> int:
    value = members.get(name)
    # True is an int to Python, and no number.
    if not isinstance(value, int) or isinstance(value, bool):
        raise Place(snapshot).wrong(
            f"a whole number “{name}”",
            members,
            _REMEDY,
        )
    return value
