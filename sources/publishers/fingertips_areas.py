"""Fingertips' area types: which of them holds an indicator's figures of today for local authorities.

What belongs here: reading the lists at https://fingertips.phe.org.uk/api `area_types` and `available_data`. Asking for
figures and reading them belongs in `fingertips`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sources.reading.files import Place, json_of
from thindicators import plain_numbers
from thindicators.fetching.snapshots import Snapshot

REGION = 6
"""The area type of the nine regions; as the parent of the local authorities it brings London's own rows."""

_UPPER_TIER = "Upper tier local authorities"
_SINCE = re.compile(r"\((?:(pre)\b|(?:post |from )?([0-9]{1,2})/([0-9]{2})\b).*\)")
_REMEDY = "open the address in a browser; if the answer is right, sources/publishers/fingertips_areas.py must be adapted."


def choose_area_type(area_types: Snapshot, available: Snapshot | None, indicator_id: int) -> int:
    """The newest upper-tier local authorities that an indicator has data for, by the date in their name.

    The number alone says little: 102, 202, 302, 402 and 502 all hold Tower Hamlets, each with another last period.
    Their names say since when their boundaries hold: `Upper tier local authorities (post 4/23)`.

    Args:
        area_types: The list of all.
        available: Which of them an indicator has data for; None if that list cannot be had. Then it is the newest of
            all: a type without data for the indicator is answered by a header without rows, which is refused.
        indicator_id: Of the indicator.

    Raises:
        SourceError: If there are none, if a name has no date that can be read, or if the region is not the region.
    """
    names = {_whole(one, "Id", area_types): str(one.get("Name")) for one in _list(area_types)}
    if "region" not in names.get(REGION, "").lower():
        raise Place(area_types).wrong(
            f"the regions under id {REGION}",
            names.get(REGION, "no such id"),
            _REMEDY,
        )
    numbers = set(names) if available is None else _with_data(available, indicator_id)
    upper_tier = {
        number: names[number] for number in numbers if names.get(number, "").startswith(_UPPER_TIER)
    }
    if not upper_tier:
        came = sorted(names.get(number, f"unnamed {number}") for number in numbers)
        raise Place(available or area_types).wrong(
            f"“{_UPPER_TIER} (…)” with data for indicator {indicator_id}",
            came,
            _REMEDY,
        )
    by_age = sorted(
        upper_tier,
        key=lambda number: _since(upper_tier[number], area_types),
    )
    newest = [upper_tier[number] for number in by_age[-2:]]
    if len({_since(name, area_types) for name in newest}) != len(newest):
        raise Place(area_types).wrong(
            "one newest area type",
            newest,
            _REMEDY,
        )
    return by_age[-1]


def check_available(available: Snapshot) -> None:
    """Check that an answer is a list of indicators and area types.

    Raises:
        SourceError: If it is none, as where the publisher answers with a web page.
    """
    for one in _list(available):
        _whole(one, "IndicatorId", available)
        _whole(one, "AreaTypeId", available)


def _with_data(available: Snapshot, indicator_id: int) -> set[int]:
    pairs = [
        (_whole(one, "IndicatorId", available), _whole(one, "AreaTypeId", available))
        for one in _list(available)
    ]
    return {area_type for indicator, area_type in pairs if indicator == indicator_id}


def _since(name: str, area_types: Snapshot) -> tuple[int, int]:
    found = _SINCE.search(name)
    if not found:
        raise Place(area_types).wrong(
            "a name such as “… (post 4/23)” or “… (4/21-3/23)”",
            name,
            _REMEDY,
        )
    return (
        (0, 0)
        if found[1]
        else (plain_numbers.whole_number(found[3]), plain_numbers.whole_number(found[2]))
    )


def _list(snapshot: Snapshot) -> list[Mapping[str, object]]:
    found = json_of(snapshot)
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise Place(snapshot).wrong(
            "a list of objects",
            snapshot.content[:200].decode("utf-8", "replace"),
            _REMEDY,
        )
    return found


def _whole(one: Mapping[str, object], name: str, snapshot: Snapshot) -> int:
    value = one.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Place(snapshot).wrong(
            f"a whole number “{name}”",
            one,
            _REMEDY,
        )
    return value
