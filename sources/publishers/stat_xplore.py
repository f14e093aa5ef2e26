"""Stat-Xplore, DWP's table builder: queries by id, and tables as nested arrays.

What belongs here: what is true of every Stat-Xplore data set, from its online help
(https://stat-xplore.dwp.gov.uk/webapi/online-help/Open-Data-API-Table.html). Which data set, measure and groups to ask
for belongs in the source's module.

A personal key travels in the header `APIKey` and is recorded nowhere. A wrong id and an exhausted allowance are both
answered with something that is no JSON. Cells are disturbed one by one against disclosure, so that a group is asked for
as one item and never added up. A count that is nil or negligible comes as 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sources.reading.files import Place, json_of, number_of, text_of, whole_of
from thindicators.errors import FailureKind, SourceError
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot

API = "https://stat-xplore.dwp.gov.uk/webapi/rest/v1"
KEY = "STAT_XPLORE_KEY"

_REMEDY = "build the same table on stat-xplore.dwp.gov.uk and compare its ids, or try again when the allowance is reset."


@dataclass(frozen=True)
class Item:
    """One value of a field: a single one, several that were grouped, or the total, which has no ids."""

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    annotations: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The last part of each id."""
        return tuple(one.rsplit(":", 1)[-1] for one in self.ids)


@dataclass(frozen=True)
class Cell:
    """One figure.

    Attributes:
        items: Where it stands: the item of each field, by the field's id.
        value: To the precision that the publisher gives.
        annotations: Keys of the publisher's remarks on this cell or on an item it stands at.
    """

    items: Mapping[str, Item]
    value: float
    annotations: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """An answer to a query.

    Attributes:
        label: Of the data set.
        fields: The items of each field, by the field's id.
        cells: By the measure's id.
        remarks: The publisher's remarks by their keys.
    """

    label: str
    fields: Mapping[str, tuple[Item, ...]]
    cells: Mapping[str, tuple[Cell, ...]]
    remarks: Mapping[str, str]


def fetch_schema(client: Client, role: str, item: str) -> Snapshot:
    """What the publisher has under an id: the fields of a data set, the value sets of a field."""
    return client.get(role, f"{API}/schema/{item}", headers=_key(client))


def read_schema(snapshot: Snapshot) -> dict[str, str]:
    """The labels of what is under an id, by their own ids.

    Raises:
        SourceError: If it is no part of a schema, or an empty one.
    """
    try:
        children = {str(child["id"]): str(child["label"]) for child in _json(snapshot)["children"]}
    except (KeyError, TypeError) as problem:
        raise Place(snapshot).wrong(
            "a part of the schema: children[] with id and label", problem, _REMEDY
        ) from None
    if not children:
        raise Place(snapshot).wrong("a part of the schema", "one with nothing in it", _REMEDY)
    return children


def fetch_table(
    client: Client,
    role: str,
    database: str,
    measure: str,
    fields: Mapping[str, Sequence[Sequence[str]]],
) -> Snapshot:
    """Ask for a table.

    Args:
        client: Asks.
        role: What to call the answer.
        database: Id of the data set.
        measure: Id of what is counted.
        fields: The groups of values of each field, by the field's id; no groups means all its values.
    """
    recodes = {
        name: {"map": [list(group) for group in groups]}
        for name, groups in fields.items()
        if groups
    }
    query = {
        "database": database,
        "measures": [measure],
        "recodes": {name: {**recode, "total": False} for name, recode in recodes.items()},
        "dimensions": [[name] for name in fields],
    }
    return client.post(role, f"{API}/table", query, headers=_key(client))


def read_table(snapshot: Snapshot) -> Table:
    """The figures of a table, each with the items it stands at.

    Raises:
        SourceError: If it is no table, or its arrays do not fit its fields.
    """
    body = _json(snapshot)
    try:
        fields = {
            str(field["uri"]): tuple(_item(one) for one in field["items"])
            for field in body["fields"]
        }
        cells = {
            str(measure): tuple(_cells(snapshot, fields, cube))
            for measure, cube in body["cubes"].items()
        }
        return Table(str(body["database"]["label"]), fields, cells, body["annotationMap"])
    except (
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        OverflowError,
        RecursionError,
    ) as problem:
        raise Place(snapshot).wrong(
            "a table: database, fields, cubes and annotationMap", problem, _REMEDY
        ) from None


def _key(client: Client) -> dict[str, str]:
    key = client.secrets.get(KEY)
    if not key:
        raise SourceError(
            client.source.id,
            expected="a key for Stat-Xplore",
            came="none",
            where=f"the setting THINDICATORS_{KEY}",
            remedy="get one from the account menu of stat-xplore.dwp.gov.uk, under “Open Data API Access”.",
            kind=FailureKind.NOT_SET_UP,
        )
    return {"APIKey": key}


def _json(snapshot: Snapshot) -> Any:
    if not snapshot.receipt.media_type.startswith("application/json"):
        raise Place(snapshot).wrong(
            "an answer of type application/json",
            f"{snapshot.receipt.media_type} {snapshot.content[:80]!r}",
            _REMEDY,
        )
    return json_of(snapshot)


def _item(item: Mapping[str, Any]) -> Item:
    labels = _texts(item["labels"])
    if not labels:
        raise ValueError("an item without a label")
    return Item(_texts(item.get("uris", [])), labels, _texts(item.get("annotationKeys", [])))


def _texts(members: object) -> tuple[str, ...]:
    if not isinstance(members, list):
        raise TypeError(f"a list but {members!r}")
    return tuple(text_of(one) for one in members)


def _cells(
    snapshot: Snapshot, fields: Mapping[str, tuple[Item, ...]], cube: Mapping[str, Any]
) -> Iterator[Cell]:
    precision = whole_of(cube["precision"])
    remarks = (
        list(_walk(snapshot, list(fields.values()), cube["annotations"]))
        if "annotations" in cube
        else None
    )
    for index, (path, value) in enumerate(_walk(snapshot, list(fields.values()), cube["values"])):
        own = tuple(remarks[index][1] or ()) if remarks is not None else ()
        inherited = tuple(key for item in path for key in item.annotations)
        yield Cell(
            dict(zip(fields, path, strict=True)),
            round(number_of(value), precision),
            (*own, *inherited),
        )


def _walk(
    snapshot: Snapshot, fields: Sequence[tuple[Item, ...]], values: Any, path: tuple[Item, ...] = ()
) -> Iterator[tuple[tuple[Item, ...], Any]]:
    if not fields:
        yield path, values
        return
    if not isinstance(values, list) or len(values) != len(fields[0]):
        came = f"{len(values)}" if isinstance(values, list) else repr(values)
        raise Place(snapshot).wrong(
            f"{len(fields[0])} values, as the field has items", came, _REMEDY
        )
    for item, inner in zip(fields[0], values, strict=True):
        yield from _walk(snapshot, fields[1:], inner, (*path, item))
