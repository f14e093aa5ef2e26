"""History: every vintage of the figures, so that any past release can be asked for, even one that was pruned.

What belongs here: keeping what a later release must know of each release under `state/history/`, and finding the
release of a day.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from thindicators import plain_numbers
from thindicators.errors import ReleaseError
from thindicators.history.release_names import in_order, is_name, releases_in
from thindicators.observations.observation import SCHEMA
from thindicators.storage.files import write_whole
from thindicators.storage.sums import differences

WHOLE_PLAN = ""
"""By which a vintage calls the package of the whole plan."""

_PACKAGES = b"packages"
_PUBLISHED_ON = b"published_on"
"""By which the file of a vintage calls the day of its publishing, by the clock of the machine that did it."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Vintage:
    """What a later release must know of an earlier one.

    Attributes:
        release: Its name.
        table: Its observations, in the contract.
        packages: The descriptors of its data packages, by indicator; that of the whole plan by `WHOLE_PLAN`.
    """

    release: str
    table: pa.Table
    packages: Mapping[str, Mapping[str, Any]]

    def figures(
        self,
        indicator: str,
    ) -> pa.Table:
        """The observations of one indicator."""
        return self.table.filter(pc.equal(self.table["indicator"], indicator))

    @property
    def closed(self) -> frozenset[tuple[str, str]]:
        """The series that had ended, by indicator."""
        ended = set()
        for indicator, descriptor in self.packages.items():
            for accepted in descriptor.get("accepted", ()):
                ended |= {(indicator, series) for series in accepted["closed"]}
        return frozenset(ended)


@dataclass(frozen=True)
class History:
    """Vintages in a folder, a Parquet file for each release."""

    folder: Path

    def keep(
        self,
        releases: Path,
    ) -> None:
        """Keep every release that is not kept yet, also those an interrupted run left out, and lost ones anew.

        A release that is not as it was published is not kept: what it says now, readers may never have seen.
        """
        for release in releases_in(releases):
            if _is_kept(self._place(release.name)):
                continue
            # One damaged release must not keep the others from being kept.
            try:
                self.keep_one(release)
            except ReleaseError as problem:
                _LOG.warning("%s", problem)

    def keep_one(
        self,
        release: Path,
        published_on: date | None = None,
    ) -> Vintage:
        """Keep a release, from its folder.

        Args:
            release: The folder.
            published_on: The day it is, if the release was published just now; else its name says the day.

        Raises:
            ReleaseError: If it is not as it was published.
        """
        if damage := differences(release):
            raise ReleaseError(
                f"The history cannot keep {release}, which is not as it was published: {' '.join(damage[:5])} "
                "Restore it from a backup."
            )
        # Descriptors and figures are one file, so that neither can be there without the other.
        packages = json.dumps(_packages(release), ensure_ascii=False).encode()
        metadata = {_PACKAGES: packages}
        if published_on is not None:
            metadata[_PUBLISHED_ON] = published_on.isoformat().encode()
        table = observations_of(release).replace_schema_metadata(metadata)
        sink = pa.BufferOutputStream()
        pq.write_table(table, sink)
        write_whole(self._place(release.name), sink.getvalue().to_pybytes())
        return self.vintage(release.name)

    def answers_for(
        self,
        release: Path,
    ) -> bool:
        """Whether the figures of a release can be given without its folder."""
        try:
            return bool(self.vintage(release.name).table.equals(observations_of(release)))
        except (ReleaseError, OSError, pa.ArrowException):
            return False

    def names(self) -> list[str]:
        """The names of all releases there ever were, in their order."""
        stems = (path.stem for path in self.folder.glob("*.parquet"))
        return sorted(
            filter(is_name, stems),
            key=in_order,
        )

    def indicators(self) -> set[str]:
        """The ids of all indicators that there ever were."""
        ids: set[str] = set()
        for release in self.names():
            column = pq.read_table(self._place(release), columns=["indicator"])["indicator"]
            ids.update(column.unique().to_pylist())
        return ids

    def figures(
        self,
        release: str,
    ) -> pa.Table:
        """The figures of a release.

        Raises:
            ReleaseError: If there was none of this name.
        """
        return self.vintage(release).table

    def vintage(
        self,
        release: str,
    ) -> Vintage:
        """What is kept of a release.

        Raises:
            ReleaseError: If there was none of this name, or what is kept of it is damaged.
        """
        path = self._place(release)
        names = self.names()
        if release not in names:
            existing = ", ".join(names) or "none"
            raise ReleaseError(f"There was no release {release}. There were: {existing}.")
        try:
            table = pq.read_table(path)
            packages = json.loads((table.schema.metadata or {}).get(_PACKAGES, b"{}"))
            return Vintage(
                release,
                table.cast(SCHEMA),
                packages,
            )
        except (OSError, ValueError, pa.ArrowException) as problem:
            raise ReleaseError(
                f"{path} is damaged. Restore it from a backup; or delete it, and the next publish writes it anew from "
                f"the release {release}, if that was not pruned."
            ) from problem

    def as_of(
        self,
        day: date,
    ) -> str:
        """The name of the release that readers saw at the end of a day.

        Raises:
            ReleaseError: If nothing had been published by then.
        """
        names = self.names()
        days = self._days(names)
        # Several releases may be of one day; readers saw the last of them at its end.
        earlier = [name for name in names if days[name] <= day]
        if not earlier:
            first = f"the first release is {names[0]}" if names else "there has been no release"
            raise ReleaseError(f"Nothing had been published by {day}; {first}.")
        return earlier[-1]

    def _days(self, names: Sequence[str]) -> dict[str, date]:
        """The day on which each release came out."""
        days: dict[str, date] = {}
        latest_possible = date.max
        # None came out after one that followed it: that mends what a clock said that ran ahead.
        for name in reversed(names):
            latest_possible = min(latest_possible, _published_on(self._place(name)))
            days[name] = latest_possible
        return days

    def _place(
        self,
        release: str,
    ) -> Path:
        return self.folder / f"{release}.parquet"


def observations_of(release: Path) -> pa.Table:
    """The observations of a release, in the contract."""
    return pq.read_table(release / "observations.parquet").cast(SCHEMA)


def _packages(release: Path) -> dict[str, dict[str, object]]:
    """The descriptors of a release's packages; of their resources, no more than their fields."""
    descriptors = {WHOLE_PLAN: _descriptor(release / "datapackage.json")}
    for path in sorted((release / "indicators").glob("*/datapackage.json")):
        descriptors[path.parent.name] = _descriptor(path)
    return descriptors


def _descriptor(path: Path) -> dict[str, object]:
    descriptor: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    resources = [_resource(resource) for resource in descriptor["resources"]]
    return {**descriptor, "resources": resources}


def _resource(resource: Mapping[str, Any]) -> dict[str, object]:
    # Versions ask for names and types of fields alone; the whole schema would be kept with every release.
    fields = resource["schema"]["fields"]
    names_and_types = [{"name": field["name"], "type": field["type"]} for field in fields]
    return {
        "name": resource["name"],
        "path": resource["path"],
        "schema": {"fields": names_and_types},
    }


def _published_on(path: Path) -> date:
    """The day on which the release of a vintage came out, by the clock of then."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        return plain_numbers.day(metadata[_PUBLISHED_ON].decode())
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return in_order(path.stem)[0]


def _is_kept(path: Path) -> bool:
    try:
        return path.exists() and _PACKAGES in (pq.read_schema(path).metadata or {})
    except (OSError, pa.ArrowException):
        return False
