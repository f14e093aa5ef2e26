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
from pathlib import Path
from urllib.parse import parse_qsl

import yaml

from thindicators.checking.checks import check
from thindicators.comparing.witness_words import check_result
from thindicators.comparing.witnesses import compare
from thindicators.context import RunContext
from thindicators.errors import ThindicatorsError
from thindicators.fetching.snapshots import Snapshot, by_role
from thindicators.observations.observation import Observation, table_of
from thindicators.outcomes.outcome import CheckResult
from thindicators.plan.model import Indicator, Plan, Source
from thindicators.refreshing import refresh, witnessing
from thindicators.refreshing.modules import module_of, remarks_of
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
    asked = {one.id: one for one in plan.sources.values() if refresh.is_fetched(plan, one)}
    if unknown := sorted(set(wanted) - set(asked)):
        raise ThindicatorsError(
            f"No source is called {', '.join(unknown)}. There are: {', '.join(sorted(asked))}"
        )
    chosen = [asked[one] for one in wanted] if wanted else list(asked.values())
    return sorted(chosen, key=lambda one: (-len(one.recalled), one.id))


def probe(run_context: RunContext, source: Source, record: Path | None = None) -> Finding:
    """Ask one source, as `probe_all` asks several."""
    return next(probe_all(run_context, [source], record))


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
            _record(record / source.id, run_context, snapshots.values())
        yield _finding(run_context, source, snapshots)


def _begin(run_context: RunContext, source: Source) -> Future[dict[str, Snapshot]]:
    # Imported here, so that no two threads import the same.
    module = module_of(source)
    indicators = run_context.plan.indicators_of(source.id)

    def ask() -> dict[str, Snapshot]:
        return by_role(module.fetch(run_context.client(source.id), indicators))

    return begin(ask, f"probes {source.id}")


def _finding(run_context: RunContext, source: Source, snapshots: Mapping[str, Snapshot]) -> Finding:
    """What the answers of a source say, and what in them is not as its module expects."""
    found = [_answers(snapshots.values()), _licence(snapshots.values())]
    differs: list[str] = []
    remedies: list[str] = []
    witnessed: list[str] = []
    for indicator in run_context.plan.indicators_of(source.id):
        if indicator.source != source.id:
            continue  # a derived source reads these answers together with others
        try:
            part = _of_indicator(run_context, source, indicator, snapshots)
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
    plan, table = run_context.plan, table_of(observations, run_context.plan.area_names)
    for witness in plan.indicators[indicator.id].witnesses if observations else ():
        if run_context.store.last_fetch(witness.source) is None:
            witnessing.fetch(run_context, witness.source)
    heard = witnessing.hear_of(run_context, plan.indicators[indicator.id]).heard[indicator.id]
    reports = compare(
        plan, plan.indicators[indicator.id], table, heard, london_day(run_context.now())
    )
    return [
        f"{indicator.id}: {check_result([report]).seen}"
        for report in reports
        if report.compared or report.missing
    ]


def _answers(snapshots: Iterable[Snapshot]) -> str:
    several = list(snapshots)
    size = sum(len(one.content) for one in several)
    releases = sorted({one.receipt.release for one in several if one.receipt.release})
    named = f"; release {', '.join(releases)}" if releases else ""
    return f"{len(several)} answers, {size / 1000:,.0f} kB{named}"


def _licence(snapshots: Iterable[Snapshot]) -> str:
    lines = sorted(
        {
            seen[0].decode("utf-8", "replace").strip()
            for one in snapshots
            if (seen := _LICENCE.search(one.content))
        }
    )
    return (
        f"licence line seen: {', '.join(lines)}"
        if lines
        else "no licence line in the answers; see the publisher's page"
    )


def _figures(indicator: Indicator, observations: Sequence[Observation]) -> str:
    if not observations:
        return f"{indicator.id}: no figures"
    latest = max(observations, key=lambda one: one.period.end).period.label
    areas = sorted({one.area_code for one in observations})
    with_value = sum(one.value is not None for one in observations)
    return f"{indicator.id}: {with_value} figures in {len(observations)} rows, to {latest}, for {', '.join(areas)}"


def _checks(
    run_context: RunContext, indicator: Indicator, observations: Sequence[Observation]
) -> tuple[CheckResult, ...]:
    plan = run_context.plan
    if not observations:
        return ()
    whole = plan.indicators[indicator.id]
    table, exceptions = table_of(observations, plan.area_names), plan.exceptions_of(indicator)
    today = london_day(run_context.now())
    # What one of several sources does not give, another may: only that is forgiven.
    return check(
        table, whole, run_context.contract, exceptions, today, others_are_read=not whole.also
    )


def _remedy(problem: Exception) -> str:
    return str(getattr(problem, "remedy", "report this; it is a defect of the source's module"))


def _record(folder: Path, run_context: RunContext, snapshots: Iterable[Snapshot]) -> None:
    """Keep answers in the shape that `thindicators.fetching.answers` reads."""
    answers = []
    for number, one in enumerate(snapshots, 1):
        receipt = one.receipt
        address, _, query = receipt.url.partition("?")
        media_type = receipt.media_type.split(";")[0].strip()
        name = f"{number:02d}{mimetypes.guess_extension(media_type) or '.bin'}"
        write_whole(folder / name, one.content)
        if receipt.method == "RETURN":
            continue
        asked = {"query": dict(parse_qsl(query, keep_blank_values=True))} if query else {}
        body = {"body": yaml.safe_load(receipt.body)} if receipt.body else {}
        answers.append(
            {
                receipt.method.lower(): address,
                **asked,
                **body,
                "file": name,
                "media_type": receipt.media_type,
            }
        )
    content = {"composed": london_day(run_context.now()), "answers": answers}
    write_whole(
        folder / "answers.yaml",
        yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode(),
    )
