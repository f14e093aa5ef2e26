"""What changed, for people: the sentences of CHANGES.md and the entries of the Atom feed.

What belongs here: putting revisions into words. Finding them belongs in `revisions`. The feed's format is Atom,
https://www.rfc-editor.org/rfc/rfc4287
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

from thindicators import house_style
from thindicators.formats.addresses import Addresses, page_of, stable_name
from thindicators.history.revisions import Revision
from thindicators.observations.periods import from_iso
from thindicators.outcomes.outcome import Acceptance
from thindicators.plan.model import Plan
from thindicators.safe_text import in_markdown, visible

_ATOM = "http://www.w3.org/2005/Atom"
_SHOWN = 5
_COLUMNS = {
    "lower_ci_95": "limits",
    "upper_ci_95": "limits",
    "numerator": "counts",
    "denominator": "counts",
}
"""What readers call the columns beside a figure."""

_WORDS = {
    "new": ("1 new figure", "{} new figures"),
    "revised": ("1 figure revised", "{} figures revised"),
    "restated": ("1 figure restated", "{} figures restated, as most of the series moved at once"),
    "withdrawn": ("1 figure withdrawn", "{} figures withdrawn"),
    "status_changed": ("1 figure with another status", "{} figures with another status"),
    "metadata_only": (
        "1 figure with another note or label",
        "{} figures with another note or label",
    ),
    "ended": (
        "1 figure stays as it was, in a series that has ended",
        "{} figures stay as they were, in a series that has ended",
    ),
}

Accepted = Mapping[str, Sequence[Acceptance]]
"""What was accepted since the release before, by indicator."""


def changes_text(
    plan: Plan,
    revisions: Sequence[Revision],
    before: str,
    accepted: Accepted = MappingProxyType({}),
) -> str:
    """CHANGES.md: what differs from the release before, indicator by indicator.

    Args:
        plan: For titles and decimals.
        revisions: In the order of the key.
        before: The name of the release before; empty if there is none.
        accepted: What was accepted since.
    """
    if not before:
        return "# Changes\n\nThis is the first release here; there is none before it to compare with.\n"
    parts = [f"# Changes since the release {before}\n"]
    for indicator, own in _by_indicator(revisions).items():
        # Titles and figures come from files of people: no letter of theirs may act as Markdown.
        lines = [f"## {in_markdown(_title(plan, indicator))}\n"]
        reasons = reasons_of(accepted.get(indicator, ()))
        lines += [f"- {in_markdown(words)}" for words in [*_sentences(plan, own), *reasons]]
        parts.append("\n".join(lines) + "\n")
    if not revisions:
        parts.append("No figure has changed; only what is said about them.\n")
    return "\n".join(parts)


def feed_text(
    plan: Plan,
    revisions: Sequence[Revision],
    newest: Mapping[str, str],
    is_sample: bool,
    before: str = "",
    accepted: Accepted = MappingProxyType({}),
) -> bytes:
    """feed.xml: one entry for each indicator that changed, with a link to its page.

    Args:
        plan: For titles and ids.
        revisions: In the order of the key.
        newest: When the newest bytes of each indicator came, RFC 3339.
        is_sample: Whether the release is of the sample edition.
        before: The name of the release before; with it, an entry has an id that no other release uses.
        accepted: What was accepted since.
    """
    ElementTree.register_namespace("", _ATOM)
    # Atom asks for a time, also of a release without any figure: nothing is older than the Plan.
    oldest = f"{plan.file.starts}-01-01T00:00:00Z"
    latest = max(filter(None, newest.values()), default=oldest)
    feed = _feed(plan, latest, is_sample)
    for indicator, own in _by_indicator(revisions).items():
        updated = newest.get(indicator) or latest
        says = [*_sentences(plan, own), *reasons_of(accepted.get(indicator, ()))]
        feed.append(
            _entry(
                plan,
                indicator,
                says,
                updated,
                before,
            )
        )
    ElementTree.indent(feed)
    text: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _feed(plan: Plan, updated: str, is_sample: bool) -> ElementTree.Element:
    """The feed without its entries."""
    addresses = Addresses(plan)
    edition = " (sample edition)" if is_sample else ""
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(feed, "title", f"{plan.file.title}{edition}: changes")
    _add(feed, "id", stable_name(plan, "changes"))
    _add(feed, "updated", updated)
    if plan.file.public_url:
        _link(
            feed,
            "self",
            "application/atom+xml",
            addresses.of("feed.xml"),
        )
    _link(
        feed,
        "alternate",
        "text/html",
        addresses.of("index.html"),
    )
    author = _add(feed, "author", "")
    _add(author, "name", plan.file.council)
    return feed


def _entry(
    plan: Plan,
    indicator: str,
    says: Sequence[str],
    updated: str,
    before: str,
) -> ElementTree.Element:
    """The feed's entry of an indicator."""
    entry = ElementTree.Element(f"{{{_ATOM}}}entry")
    _add(entry, "title", _title(plan, indicator))
    _add(entry, "id", stable_name(plan, f"changes/{indicator}/{before or updated}"))
    _add(entry, "updated", updated)
    # An indicator that the plan has dropped has revisions, and no page any more.
    page = page_of(indicator) if indicator in plan.indicators else "index.html"
    _link(
        entry,
        "alternate",
        "text/html",
        Addresses(plan).of(page),
    )
    _add(entry, "summary", " ".join(f"{words}." for words in says))
    return entry


def _by_indicator(revisions: Sequence[Revision]) -> dict[str, list[Revision]]:
    by_indicator: dict[str, list[Revision]] = {}
    for revision in revisions:
        by_indicator.setdefault(revision.named["indicator"], []).append(revision)
    return by_indicator


def accepted_since(
    before: Mapping[str, Any] | None, accepted: Sequence[Acceptance]
) -> list[Acceptance]:
    """What was accepted of an indicator's figures since its package was published last.

    Args:
        before: The package's descriptor then; None if it was not published.
        accepted: All that was accepted, in the order in which it was.
    """
    known = Counter((each["day"], each["reason"]) for each in (before or {}).get("accepted", ()))
    since = []
    for acceptance in accepted:
        # The names of ended series may have changed since; day and reason never do.
        known[acceptance.day, acceptance.reason] -= 1
        if known[acceptance.day, acceptance.reason] < 0:
            since.append(acceptance)
    return since


def reasons_of(accepted: Sequence[Acceptance]) -> list[str]:
    """A sentence, without its full stop, for each acceptance."""
    sentences_of_reasons = []
    for acceptance in accepted:
        reason = acceptance.reason.rstrip(".")
        day = house_style.day_of(acceptance.day)
        sentences_of_reasons.append(f"The reason, given on {day}: {reason}")
    return sentences_of_reasons


def became(revision: Revision, old: str, new: str) -> str:
    """What became of a figure, with both units where they differ."""
    if revision.unit_changed:
        old, new = (
            f"{value} ({house_style.UNITS.get(unit or '', unit)})"
            for value, unit in ((old, revision.old_unit), (new, revision.new_unit))
        )
    if old == new:
        return f"{new} as before, with {house_style.together(_beside(revision))}"
    return f"{old} became {new}"


def _beside(revision: Revision) -> list[str]:
    """What has changed beside a figure that has not, as readers would say it."""
    names = [_COLUMNS.get(column, column.replace("_", " ")) for column in revision.changed]
    # Both limits are one thing, and so are both counts.
    return list(dict.fromkeys(f"other {name}" for name in names))


def sentences(
    revisions: Sequence[Revision],
    words_of: Callable[[Revision], str],
    most: int,
    rest: str = "",
) -> list[str]:
    """A sentence, without its full stop, for each kind of change: how many there are, and the first of them.

    Args:
        revisions: Of one indicator.
        words_of: One of them in words.
        most: How many are told.
        rest: Where the others are.
    """
    parts = []
    for kind, (singular, plural) in _WORDS.items():
        changes = [words_of(revision) for revision in revisions if revision.kind == kind]
        if not changes:
            continue
        count = singular if len(changes) == 1 else plural.format(len(changes))
        hidden = len(changes) - most
        more = f"; and {hidden} more{rest}" if hidden > 0 else ""
        parts.append(f"{count}: {'; '.join(changes[:most])}{more}")
    return parts


def _sentences(plan: Plan, revisions: Sequence[Revision]) -> list[str]:
    def words_of(revision: Revision) -> str:
        return f"{_where(plan, revision)}: {_what(revision)}"

    return sentences(
        revisions,
        words_of,
        _SHOWN,
        " in revisions.csv",
    )


def _where(plan: Plan, revision: Revision) -> str:
    key = revision.named
    area = plan.area_names.get(key["area_code"], key["area_code"])
    group = "" if key["category"] == "total" else f", {key['category']}"
    return f"{area}, {_period(key['period'])}{group}"


def _what(revision: Revision) -> str:
    old = _or_status(revision.old, revision.old_status)
    new = _or_status(revision.new, revision.new_status)
    match revision.kind:
        case "revised" | "restated":
            return f"{became(revision, old, new)}{_in_limits(revision)}"
        case "status_changed":
            return became(revision, old, new)
        case "metadata_only":
            return ", ".join(revision.changed)
        case "withdrawn":
            return old
        case "new" | "ended":
            return new


def _in_limits(revision: Revision) -> str:
    if not revision.size_in_limits:
        return ""
    return f", {abs(revision.size_in_limits):.1f} of the old limits"


def _period(interval: str) -> str:
    period = from_iso(interval)
    return str(period.start) if period.start == period.end else f"{period.start} to {period.end}"


def _figure(value: float | None) -> str:
    return "no figure" if value is None else f"{value:.10g}"


def _or_status(value: float | None, status: str | None) -> str:
    return f"[{status}]" if value is None else _figure(value)


def _title(plan: Plan, indicator: str) -> str:
    of_plan = plan.indicators.get(indicator)
    return of_plan.title if of_plan else indicator


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = visible(text) or None
    return child


def _link(
    parent: ElementTree.Element,
    relation: str,
    media_type: str,
    address: str,
) -> None:
    link = {
        "rel": relation,
        "type": media_type,
        "href": address,
    }
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", link)
