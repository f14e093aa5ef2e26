"""DWP's counts of children in low income families on Stat-Xplore, which has no percentage.

What belongs here: the ids of this data set, finding the field of its areas, asking for the counts and reading them. How
any Stat-Xplore table is asked for and read is in `stat_xplore`; whether counts are wanted at all, and what is published
of them, belongs in the source's module.

The field of areas has been called COA and UK_COA_CODE, and its value sets are renamed when boundaries change, so that
both are looked up: it is the first field of census output areas that has a value set of local authorities.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sources.publishers import stat_xplore
from sources.reading.areas import code_among, codes_of
from sources.reading.files import Place
from thindicators.areas.register import register
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

# A field of census output areas; GB_COA is another, without Northern Ireland.
_AREA_FIELD = re.compile(r"^str:field:CILIF_REL:V_F_CILIF_REL:(?!GB_)\w*COA(_CODE)?\Z", re.ASCII)
_GROUP = re.compile(r"^str:group:")
_ANYTHING = re.compile("")
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
    for field in _names_that_fit(schema, _AREA_FIELD):
        geography = stat_xplore.fetch_schema(
            client,
            f"geography {_last(field)}",
            field,
        )
        schema.append(geography)
        value_sets = sorted(_names_that_fit([geography], _VALUE_SET))
        if value_sets:
            # The last is the newest: MASTERGEOG21 follows MASTERGEOG11, whose boundaries are older.
            return [*schema, *_fetch_of_areas(client, field, value_sets[-1], areas)]
    raise Place(schema[-1]).wrong(
        "a field with a value set of local authorities, …_LA_TO_…",
        sorted(_names_that_fit(schema, _ANYTHING)),
        _REMEDY,
    )


def _fetch_of_areas(
    client: Client,
    field: str,
    value_set: str,
    areas: Sequence[str],
) -> list[Snapshot]:
    """The counts; and the value set, if it may have an area by a code that the area had before."""
    if codes_of(areas) == set(areas):
        return [_fetch_counts(client, field, value_set, areas)]
    listed = stat_xplore.fetch_schema(client, f"values {_last(value_set)}", value_set)
    known = {_last(value) for value in stat_xplore.read_schema(listed)}
    codes = [_code_among(known, area, listed) for area in areas]
    return [listed, _fetch_counts(client, field, value_set, codes)]


def _code_among(
    known: Collection[str],
    area: str,
    listed: Snapshot,
) -> str:
    code = code_among(known, area)
    if code not in known:
        raise Place(listed).wrong(
            f"a value for {' or '.join(register().gss_codes(area))}",
            f"none among {len(known)}",
            _REMEDY,
        )
    return code


def _fetch_counts(
    client: Client,
    field: str,
    value_set: str,
    codes: Sequence[str],
) -> Snapshot:
    value = value_set.replace("valueset", "value", 1)
    fields: dict[str, list[Sequence[str]]] = {
        YEAR_FIELD: [],
        field: [[f"{value}:{code}"] for code in codes],
        # One group, and so one cell: the ages' own cells are disturbed and would not add up to it.
        AGE_FIELD: [AGE_IDS],
    }
    return stat_xplore.fetch_table(
        client,
        role=ROLE,
        database=DATABASE,
        measure=MEASURE,
        fields=fields,
    )


def read(snapshot: Snapshot, areas: Sequence[str]) -> list[Count]:
    """The counts of an answer, without its totals.

    Raises:
        SourceError: If they are of anything else than relative low income, children under 16, and these areas.
    """
    place = Place(snapshot)
    table = stat_xplore.read_table(snapshot)
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
    cells = [cell for cell in table.cells[MEASURE] if not _is_total(cell)]
    counts = [_count(cell, area_fields[0], place) for cell in cells]
    counted = {count.area for count in counts}
    if counted != set(areas):
        raise place.wrong(
            f"counts for {', '.join(areas)}",
            sorted(counted),
            _REMEDY,
        )
    return counts


def _fetch_fields(client: Client) -> list[Snapshot]:
    """What the data set has at its top, and in each of its groups, whose fields are not listed at the top."""
    top = stat_xplore.fetch_schema(client, "data set", DATABASE)
    schema = [top]
    for name in _names_that_fit([top], _GROUP):
        schema.append(
            stat_xplore.fetch_schema(
                client,
                f"group {_last(name)}",
                name,
            )
        )
    return schema


def _names_that_fit(schema: Iterable[Snapshot], pattern: re.Pattern[str]) -> list[str]:
    """The ids in parts of a schema that a pattern fits, in the publisher's order."""
    names: list[str] = []
    for part in schema:
        names += [name for name in stat_xplore.read_schema(part) if pattern.search(name)]
    return names


def _last(name: str) -> str:
    return name.rsplit(":", 1)[-1]


def _is_total(cell: stat_xplore.Cell) -> bool:
    # A total has no ids, as it stands for no value of its own.
    return any(not item.ids for item in cell.items.values())


def _count(
    cell: stat_xplore.Cell,
    area_field: str,
    place: Place,
) -> Count:
    year = cell.items[YEAR_FIELD]
    area = cell.items[area_field]
    age = cell.items[AGE_FIELD]
    # The bands' codes say nothing of ages, so that their labels must be those that were asked for.
    ages = tuple("-".join(re.findall(r"[0-9]+", label)) for label in age.labels)
    if ages != AGES:
        raise place.wrong(
            f"the ages {AGES} as one group",
            age.labels,
            _REMEDY,
        )
    revisions = [key for key in cell.annotations if key in ("p", "r")]
    return Count(
        area=register().present_code(area.codes[0]),
        period=_period(year.labels[0], place),
        # Nil, negligible and suppressed all come as 0.0: that is no count.
        children=cell.value or None,
        revision=revisions[0] if revisions else "",
        text=str(cell.value),
    )


def _period(label: str, place: Place) -> Period:
    try:
        return financial_year(read_split_year(label), label)
    except ValueError as problem:
        raise place.wrong(
            "a financial year such as 2021/22",
            problem,
            _REMEDY,
        ) from None
