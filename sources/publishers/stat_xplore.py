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
        return tuple(value_id.rsplit(":", 1)[-1] for value_id in self.ids)


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


@dataclass(frozen=True)
class _Leaf:
    """A member of nested arrays, and the item of each field that it stands at."""

    path: tuple[Item, ...]
    member: Any


def fetch_schema(
    client: Client,
    role: str,
    item: str,
) -> Snapshot:
    """What the publisher has under an id: the fields of a data set, the value sets of a field."""
    return client.get(
        role,
        f"{API}/schema/{item}",
        headers=_key(client),
    )


def read_schema(snapshot: Snapshot) -> dict[str, str]:
    """The labels of what is under an id, by their own ids.

    Raises:
        SourceError: If it is no part of a schema, or an empty one.
    """
    labels: dict[str, str] = {}
    try:
        for child in _json(snapshot)["children"]:
            labels[str(child["id"])] = str(child["label"])
    except (KeyError, TypeError) as problem:
        raise Place(snapshot).wrong(
            "a part of the schema: children[] with id and label",
            problem,
            _REMEDY,
        ) from None
    if not labels:
        raise Place(snapshot).wrong(
            "a part of the schema",
            "one with nothing in it",
            _REMEDY,
        )
    return labels


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
    recodes: dict[str, Any] = {}
    for field, groups in fields.items():
        if groups:
            # A total is a cell of its own, disturbed on its own: nothing here reads it.
            recodes[field] = {
                "map": [list(group) for group in groups],
                "total": False,
            }
    query = {
        "database": database,
        "measures": [measure],
        "recodes": recodes,
        "dimensions": [[field] for field in fields],
    }
    return client.post(
        role,
        f"{API}/table",
        query,
        headers=_key(client),
    )


def read_table(snapshot: Snapshot) -> Table:
    """The figures of a table, each with the items it stands at.

    Raises:
        SourceError: If it is no table, or its arrays do not fit its fields.
    """
    body = _json(snapshot)
    fields: dict[str, tuple[Item, ...]] = {}
    cells: dict[str, tuple[Cell, ...]] = {}
    try:
        for field in body["fields"]:
            fields[str(field["uri"])] = tuple(map(_item, field["items"]))
        for measure, cube in body["cubes"].items():
            cells[str(measure)] = tuple(_cells(snapshot, fields, cube))
        label = str(body["database"]["label"])
        remarks = body["annotationMap"]
    except (
        KeyError,
        TypeError,
        AttributeError,
        ValueError,
        OverflowError,
        RecursionError,
    ) as problem:
        raise Place(snapshot).wrong(
            "a table: database, fields, cubes and annotationMap",
            problem,
            _REMEDY,
        ) from None
    return Table(label, fields, cells, remarks)


def _key(client: Client) -> dict[str, str]:
    # The key is a person's own: in a header it is in no address and no receipt.
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
    # A wrong id and an exhausted allowance cannot be told apart: both come as something generic.
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
    # The item of a total has no `uris`, and most items have no remarks.
    return Item(
        ids=_texts(item.get("uris", [])),
        labels=labels,
        annotations=_texts(item.get("annotationKeys", [])),
    )


def _texts(members: object) -> tuple[str, ...]:
    if not isinstance(members, list):
        raise TypeError(f"a list but {members!r}")
    return tuple(map(text_of, members))


def _cells(
    snapshot: Snapshot,
    fields: Mapping[str, tuple[Item, ...]],
    cube: Mapping[str, Any],
) -> Iterator[Cell]:
    precision = whole_of(cube["precision"])
    dimensions = list(fields.values())
    # Remarks on cells come as arrays of the same shape as the values, where there are any.
    remarks: list[_Leaf] = []
    if "annotations" in cube:
        remarks = list(
            _leaves(
                snapshot,
                dimensions,
                cube["annotations"],
            )
        )
    for index, leaf in enumerate(_leaves(snapshot, dimensions, cube["values"])):
        own = tuple(remarks[index].member or ()) if remarks else ()
        inherited = tuple(key for item in leaf.path for key in item.annotations)
        yield Cell(
            items=dict(zip(fields, leaf.path, strict=True)),
            # Means come with all their digits; the cube says how many are meant.
            value=round(number_of(leaf.member), precision),
            annotations=(*own, *inherited),
        )


def _leaves(
    snapshot: Snapshot,
    fields: Sequence[tuple[Item, ...]],
    members: Any,
    path: tuple[Item, ...] = (),
) -> Iterator[_Leaf]:
    """What stands innermost in nested arrays, one level for each field, with the items on the way to it."""
    if not fields:
        yield _Leaf(path, members)
        return
    items = fields[0]
    if not isinstance(members, list) or len(members) != len(items):
        came = str(len(members)) if isinstance(members, list) else repr(members)
        raise Place(snapshot).wrong(
            f"{len(items)} values, as the field has items",
            came,
            _REMEDY,
        )
    for item, inner in zip(items, members, strict=True):
        yield from _leaves(
            snapshot,
            fields[1:],
            inner,
            (*path, item),
        )
