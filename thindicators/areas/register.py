"""The register of areas: councils, counties, regions and countries, by the code that the ONS gives each.

What belongs here: what is true of an area whoever publishes figures of it: its code, name, kind, tiers and parent. Which
of them a plan is about or compares belongs in the plan, which of them a source has figures of in the source's file.

The facts are the ONS's, from its Code History Database and the register of geographic codes:
https://www.ons.gov.uk/methodology/geography/ukgeographies
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Literal

from thindicators import plain_numbers

Tier = Literal["lower", "upper", "region", "country"]
"""`lower` is that of districts, `upper` that of counties; a council that is both, such as a borough, is of both."""

COUNCIL_TIERS: tuple[Tier, ...] = ("lower", "upper")
"""The tiers of councils: together all of them."""


@dataclass(frozen=True)
class RegisteredArea:
    """An area of the register.

    Attributes:
        code: Its GSS code.
        name: Its name, as the ONS writes it.
        kind: What kind of area it is, such as `London borough`.
        tiers: Those of local government that it is of, or `region` or `country`.
        parent: The code of the area that it is a part of; empty for the United Kingdom.
        itl: Its code as an International Territorial Level; empty for a council that is no such area by itself.
        spellings: Other names by which publishers call it.
        former_codes: Those that the ONS gave it before, the latest first: a GSS code, such as `E08000019` for Sheffield
            until 2025, and the one that it had until 2009, such as `00BG`. A council that took the place of a county and
            all its districts has the county's code here, as it is of the same area.
        since: The year in which it came to be, for a council that took the place of others since 2009; None for older ones.
    """

    code: str
    name: str
    kind: str
    tiers: frozenset[Tier]
    parent: str
    itl: str = ""
    spellings: tuple[str, ...] = ()
    former_codes: tuple[str, ...] = ()
    since: int | None = None

    @property
    def territorial_codes(self) -> tuple[str, ...]:
        """Its ITL code, and the NUTS code that it had before 2021; none if it is no such area."""
        if not self.itl:
            return ()
        # NUTS codes are the same but for their first letters, and England had none of its own.
        former = "UK0" if self.code == ENGLAND else f"UK{self.itl.removeprefix('TL')}"
        return (self.itl, former)

    @property
    def in_a_sentence(self) -> str:
        """Its name as it stands within a sentence: most regions have an article, such as the East Midlands."""
        has_article = "region" in self.tiers and self.name not in _WITHOUT_ARTICLE
        return f"the {self.name}" if has_article else self.name

    def is_called(self, name: str) -> bool:
        """Whether a publisher's name is one of its own, in whatever letters."""
        names = (self.name, *self.spellings)
        return name.casefold() in [known.casefold() for known in names]


_GSS_CODE = re.compile(r"[EKNSW][0-9]{8}")
_WITHOUT_ARTICLE = ("London", "Yorkshire and The Humber")


@dataclass(frozen=True)
class Register:
    """All areas, by code."""

    by_code: Mapping[str, RegisteredArea]

    def __getitem__(self, code: str) -> RegisteredArea:
        """The area of a code.

        Raises:
            KeyError: If the register has no such code.
        """
        return self.by_code[code]

    def __contains__(self, code: str) -> bool:
        """Whether the register has a code."""
        return code in self.by_code

    def gss_codes(self, code: str) -> tuple[str, ...]:
        """The GSS codes by which publishers write an area: the one that it has, then those that it had."""
        former = self[code].former_codes if code in self else ()
        return (code, *filter(_GSS_CODE.fullmatch, former))

    def present_code(self, code: str) -> str:
        """The code that an area has now, by that or one that it had before; a code of no area as it is."""
        return self._present_codes.get(code, code)

    @cached_property
    def _present_codes(self) -> Mapping[str, str]:
        present_codes = {}
        for area in self.by_code:
            for code in self.gss_codes(area):
                present_codes[code] = area
        return present_codes

    def why_unknown(self, code: str) -> str:
        """Why a code is that of no area, with the one to write instead where an area had it before."""
        present = self.present_code(code)
        if present == code:
            return f"{code} is no area of the register"
        return f"{code} is a code that {self[present].name} had before; write {present}"

    def is_within(self, code: str, container: str) -> bool:
        """Whether an area is another or a part of it; false for a code that the register does not have."""
        area = self.by_code.get(code)
        while area is not None:
            if area.code == container:
                return True
            area = self.by_code.get(area.parent)
        return False

    def smallest_around(self, codes: Iterable[str]) -> str:
        """The code of the smallest area that all of some areas are in.

        Raises:
            KeyError: If the register does not have one of them.
        """
        listed = list(codes)
        area = self[listed[0]]
        while not all(self.is_within(code, area.code) for code in listed):
            area = self[area.parent]
        return area.code

    def authorities(self, container: str, tier: Tier) -> tuple[str, ...]:
        """The codes of the councils of a tier within an area, in the order of their codes."""
        within = []
        for code, area in self.by_code.items():
            if tier in area.tiers and self.is_within(code, container):
                within.append(code)
        return tuple(sorted(within))

    def councils(self, container: str) -> tuple[str, ...]:
        """The codes of the councils of all tiers within an area, in the order of their codes."""
        within = [code for code in self.by_code if self.is_within(code, container)]
        return tuple(sorted(filter(self.is_council, within)))

    def is_council(self, code: str) -> bool:
        """Whether a code is that of a council of the register."""
        return code in self and not self[code].tiers.isdisjoint(COUNCIL_TIERS)

    def region_of(self, code: str) -> RegisteredArea:
        """The region that a council is in.

        Raises:
            KeyError: If the register does not have the council.
        """
        area = self[code]
        while "region" not in area.tiers:
            area = self[area.parent]
        return area

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The name of each area, by its code."""
        return {code: area.name for code, area in self.by_code.items()}

    @cached_property
    def boroughs(self) -> tuple[str, ...]:
        """The codes of the 33 authorities of London, the City among them."""
        return self.authorities(LONDON, "upper")


LONDON = "E12000007"
ENGLAND = "E92000001"


@lru_cache(maxsize=1)
def register() -> Register:
    """The register that comes with the package."""
    text = files("thindicators.areas").joinpath("register.csv").read_text(encoding="utf-8")
    by_code = {}
    for row in csv.DictReader(text.splitlines()):
        by_code[row["code"]] = RegisteredArea(
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            tiers=frozenset(row["tiers"].split()),  # type: ignore[arg-type]
            parent=row["parent"],
            itl=row["itl"],
            spellings=tuple(filter(None, row["spellings"].split("|"))),
            former_codes=tuple(filter(None, row["former"].split("|"))),
            since=plain_numbers.year(row["since"]) if row["since"] else None,
        )
    return Register(by_code)
