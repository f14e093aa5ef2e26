"""Department for Education, key stage 5: average points for each A level entry.

Two data sets of one publication: the file by region and local authority, from the catalogue, has no row for England;
the national one, from the API, has. Both must be of the same students, those on A levels in all state-funded schools
and colleges: the national set also counts private schools, and calls its totals `All` where others say `Total`.
The number of students is not taken for a denominator: the average is over entries, which neither data set counts.

The two are not always of one release. A year that the file has and the national set has not is published without
England; one that only the national set has waits for the file. The file says in `version` of which edition each year
is. The API does not, but the release that its version was made from does, in its title; where that is not found, the
newest year is taken to be provisional.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sources.publishers import ees, ees_api, ees_catalogue
from sources.publishers.ees_catalogue import Edition, PublicationFiles, Revision
from sources.publishers.ees_catalogue import is_announcement as is_announcement
from sources.publishers.ees_catalogue import next_release as next_release
from sources.reading.files import Line, Place
from sources.reading.years import check_every_year
from thindicators.fetching.client import Client
from thindicators.fetching.snapshots import Snapshot
from thindicators.observations.observation import Observation
from thindicators.observations.periods import Period
from thindicators.plan.model import Indicator

ENGLAND = "E92000001"
STATE_FUNDED = frozenset({"All state-funded schools and colleges", "All state-funded"})
"""The names that all state-funded schools and colleges together have had; `All state-funded schools` is fewer."""

A_LEVEL = frozenset({"A level"})
# The national data set says All where others say Total.
TOTALS = frozenset({"All", "All students", "Total"})

NATIONAL = "From the Department's national figures, for the same kinds of schools and colleges as the local ones."

PROVISIONAL_RELEASE = "provisional"
"""What the title of a release has, in small letters, before results are checked: `… 2024/25 Provisional`."""

NOT_YET = "The Department's national figures do not reach this year yet; its local ones do."

# For each entry, and not for each of the best three A levels.
_LOCAL_POINTS = "aps_per_entry_alev"
_NATIONAL_POINTS = "aps_per_entry"
_LOCAL_COLUMNS = ("version", "characteristic_value", "establishment_type", _LOCAL_POINTS)
_MEMBERS = {
    "exam_cohort": A_LEVEL,
    "sex": TOTALS,
    "establishment_type": STATE_FUNDED,
}
Lines = dict[tuple[str, str], Line]
"""Rows by area and the publisher's words for the year."""


class National(BaseModel):
    """The national data set in the API."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    data_set: str = Field(description="Its id", pattern=r"^[0-9a-f-]{36}$")
    major_version: int = Field(description="Another one is refused until someone has read it")


class Ask(PublicationFiles):
    """What an indicator asks of the publication; `files` are those by region and local authority."""

    national: National


def fetch(client: Client, indicators: Sequence[Indicator]) -> list[Snapshot]:
    """The file by region and local authority, and the API's rows for England."""
    snapshots: list[Snapshot] = []
    for indicator in indicators:
        ask = indicator.read_ask(Ask)
        # The release that the API's version was made from may be an older one than the file's.
        snapshots += ees_catalogue.fetch_file(
            client,
            indicator.id,
            ask,
            of_every_release=True,
        )
        snapshots += ees_api.fetch(
            client,
            _england(indicator),
            ask.national.data_set,
            ask.national.major_version,
            _question,
        )
    return snapshots


def parse(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> list[Observation]:
    """One observation for each area and year that the file has, and for England in the years before them."""
    file = snapshots[f"{indicator.id} file"]
    # The file by region and authority has no row for England.
    local = _local(
        file,
        [area for area in indicator.areas if area != ENGLAND],
    )
    national = _national(_england(indicator), snapshots)
    check_every_year(_years(local), Place(file))
    files = indicator.read_ask(Ask).files
    periods = [ees.period_of(line) for line in local.values()]
    ees_catalogue.check_newest(
        indicator.id,
        snapshots,
        files,
        periods,
    )
    check_every_year(
        _years(national),
        next(iter(national.values())).place,
    )
    observations: list[Observation] = []
    for line in local.values():
        revision = Revision(ees.revision_of(line))
        observation = _observation(
            indicator,
            line,
            _LOCAL_POINTS,
            revision,
        )
        observations.append(observation)
    edition = _edition_of_england(indicator, snapshots)
    observations += _england_so_far(
        indicator,
        local,
        national,
        edition,
    )
    observations += _england_not_yet(indicator, local, national)
    return observations


def _england(indicator: Indicator) -> str:
    return f"{indicator.id} England"


def _question(meta: ees_api.Meta) -> dict[str, Any]:
    """England, and every filter at the one member that is the whole."""
    for column in _MEMBERS:
        if column not in meta.filters:
            raise meta.place.wrong(
                f"a filter “{column}”",
                list(meta.filters),
                "read the data set's changes.",
            )
    members: dict[str, list[str]] = {}
    for column in meta.filters:
        # A filter that is new here must have a total too, which then is its whole.
        accepted = _MEMBERS.get(column, TOTALS)
        members[column] = [_label(meta, column, accepted)]
    return ees_api.question(
        meta,
        [ENGLAND],
        members,
        [_NATIONAL_POINTS],
    )


def _label(
    meta: ees_api.Meta,
    column: str,
    accepted: Collection[str],
) -> str:
    options = list(meta.filters[column].options)
    fitting = [label for label in options if label in accepted]
    # Of two labels that fit, one would be of other students.
    if len(fitting) != 1:
        raise meta.place.wrong(
            f"one of {sorted(accepted)} in the filter “{column}”",
            f"{len(fitting)} of them among {options}",
            "read the data set's guidance: which label means the same students as in the file by local authority? "
            "Then add it to sources/dfe_ks5.py. Without it, England is not comparable.",
        )
    return fitting[0]


def _national(name: str, snapshots: Mapping[str, Snapshot]) -> Lines:
    lines = ees_api.read_rows(name, snapshots, [*_MEMBERS, _NATIONAL_POINTS])
    for line in lines:
        for column, accepted in _MEMBERS.items():
            if line[column] not in accepted:
                raise line.at(column).wrong(
                    f"one of {sorted(accepted)}",
                    line[column],
                    "compare question and answer.",
                )
    return _by_area_and_year(lines)


def _local(file: Snapshot, areas: Sequence[str]) -> Lines:
    """The rows for all students; every area must have every year that the file has."""
    lines = ees.read_file(file, _LOCAL_COLUMNS, areas)
    rows = _by_area_and_year(line for line in lines if _is_of_all(line))
    expected = {(area, year) for _, year in rows for area in areas}
    missing = expected - rows.keys()
    if missing or not rows:
        labels = {(line["characteristic_value"], line["establishment_type"]) for line in lines}
        raise Place(file).wrong(
            f"a row for all students ({sorted(TOTALS)}) in one of {sorted(STATE_FUNDED)} for each area in every year",
            f"none for {sorted(missing) or list(areas)}; the rows are about {sorted(labels)}",
            "look at the areas and labels in the file; a new label for the same students goes into sources/dfe_ks5.py.",
        )
    return rows


def _is_of_all(line: Line) -> bool:
    is_all = line["characteristic_value"] in TOTALS
    return is_all and line["establishment_type"] in STATE_FUNDED


def _by_area_and_year(lines: Iterable[Line]) -> Lines:
    rows: Lines = {}
    for line in lines:
        key = (ees.area_of(line), line["time_period"])
        if key in rows:
            raise line.place.wrong(
                "one row for all students for each area and year",
                f"two for {key}: {rows[key].cells} and {line.cells}",
                "see how they differ; a new column may divide the students. Nothing is chosen here.",
            )
        rows[key] = line
    return rows


def _years(lines: Lines) -> set[int]:
    return {ees.period_of(line).year for line in lines.values()}


def _edition_of_england(indicator: Indicator, snapshots: Mapping[str, Snapshot]) -> Edition:
    """The edition of the newest year of the national set, by the title of the release that it was made from."""
    made_from = ees_api.read_file_id(snapshots[f"{_england(indicator)} data set"])
    file = ees_catalogue.find_by_id(indicator.id, snapshots, made_from)
    if file is None:
        return Edition.NOT_SAID
    # The names of this publication's files say nothing of the edition; the title of the release does.
    is_provisional = PROVISIONAL_RELEASE in file.release.lower()
    return Edition.PROVISIONAL if is_provisional else Edition.REVISED


def _england_so_far(
    indicator: Indicator,
    local: Lines,
    national: Lines,
    edition: Edition,
) -> list[Observation]:
    """England in the years that the local file has too, and in those before."""
    line_of_year = {ees.period_of(line).year: line for line in national.values()}
    newest = max(line_of_year)
    last_local = max(_years(local))
    observations: list[Observation] = []
    for year, line in line_of_year.items():
        # A year that the file has not reached would stand for England alone.
        if year > last_local:
            continue
        revision = ees_catalogue.revision_in(edition, year == newest)
        note = f"{NATIONAL} {revision.note}".strip()
        observation = _observation(
            indicator,
            line,
            _NATIONAL_POINTS,
            Revision(revision.mark, note),
        )
        observations.append(observation)
    return observations


def _england_not_yet(
    indicator: Indicator,
    local: Lines,
    national: Lines,
) -> list[Observation]:
    """England in the years that only the local file has: not available."""
    last_national = max(_years(national))
    period_of_year: dict[int, Period] = {}
    for line in local.values():
        period = ees.period_of(line)
        if period.year > last_national:
            period_of_year[period.year] = period
    return [
        Observation(
            indicator=indicator.id,
            area_code=ENGLAND,
            period=period,
            value=None,
            unit=indicator.unit,
            status="x",
            series=indicator.series_of(year),
            source_text="",
            snapshot=next(iter(national.values())).place.snapshot.sha256,
            note=NOT_YET,
        )
        for year, period in sorted(period_of_year.items())
    ]


def _observation(
    indicator: Indicator,
    line: Line,
    column: str,
    revision: Revision,
) -> Observation:
    period = ees.period_of(line)
    value, status = ees.value_of(line, column)
    return Observation(
        indicator=indicator.id,
        area_code=ees.area_of(line),
        period=period,
        value=value,
        unit=indicator.unit,
        status=status,
        revision=revision.mark,
        series=indicator.series_of(period.year),
        source_text=line[column],
        snapshot=line.place.snapshot.sha256,
        note=revision.note,
    )
