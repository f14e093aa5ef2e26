"""The probe: whether the way to each publisher is still right, without publishing anything.

What belongs here: asking a source as a refresh would, but into folders of its own, and saying what was found, what
differs from what the module expects, and what to do. How a source is asked belongs in its module.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import parse_qsl

import yaml

from thindicators.checking.checks import check
from thindicators.comparing.witness_words import check_result
from thindicators.comparing.witnesses import compare
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import RETURN, Receipt, Snapshot, by_role
from thindicators.observations.observation import Observation, table_of
from thindicators.outcomes.outcome import CheckResult
from thindicators.parsing.modules import module_of, remarks_of
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.refreshing import refresh, witnessing
from thindicators.refreshing.side_by_side import begin
from thindicators.storage.files import write_whole
from thindicators.telling.calendar import london_day

_LICENCE = re.compile(
    rb"Open Government Licence[^<\"\n]{0,12}|OGL[- ]?(?:UK[- ])?v?[123](?:\.0)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Finding:
    """What a probe of one source found.

    Attributes:
        source: Its id.
        found: What was seen, a line each: answers, figures, periods, licence.
        differs: What is not as the module expects, a line each; empty if the way is right.
        remedy: What to do about it.
        watched: What no file or page had shown before, so that a difference is likeliest there.
        witnessed: What other publishers of the same figures say of those that came, a line each.
    """

    source: str
    found: tuple[str, ...]
    differs: tuple[str, ...]
    remedy: tuple[str, ...]
    watched: tuple[str, ...]
    witnessed: tuple[str, ...] = ()


def in_order(plan: Plan, wanted: Sequence[str]) -> list[Source]:
    """The sources to probe: those that rest on most that was never seen come first.

    Raises:
        ThindicatorsError: If a wanted one is none that is asked.
    """
    asked = {}
    for source in plan.sources.values():
        if refresh.is_fetched(plan, source):
            asked[source.id] = source
    unknown = sorted(set(wanted) - set(asked))
    if unknown:
        raise ThindicatorsError(
            f"No source is called {', '.join(unknown)}. There are: {', '.join(sorted(asked))}"
        )
    chosen = [asked[source_id] for source_id in wanted or asked]
    return sorted(chosen, key=_least_seen_first)


def _least_seen_first(source: Source) -> tuple[int, str]:
    return -len(source.recalled), source.id


def probe(
    run_context: RunContext,
    source: Source,
    record: Path | None = None,
) -> Finding:
    """Ask one source, as `probe_all` asks several."""
    return next(
        probe_all(
            run_context,
            [source],
            record,
        )
    )


def probe_all(
    run_context: RunContext, sources: Sequence[Source], record: Path | None = None
) -> Iterator[Finding]:
    """Ask sources as a refresh would, read their indicators, and compare with what is expected.

    All are asked from the beginning, side by side; what came of each is told in their order.

    Args:
        run_context: With folders of the probe's own; nothing is published from them.
        sources: To ask.
        record: A folder in which to keep the answers in the shape of a sample, as new fixtures.
    """
    begun = {source.id: _begin(run_context, source) for source in sources}
    for source in sources:
        try:
            snapshots = begun[source.id].result()
        except Exception as problem:
            yield Finding(
                source=source.id,
                found=(),
                differs=(refresh.in_words(problem),),
                remedy=(_remedy(problem),),
                watched=tuple(source.recalled),
            )
            continue
        if record is not None:
            _record(
                record / source.id,
                run_context,
                snapshots.values(),
            )
        yield _finding(run_context, source, snapshots)


def _begin(run_context: RunContext, source: Source) -> Future[dict[str, Snapshot]]:
    # Imported here, so that no two threads import the same.
    module = module_of(source)
    indicators = run_context.plan.indicators_of(source.id)

    def ask() -> dict[str, Snapshot]:
        return by_role(module.fetch(run_context.client(source.id), indicators))

    return begin(ask, f"probes {source.id}")


def _finding(
    run_context: RunContext,
    source: Source,
    snapshots: Mapping[str, Snapshot],
) -> Finding:
    """What the answers of a source say, and what in them is not as its module expects."""
    found = [_answers(snapshots.values()), _licence(snapshots.values())]
    differs: list[str] = []
    remedies: list[str] = []
    witnessed: list[str] = []
    for indicator in run_context.plan.indicators_of(source.id):
        if indicator.source != source.id:
            continue  # a derived source reads these answers together with others
        try:
            part = _of_indicator(
                run_context,
                source,
                indicator,
                snapshots,
            )
        except Exception as problem:
            differs.append(refresh.in_words(problem))
            remedies.append(_remedy(problem))
            continue
        found += part.found
        differs += part.differs
        remedies += part.remedy
        witnessed += part.witnessed
    return Finding(
        source=source.id,
        found=tuple(found),
        differs=tuple(differs),
        remedy=tuple(remedies),
        watched=tuple(source.recalled),
        witnessed=tuple(witnessed),
    )


def _of_indicator(
    run_context: RunContext,
    source: Source,
    indicator: Indicator,
    snapshots: Mapping[str, Snapshot],
) -> Finding:
    """What the answers say of one indicator."""
    observations = module_of(source).parse(indicator, snapshots)
    remarks = remarks_of(source, indicator, snapshots)
    results = _checks(run_context, indicator, observations)
    warnings = [remark.says for remark in remarks]
    warnings += [result.seen for result in results if result.result == "warning"]
    failed = [result for result in results if result.result == "failed"]
    remedy = f"Put what is right into `ask` of indicators/{indicator.id}.yaml."
    return Finding(
        source=source.id,
        found=(
            _figures(indicator, observations),
            *(f"{indicator.id}: warning: {warning}" for warning in warnings),
        ),
        differs=tuple(f"{indicator.id}: {result.name}: {result.seen}" for result in failed),
        remedy=(remedy,) if remarks else (),
        watched=(),
        witnessed=tuple(_witnessed(run_context, indicator, observations)),
    )


def _witnessed(
    run_context: RunContext, indicator: Indicator, observations: Sequence[Observation]
) -> list[str]:
    """What an indicator's witnesses say of the figures that came; each is asked once in a probe."""
    plan = run_context.plan
    # The source sees a part of the indicator's file only, in which no witness stands.
    whole = plan.indicators[indicator.id]
    if observations:
        for witness in whole.witnesses:
            if run_context.store.last_fetch(witness.source) is None:
                witnessing.fetch(run_context, witness.source)
    heard = witnessing.hear_of(run_context, whole).heard[indicator.id]
    table = table_of(observations, plan.area_names)
    lines = []
    for report in compare(
        plan,
        whole,
        table,
        heard,
        london_day(run_context.now()),
    ):
        if report.compared or report.missing:
            result = check_result([report])
            lines.append(f"{indicator.id}: {result.seen}")
    return lines


def _answers(snapshots: Iterable[Snapshot]) -> str:
    several = list(snapshots)
    size = sum(len(snapshot.content) for snapshot in several)
    words = f"{len(several)} answers, {size / 1000:,.0f} kB"
    releases = {snapshot.receipt.release for snapshot in several}
    named = ", ".join(sorted(filter(None, releases)))
    return f"{words}; release {named}" if named else words


def _licence(snapshots: Iterable[Snapshot]) -> str:
    lines = set()
    for snapshot in snapshots:
        match = _LICENCE.search(snapshot.content)
        if match:
            line = match[0].decode("utf-8", "replace")
            lines.add(line.strip())
    if not lines:
        return "no licence line in the answers; see the publisher's page"
    return f"licence line seen: {', '.join(sorted(lines))}"


def _figures(indicator: Indicator, observations: Sequence[Observation]) -> str:
    if not observations:
        return f"{indicator.id}: no figures"
    latest = max(observations, key=_end_of_period)
    areas = sorted({row.area_code for row in observations})
    with_value = sum(row.value is not None for row in observations)
    return (
        f"{indicator.id}: {with_value} figures in {len(observations)} rows, to {latest.period.label}, "
        f"for {', '.join(areas)}"
    )


def _end_of_period(row: Observation) -> date:
    return row.period.end


def _checks(
    run_context: RunContext, indicator: Indicator, observations: Sequence[Observation]
) -> tuple[CheckResult, ...]:
    plan = run_context.plan
    if not observations:
        return ()
    whole = plan.indicators[indicator.id]
    # What one of several sources does not give, another may: only that is forgiven.
    return check(
        table_of(observations, plan.area_names),
        whole,
        run_context.contract,
        plan.exceptions_of(indicator),
        london_day(run_context.now()),
        others_are_read=not whole.also,
    )


def _remedy(problem: Exception) -> str:
    return str(getattr(problem, "remedy", "report this; it is a defect of the source's module"))


def _record(
    folder: Path,
    run_context: RunContext,
    snapshots: Iterable[Snapshot],
) -> None:
    """Keep answers in the shape that `thindicators.fetching.answers` reads."""
    answers = []
    for number, snapshot in enumerate(snapshots, 1):
        receipt = snapshot.receipt
        media_type, _, _ = receipt.media_type.partition(";")
        suffix = mimetypes.guess_extension(media_type.strip()) or ".bin"
        name = f"{number:02d}{suffix}"
        write_whole(folder / name, snapshot.content)
        # What is handed in was asked of nobody.
        if receipt.method != RETURN:
            answers.append(_recorded(receipt, name))
    content = {"composed": london_day(run_context.now()), "answers": answers}
    text = yaml.safe_dump(
        content,
        sort_keys=False,
        allow_unicode=True,
    )
    write_whole(folder / "answers.yaml", text.encode())


def _recorded(receipt: Receipt, name: str) -> dict[str, object]:
    """An answer as `answers.yaml` lists it: what was asked, and the file that it is kept in."""
    address, _, query = receipt.url.partition("?")
    listed: dict[str, object] = {receipt.method.lower(): address}
    if query:
        parameters = parse_qsl(query, keep_blank_values=True)
        listed["query"] = dict(parameters)
    if receipt.body:
        listed["body"] = yaml.safe_load(receipt.body)
    listed["file"] = name
    listed["media_type"] = receipt.media_type
    return listed
