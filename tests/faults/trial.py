"""A fault tried on a source by the live code, where nothing was read before and where good figures were.

What belongs here: putting publisher, inbox and the context of a run together, and running `thindicators.refreshing.refresh`.
What may come of it is judged in `judgement`.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from sources import SAMPLES
from tests.damage.good_files import Subject, good_answers, inbox_of, subject
from tests.damage.tables import DoesNotApplyError
from tests.faults.fault import ContentFault, Fault, ReturnFault, TransportFault
from tests.faults.publisher import Behaviour, Publisher, Visit
from tests.support import NOW, ROOT
from thindicators.checking.checks import check
from thindicators.context import RunContext
from thindicators.fetching.answers import Answer, Answers
from thindicators.fetching.attempts import Manners
from thindicators.outcomes.outcome import CheckResult, Outcome
from thindicators.parsing import parsing
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Indicator, Plan
from thindicators.refreshing import refresh
from thindicators.settings import Settings

State = Literal["cold", "warm"]
STATES: tuple[State, State] = ("cold", "warm")
"""Nothing was read before; or good figures were."""

PATIENT = Manners(
    connect_timeout=10, read_timeout=10, body_timeout=60, first_wait=0.01, longest_wait=2
)
HASTY = Manners(connect_timeout=10, read_timeout=0.4, body_timeout=0.5, attempts=1)


@dataclass(frozen=True)
class Case:
    """One thing done to one file of a source.

    Attributes:
        file: Which, in the words of its layout, or the address of an answer.
        named: Words of which one must be in an error about it.
        answers: Of the source itself.
        badly: How some of them are given, by index.
        refusing: The address, by its name, at which nobody listens.
        disturb: What is done to the inbox.
        has_figures: Whether it is about a file with figures; the others are tried cold only.
    """

    file: str
    named: tuple[str, ...]
    answers: Answers
    inbox: Mapping[str, bytes] = field(default_factory=dict)
    badly: Mapping[int, Behaviour] = field(default_factory=dict)
    refusing: str = ""
    manners: Manners = PATIENT
    disturb: Callable[[Path], None] = lambda _inbox: None
    has_figures: bool = True


@dataclass(frozen=True)
class Result:
    """What a refresh made of a case: outcomes by indicator, and what was written beside returns that were set aside."""

    outcomes: Mapping[str, Outcome]
    reports: tuple[str, ...]


def cases_of(fault: Fault, tried: Subject, plan: Plan) -> Iterator[Case]:
    """All the ways in which a fault is tried on a source.

    Raises:
        DoesNotApplyError: If there is none.
    """
    if isinstance(fault, ContentFault):
        yield from _content_cases(fault, tried)
    elif isinstance(fault, TransportFault):
        yield from _transport_cases(fault, tried, plan)
    else:
        yield from _return_cases(fault, tried)


def _content_cases(fault: ContentFault, tried: Subject) -> Iterator[Case]:
    why = ""
    made = 0
    for layout in tried.layouts:
        named = (
            layout.address if tried.is_return else tried.answers.answers[tried.index(layout)].url
        )
        try:
            for content in fault.spoil(layout, tried.content(layout)):
                made += 1
                if tried.is_return:
                    yield Case(
                        layout.file,
                        (named,),
                        tried.answers,
                        {**tried.inbox, layout.address: content},
                    )
                else:
                    yield Case(
                        layout.file,
                        (named,),
                        _replaced(tried.answers, tried.index(layout), content),
                    )
        except DoesNotApplyError as problem:
            why = str(problem)
    if not made:
        raise DoesNotApplyError(why)


def _transport_cases(fault: TransportFault, tried: Subject, plan: Plan) -> Iterator[Case]:
    if tried.is_return:
        raise DoesNotApplyError("a return is handed in, not fetched")
    files = {tried.index(layout) for layout in tried.layouts}
    for index, answer in enumerate(tried.answers.answers):
        if index in files or fault.everywhere:
            badly = {index: fault.behave} if fault.behave else {}
            bases = plan.sources[tried.source].addresses
            refusing = (
                ""
                if fault.behave
                else next(name for name, base in bases.items() if answer.url.startswith(base))
            )
            manners = HASTY if fault.hasty else PATIENT
            named = [
                one.url
                for one in tried.answers.answers
                if refusing and one.url.startswith(bases[refusing])
            ]
            yield Case(
                *(answer.url, (answer.url, *named), tried.answers, {}, badly, refusing, manners),
                has_figures=index in files,
            )


def _return_cases(fault: ReturnFault, tried: Subject) -> Iterator[Case]:
    if not tried.is_return:
        raise DoesNotApplyError("the source is fetched, not handed in")
    for layout in tried.layouts:

        def disturb(inbox: Path, name: str = layout.address) -> None:
            fault.disturb(inbox / name)

        yield Case(
            layout.file, (Path(layout.address).stem,), tried.answers, tried.inbox, disturb=disturb
        )


def _replaced(answers: Answers, index: int, content: bytes) -> Answers:
    """Answers with other bytes in one of them, whose size and sum the others give as the publisher would."""
    old = answers.answers[index].content
    told = [(f'"size": {len(old)},', f'"size": {len(content)},'), (_md5(old), _md5(content))]

    def other(answer: Answer) -> Answer:
        text = answer.content
        for before, after in told:
            text = text.replace(before.encode(), after.encode())
        return replace(answer, content=text)

    changed = [
        replace(one, content=content) if at == index else other(one)
        for at, one in enumerate(answers.answers)
    ]
    return Answers(answers.composed, tuple(changed))


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Bench:
    """Everything that trials share: the plan, a publisher, a folder, and good figures of each source."""

    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self.plan = load_plan(ROOT / "schemas")
        self._publisher = publisher
        self._folder = folder
        self._good: dict[str, Result] = {}
        self._checked: dict[tuple[str, ...], tuple[CheckResult, ...]] = {}

    def indicators_of(self, source: str) -> list[Indicator]:
        """The indicators that a source feeds, directly or through a derived source."""
        every = self.plan.indicators.values()
        return [one for one in every if source in parsing.fetched_for(self.plan, one)]

    def good(self, source: str) -> Result:
        """What a source gives without any fault; kept, so that warm trials begin with it."""
        if source not in self._good:
            tried = subject(source)
            case = Case("", (), tried.answers, tried.inbox)
            self._good[source] = self._run(tried, case, self._good_state(source))
        return self._good[source]

    def run(self, tried: Subject, case: Case, state: State) -> Result:
        """Fetch and read a source in a case."""
        folder = self._folder / "trial"
        if state == "warm":
            self.good(tried.source)
            shutil.copytree(self._good_state(tried.source), folder)
        try:
            return self._run(tried, case, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def check(
        self,
        table: pa.Table,
        indicator: Indicator,
        *others: Any,
        beside: pa.Table | None = None,
        others_are_read: bool = True,
    ) -> tuple[CheckResult, ...]:
        """The project's own checks, made once for equal figures, whatever bytes these were read from."""
        *_, published, remarks = others
        figures = (_figures(table), _figures(published), _figures(beside))
        key = (indicator.id, *figures, str(remarks), str(others_are_read))
        if key not in self._checked:
            self._checked[key] = check(
                table, indicator, *others, beside=beside, others_are_read=others_are_read
            )
        return self._checked[key]

    def _good_state(self, source: str) -> Path:
        return self._folder / "good" / source

    def _run(self, tried: Subject, case: Case, folder: Path) -> Result:
        others = [answer for source in tried.also for answer in good_answers(source).answers]
        answers = Answers(case.answers.composed, (*case.answers.answers, *others))
        replaced = self._publisher.welcome(Visit(answers, self.plan.addresses, case.badly))
        if case.refusing:
            replaced[case.refusing] = self._publisher.refusing
        settings = Settings(state=folder, published=folder / "published", addresses=replaced)
        run_context = RunContext(
            settings,
            self.plan,
            "live",
            SAMPLES,
            lambda: NOW,
            case.manners,
            sleep=lambda _seconds: None,
        )
        beside = _all_of_them(tried.also) if tried.is_return else {}
        _hand_in(run_context.settings.inbox, {**beside, **case.inbox})
        case.disturb(run_context.settings.inbox)
        for source in (tried.source, *tried.also):
            refresh.fetch(run_context, source)
        outcomes = {
            one.id: refresh.read(run_context, one.id) for one in self.indicators_of(tried.source)
        }
        written = sorted((run_context.settings.inbox / "refused").glob("*.report.txt"))
        return Result(outcomes, tuple(path.read_text(encoding="utf-8") for path in written))


def _figures(table: pa.Table | None) -> str:
    return "" if table is None else str(table.drop_columns(["snapshot"]).to_pylist())


def _all_of_them(sources: tuple[str, ...]) -> dict[str, bytes]:
    return {name: content for source in sources for name, content in inbox_of(source).items()}


def _hand_in(inbox: Path, files: Mapping[str, bytes]) -> None:
    inbox.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (inbox / name).write_bytes(content)
