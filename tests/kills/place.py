"""Folders for publishing the sample edition again and again, each time with another figure in it.

What belongs here: the folders, and the figure that changes, so that each publish has something new to release.
"""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from sources import SAMPLES
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.settings import Settings

INDICATOR, AREA, YEAR = "life_satisfaction", "E09000030", "2022-23"
_FILE = Path("ons_wellbeing", "4.csv")
_FIGURES = 40
"""How many different figures there are before the first comes again."""


@dataclass(frozen=True)
class Place:
    """State, releases and samples of one row of publishes, and the plan that they follow."""

    folder: Path
    schemas: Path

    @property
    def settings(self) -> Settings:
        """Its folders and its plan."""
        return Settings(
            schemas=self.schemas, state=self.folder / "state", published=self.folder / "published"
        )

    @property
    def samples(self) -> Path:
        """Its own copy of the sample edition."""
        return self.folder / "samples"

    def open(self) -> RunContext:
        """The context of a run in these folders."""
        return open_run_context(self.settings, self.samples, "sample", lambda: NOW)


def new_place(folder: Path, schemas: Path) -> Place:
    """Folders in which nothing was published yet."""
    place = Place(folder, schemas)
    shutil.copytree(SAMPLES, place.samples)
    return place


def change_figure(samples: Path, number: int) -> float:
    """Let the sample say another figure, within its limits; neighbouring numbers give different ones."""
    path = samples / _FILE
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    [row] = [
        one
        for one in rows
        if (one["administrative-geography"], one["yyyy-yy"], one["measure-of-wellbeing"])
        == (AREA, YEAR, "life-satisfaction")
    ]
    figure = round(float(row["Lower limit"]) + 0.1 + 0.01 * (number % _FIGURES), 2)
    row["v4_3"] = f"{figure:.2f}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return figure
