"""Groups of councils: those that a plan has beside its own area, by where they are or by name.

What belongs here: which councils a group has. Which areas there are belongs in `thindicators.areas`, whose figures a source
has in the source's file, and a place among them in `thindicators.comparing`.
"""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from thindicators.areas.register import Tier, register
from thindicators.plan.fields import AreaCode, Strict


class PeerGroup(Strict):
    """Areas like the Plan's own, whose figures are published beside it and among which it has a rank.

    Either all councils within an area, or those that somebody has named, such as statistical neighbours.
    """

    title: str
    within: AreaCode | None = Field(
        None,
        description="All councils within this area that are of the Plan's own tier; empty if `members` are named",
    )
    members: list[AreaCode] = Field(
        [],
        description="The councils one by one, without the Plan's own; empty if they are all `within` an area",
    )
    named_by: str = Field(
        "",
        description="Who says that the members are like the Plan's own area, and where: a sentence for readers",
    )

    @field_validator("within")
    @classmethod
    def _check_within(cls, within: str | None) -> str | None:
        return within and _of_the_register(within)

    @field_validator("members")
    @classmethod
    def _check_members(cls, members: list[str]) -> list[str]:
        for code in members:
            if _of_the_register(code) and not register().is_council(code):
                raise ValueError(f"{code} is no council")
        return members

    @model_validator(mode="after")
    def _check_one_way(self) -> PeerGroup:
        if bool(self.within) == bool(self.members):
            raise ValueError("must have either `within` or `members`")
        if self.members and not self.named_by:
            raise ValueError("named_by: must say who names the members, and where")
        return self

    def around(self, subject: str) -> tuple[str, ...]:
        """The codes of its councils, the Plan's own area among them, in their order.

        There are none around an area that the register does not have: nothing is known of where it is.
        """
        if subject not in register():
            return ()
        others = peers_within(self.within, subject) if self.within else self.members
        return tuple(sorted({subject, *others}))

    def container(self, subject: str) -> str:
        """The code of the smallest area that all of its councils are in."""
        if self.within and register().is_within(subject, self.within):
            return self.within
        return register().smallest_around(self.around(subject))


class Elsewhere(Strict):
    """Councils that the Plan is neither about nor compared with, whose figures are published in a table of their own."""

    title: str
    within: AreaCode = Field(
        description="All councils within this area whose figures a source gives, but those that the Plan names, and peers"
    )

    @field_validator("within")
    @classmethod
    def _check_within(cls, within: str) -> str:
        return _of_the_register(within)


def peers_within(container: str, subject: str) -> tuple[str, ...]:
    """The codes of the councils within an area that are of the tier of one of them, in the order of their codes."""
    if subject not in register():
        return ()
    tier: Tier = "upper" if "upper" in register()[subject].tiers else "lower"
    return register().authorities(container, tier)


def _of_the_register(code: str) -> str:
    # Within an area that is misspelt there is nobody, and nobody would be missed.
    if code not in register():
        raise ValueError(register().why_unknown(code))
    return code
