"""Witnesses: the same figures as another publisher prints them, compared with those that are published here.

What belongs here: what a witness says of an indicator, when two figures agree, and why they may differ. What is said of
it to people belongs in `witness_words`; asking a witness, and reading its file, belongs in `sources.witnesses`. A
witness's figure is never published in the place of a source's: it only tells whether the source was read right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

import pyarrow as pa

from thindicators.fetching.snapshots import Receipt
from thindicators.observations.observation import without_areas
from thindicators.observations.periods import Period
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.indicator_parts import Difference, Witness
from thindicators.plan.model import Indicator, Plan, Source

TABLE = "witnesses"
"""The published table of all comparisons."""

NEVER_ASKED = "it has not been asked yet"

Verdict = Literal[
    "agrees",
    "differs_as_declared",
    "differs_by_vintage",
    "differs",
    "not_with_witness",
    "only_with_witness",
]
COMPARED: tuple[Verdict, ...] = ("agrees", "differs_as_declared", "differs_by_vintage", "differs")
UNDECLARED: tuple[Verdict, ...] = ("differs_by_vintage", "differs")

_NOISE = 9
"""Decimals to which a figure is taken: publishers' files hold 44.3 as 44.300000000000004."""


@dataclass(frozen=True, kw_only=True)
class WitnessFigure:
    """One figure of a witness.

    Attributes:
        text: The witness's cell, letter for letter.
        snapshot: sha256 of the bytes it was read from.
        vintage: The day from which the witness's own source is, ISO 8601; empty if it does not say.
        where: File and row or name, for a person who looks it up.
    """

    area_code: str
    period: Period
    value: float
    text: str
    snapshot: str
    where: str
    breakdown: str = "total"
    category: str = "total"
    vintage: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the witness's other figures."""
        return self.area_code, self.period.iso, self.breakdown, self.category


@dataclass(frozen=True)
class Statement:
    """What one witness says of one indicator.

    Attributes:
        witness: Its id.
        figures: What it prints.
        missing: Why there is nothing, in words for the public; empty if there is.
    """

    witness: str
    figures: tuple[WitnessFigure, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Statements:
    """What all witnesses say, and what they were read from.

    Attributes:
        heard: By indicator.
        fetched: The receipts of what the witnesses gave, by witness and role.
        failures: Why the last fetch of a witness failed, as the public is told, by witness.
    """

    heard: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)
    fetched: Mapping[str, Mapping[str, Receipt]] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)


NO_WITNESS = Statements()
"""For a release that is compared with nobody."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A figure published here and its witness's; one of the two may be absent."""

    indicator: str
    area_code: str
    area_name: str
    period: Period
    breakdown: str
    category: str
    series: str
    value: float | None
    witness_value: float | None
    verdict: Verdict
    reason: str
    witness: str
    witness_text: str
    witness_vintage: str
    witness_snapshot: str
    where: str

    @property
    def row(self) -> dict[str, object]:
        """The pair as a row of witnesses.csv."""
        vintage = date.fromisoformat(self.witness_vintage) if self.witness_vintage else None
        return {
            "indicator": self.indicator,
            "period": self.period.iso,
            "witness_vintage": vintage,
            "area_code": self.area_code,
            "breakdown": self.breakdown,
            "category": self.category,
            "series": self.series,
            "value": self.value,
            "witness_value": self.witness_value,
            "verdict": self.verdict,
            "reason": self.reason,
            "witness": self.witness,
            "witness_text": self.witness_text,
            "witness_snapshot": self.witness_snapshot,
        }

    @property
    def group(self) -> tuple[str, str, str]:
        """Its area and its member of a breakdown: what is the same for all figures of a line."""
        return self.area_code, self.breakdown, self.category


@dataclass(frozen=True)
class Report:
    """What the comparison of one indicator with one witness found.

    Attributes:
        indicator: The indicator's id.
        witness: Who was compared with.
        pairs: The figures, in order.
        missing: Why nothing could be compared, in words; empty if something could.
    """

    indicator: str
    witness: Source
    pairs: tuple[Pair, ...]
    missing: str = ""

    def having(self, *verdicts: Verdict) -> list[Pair]:
        """The pairs with one of some verdicts."""
        return [pair for pair in self.pairs if pair.verdict in verdicts]

    @property
    def compared(self) -> list[Pair]:
        """The pairs of two figures."""
        return self.having(*COMPARED)

    @property
    def vintage(self) -> str:
        """The newest day from which the witness's figures are; empty if it does not say."""
        return max((pair.witness_vintage for pair in self.pairs), default="")


def agree(
    published: float,
    witnessed: float,
    decimals: int,
) -> bool:
    """Whether two figures are one figure, of which the coarser shows so many decimals.

    Within half a unit of the last decimal, both ends included: a figure in the middle may be rounded either way.
    """
    # In decimals: half a unit of binary floating point would part figures that are printed as one.
    half_a_unit = Decimal(5).scaleb(-decimals - 1)
    return abs(without_noise(published) - without_noise(witnessed)) <= half_a_unit


def compare(
    plan: Plan,
    indicator: Indicator,
    table: pa.Table,
    statements: Iterable[Statement],
    today: date,
) -> list[Report]:
    """Compare an indicator's figures with all its witnesses.

    Args:
        plan: Whose indicator it is.
        indicator: Which names its witnesses.
        table: Its figures, as published.
        statements: What the witnesses say of it.
        today: The day on which the figures were fetched last; a release after it cannot be among them.
    """
    statement_of = {statement.witness: statement for statement in statements}
    reports = []
    for witness in indicator.witnesses:
        never_asked = Statement(witness.source, missing=NEVER_ASKED)
        statement = statement_of.get(witness.source, never_asked)
        pairs = _pairs(
            plan,
            indicator,
            witness,
            table,
            statement,
        )
        judged = [_judged(pair, witness) for pair in pairs]
        explained = [
            _explained(
                plan,
                indicator,
                pair,
                judged,
                today,
            )
            for pair in judged
        ]
        publisher = plan.witnesses[witness.source]
        reports.append(
            Report(
                indicator.id,
                publisher,
                tuple(explained),
                statement.missing,
            )
        )
    return reports


def reports_of(
    plan: Plan,
    outcome: Outcome,
    statements: Statements,
) -> list[Report]:
    """What the witnesses say of an outcome's figures; nothing if the indicator has no witness or no figure."""
    indicator = plan.indicators[outcome.indicator]
    if not outcome.table.num_rows or not indicator.witnesses:
        return []
    # Without a day, no release can be ruled out as too new.
    fetched = date.fromisoformat(outcome.newest[:10]) if outcome.newest else date.max
    return compare(
        plan,
        indicator,
        # Witnesses are asked for the areas that are expected, and say nothing of others.
        without_areas(outcome.table, indicator.peers),
        statements.heard.get(indicator.id, ()),
        fetched,
    )


def witness_rows(
    plan: Plan, outcomes: Sequence[Outcome], statements: Statements
) -> list[dict[str, object]]:
    """The rows of witnesses.csv."""
    rows: list[dict[str, object]] = []
    for outcome in outcomes:
        for report in reports_of(plan, outcome, statements):
            rows += [pair.row for pair in report.pairs]
    return rows


def _pairs(
    plan: Plan,
    indicator: Indicator,
    witness: Witness,
    table: pa.Table,
    statement: Statement,
) -> list[Pair]:
    """Every published figure that the witness could have, and every figure of the witness that is not published."""
    asked_series = set(witness.series or [series.id for series in indicator.series])
    # Of a group that the witness has nothing of, no figure is missing with it.
    asked_groups = {(figure.breakdown, figure.category) for figure in statement.figures}
    unmatched = {figure.key: figure for figure in statement.figures}
    witnessed = dict(unmatched)
    pairs = []
    for row in table.to_pylist():
        is_asked_group = (row["breakdown"], row["category"]) in asked_groups
        if row["series"] not in asked_series or not is_asked_group or row["value"] is None:
            continue
        key = (row["area_code"], row["period"], row["breakdown"], row["category"])
        # Two series may have a figure for the same time: both are compared with the witness's one.
        unmatched.pop(key, None)
        pairs.append(
            _pair(
                indicator,
                witness,
                row,
                witnessed.get(key),
            )
        )
    for figure in unmatched.values():
        pairs.append(
            _without_published(
                plan,
                indicator,
                witness,
                figure,
            )
        )
    return sorted(pairs, key=_order)


def _order(pair: Pair) -> tuple[object, ...]:
    return pair.breakdown, pair.category, pair.area_code, pair.period, pair.series


def _pair(
    indicator: Indicator,
    witness: Witness,
    row: Mapping[str, object],
    figure: WitnessFigure | None,
) -> Pair:
    start, end, label = row["period_start"], row["period_end"], row["period_label"]
    assert isinstance(start, date) and isinstance(end, date)
    return Pair(
        indicator=indicator.id,
        area_code=str(row["area_code"]),
        area_name=str(row["area_name"]),
        period=Period(
            start,
            end,
            str(label),
        ),
        breakdown=str(row["breakdown"]),
        category=str(row["category"]),
        series=str(row["series"]),
        value=float(str(row["value"])),
        witness_value=figure.value if figure else None,
        verdict="differs" if figure else "not_with_witness",
        reason="",
        witness=witness.source,
        witness_text=figure.text if figure else "",
        witness_vintage=figure.vintage if figure else "",
        witness_snapshot=figure.snapshot if figure else "",
        where=figure.where if figure else "",
    )


def _without_published(
    plan: Plan,
    indicator: Indicator,
    witness: Witness,
    figure: WitnessFigure,
) -> Pair:
    return Pair(
        indicator=indicator.id,
        area_code=figure.area_code,
        area_name=plan.area_names[figure.area_code],
        period=figure.period,
        breakdown=figure.breakdown,
        category=figure.category,
        series="",
        value=None,
        witness_value=figure.value,
        verdict="only_with_witness",
        reason="",
        witness=witness.source,
        witness_text=figure.text,
        witness_vintage=figure.vintage,
        witness_snapshot=figure.snapshot,
        where=figure.where,
    )


def _judged(pair: Pair, witness: Witness) -> Pair:
    """A pair with its verdict, and for a declared difference the reason."""
    if pair.value is None or pair.witness_value is None:
        return pair
    if agree(pair.value, pair.witness_value, witness.decimals):
        return replace(pair, verdict="agrees")
    for difference in witness.differences:
        if _covers(difference, pair):
            return replace(
                pair,
                verdict="differs_as_declared",
                reason=difference.reason,
            )
    return pair


def _covers(difference: Difference, pair: Pair) -> bool:
    # What a declared difference does not name, it holds for whatever it is.
    return (
        (not difference.areas or pair.area_code in difference.areas)
        and (not difference.periods or pair.period.iso in difference.periods)
        and (not difference.categories or pair.category in difference.categories)
    )


def _explained(
    plan: Plan,
    indicator: Indicator,
    pair: Pair,
    pairs: Sequence[Pair],
    today: date,
) -> Pair:
    """A pair with the likely reason of its difference, if the two are of different releases.

    A release changes the newest figures, or many. One earlier figure that differs alone is no matter of releases.
    """
    if pair.verdict != "differs":
        return pair
    own = [other for other in pairs if other.group == pair.group]
    compared = [other for other in own if other.verdict in COMPARED]
    is_newest = pair.period.end == max(other.period.end for other in compared)
    agreeing = sum(other.verdict == "agrees" for other in compared)
    are_many = 2 * agreeing <= len(compared)
    reason = _by_date(
        plan,
        indicator,
        pair.witness_vintage,
        today,
    ) or _by_newest_period(own)
    if not reason or not (is_newest or are_many):
        return pair
    return replace(
        pair,
        verdict="differs_by_vintage",
        reason=reason,
    )


def _by_date(
    plan: Plan,
    indicator: Indicator,
    vintage: str,
    today: date,
) -> str:
    """What the days of the releases say."""
    if not vintage:
        return ""
    day = date.fromisoformat(vintage)
    if day > today:
        return f"the other publisher has the release of {_in_words(day)}, and the figures here were fetched before it"
    later = [
        release
        for source in indicator.sources
        for release in plan.sources[source].release_dates
        if day < release <= today
    ]
    if not later:
        return ""
    news = f"new figures came out on {_in_words(max(later))}"
    return f"the other publisher has the release of {_in_words(day)}, and {news}"


def _by_newest_period(own: Sequence[Pair]) -> str:
    """What the newest periods say: who has a later one has a later release, which may have changed earlier figures."""
    published = [pair.period for pair in own if pair.value is not None]
    witnessed = [pair.period for pair in own if pair.witness_value is not None]
    ours = max(published, key=_last_day)
    theirs = max(witnessed, key=_last_day)
    if ours.end == theirs.end:
        return ""
    which = "later" if theirs.end > ours.end else "earlier"
    newest = f"its figures go to {theirs.label}, those here to {ours.label}"
    return f"the other publisher has a {which} release: {newest}"


def _last_day(period: Period) -> date:
    return period.end


def without_noise(value: float) -> Decimal:
    """A figure as it was meant: binary floating point cannot hold most decimal fractions."""
    return round(Decimal(repr(value)), _NOISE)


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
