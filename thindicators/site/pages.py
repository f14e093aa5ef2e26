"""Pages: the public site of a release, as static files that any web server, or a double click, can show.

What belongs here: which pages there are and what each template is given. The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from thindicators import house_style
from thindicators.comparing.latest import Group
from thindicators.comparing.witness_words import WITNESSED
from thindicators.formats.addresses import Addresses, page_of
from thindicators.formats.archive import archive_of
from thindicators.plan.model import Indicator, Source
from thindicators.site import graphics, snippets, values, views
from thindicators.site.content import Content, Part

ASSETS = ("style.css", "script.js")
INDEX = "index.html"

PLAIN = {
    "downloads": "Downloads",
    "calendar": "Release calendar",
    "comparing": "How figures are compared",
    "revisions": "Revisions",
    "sources": "Sources and attributions",
    "dictionary": "Data dictionary",
    "accessibility": "Accessibility",
}
"""The pages beside the front page and the indicators', by folder."""

LISTING = f"indicators/{INDEX}"
"""What a reader sees who cuts an indicator's address back to its folder."""

NOT_FOUND = "404.html"
"""What a web server is told to show where there is no page."""


def paths(content: Content) -> list[str]:
    """All pages, by path within the release."""
    of_indicators = [page_of(part.indicator.id) for part in content.parts]
    return [INDEX, LISTING, *of_indicators, *(f"{name}/{INDEX}" for name in PLAIN), NOT_FOUND]


def site(content: Content) -> dict[str, str]:
    """All files of the site, by path within the release."""
    return {
        INDEX: _page(content, INDEX, content.plan.file.title, given=_front(content)),
        **{page_of(part.indicator.id): _indicator(content, part) for part in content.parts},
        **{f"{name}/{INDEX}": _plain(content, name, title) for name, title in PLAIN.items()},
        LISTING: _listing(content),
        NOT_FOUND: _not_found(content),
        **{name: _asset(name) for name in ASSETS},
    }


def _page(content: Content, path: str, title: str, template: str = INDEX, *, given: Mapping[str, object]) -> str:
    depth = path.count("/")
    return (
        _environment()
        .get_template(f"{template}.j2")
        .render(
            plan=content.plan,
            is_sample=content.is_sample,
            title=title,
            path=path,
            address=Addresses(content.plan).of(path) if content.plan.file.public_url else "",
            root="../" * depth,
            pages=PLAIN,
            archive=archive_of(content.plan),
            description_for_machines=Markup(content.descriptions.get(_key(path), "")),  # noqa: S704
            **given,
        )
    )


def _key(path: str) -> str:
    """By which a page's description for machines is found."""
    if path == INDEX:
        return ""
    is_of_an_indicator = path.startswith("indicators/") and path != LISTING
    return path.split("/")[1] if is_of_an_indicator else path


def _front(content: Content) -> dict[str, object]:
    calls = [
        (call, [_entry(part) for part in content.parts if part.indicator.call_to_action == call.number])
        for call in content.plan.file.calls_to_action
    ]
    parts = content.parts
    kinds = {one.kind: one.label for part in parts for one in part.statuses}
    return {
        "calls": calls,
        "kinds": sorted(kinds.items(), key=lambda one: one[1]),
        "count": len(parts),
        "with_figures": sum(part.headline is not None for part in parts),
        "newest": _newest(content),
        "downloads": content.downloads.get("", []),
    }


def _entry(part: Part) -> dict[str, object]:
    headline = part.headline
    group = (headline["breakdown"], headline["category"]) if headline else None
    found = views.figures(part)
    shown = next((one for one in found if one.value), None)
    chips = views.chips(part, group) if group else []
    return {
        "indicator": part.indicator,
        "href": page_of(part.indicator.id),
        "figure": shown,
        "more": len(found) - 1,
        "chips": [one for one in chips if one.kind != "none"],
        "not_judged": views.not_judged(chips),
        "statuses": part.statuses,
        "fetched": house_style.day_of(part.outcome.newest) if part.outcome.newest else "",
        "spark": graphics.spark(part),
    }


def _indicator(content: Content, part: Part) -> str:
    plan, indicator = content.plan, part.indicator
    found, notes = values.tables(part)
    dimensions = list(dict.fromkeys(group[0] for group in part.other_groups))
    given = {
        "indicator": indicator,
        "unit": house_style.UNITS[indicator.unit],
        "call": next(one for one in plan.file.calls_to_action if one.number == indicator.call_to_action),
        "outcome": part.outcome,
        "statuses": part.statuses,
        "figures": views.figures(part),
        "newest_public": views.newest_public(part),
        "verdicts": [_verdicts(part, group) for group in part.headline_groups],
        "printed": views.printed(part),
        "charts": graphics.headline(part),
        "breakdowns": [_breakdown(part, dimension) for dimension in dimensions],
        "tables": found,
        "notes": notes,
        "symbols": values.symbols(part),
        "series": [one for one in part.series if any(row["series"] == one.id for row in part.rows)],
        "remarks": [one.seen for one in part.outcome.remarks if one.name != WITNESSED],
        "sources": [_source(content, part, source) for source in _all_sources(part)],
        "witnessed": content.witnessed.get(indicator.id, []),
        "log": content.logs.get(indicator.id, []),
        "licence": plan.licence_of(indicator),
        "attribution": plan.attribution_of(indicator),
        "downloads": content.downloads.get(indicator.id, []),
        "snippets": snippets.snippets(plan, indicator, bool(part.rows)),
        "fetched": house_style.day_of(part.outcome.newest) if part.outcome.newest else "",
    }
    return _page(content, page_of(indicator.id), indicator.title, "indicator.html", given=given)


def _verdicts(part: Part, group: Group) -> dict[str, object]:
    """The verdicts on a group; of several groups, those not given are put into one sentence."""
    chips = views.chips(part, group)
    if len(part.headline_groups) == 1:
        return {"group": "", "chips": chips, "not_judged": ""}
    given = [one for one in chips if one.kind != "none"]
    return {"group": views.group_name(part, group), "chips": given, "not_judged": views.not_judged(chips)}


def _breakdown(part: Part, dimension: str) -> dict[str, object]:
    members = [group for group in part.other_groups if group[0] == dimension]
    return {
        "title": house_style.breakdown(part.plan, dimension),
        "charts": graphics.of_breakdown(part, dimension),
        "members": [
            (views.group_name(part, group), views.figure_of(part, group), views.chips(part, group)) for group in members
        ],
    }


def _all_sources(part: Part) -> list[Source]:
    plan = part.plan
    found = [one for source in part.indicator.sources for one in (source, *plan.sources[source].derived_from)]
    return [plan.sources[one] for one in dict.fromkeys(found)]


def _source(content: Content, part: Part, source: Source) -> dict[str, object]:
    receipts = [receipt for receipt in part.outcome.receipts if receipt.source == source.id]
    own_months = part.indicator.release_months if source.id == part.indicator.source else []
    return {
        "source": source,
        "releases": sorted({receipt.release for receipt in receipts if receipt.release}, reverse=True),
        "retrieved": house_style.day_of(max(receipt.retrieved for receipt in receipts)) if receipts else "",
        "files": len(receipts),
        "months": house_style.months(own_months or source.release_months),
        "failure": content.failures.get(source.id, ""),
    }


def _listing(content: Content) -> str:
    calls = [
        (call, [part.indicator for part in content.parts if part.indicator.call_to_action == call.number])
        for call in content.plan.file.calls_to_action
    ]
    return _page(content, LISTING, "Pages and files by indicator", "listing.html", given={"calls": calls})


def _not_found(content: Content) -> str:
    """A page whole in itself: nobody knows at which address, and how deep, it will be shown."""
    addresses = Addresses(content.plan)
    is_public = bool(content.plan.file.public_url)
    given = {
        "style": Markup(_asset("style.css")),  # noqa: S704 - our own file
        "front": addresses.of(INDEX) if is_public else "",
        "downloads": addresses.of(f"downloads/{INDEX}") if is_public else "",
    }
    return _page(content, NOT_FOUND, "Page not found", NOT_FOUND, given=given)


def _asset(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _plain(content: Content, name: str, title: str) -> str:
    given = {"newest": _newest(content), **_GIVEN[name](content)}
    return _page(content, f"{name}/{INDEX}", title, f"{name}.html", given=given)


def _downloads(content: Content) -> Mapping[str, object]:
    of_indicators = [(part.indicator, list(content.downloads.get(part.indicator.id, []))) for part in content.parts]
    return {"whole": content.downloads.get("", []), "of_indicators": of_indicators, "years": _years(content)}


def _years(content: Content) -> list[int]:
    return sorted({row["year"] for part in content.parts for row in part.rows}, reverse=True)


def _calendar(content: Content) -> Mapping[str, object]:
    return {"months": list(enumerate(house_style.MONTHS, 1)), "by_source": _by_source(content)}


def _by_source(content: Content) -> list[tuple[Source, list[Indicator]]]:
    """The sources that feed an indicator, with those they feed; paused ones last."""
    ids = {part.indicator.id: {source.id for source in _all_sources(part)} for part in content.parts}
    found = [
        (source, [part.indicator for part in content.parts if source.id in ids[part.indicator.id]])
        for source in content.plan.sources.values()
    ]
    return sorted((one for one in found if one[1]), key=lambda one: (bool(one[0].paused), one[0].title))


def _revisions(content: Content) -> Mapping[str, object]:
    found = [
        (entry.day, part.indicator, entry)
        for part in content.parts
        for entry in content.logs.get(part.indicator.id, [])
    ]
    days = sorted({day for day, _, _ in found}, reverse=True)
    return {"log": [(day, [(indicator, entry) for when, indicator, entry in found if when == day]) for day in days]}


def _sources(content: Content) -> Mapping[str, object]:
    return {"listed": _by_source(content), "failures": content.failures}


def _dictionary(content: Content) -> Mapping[str, object]:
    order = ["observations", "indicators", "comparisons", *sorted(content.schemas)]
    return {"tables": [(name, content.schemas[name]) for name in dict.fromkeys(order) if name in content.schemas]}


def _nothing(_content: Content) -> Mapping[str, object]:
    return {}


_GIVEN = {
    "downloads": _downloads,
    "calendar": _calendar,
    "comparing": _nothing,
    "revisions": _revisions,
    "sources": _sources,
    "dictionary": _dictionary,
    "accessibility": _nothing,
}


def _newest(content: Content) -> str:
    newest = max((outcome.newest for outcome in content.outcomes), default="")
    return house_style.day_of(newest) if newest else ""


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("thindicators.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(sentence=house_style.sentence, size=house_style.size, iso_day=_iso_day, paragraphs=_paragraphs)
    made.globals.update(page_of=page_of)
    return made


def _iso_day(day: str) -> str:
    return house_style.day_of(day) if day else "Day not known"


def _paragraphs(text: str) -> Iterator[str]:
    return (one.strip() for one in text.split("\n\n") if one.strip())
