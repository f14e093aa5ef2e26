"""Answers in Fingertips' own shape for tests: the sample with something changed, or derived files converted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from sources import SAMPLES
from thindicators.fetching.answers import Answer, Answers, load_answers

DATA = "by_indicator_id"
AREA_TYPES = "area_types"
AVAILABLE = "available_data"
ENGLAND, LONDON, TOWER_HAMLETS = "E92000001", "E12000007", "E09000030"

Cells = Mapping[str, str]


def data_in(folder: Path) -> bytes:
    """The CSV among a sample's answers."""
    return next(one.content for one in load_answers(folder).answers if one.url.endswith(DATA))


def rows_in(folder: Path) -> list[dict[str, str]]:
    """The rows of the CSV among a sample's answers."""
    return list(csv.DictReader(io.StringIO(data_in(folder).decode(), newline="")))


def data_of(source: str) -> bytes:
    """The CSV of a source's sample."""
    return data_in(SAMPLES / source)


def columns_of(source: str) -> list[str]:
    """The columns of a source's sample, the publisher's own."""
    return next(csv.reader(io.StringIO(data_of(source).decode(), newline="")))


def rows_of(source: str) -> list[dict[str, str]]:
    """The rows of a source's sample."""
    return rows_in(SAMPLES / source)


def csv_of(rows: Iterable[Cells], columns: Iterable[str]) -> bytes:
    """Rows as the publisher writes them: CRLF between lines, none after the last, no byte-order mark."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().removesuffix("\r\n").encode()


def answers_with(source: str, **contents: bytes | list[dict[str, object]]) -> Answers:
    """The answers of a source's sample with some of them replaced, by the last part of their address."""

    def changed(answer: Answer) -> Answer:
        content = contents.get(answer.url.rpartition("/")[2], answer.content)
        return replace(
            answer, content=content if isinstance(content, bytes) else json.dumps(content).encode()
        )

    sample = load_answers(SAMPLES / source)
    return Answers(sample.composed, tuple(changed(answer) for answer in sample.answers))


def answers_with_rows(source: str, rows: Iterable[Cells]) -> Answers:
    """The answers of a source's sample with other rows of data."""
    return answers_with(source, **{DATA: csv_of(rows, columns_of(source))})


def converted(path: Path, fixed: Cells, *, span: str) -> list[dict[str, str]]:
    """A derived file, with the area, period and value of Fingertips and little else, in the shape of the API.

    England is given twice, as the API gives it. `NA` is how the derived files write an empty cell; `inequality` is sex
    in those of healthy life expectancy.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        derived = [_in_shape(row, fixed, span) for row in csv.DictReader(file)]
    again = [
        {**row, "Parent Code": ENGLAND, "Parent Name": "England"}
        for row in derived
        if row["Area Code"] == ENGLAND
    ]
    return derived + again


def _in_shape(row: Cells, fixed: Cells, span: str) -> dict[str, str]:
    return {
        "Area Code": row["area_code"],
        "Area Name": row["area_name"],
        "Sex": row.get("inequality", ""),
        "Time period": row["period"],
        "Value": row["value"].replace("NA", ""),
        "Time period Sortable": f"{row['period'][:4]}0000",
        "Time period range": span,
        **fixed,
    }
