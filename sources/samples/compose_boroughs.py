"""Adds other councils to samples: `python -m sources.samples.compose_boroughs FOLDER`.

The other London boroughs have every period that their publisher has; councils elsewhere in England the newest one only, so
that the samples stay small. The folder holds files of ONS Explore Local Statistics as the publisher gives them, each under
its own name. One file has the figures of all councils, so that `ORIGIN.csv` of a sample has one line for each group of them.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from thindicators.areas.register import ENGLAND, register

SAMPLES = Path(__file__).parent
OWN = "E09000030"
BOROUGHS = frozenset(register().boroughs) - {OWN}
ELSEWHERE = frozenset(register().councils(ENGLAND)) - frozenset(register().boroughs)
REPOSITORY = "https://github.com/ONSdigital/explore-local-statistics-data/blob"

ElsRow = Mapping[str, str]
Columns = dict[str, object]


def read_els(path: Path, indicators: Iterable[str]) -> list[ElsRow]:
    """All rows of some indicators, in the order of indicator, council and time."""
    wanted = set(indicators)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["indicator"] in wanted]
    return sorted(rows, key=_indicator_council_and_time)


def of_boroughs(rows: Iterable[ElsRow]) -> list[ElsRow]:
    """Those of the other London boroughs."""
    return [row for row in rows if row["areacd"] in BOROUGHS]


def of_councils_elsewhere(rows: Sequence[ElsRow]) -> list[ElsRow]:
    """Those of councils elsewhere in England, of the newest period."""
    newest = max(row["period"] for row in rows)
    kept = []
    for row in rows:
        is_elsewhere = register().present_code(row["areacd"]) in ELSEWHERE
        if is_elsewhere and row["period"] == newest:
            kept.append(row)
    return kept


def _indicator_council_and_time(row: ElsRow) -> tuple[str, str, str]:
    return row["indicator"], row["areacd"], row["period"]


def life_expectancy(row: ElsRow) -> list[Columns]:
    """A row as Fingertips writes it: beside its region, for three years."""
    first = int(row["period"][:4])
    region = register().region_of(register().present_code(row["areacd"]))
    return [
        {
            "Indicator ID": "90362",
            "Indicator Name": "Healthy life expectancy at birth",
            "Parent Code": region.code,
            "Parent Name": f"{region.name} region (statistical)",
            "Area Code": row["areacd"],
            "Area Name": row["areanm"],
            "Area Type": "Counties & UAs (from Apr 2023)",
            "Sex": row["indicator"].split()[0],
            "Age": "All ages",
            "Time period": f"{first} - {(first + 2) % 100:02}",
            "Value": row["observation"],
            "Lower CI 95.0 limit": row["lci_95"],
            "Upper CI 95.0 limit": row["uci_95"],
            "Time period Sortable": f"{first}0000",
            "Time period range": "3y",
        }
    ]


def employment(row: ElsRow) -> list[Columns]:
    """The four rows that Nomis has for a figure; counts, which the publisher of the figure leaves out, as missing."""
    year = row["period"][:4]
    half_width = ""
    if row["uci_95"]:
        half_width = f"{(Decimal(row['uci_95']) - Decimal(row['lci_95'])) / 2:.1f}"
    cells = {
        "Variable": ("20599", _one_decimal(row["observation"])),
        "Numerator": ("21001", ""),
        "Denominator": ("21002", ""),
        "Confidence": ("21003", half_width),
    }
    written: list[Columns] = []
    for measure, (code, value) in cells.items():
        status, words = _nomis_status(measure, value, row)
        written.append(
            {
                "DATE": f"{year}-12",
                "DATE_NAME": f"Jan {year}-Dec {year}",
                "GEOGRAPHY_CODE": row["areacd"],
                "VARIABLE": "45",
                "VARIABLE_NAME": "Employment rate - aged 16-64",
                "MEASURES": code,
                "MEASURES_NAME": measure,
                "OBS_VALUE": Decimal(value) if value else "",
                "OBS_STATUS": status,
                "OBS_STATUS_NAME": words,
                "RECORD_COUNT": 360,
            }
        )
    return written


def _one_decimal(value: str) -> str:
    return f"{Decimal(value):.1f}" if value else ""


def _nomis_status(
    measure: str,
    value: str,
    row: ElsRow,
) -> tuple[str, str]:
    if value:
        return "A", "Normal Value"
    if measure == "Confidence" and row["observation"]:
        return (
            "!",
            "Estimate and confidence interval unreliable since the group sample size is small (3-9).",
        )
    return "Q", "These figures are missing."


def wellbeing(row: ElsRow) -> list[Columns]:
    """A row as ONS' file of well-being writes it, with its mark where the figure is withheld."""
    first = int(row["period"][:4])
    years = f"{first}-{(first + 1) % 100:02}"
    code, title = _MEASURES_OF_WELLBEING[row["indicator"]]
    mark = "" if row["observation"] else "[u]"
    return [
        {
            "v4_3": row["observation"],
            "Data marking": mark,
            "Lower limit": row["lci_95"] or "[u]",
            "Upper limit": row["uci_95"] or "[u]",
            "yyyy-yy": years,
            "Time": years,
            "administrative-geography": row["areacd"],
            "Geography": row["areanm"],
            "measure-of-wellbeing": code,
            "MeasureOfWellbeing": title,
            "wellbeing-estimate": "average-mean",
            "Estimate": "Average (mean)",
        }
    ]


_MEASURES_OF_WELLBEING = {
    "Anxiety": ("anxiety", "Anxiety"),
    "Happiness": ("happiness", "Happiness"),
    "Satisfaction": ("life-satisfaction", "Life satisfaction"),
}


def add(
    path: Path,
    area_column: str,
    rows: Sequence[ElsRow],
    written_as: Callable[[ElsRow], list[Columns]],
    *,
    are_first: bool = False,
) -> None:
    """Write a sample's file anew: what it says of the expected areas, letter for letter, and the other councils.

    Args:
        path: The file.
        area_column: In which its codes of areas stand.
        rows: Of the other councils.
        written_as: How the publisher writes one.
        are_first: Whether they stand before the expected areas, as in a file of rows in no order: one that was cut off
            is seen by the last row of an area that must be there.
    """
    lines = path.read_bytes().decode().splitlines(keepends=True)
    columns = next(csv.reader(lines[:1]))
    place = columns.index(area_column)
    kept = []
    for line in lines:
        code = next(csv.reader([line]))[place]
        if register().present_code(code) not in BOROUGHS | ELSEWHERE:
            kept.append(line)
    line_end = "\r\n" if lines[0].endswith("\r\n") else "\n"
    composed = io.StringIO(newline="")
    # As the publisher does: quotes around all but numbers, or only where they are needed.
    writer = csv.DictWriter(
        composed,
        columns,
        restval="",
        quoting=csv.QUOTE_NONNUMERIC if lines[0].startswith('"') else csv.QUOTE_MINIMAL,
        lineterminator=line_end,
    )
    for row in rows:
        writer.writerows(written_as(row))
    # A missing number stands between two commas, without quotes.
    added = composed.getvalue().replace(',"",', ",,")
    if are_first:
        path.write_bytes((kept[0] + added + "".join(kept[1:])).encode())
        return
    whole = "".join(kept).rstrip("\r\n") + line_end + added
    # Fingertips ends its files without a line break, and so does its sample.
    if not lines[-1].endswith(line_end):
        whole = whole.removesuffix(line_end)
    path.write_bytes(whole.encode())


def count_records(path: Path) -> None:
    """Say in each row of an answer of Nomis how many rows there are, as the publisher does."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    counted = [f"{line.rpartition(',')[0]},{len(lines)}" for line in lines]
    path.write_text("\n".join([header, *counted, ""]), encoding="utf-8", newline="")


def add_origin(
    folder: Path,
    file: str,
    figure: str,
    rows: Mapping[str, Sequence[ElsRow]],
    published_where: str,
    note: str,
) -> None:
    """Say in a sample's `ORIGIN.csv` where the figures of the other councils, by what they are called, were published."""
    path = folder / "ORIGIN.csv"
    with path.open(encoding="utf-8", newline="") as origins:
        reader = csv.DictReader(origins)
        columns = list(reader.fieldnames or ())
        kept = [row for row in reader if not row["area"].startswith(_OTHER_COUNCILS)]
    for group, rows_of_group in rows.items():
        periods = sorted({row["period"] for row in rows_of_group})
        councils = len({row["areacd"] for row in rows_of_group})
        kept.append(
            {
                "file": file,
                "figure": figure,
                "area": f"{group}, {councils} of them",
                "period": " to ".join(dict.fromkeys([periods[0], periods[-1]])),
                "value": "",
                "publisher": "Office for National Statistics",
                "published_where": published_where,
                "note": note,
            }
        )
    with path.open("w", encoding="utf-8", newline="") as origins:
        writer = csv.DictWriter(origins, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


_OTHER_BOROUGHS = "London boroughs other than the Plan's"
_COUNCILS_ELSEWHERE = "Councils elsewhere in England"
_OTHER_COUNCILS = (_OTHER_BOROUGHS, _COUNCILS_ELSEWHERE)


def main(downloaded: Path) -> None:
    """Add the other councils to the samples whose figures Explore Local Statistics has."""
    rows = read_els(
        downloaded / "healthy-life-expectancy.csv",
        ("Male healthy life expectancy", "Female healthy life expectancy"),
    )
    boroughs, elsewhere = of_boroughs(rows), of_councils_elsewhere(rows)
    name = "indicators-CountiesUAsfromApr2023.data.csv"
    add(SAMPLES / "fingertips" / name, "Area Code", [*boroughs, *elsewhere], life_expectancy)
    add_origin(
        SAMPLES / "fingertips",
        name,
        "healthy life expectancy of men and of women, with its 95% limits",
        {_OTHER_BOROUGHS: boroughs, _COUNCILS_ELSEWHERE: elsewhere},
        f"{REPOSITORY}/902dc62ebce4431eaae743f1d05257e5125d075e/healthy-life-expectancy/healthy-life-expectancy.csv",
        "edition of 20 February 2026; one decimal, where Fingertips gives more",
    )
    rows = of_boroughs(read_els(downloaded / "employment-rate.csv", ["Employment rate"]))
    add(SAMPLES / "ons_aps" / "data.csv", "GEOGRAPHY_CODE", rows, employment)
    count_records(SAMPLES / "ons_aps" / "data.csv")
    add_origin(
        SAMPLES / "ons_aps",
        "data.csv",
        "employment rate of people aged 16 to 64, and half the width of its 95% limits",
        {_OTHER_BOROUGHS: rows},
        f"{REPOSITORY}/4972c588d0c192839afc8fa54ae82cb3dc7721ed/employment-rate/employment-rate.csv",
        "counts, and rates by group, are not published there",
    )
    rows = read_els(downloaded / "personal-wellbeing-estimates.csv", _MEASURES_OF_WELLBEING)
    boroughs, elsewhere = of_boroughs(rows), of_councils_elsewhere(rows)
    add(
        SAMPLES / "ons_wellbeing" / "4.csv",
        "administrative-geography",
        [*boroughs, *elsewhere],
        wellbeing,
        are_first=True,
    )
    add_origin(
        SAMPLES / "ons_wellbeing",
        "4.csv",
        "happiness, anxiety and life satisfaction, means with their 95% limits",
        {_OTHER_BOROUGHS: boroughs, _COUNCILS_ELSEWHERE: elsewhere},
        f"{REPOSITORY}/4972c588d0c192839afc8fa54ae82cb3dc7721ed/personal-wellbeing-estimates/"
        "personal-wellbeing-estimates.csv",
        "figures published on 7 November 2023",
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
