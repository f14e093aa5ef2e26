"""The rules that a row of a council return keeps, whatever its indicator.

What belongs here: everything that can be wrong with a single row, in words that say how to mend it. The rules of an
indicator belong in `returns`; what a cell may hold belongs in `return_cells`.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from sources.returns.cells import decimals, looks_like_a_date
from sources.returns.labels import contradiction
from sources.returns.rows import QUOTED_NOTE, Problem, ReturnRow
from thindicators.observations.periods import academic_year, calendar_year, financial_year
from thindicators.safe_text import why_refused

CONFIDENTIAL_BASE, UNRELIABLE_BASE = 30, 50
"""A survey's figure from fewer people than these is confidential, or unreliable."""

WHOLE_YEARS = {
    "calendar_year": calendar_year,
    "financial_year": financial_year,
    "academic_year": academic_year,
}
"""The kinds of period that are a whole year, and what they are."""

_QUARTER_ENDS = {(6, 30), (9, 30), (12, 31), (3, 31)}


def problems_of(row: ReturnRow) -> Iterator[Problem]:
    """Everything in which a row breaks the rules."""
    for rule in (
        *(_value_or_status, _value_text, _percentage, _counts, _whole_count, _period, _label),
        *(_days_of_the_past, _breakdown, _survey_base, _limits, _quoted),
    ):
        yield from rule(row)


def _value_or_status(row: ReturnRow) -> Iterator[Problem]:
    if row.value is None and not row.status:
        yield row.problem(
            "value",
            "there is neither a value nor a reason",
            "give the figure, or a status: c, low, u, x or z.",
        )
    if row.value is not None and row.status:
        yield row.problem(
            "status",
            f"there is a value, {row.value_text}, and also “{row.status}”, which says why there is none",
            "clear one of the two.",
        )
    if row.value is None and (row.numerator, row.ci_lower_95, row.ci_upper_95) != (
        None,
        None,
        None,
    ):
        yield row.problem(
            "numerator",
            "a row without a value must not let it be worked out",
            "clear the numerator and the limits.",
        )


def _value_text(row: ReturnRow) -> Iterator[Problem]:
    """The value is published letter for letter, so that spaces and breaks around it count."""
    if why := why_refused(row.value_text):
        yield row.problem(
            "value", f"“{row.value_text}” cannot be published: {why}", "type the figure anew."
        )


def _percentage(row: ReturnRow) -> Iterator[Problem]:
    # A cell that shows 87% holds 0.87, of which only the letters of a text say more.
    signed = row.value_text.rstrip().endswith("%")
    if row.unit != "percent":
        if signed:
            yield row.problem(
                "value",
                f"{row.value_text} is a percentage, and the unit is {row.unit}",
                "correct one.",
            )
        return
    if row.value is None:
        return
    if not 0 <= row.value <= 100:
        yield row.problem(
            "value", f"{row.value_text} is no percentage", "write a number from 0 to 100."
        )
    elif 0 < row.value <= 1 and not signed and not _agrees(row, _share(row)):
        yield row.problem(
            "value",
            f"{row.value_text} may be a fraction: Excel keeps 87 % as 0.87",
            "write it from 0 to 100 with a percent sign, as text, or give numerator and denominator.",
        )


def _counts(row: ReturnRow) -> Iterator[Problem]:
    if row.denominator is not None and row.denominator <= 0:
        yield row.problem(
            "denominator", "it must be above zero", "correct it, or clear it if it is not known."
        )
    elif row.unit == "percent" and (share := _share(row)) is not None and not _agrees(row, share):
        yield row.problem(
            "value",
            f"{row.value_text} is not numerator ÷ denominator, which is {share:.2f} %",
            "correct the wrong one.",
        )
    if (
        row.unit == "percent"
        and row.is_administrative
        and row.value is not None
        and not row.is_quoted
    ):
        for column, count in (("numerator", row.numerator), ("denominator", row.denominator)):
            if count is None or count < 0 or not count.is_integer():
                yield row.problem(
                    column,
                    "a percentage of the council's own records needs its counts, so that small numbers can be found",
                    "write a whole number.",
                )


def _whole_count(row: ReturnRow) -> Iterator[Problem]:
    if row.unit != "count":
        return
    if row.value is not None and (row.value < 0 or not row.value.is_integer()):
        yield row.problem(
            "value", f"{row.value_text} is no count", "write a whole number, 0 or more."
        )
    # The two would be two figures, and nothing says which is meant.
    if row.numerator is not None:
        yield row.problem(
            "numerator",
            "a count has no numerator",
            "write the count in value, and clear this cell.",
        )
    if row.value is not None and row.denominator is not None and row.denominator < row.value:
        yield row.problem(
            "denominator",
            f"{row.denominator:g} is less than the value, {row.value_text}, which is counted out of it",
            "correct the wrong one, or clear the denominator.",
        )


def _share(row: ReturnRow) -> float | None:
    """Numerator ÷ denominator in percent, where both and a value are given."""
    if row.value is None or row.numerator is None or not row.denominator:
        return None
    return 100 * row.numerator / row.denominator


def _agrees(row: ReturnRow, share: float | None) -> bool:
    """Whether the value is this share, within its rounding."""
    if row.value is None or share is None:
        return False
    half_of_the_last_digit = 0.5 * 10.0 ** -decimals(row.value_text)
    return abs(row.value - share) <= half_of_the_last_digit + 1e-9


def _period(row: ReturnRow) -> Iterator[Problem]:
    start, end = row.period.start, row.period.end
    whole_year = WHOLE_YEARS.get(row.period_type)
    wanted = ""
    if whole_year:
        fitting = whole_year(start.year)
        if (start, end) != (fitting.start, fitting.end):
            wanted = f"{fitting.start} to {fitting.end}"
    elif row.period_type == "snapshot" and start != end:
        wanted = "the same day twice"
    elif row.period_type == "quarter_cumulative" and not (
        (start.month, start.day) == (4, 1)
        and (end.month, end.day) in _QUARTER_ENDS
        and (end - start).days < 366
    ):
        wanted = "1 April to the end of a quarter"
    elif row.period_type == "survey_wave" and (end - start).days >= 366:
        wanted = "a year at most"
    if wanted:
        yield row.problem(
            "period_end",
            f"{start} to {end} is no {row.period_type}, which is {wanted}",
            "correct the days or the type.",
        )


def _label(row: ReturnRow) -> Iterator[Problem]:
    label, period = row.period.label, row.period
    if looks_like_a_date(label) and row.period_type != "snapshot":
        yield row.problem(
            "period_label",
            f"“{label}” is a date; Excel makes one of labels such as 2022-12",
            "format the column as text, then write the label again, such as 2022/23.",
        )
    elif named := contradiction(period):
        yield row.problem(
            "period_label",
            f"“{label}” names {named}, and the days are {period.start} to {period.end}",
            "correct the label or the days.",
        )


def _days_of_the_past(row: ReturnRow) -> Iterator[Problem]:
    """A figure that was there before its period ended is not that of the whole period."""
    if row.value is None:
        return
    # That there will be no figure may be known before the period has ended.
    for column, day in (("supplied_on", row.supplied_on), ("published_on", row.published_on)):
        if day is not None and day < row.period.end:
            yield row.problem(
                column,
                f"{day} lies before the last day of the period, {row.period.end}",
                "correct the wrong day, or hand in the figure when the period has ended.",
            )


def _breakdown(row: ReturnRow) -> Iterator[Problem]:
    if (row.breakdown_type == "total") != (row.breakdown == "total"):
        yield row.problem(
            "breakdown",
            f"“{row.breakdown_type}” and “{row.breakdown}” do not go together",
            "a total says total in both columns; a group says its dimension in the first and its name in the second.",
        )


def _survey_base(row: ReturnRow) -> Iterator[Problem]:
    if not row.is_survey or row.value is None:
        return
    base = row.base_unweighted
    if base is None:
        if not row.is_quoted:
            yield row.problem(
                "base_unweighted",
                "a survey's figure needs how many were asked",
                "write it, exactly.",
            )
    elif base < UNRELIABLE_BASE:
        status = "c" if base < CONFIDENTIAL_BASE else "u"
        yield row.problem(
            "base_unweighted",
            f"{base} people are too few for a figure (at least {UNRELIABLE_BASE})",
            f"clear the value, the numerator and the limits, and give the status {status}.",
        )


def _limits(row: ReturnRow) -> Iterator[Problem]:
    lower, upper = row.ci_lower_95, row.ci_upper_95
    if (lower is None) != (upper is None):
        yield row.problem(
            "ci_lower_95", "one limit stands without the other", "give both, or clear both."
        )
    elif (
        lower is not None
        and upper is not None
        and row.value is not None
        and not lower <= row.value <= upper
    ):
        yield row.problem(
            "ci_lower_95",
            f"{row.value_text} does not lie within {lower:g} and {upper:g}",
            "correct the wrong one.",
        )


def _quoted(row: ReturnRow) -> Iterator[Problem]:
    if row.source_url and urlsplit(row.source_url).scheme not in {"http", "https"}:
        yield row.problem(
            "source_url", f"“{row.source_url}” is no web address", "begin it with https://."
        )
    if not row.is_quoted:
        return
    # A quotation is this project's own doing, for newcomers, and no council hands one in.
    if row.snapshot.receipt.edition != "sample":
        yield row.problem(
            "licence_confirmed",
            "“quoted” is for figures that this project has quoted in its sample",
            "write yes if the council licenses the figure for re-use, else no.",
        )
    if not row.source_url:
        yield row.problem(
            "source_url", "a quoted figure needs the address of the report", "give it."
        )
    if not row.note.startswith(QUOTED_NOTE):
        yield row.problem(
            "note",
            "a quoted figure must say that it is one",
            f"begin the note with “{QUOTED_NOTE}”",
        )
