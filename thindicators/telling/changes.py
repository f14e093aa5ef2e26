"""What changed, for people: the sentences of CHANGES.md and the entries of the Atom feed.

What belongs here: putting revisions into words. Finding them belongs in `revisions`. The feed's format is Atom,
https://www.rfc-editor.org/rfc/rfc4287
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from xml.etree import ElementTree

from thindicators.formats.addresses import Addresses, page_of, stable_name
from thindicators.history.revisions import Revision
from thindicators.observations.observation import KEY
from thindicators.observations.periods import from_iso
from thindicators.plan.model import Indicator, Plan
from thindicators.safe_text import in_markdown, visible

_ATOM = "http://www.w3.org/2005/Atom"
_SHOWN = 5
_WORDS = {
    "new": ("1 new figure", "{} new figures"),
    "revised": ("1 figure revised", "{} figures revised"),
    "restated": ("1 figure restated", "{} figures restated, as most of the series moved at once"),
    "withdrawn": ("1 figure withdrawn", "{} figures withdrawn"),
    "status_changed": ("1 figure with another status", "{} figures with another status"),
    "metadata_only": ("1 figure with another note or label", "{} figures with another note or label"),
}


def changes_text(plan: Plan, revisions: Sequence[Revision], before: str) -> str:
    """CHANGES.md: what differs from the release before, indicator by indicator.

    Args:
        plan: For titles and decimals.
        revisions: In the order of the key.
        before: The name of the release before; empty if there is none.
    """
    if not before:
        return "# Changes\n\nThis is the first release here; there is none before it to compare with.\n"
    parts = [f"# Changes since the release {before}\n"]
    for title, sentences in _by_indicator(plan, revisions).items():
        lines = [f"## {in_markdown(title)}\n", *(f"- {in_markdown(one)}" for one in sentences)]
        parts.append("\n".join(lines) + "\n")
    if not revisions:
        parts.append("No figure has changed; only what is said about them.\n")
    return "\n".join(parts)


def feed_text(
    plan: Plan, revisions: Sequence[Revision], newest: Mapping[str, str], is_sample: bool, before: str = ""
) -> bytes:
    """feed.xml: one entry for each indicator that changed, with a link to its page.

    Args:
        plan: For titles and ids.
        revisions: In the order of the key.
        newest: When the newest bytes of each indicator came, RFC 3339.
        is_sample: Whether the release is of the sample edition.
        before: The name of the release before; with it, an entry has an id that no other release uses.
    """
    ElementTree.register_namespace("", _ATOM)
    addresses = Addresses(plan)
    latest = max(filter(None, newest.values()), default=f"{plan.file.starts}-01-01T00:00:00Z")
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(feed, "title", f"{plan.file.title}{' (sample edition)' if is_sample else ''}: changes")
    _add(feed, "id", stable_name(plan, "changes"))
    _add(feed, "updated", latest)
    if plan.file.public_url:
        _link(feed, "self", "application/atom+xml", addresses.of("feed.xml"))
    _link(feed, "alternate", "text/html", addresses.of("index.html"))
    _add(_add(feed, "author", ""), "name", plan.file.council)
    for indicator, group in groupby(revisions, key=lambda one: one.key[0]):
        entry = _add(feed, "entry", "")
        updated = newest.get(indicator) or latest
        _add(entry, "title", _title(plan, indicator))
        _add(entry, "id", stable_name(plan, f"changes/{indicator}/{before or updated}"))
        _add(entry, "updated", updated)
        page = page_of(indicator) if indicator in plan.indicators else "index.html"
        _link(entry, "alternate", "text/html", addresses.of(page))
        _add(entry, "summary", " ".join(f"{one}." for one in _sentences(plan, list(group))))
    ElementTree.indent(feed)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)) + b"\n"


def _by_indicator(plan: Plan, revisions: Sequence[Revision]) -> dict[str, list[str]]:
    groups = groupby(revisions, key=lambda one: one.key[0])
    return {_title(plan, indicator): _sentences(plan, list(group)) for indicator, group in groups}


def sentences(
    revisions: Sequence[Revision], words_of: Callable[[Revision], str], most: int, rest: str = ""
) -> list[str]:
    """A sentence, without its full stop, for each kind of change: how many there are, and the first of them.

    Args:
        revisions: Of one indicator.
        words_of: One of them in words.
        most: How many are told.
        rest: Where the others are.
    """
    found = []
    for kind, (one_word, several) in _WORDS.items():
        told = [words_of(one) for one in revisions if one.kind == kind]
        if told:
            count = one_word if len(told) == 1 else several.format(len(told))
            more = f"; and {len(told) - most} more{rest}" if len(told) > most else ""
            found.append(f"{count}: {'; '.join(told[:most])}{more}")
    return found


def _sentences(plan: Plan, revisions: Sequence[Revision]) -> list[str]:
    return sentences(revisions, lambda one: _words(plan, one), _SHOWN, " in revisions.csv")


def _words(plan: Plan, one: Revision) -> str:
    named = dict(zip(KEY, one.key, strict=True))
    area = plan.area_names.get(named["area_code"], named["area_code"])
    group = "" if named["category"] == "total" else f", {named['category']}"
    where = f"{area}, {_period(named['period'])}{group}"
    if one.kind in ("revised", "restated"):
        limits = "" if one.size_in_limits is None else f", {abs(one.size_in_limits):.1f} of the old limits"
        return f"{where}: {_figure(one.old)} became {_figure(one.new)}{limits}"
    if one.kind == "status_changed":
        return f"{where}: {_or_status(one.old, one.old_status)} became {_or_status(one.new, one.new_status)}"
    if one.kind == "metadata_only":
        return f"{where}: {', '.join(one.changed)}"
    withdrawn = one.kind == "withdrawn"
    figure = _or_status(one.old, one.old_status) if withdrawn else _or_status(one.new, one.new_status)
    return f"{where}: {figure}"


def _period(interval: str) -> str:
    period = from_iso(interval)
    return str(period.start) if period.start == period.end else f"{period.start} to {period.end}"


def _figure(value: float | None) -> str:
    return "no figure" if value is None else f"{value:.10g}"


def _or_status(value: float | None, status: str | None) -> str:
    return f"[{status}]" if value is None else _figure(value)


def _title(plan: Plan, indicator: str) -> str:
    known: Indicator | None = plan.indicators.get(indicator)
    return known.title if known else indicator


def _add(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = visible(text) or None
    return child


def _link(parent: ElementTree.Element, relation: str, media_type: str, address: str) -> None:
    link = {"rel": relation, "type": media_type, "href": address}
    ElementTree.SubElement(parent, f"{{{_ATOM}}}link", link)
