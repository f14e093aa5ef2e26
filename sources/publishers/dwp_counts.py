"""DWP's counts of children in low income families on Stat-Xplore, which has no percentage.

What belongs here: the ids of this data set, finding the field of its areas, asking for the counts and reading them. How
any Stat-Xplore table is asked for and read is in `stat_xplore`; whether counts are wanted at all, and what is published
of them, belongs in the source's module.

The field of areas has been called COA and UK_COA_CODE, and its value sets are renamed when boundaries change, so that
both are looked up: it is the first field of census output areas that has a value set of local authorities.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sources.publishers import stat_xplore
from sources.reading.files import Place
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.periods import Period, financial_year, read_split_year

ROLE = "counts"
DATABASE = "str:database:CILIF_REL"
MEASURE = "str:count:CILIF_REL:V_F_CILIF_REL"
YEAR_FIELD = "str:field:CILIF_REL:F_CILIF_DATE:DATE_NAME"
AGE_FIELD = "str:field:CILIF_REL:V_F_CILIF_REL:CHILD_AGE"
AGES = ("0-4", "5-10", "11-15")
AGE_IDS = tuple(
    f"{AGE_FIELD.replace('field', 'value', 1)}:C_CILIF_AGE_BAND:{band}" for band in (1, 2, 3)
)

_AREA_FIELD = re.compile(r"str:field:CILIF_REL:V_F_CILIF_REL:(?!GB_)\w*COA(_CODE)?", re.ASCII)
_GROUP = "str:group:"
_RELATIVE = re.compile(r"^(?!.*(ahc|after housing costs)).*\brelative\b", re.IGNORECASE)
_VALUE_SET = re.compile(r":V_C_MASTERGEOG[0-9]+_LA_TO_\w+$", re.ASCII)
_REMEDY = "build the same table on stat-xplore.dwp.gov.uk and adapt the ids in sources/publishers/dwp_counts.py."


@dataclass(frozen=True)
class Count:
    """The children of one area in one year.

    Attributes:
        children: None where the count is nil or negligible, which Stat-Xplore does not tell apart.
        text: As the answer has it.
    """

    area: str
    period: Period
    children: float | None
    revision: str
    text: str


def fetch(client: Client, areas: Sequence[str]) -> list[Snapshot]:
    """The parts of the schema that name the field of areas, and the counts of children under 16.

    Raises:
        SourceError: If an answer cannot be had, or no field has local authorities.
    """
    schema = _fetch_fields(client)
    for field in _area_fields(schema):
        geography = stat_xplore.fetch_schema(client, f"geography {_last(field)}", field)
        schema.append(geography)
        if value_sets := sorted(
            one for one in stat_xplore.read_schema(geography) if _VALUE_SET.search(one)
        ):
            prefix = value_sets[-1].replace("valueset", "value", 1)
            fields: dict[str, list[Sequence[str]]] = {
                YEAR_FIELD: [],
                field: [[f"{prefix}:{area}"] for area in areas],
                AGE_FIELD: [AGE_IDS],
            }
            return [
                *schema,
                stat_xplore.fetch_table(
                    client,
                    ROLE,
                    DATABASE,
                    MEASURE,
                    fields,
                ),
            ]
    came = sorted(one for part in schema for one in stat_xplore.read_schema(part))
    raise Place(schema[-1]).wrong(
        "a field with a value set of local authorities, …_LA_TO_…",
        came,
        _REMEDY,
    )


def read(snapshot: Snapshot, areas: Sequence[str]) -> list[Count]:
    """The counts of an answer, without its totals.

    Raises:
        SourceError: If they are of anything else than relative low income, children under 16, and these areas.
    """
    place, table = Place(snapshot), stat_xplore.read_table(snapshot)
    if not _RELATIVE.search(table.label):
        raise place.wrong(
            "counts of relative low income before housing costs",
            f"“{table.label}”",
            _REMEDY,
        )
    area_fields = [field for field in table.fields if _AREA_FIELD.fullmatch(field)]
    expected = {YEAR_FIELD, AGE_FIELD, *area_fields}
    if len(area_fields) != 1 or set(table.fields) != expected or MEASURE not in table.cells:
        raise place.wrong(
            "counts by year, area and age",
            [*table.fields, *table.cells],
            _REMEDY,
        )
    counts = [
        _count(cell, area_fields[0], place) for cell in table.cells[MEASURE] if not _is_total(cell)
    ]
    came = {count.area for count in counts}
    if came != set(areas):
        raise place.wrong(
            f"counts for {', '.join(areas)}",
            sorted(came),
            _REMEDY,
        )
    return counts


def _fetch_fields(client: Client) -> list[Snapshot]:
    """What the data set has at its top, and in each of its groups, whose fields are not listed at the top."""
    top = stat_xplore.fetch_schema(client, "data set", DATABASE)
    groups = [one for one in stat_xplore.read_schema(top) if one.startswith(_GROUP)]
    return [top, *(stat_xplore.fetch_schema(client, f"group {_last(one)}", one) for one in groups)]


def _area_fields(schema: Sequence[Snapshot]) -> list[str]:
    return [
        one
        for part in schema
        for one in stat_xplore.read_schema(part)
        if _AREA_FIELD.fullmatch(one)
    ]


def _last(name: str) -> str:
    return name.rsplit(":", 1)[-1]


def _is_total(cell: stat_xplore.Cell) -> bool:
    return any(not item.ids for item in cell.items.values())


def _count(cell: stat_xplore.Cell, area_field: str, place: Place) -> Count:
    year, area, age = (cell.items[name] for name in (YEAR_FIELD, area_field, AGE_FIELD))
    if tuple("-".join(re.findall(r"[0-9]+", label)) for label in age.labels) != AGES:
        raise place.wrong(
            f"the ages {AGES} as one group",
            age.labels,
            _REMEDY,
        )
    try:
        period = financial_year(read_split_year(year.labels[0]), year.labels[0])
    except ValueError as problem:
        raise place.wrong(
            "a financial year such as 2021/22",
            problem,
            _REMEDY,
        ) from None
    revision = next((key for key in cell.annotations if key in ("p", "r")), "")
    return Count(
        area.codes[0],
        period,
        cell.value or None,
        revision,
        str(cell.value),
    )
