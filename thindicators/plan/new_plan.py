"""A new plan: the folder `schemas/` for another council, made from the plan that is at hand.

What belongs here: what of a plan is true of any council, and writing it for one. Indicators that come from publishers
are; those that only a council's own returns can fill are its own to add. What the files may hold is in `model`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from thindicators.areas.finding import council_of_england
from thindicators.areas.register import ENGLAND, LONDON, RegisteredArea, register
from thindicators.errors import ThindicatorsError
from thindicators.plan.exceptions import FILE as EXCEPTIONS
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan, Source
from thindicators.plan.yaml_files import Dumper, Loader

Fields = dict[str, Any]

FIND_A_COUNCIL = "https://www.gov.uk/find-local-council"
"""What stands for a council's own address until somebody writes it."""

THEMES = {
    1: "Healthy lives",
    2: "Wellbeing",
    3: "Homes and environment",
    4: "Work, skills and income",
    5: "Children and young people",
}
"""What the numbers of calls to action mean in a plan that has not named its own."""

_YEARS_OF_A_PLAN = 5
_WIDTH = 116
_OF_THE_PLAN_AT_HAND = re.compile(r"\b[Tt]he Plan\b")
_OF_ANOTHER_COUNCIL = ("printed_in_plan", "own_caveats")
"""Fields of an indicator that are true of the council of the plan at hand only."""

_OF_ANY_PLAN = ("licences", "plan_themes", "breakdown_names", "category_names")


@dataclass(frozen=True)
class NewPlan:
    """A plan that was written.

    Attributes:
        folder: Where.
        plan: As it is read from there.
    """

    folder: Path
    plan: Plan

    @property
    def not_covered(self) -> dict[str, str]:
        """Why an indicator has no figure of the council, by the indicator's id."""
        indicators = self.plan.indicators.values()
        return {each.id: each.not_covered for each in indicators if each.not_covered}


def write_new_plan(
    base: Path,
    code_or_name: str,
    folder: Path,
    first_year: int,
) -> NewPlan:
    """Write a working plan for a council.

    Args:
        base: The `schemas/` folder of a plan, from which publishers and indicators are taken.
        code_or_name: The council's GSS code, or its name.
        folder: Where to write it; it must not exist, or be empty.
        first_year: Of the plan.

    Raises:
        ThindicatorsError: If no council has the code or name, or something is in the folder.
    """
    council = council_of_england(code_or_name)
    if folder.exists() and any(folder.iterdir()):
        raise ThindicatorsError(
            f"{folder} has files in it, and a new plan overwrites none. Name another folder."
        )
    plan = load_plan(base)
    (folder / "indicators").mkdir(parents=True, exist_ok=True)
    _write_yaml(folder / "plan.yaml", _plan(base, council, first_year))
    (folder / "areas.csv").write_text(_areas(council), encoding="utf-8", newline="")
    (folder / EXCEPTIONS).write_text("exceptions: []\n", encoding="utf-8", newline="")
    shutil.copytree(base / "witnesses", folder / "witnesses")
    for path in sorted((base / "indicators").glob("[!.]*.yaml")):
        if _is_published(plan, path.stem, council):
            indicator = _indicator(_read_yaml(path), council, plan.sources)
            _write_yaml(folder / "indicators" / path.name, indicator)
    _write_sources(base, folder)
    return NewPlan(folder, load_plan(folder))


def _plan(
    base: Path,
    council: RegisteredArea,
    first_year: int,
) -> Fields:
    name = council.name
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    at_hand = _read_yaml(base / "plan.yaml")
    copied = {key: at_hand[key] for key in _OF_ANY_PLAN if key in at_hand}
    themes = {call["number"]: call["themes"] for call in at_hand["calls_to_action"]}
    calls = [
        {"number": number, "title": title, "themes": themes.get(number, ["SOCI"])}
        for number, title in THEMES.items()
    ]
    return {
        "id": f"{slug}-indicators",
        "title": f"Indicators for {name}",
        "short_title": f"{name} indicators",
        "plan": f"Indicators for {name}",
        "council": name,
        "homepage": FIND_A_COUNCIL,
        "starts": first_year,
        "ends": first_year + _YEARS_OF_A_PLAN,
        "description": f"Indicators for {name}, by year, from their official sources, beside "
        f"{register().region_of(council.code).in_a_sentence} and England, with confidence limits, counts and "
        "denominators where the source gives them.",
        "keywords": [slug, council.code, "indicators", "open-data"],
        "calls_to_action": calls,
        "peers": _peers(council),
        "elsewhere": {"title": "Councils elsewhere in England", "within": ENGLAND},
        **copied,
    }


def _peers(council: RegisteredArea) -> Fields:
    """Councils of its tier: of London, of its county if it is a district, or else of its region."""
    region = register().region_of(council.code)
    if region.code == LONDON:
        return {"london_boroughs": {"title": "London boroughs", "within": LONDON}}
    if "upper" not in council.tiers:
        county = register()[council.parent]
        return {"districts": {"title": f"Districts of {county.name}", "within": county.code}}
    return {"councils": {"title": f"Councils of {region.in_a_sentence}", "within": region.code}}


def _areas(council: RegisteredArea) -> str:
    region = register().region_of(council.code)
    lines = [
        "code,name,kind",
        f"{council.code},{_cell(council.name)},{council.kind}",
        f"{region.code},{region.name},region",
        f"{ENGLAND},England,country",
    ]
    return "\n".join([*lines, ""])


def _cell(name: str) -> str:
    # Three councils have commas in their names, such as Bristol's.
    return f'"{name}"' if "," in name else name


def _is_published(
    plan: Plan,
    indicator: str,
    council: RegisteredArea,
) -> bool:
    """Whether an indicator comes from a publisher, or one gives a council's figure in place of the council's own."""
    of_indicator = plan.indicators[indicator]
    if plan.sources[of_indicator.source].kind != "return":
        return True
    for name, part in of_indicator.also.items():
        source = plan.sources[name]
        # A part of its own areas is context, and no figure of a council.
        if not part.areas and source.kind != "return" and source.covers_area(council.code):
            return True
    return False


def _indicator(
    fields: Fields,
    council: RegisteredArea,
    sources: Mapping[str, Source],
) -> Fields:
    region = register().region_of(council.code)
    of_plan = {council.code, region.code, ENGLAND}
    changed = {key: value for key, value in fields.items() if key not in _OF_ANOTHER_COUNCIL}
    changed["plan_measures"] = fields["title"]
    caveats = fields.get("caveats", [])
    changed["caveats"] = [text for text in caveats if not _OF_THE_PLAN_AT_HAND.search(text)]
    comparators = [region.code if code == LONDON else code for code in fields["comparators"]]
    changed["comparators"], without = _with_figures(comparators, sources[fields["source"]])
    reasons = fields.get("no_comparator", {})
    kept = {region.code if code == LONDON else code: why for code, why in reasons.items()}
    if no_comparator := {**without, **kept}:
        changed["no_comparator"] = no_comparator
    changed["series"] = [_series(series, of_plan) for series in fields["series"]]
    return changed


def _with_figures(codes: list[str], source: Source) -> tuple[list[str], dict[str, str]]:
    """The comparators that a source has figures of, and why there is none of the others."""
    having = [code for code in codes if source.covers_area(code)]
    without = {}
    for code in codes:
        if code not in having:
            without[code] = f"The source has no figure of {register()[code].name}."
    return having, without


def _series(series: Fields, areas: set[str]) -> Fields:
    """A series without the figures of other areas that it is recognised by."""
    if "recognised_by" not in series:
        return series
    known = [figure for figure in series["recognised_by"] if figure["area"] in areas]
    return {**series, "recognised_by": known}


def _write_sources(base: Path, folder: Path) -> None:
    """Copy the files of publishers; those of returns are the council's own, whose address is not known yet."""
    (folder / "sources").mkdir()
    for path in sorted((base / "sources").glob("[!.]*.yaml")):
        fields = _read_yaml(path)
        is_return = fields.get("kind") == "return"
        if is_return:
            _write_yaml(folder / "sources" / path.name, {**fields, "homepage": FIND_A_COUNCIL})
        else:
            shutil.copyfile(path, folder / "sources" / path.name)


def _read_yaml(path: Path) -> Fields:
    fields: Fields = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506  (a safe one)
    return fields


def _write_yaml(path: Path, fields: Fields) -> None:
    text = yaml.dump(
        fields,
        Dumper=Dumper,
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=_WIDTH,
    )
    path.write_text(text, encoding="utf-8", newline="")
