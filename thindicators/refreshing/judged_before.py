"""Judged before: what the checks saw of the same figures by the same rules, so that a day without news judges nothing.

What belongs here: telling whether all that an answer of the checks depends on is as it was when they were asked last. The
rules belong in `thindicators.checking`; what follows from an answer in `judging`.

Only an answer without a failure is kept: figures that may not be published are judged each time. It stands in `state/`,
in a file for each part of an indicator, with the sum of everything that it depends on.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import TypeAdapter, ValidationError

from thindicators.checking.checks import check
from thindicators.checking.judging import prepare
from thindicators.helper import begin
from thindicators.observations.tables import TableSchema
from thindicators.outcomes.ledger import sum_of_table
from thindicators.outcomes.outcome import CheckResult
from thindicators.plan.exceptions import Exempted
from thindicators.plan.model import Indicator
from thindicators.plan.rules import Finding
from thindicators.release.inputs import made_with
from thindicators.settings import Settings
from thindicators.storage.files import write_whole

JUDGED = "judged"
"""The folder in `state/` with the last answer of each part of an indicator."""

_JUDGED_WITH = ("great-expectations", "numpy", "pandas")
"""The libraries that a judgement may depend on, beside those that write a release."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Question:
    """What the checks are asked; see `thindicators.checking.checks.check`."""

    table: pa.Table
    indicator: Indicator
    contract: TableSchema
    exceptions: Sequence[Exempted]
    today: date
    published: pa.Table | None
    remarks: Sequence[Finding]
    beside: pa.Table
    others_are_read: bool

    def ask(self) -> tuple[CheckResult, ...]:
        """The answer of the checks."""
        return check(
            self.table,
            self.indicator,
            self.contract,
            self.exceptions,
            self.today,
            self.published,
            self.remarks,
            beside=self.beside,
            others_are_read=self.others_are_read,
        )

    @property
    def is_of_any_day(self) -> bool:
        """Whether the answer is the same whichever day it is, and whatever was published before.

        So it is unless a figure is of a period that has not ended, or all are older than those published last.
        """
        newest = _latest_end(self.table)
        if newest is None or newest > self.today:
            return False
        published_to = _latest_end(self.published) or newest
        return max(newest, _latest_end(self.beside) or newest) >= published_to

    @property
    def sum(self) -> str:
        """The SHA-256 of all that the answer depends on, if it is of any day."""
        indicator = self.indicator
        depends_on = {
            "code": made_with(),
            "judged with": {name: version(name) for name in _JUDGED_WITH},
            "table": sum_of_table(self.table),
            "beside": sum_of_table(self.beside),
            "indicator": indicator.model_dump(mode="json"),
            "areas": [indicator.areas, indicator.peers],
            "exceptions": [
                [exception.model_dump(mode="json"), exception.until < self.today]
                for exception in self.exceptions
            ],
            "remarks": [_said(remark) for remark in self.remarks],
            "others are read": self.others_are_read,
        }
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()


def _latest_end(table: pa.Table | None) -> date | None:
    """The day on which the latest period of some figures ends."""
    if table is None:
        return None
    end: date | None = pc.max(table["period_end"]).as_py()
    return end


def _said(remark: Finding) -> dict[str, object]:
    # Whose order is another in each process.
    return {**asdict(remark), "periods": sorted(remark.periods)}


@dataclass(frozen=True)
class _Answer:
    """What the checks saw.

    Attributes:
        question: The sum of what they were asked.
        results: Their answer, in which nothing failed.
    """

    question: str
    results: tuple[CheckResult, ...]


_ANSWER = TypeAdapter(_Answer)


def ask_once(question: Question, path: Path) -> tuple[CheckResult, ...]:
    """What the checks see; they are not asked again what they have answered before.

    Args:
        question: What they are asked.
        path: The file of their last answer, which need not be there.

    Raises:
        ThindicatorsError: If the answer cannot be kept.
    """
    if not question.is_of_any_day:
        return question.ask()
    asked = question.sum
    last = _last_answer(path)
    if last is not None and last.question == asked:
        return last.results
    results = question.ask()
    if not any(result.result == "failed" for result in results):
        write_whole(path, _ANSWER.dump_json(_Answer(asked, results), indent=1))
    return results


def prepare_to_judge(settings: Settings) -> None:
    """Let the helper put Great Expectations together, beside whatever comes before the first figures.

    Only on a first run, since on most days nothing is judged anew; and not where other processes judge.
    """
    if not settings.is_remote and not (settings.state / JUDGED).is_dir():
        begin(prepare)


def _last_answer(path: Path) -> _Answer | None:
    try:
        return _ANSWER.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as problem:
        _LOG.warning("%s cannot be read, and the checks are asked again: %s", path, problem)
        return None
