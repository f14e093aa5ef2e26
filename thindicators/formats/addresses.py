"""Addresses: where the files of a release are found on the web.

What belongs here: turning a path within the release into an address. Three rules hold everywhere:

- Where the plan has no public address, addresses are relative to the file they stand in, so that they are right under
  `latest/`, under `releases/<name>/` and in a copy on a disk.
- Where it has one, they are in full: catalogues on the web take no others. Pages, and the names of things, are those of
  `latest/`: they stay the same in every release.
- A file whose size or sum is told has the address below `releases/<name>/`, where its bytes never change. So a
  description in an old release still tells the truth when there is a newer one.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import quote

from thindicators.plan.model import Plan

GEOGRAPHY = "http://statistics.data.gov.uk/id/statistical-geography/"
"""What the Office for National Statistics puts before a GSS code to make it the address of an area."""


@dataclass(frozen=True)
class Addresses:
    """The addresses that a file of a release uses.

    Attributes:
        plan: Which may have a public address.
        folder: The folder, within the release, of the file that the addresses stand in; empty for the top.
    """

    plan: Plan
    folder: str = ""

    def of(self, path: str) -> str:
        """The address of a page, or of a file that every release has anew: that of the latest.

        Args:
            path: Within the release.
        """
        return self._address("latest", path)

    def of_bytes(self, path: str, release: str) -> str:
        """The address of a file whose bytes never change.

        Args:
            path: Within the release.
            release: The name of the release.
        """
        return self._address(f"releases/{release}", path)

    def _address(self, place: str, path: str) -> str:
        public_url = self.plan.file.public_url
        if public_url:
            return f"{public_url}/{place}/{quote(path)}"
        # Never with the machine's own separator: an address has slashes, on Windows too.
        relative = posixpath.relpath(path, self.folder or ".")
        return quote(relative)


def page_of(indicator: str) -> str:
    """The path of an indicator's page within a release."""
    return f"indicators/{indicator}/index.html"


def area_address(code: str) -> str:
    """The address that stands for an area, by its GSS code."""
    return f"{GEOGRAPHY}{code}"


def stable_name(plan: Plan, what: str) -> str:
    """A name for a thing that stays the same wherever it is published: a tag by RFC 4151.

    Args:
        plan: Whose council's web site gives the name its authority.
        what: The thing, such as an indicator's id.
    """
    _, _, without_scheme = plan.file.homepage.partition("//")
    authority, _, _ = without_scheme.partition("/")
    # The year says when the authority was whose it is: addresses change hands, names must not.
    tagging_entity = f"{authority},{plan.file.starts}"
    return f"tag:{tagging_entity}:{plan.file.id}/{what}"
