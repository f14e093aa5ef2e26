"""The faults that cannot be seen in the bytes where nothing was published before, each with its reason.

What belongs here: as little as can be. Where good figures were read before, every one of them must be held or refused.
"""

from __future__ import annotations

YEARS = (
    "nothing in or around the file says which years it has but the names of the years themselves"
)
DAYS = "only the person who fills in a return knows the days; they agree with each other"
UNIT = "a count carries no unit, and no other figure stands beside it"

UNDETECTABLE: dict[tuple[str, str], str] = {
    ("ncmp", "all years shifted"): YEARS,
    **{(source, "all years shifted back"): YEARS for source in ("ncmp", "ons_wellbeing")},
    **{
        (source, "all years shifted back"): DAYS
        for source in ("council_returns", "lga_poll", "pupil_survey", "residents_survey")
    },
    ("ons_bres", "figures in thousands"): UNIT,
}
"""The reason, by source and fault."""
