"""Same figures: whether the snapshots of a release still give the figures that it published.

What belongs here: comparing figures with figures, in every table of a release that holds them, for a release that
other code or another plan made: its pages and descriptions may differ in words, its figures may not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from thindicators.context import RunContext
from thindicators.errors import ReleaseError, ThindicatorsError
from thindicators.observations.observation import ORDER, SCHEMA
from thindicators.observations.tables import ELSEWHERE, read_csv
from thindicators.outcomes.outcome import Outcome
from thindicators.parsing.councils_elsewhere import all_elsewhere, read_elsewhere
from thindicators.refreshing.rewording import WORDS, made_again
from thindicators.release.inputs import Written

_BY_YEAR = "by_year"


@dataclass(frozen=True)
class Compared:
    """What came of comparing the figures of a release.

    Attributes:
        problems: A sentence for each figure's table that differs, or could not be made again.
        in_other_words: The indicators whose figures are the same, with other words beside them.
        by_another_plan: The indicators of which every published figure comes out the same, and beside them another plan
            than the one that made the release has more figures, or limits that it computes otherwise.
    """

    problems: tuple[str, ...]
    in_other_words: tuple[str, ...]
    by_another_plan: tuple[str, ...] = ()


def compare_figures(
    run_context: RunContext,
    written: Written,
    release: Path,
    *,
    is_of_its_plan: bool,
) -> Compared:
    """Read the figures of a release again from its snapshots, and compare them with what was published.

    Args:
        run_context: Whose plan and snapshots apply.
        written: What the release says it was made from.
        release: Its folder.
        is_of_its_plan: Whether the plan is the one that made the release.
    """
    published = _published_tables(run_context, written, release)
    problems = []
    in_other_words = []
    by_another_plan = []
    outcomes = []
    for each in written.outcomes:
        of_indicator = _of_indicator(published, each.indicator)
        try:
            outcome = made_again(run_context, written.outcome(each))
        except Exception as problem:  # code of today may stumble over what older code has kept
            problems.append(_unreadable(each.indicator, problem))
            continue
        outcomes.append(outcome)
        made = _in_one_order(outcome.table)
        differing = _differing(made, of_indicator)
        if differing and not is_of_its_plan and _holds_all(made, of_indicator):
            by_another_plan.append(each.indicator)
        elif differing:
            problems.append(
                f"The figures of {each.indicator} come out otherwise when they are read again from the snapshots, than "
                f"they are in {', '.join(differing)}."
            )
        elif any(not table.equals(made) for table in of_indicator.values()):
            in_other_words.append(each.indicator)
    # What cannot be read again is told already, and another plan may ask for other councils.
    if is_of_its_plan and len(outcomes) == len(written.outcomes):
        problems += _differing_elsewhere(run_context, outcomes, release)
    return Compared(
        tuple(problems),
        tuple(in_other_words),
        tuple(by_another_plan),
    )


def _differing_elsewhere(
    run_context: RunContext,
    outcomes: Sequence[Outcome],
    release: Path,
) -> list[str]:
    """What differs in the table of councils elsewhere; nothing in a release of an earlier version, which has none."""
    stem = release / ELSEWHERE
    paths = [
        path for path in (stem.with_suffix(".csv"), stem.with_suffix(".parquet")) if path.exists()
    ]
    if not paths:
        return []
    made = _in_one_order(all_elsewhere(read_elsewhere(run_context, outcomes)))
    published = {path.name: _in_one_order(_read(run_context, path)) for path in paths}
    if differing := _differing(made, published):
        return [
            "The figures of councils elsewhere come out otherwise when they are read again from the snapshots, than "
            f"they are in {', '.join(differing)}."
        ]
    return []


def _unreadable(
    indicator: str,
    problem: Exception,
) -> str:
    is_ours = isinstance(problem, ThindicatorsError)
    words = str(problem) if is_ours else f"{type(problem).__name__}: {problem}"
    return (
        f"The figures of {indicator} cannot be read again from the snapshots by this version of the project: {words} "
        "The version that made the release can."
    )


def _differing(
    made: pa.Table,
    published: Mapping[str, pa.Table],
) -> list[str]:
    """The paths of the tables whose figures are not those that were made."""
    # Words may come from another plan than the one at hand; what they stand beside may not.
    figures = made.drop_columns(WORDS)
    return [
        path for path, table in published.items() if not table.drop_columns(WORDS).equals(figures)
    ]


def _holds_all(
    made: pa.Table,
    published: Mapping[str, pa.Table],
) -> bool:
    """Whether every published figure is among those that were made, but for words and computed limits.

    A plan of later years may ask for more, or compute limits by a better method; it may not change a figure.
    """
    # Whoever takes a figure out of one table, and not out of the others, is found by them.
    tables_of_release = list(published.values())
    if any(not table.equals(tables_of_release[0]) for table in tables_of_release):
        return False
    apart_from_method = [*WORDS, "lower_ci_95", "upper_ci_95"]
    figures = _rows(made.drop_columns(apart_from_method))
    tables = [table.drop_columns(apart_from_method) for table in published.values()]
    return all(_rows(table) <= figures for table in tables)


def _rows(table: pa.Table) -> set[tuple[object, ...]]:
    return {tuple(row.values()) for row in table.to_pylist()}


def _of_indicator(
    published: Mapping[str, pa.Table],
    indicator: str,
) -> dict[str, pa.Table]:
    """The figures of an indicator in every table that must hold them, by the file's path."""
    # Beside its own tables, those of the whole plan hold its figures too.
    own = f"indicators/{indicator}/"
    of_indicator = {}
    for path, table in published.items():
        if path.startswith(own) or not path.startswith("indicators/"):
            rows = table.filter(pc.equal(table["indicator"], indicator))
            of_indicator[path] = _in_one_order(rows)
    return of_indicator


def _published_tables(
    run_context: RunContext,
    written: Written,
    release: Path,
) -> dict[str, pa.Table]:
    """Every table of figures that a release has, by the file's path; those by year as one.

    Raises:
        ReleaseError: If one of them cannot be read by today's contract.
    """
    tables = {}
    of_indicators = [f"indicators/{each.indicator}/{each.indicator}" for each in written.outcomes]
    stems = [release / name for name in ("observations", *of_indicators)]
    for stem in stems:
        for path in (stem.with_suffix(".csv"), stem.with_suffix(".parquet")):
            tables[path.relative_to(release).as_posix()] = _read(run_context, path)
    # A figure may be in the file of any year; together they hold what all figures hold.
    years = [_read(run_context, path) for path in sorted((release / _BY_YEAR).glob("*/*.parquet"))]
    if years:
        tables[_BY_YEAR] = pa.concat_tables(years)
    return tables


def _read(
    run_context: RunContext,
    path: Path,
) -> pa.Table:
    try:
        if path.suffix == ".csv":
            return read_csv(path, run_context.contract).cast(SCHEMA)
        return pq.read_table(path, partitioning=None).cast(SCHEMA)
    except (OSError, ValueError, KeyError, pa.ArrowException) as problem:
        raise ReleaseError(
            f"{path} cannot be read by the contract of this version of the project: {problem}"
        ) from None


def _in_one_order(table: pa.Table) -> pa.Table:
    return table.sort_by([(column, "ascending") for column in ORDER])
