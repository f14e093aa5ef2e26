"""Settings: what a user may choose, read once from the environment and handed on.

What belongs here: names, meanings and defaults of the `THINDICATORS_…` variables. Nothing else in the project reads the
environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from thindicators.errors import SettingsError
from thindicators.plan import Plan

PREFIX = "THINDICATORS_"
PROJECT = Path(__file__).resolve().parent.parent
EDITIONS = ("live", "sample")


@dataclass(frozen=True)
class Settings:
    """What a user may choose.

    Attributes:
        schemas: The plan as data: `THINDICATORS_SCHEMAS`.
        state: Snapshots, figures and Dagster's own files: `THINDICATORS_STATE`.
        published: The releases: `THINDICATORS_PUBLISHED`.
        edition: `THINDICATORS_EDITION`; empty for what the folders already hold.
        contact: An address that publishers can write to, sent with every request: `THINDICATORS_CONTACT`.
        addresses: Other base addresses of publishers: `THINDICATORS_NOMIS_URL` and its like, by lower-case name.
        secrets: Keys: `THINDICATORS_STAT_XPLORE_KEY` and its like, by name without the prefix.
    """

    schemas: Path = PROJECT / "schemas"
    state: Path = PROJECT / "state"
    published: Path = PROJECT / "published"
    edition: str = ""
    contact: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def inbox(self) -> Path:
        """Where people put returns."""
        return self.state / "returns"

    def check_against(self, plan: Plan) -> None:
        """Refuse addresses of publishers that the plan does not know.

        Raises:
            SettingsError: If there is one; a misspelt name would let a test call the real publisher.
        """
        for name in self.addresses:
            if name not in plan.addresses:
                known = ", ".join(f"{PREFIX}{known.upper()}_URL" for known in sorted(plan.addresses))
                raise SettingsError(f"{PREFIX}{name.upper()}_URL names no publisher. There are: {known}")


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: If a variable with our prefix is unknown, or the edition is none.
    """
    given = {
        name.removeprefix(PREFIX): value for name, value in environment.items() if name.startswith(PREFIX) and value
    }
    addresses = {name[:-4].lower(): given.pop(name).rstrip("/") for name in list(given) if name.endswith("_URL")}
    secrets = {name: given.pop(name) for name in list(given) if name.endswith("_KEY")}
    folders = {
        name.lower(): Path(given.pop(name)).resolve() for name in ("SCHEMAS", "STATE", "PUBLISHED") if name in given
    }
    edition, contact = given.pop("EDITION", ""), given.pop("CONTACT", "")
    if given:
        raise SettingsError(f"{PREFIX}{min(given)} is not a setting. The README lists the settings.")
    if edition not in ("", *EDITIONS):
        raise SettingsError(f"{PREFIX}EDITION is {edition!r}; it can be one of {', '.join(EDITIONS)}.")
    return Settings(edition=edition, contact=contact, addresses=addresses, secrets=secrets, **folders)
