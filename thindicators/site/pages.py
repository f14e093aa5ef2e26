"""Pages: the public site of a release, as static files that any web server, or a double click, can show.

What belongs here: which pages there are and what each template is given. The same content gives the same bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from thindicators import house_style
from thindicators.comparing.explained import UNCERTAINTY, methods
from thindicators.comparing.latest import Group
from thindicators.comparing.latest_figures import headline_of
from thindicators.comparing.summaries import summary
from thindicators.comparing.witness_words import WITNESSED
from thindicators.formats.addresses import Addresses, page_of
from thindicators.formats.archive import archive_of
from thindicators.plan.model import CallToAction, Indicator, Source
from thindicators.site import graphics, snippets, tallies, values, views
from thindicators.site.content import Content, Part
from thindicators.site.graphics import Graphic
from thindicators.site.log import Entry
from thindicators.site.page_charts import ChartsByIndicator, PageCharts

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
    plain = [f"{name}/{INDEX}" for name in PLAIN]
    return [INDEX, LISTING, *of_indicators, *plain, NOT_FOUND]


def site(content: Content, charts: ChartsByIndicator) -> dict[str, str]:
    """All files of the site, by path within the release.

    Args:
        content: What the pages say.
        charts: Of the pages of its indicators.
    """
    title = content.plan.file.title
    pages = {INDEX: _page(content, INDEX, title, given=_front(content))}
    for part in content.parts:
        of_page = charts[part.indicator.id]
        pages[page_of(part.indicator.id)] = _indicator(content, part, of_page)
    for name, plain_title in PLAIN.items():
        pages[f"{name}/{INDEX}"] = _plain(content, name, plain_title)
    pages[LISTING] = _listing(content)
    pages[NOT_FOUND] = _not_found(content)
    # Script and style lie beside the pages: a page asks nothing of any other site.
    for name in ASSETS:
        pages[name] = _asset(name)
    return pages


def _page(
    content: Content,
    path: str,
    title: str,
    template: str = INDEX,
    *,
    given: Mapping[str, object],
) -> str:
    plan = content.plan
    for_machines = content.descriptions.get(_key(path), "")
    return (
        _environment()
        .get_template(f"{template}.j2")
        .render(
            plan=plan,
            is_sample=content.is_sample,
            title=title,
            path=path,
            address=Addresses(plan).of(path) if plan.file.public_url else "",
            # Addresses within the site are relative, so that it works from a folder as from a
            # server.
            root="../" * path.count("/"),
            pages=PLAIN,
            archive=archive_of(plan),
            # JSON-LD is made safe for a script where it is made; escaping it again would break it.
            description_for_machines=Markup(for_machines),  # noqa: S704
            **given,
        )
    )


def _key(path: str) -> str:
    """By which a page's description for machines is found."""
    if path == INDEX:
        return ""
    # An indicator's page is found by its id, as its files are; every other page by its own path.
    is_of_an_indicator = path.startswith("indicators/") and path != LISTING
    return path.split("/")[1] if is_of_an_indicator else path


def _front(content: Content) -> dict[str, object]:
    parts = content.parts
    calls = []
    for call in content.plan.file.calls_to_action:
        of_call = _parts_of(content, call)
        entries = [_entry(part) for part in of_call]
        calls.append((call, entries, tallies.tallies(of_call)))
    # Only kinds that an indicator has: a filter that finds nothing helps nobody.
    labels_by_kind: dict[str, str] = {}
    for part in parts:
        for status in part.statuses:
            labels_by_kind[status.kind] = status.label
    return {
        "calls": calls,
        "themes": _themes(parts),
        "kinds": sorted(labels_by_kind.items(), key=_label),
        "count": len(parts),
        "with_figures": sum(part.headline is not None for part in parts),
        "newest": content.fetched,
        "downloads": content.downloads.get("", []),
    }


def _themes(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """The Plan's themes that an indicator is of, with their titles, in the Plan's order."""
    used = {part.indicator.plan_theme for part in parts}
    titles = parts[0].plan.file.plan_themes if parts else {}
    return [(theme, title) for theme, title in titles.items() if theme in used]


def _parts_of(
    content: Content,
    call: CallToAction,
) -> list[Part]:
    """The indicators of a call to action of the Plan."""
    return [part for part in content.parts if part.indicator.call_to_action == call.number]


def _label(kind_and_label: tuple[str, str]) -> str:
    _, label = kind_and_label
    return label


def _entry(part: Part) -> dict[str, object]:
    """What the front page says of one indicator."""
    headline = part.headline
    chips: list[views.Chip] = []
    if headline is not None:
        chips = views.chips(part, (headline["breakdown"], headline["category"]))
    figures = views.figures(part)
    with_value = [figure for figure in figures if figure.value]
    return {
        "indicator": part.indicator,
        "search_words": _search_words(part),
        "href": page_of(part.indicator.id),
        # The front page has room for one figure, and says how many more there are.
        "figure": with_value[0] if with_value else None,
        "why_none": headline_of(part.latest).why_none,
        "more": len(figures) - 1,
        "chips": views.with_verdict(chips),
        "not_judged": views.not_judged(chips),
        "statuses": part.statuses,
        "fetched": part.fetched,
        "spark": graphics.spark(part),
    }


def _search_words(part: Part) -> str:
    """What the search of the front page looks through: all by which a resident may call the indicator."""
    indicator = part.indicator
    groups = [views.group_name(part, group) for group in part.groups if group[0] != "total"]
    # Not its call to action, which the form has a list for: a word of it would find all indicators under it.
    return " ".join(
        [
            indicator.title,
            indicator.definition,
            *indicator.keywords,
            *groups,
        ]
    )


def _indicator(
    content: Content,
    part: Part,
    charts: PageCharts,
) -> str:
    plan = content.plan
    indicator = part.indicator
    calls = {call.number: call for call in plan.file.calls_to_action}
    tables, notes = values.tables(part)
    given = {
        "indicator": indicator,
        "summary": summary(headline_of(part.latest)),
        "cited": headline_of(part.latest).source,
        "unit": house_style.UNITS[indicator.unit],
        "call": calls[indicator.call_to_action],
        "outcome": part.outcome,
        "statuses": part.statuses,
        "figures": views.figures(part),
        "newest_public": views.newest_public(part),
        "verdicts": [_verdicts(part, group) for group in part.headline_groups],
        "printed": views.printed(part),
        "charts": charts.headline,
        "breakdowns": [_breakdown(part, *breakdown) for breakdown in charts.breakdowns.items()],
        "among_peers": charts.among_peers,
        "councils_elsewhere": content.councils_elsewhere.get(part.indicator.id, 0),
        "tables": tables,
        "notes": notes,
        "symbols": values.symbols(part),
        "series": part.series_with_rows,
        "remarks": _remarks(part),
        "sources": [_source(content, part, source) for source in _all_sources(part)],
        "witnessed": content.witnessed.get(indicator.id, []),
        "log": content.logs.get(indicator.id, []),
        "licence": plan.licence_of(indicator),
        "attribution": plan.attribution_of(indicator),
        "downloads": content.downloads.get(indicator.id, []),
        "snippets": snippets.snippets(plan, indicator, bool(part.rows)),
        "fetched": part.fetched,
    }
    return _page(
        content,
        path=page_of(indicator.id),
        title=indicator.title,
        template="indicator.html",
        given=given,
    )


def _remarks(part: Part) -> list[str]:
    """What the checks remarked, but for the witnesses', which have a section of their own."""
    return [remark.seen for remark in part.outcome.remarks if remark.name != WITNESSED]


def _verdicts(part: Part, group: Group) -> dict[str, object]:
    """The verdicts on a group; of several groups, those not given are put into one sentence."""
    chips = views.chips(part, group)
    if len(part.headline_groups) == 1:
        return {
            "group": "",
            "chips": chips,
            "not_judged": "",
        }
    return {
        "group": views.group_name(part, group),
        "chips": views.with_verdict(chips),
        "not_judged": views.not_judged(chips),
    }


def _breakdown(
    part: Part,
    dimension: str,
    charts: Sequence[Graphic],
) -> dict[str, object]:
    members = []
    for group in part.other_groups:
        if group[0] == dimension:
            name = views.group_name(part, group)
            figure = views.figure_of(part, group)
            chips = views.chips(part, group)
            members.append((name, figure, chips))
    return {
        "title": house_style.breakdown(part.plan, dimension),
        "charts": charts,
        "members": members,
    }


def _all_sources(part: Part) -> list[Source]:
    """The sources of an indicator, each followed by those that it was derived from."""
    sources = part.plan.sources
    ids: list[str] = []
    for source in part.indicator.sources:
        ids += [source, *sources[source].derived_from]
    # Two of them may be derived from a third, which is told once.
    return [sources[source] for source in dict.fromkeys(ids)]


def _source(
    content: Content,
    part: Part,
    source: Source,
) -> dict[str, object]:
    all_receipts = part.outcome.receipts
    receipts = [receipt for receipt in all_receipts if receipt.source == source.id]
    releases = {receipt.release for receipt in receipts if receipt.release}
    # A derived source asks for nothing itself, and so has no receipt.
    retrieved = max((receipt.retrieved for receipt in receipts), default="")
    is_main = source.id == part.indicator.source
    # The months in an indicator's file are those of its main source.
    own_months = part.indicator.release_months if is_main else []
    return {
        "source": source,
        "releases": sorted(releases, reverse=True),
        "retrieved": house_style.day_of(retrieved) if retrieved else "",
        "files": len(receipts),
        "months": house_style.months(own_months or source.release_months),
        "failure": content.failures.get(source.id, ""),
    }


def _listing(content: Content) -> str:
    calls = []
    for call in content.plan.file.calls_to_action:
        indicators = [part.indicator for part in _parts_of(content, call)]
        calls.append((call, indicators))
    return _page(
        content,
        path=LISTING,
        title="Pages and files by indicator",
        template="listing.html",
        given={"calls": calls},
    )


def _not_found(content: Content) -> str:
    """A page whole in itself: nobody knows at which address, and how deep, it will be shown."""
    addresses = Addresses(content.plan)
    is_public = bool(content.plan.file.public_url)
    given = {
        "style": Markup(_asset("style.css")),  # noqa: S704 - our own file
        "front": addresses.of(INDEX) if is_public else "",
        "downloads": addresses.of(f"downloads/{INDEX}") if is_public else "",
    }
    return _page(
        content,
        path=NOT_FOUND,
        title="Page not found",
        template=NOT_FOUND,
        given=given,
    )


def _asset(name: str) -> str:
    file = files(__package__) / name
    return file.read_text(encoding="utf-8")


def _plain(
    content: Content,
    name: str,
    title: str,
) -> str:
    given = {"newest": content.fetched, **_GIVEN[name](content)}
    return _page(
        content,
        path=f"{name}/{INDEX}",
        title=title,
        template=f"{name}.html",
        given=given,
    )


def _downloads(content: Content) -> Mapping[str, object]:
    of_indicators = []
    for part in content.parts:
        downloads = content.downloads.get(part.indicator.id, [])
        of_indicators.append((part.indicator, list(downloads)))
    return {
        "whole": content.downloads.get("", []),
        "of_indicators": of_indicators,
        "years": _years(content),
    }


def _years(content: Content) -> list[int]:
    years: set[int] = set()
    for part in content.parts:
        years.update(row["year"] for row in part.rows)
    # The newest first, as in every list of the pages.
    return sorted(years, reverse=True)


def _calendar(content: Content) -> Mapping[str, object]:
    return {
        "months": list(enumerate(house_style.MONTHS, 1)),
        "by_source": _by_source(content),
    }


def _by_source(content: Content) -> list[tuple[Source, list[Indicator]]]:
    """The sources that feed an indicator, with those they feed; paused ones last."""
    fed: dict[str, list[Indicator]] = defaultdict(list)
    for part in content.parts:
        for source in _all_sources(part):
            fed[source.id].append(part.indicator)
    feeding = []
    for source in content.plan.sources.values():
        indicators = fed[source.id]
        # A source that feeds none has no figures whose release a reader could wait for.
        if indicators:
            feeding.append((source, indicators))
    return sorted(feeding, key=_paused_last)


def _paused_last(listed: tuple[Source, list[Indicator]]) -> tuple[bool, str]:
    source, _ = listed
    return bool(source.paused), source.title


def _revisions(content: Content) -> Mapping[str, object]:
    by_day: dict[str, list[tuple[Indicator, Entry]]] = {}
    for part in content.parts:
        for entry in content.logs.get(part.indicator.id, []):
            by_day.setdefault(entry.day, []).append((part.indicator, entry))
    newest_first = sorted(by_day, reverse=True)
    return {"log": [(day, by_day[day]) for day in newest_first]}


def _sources(content: Content) -> Mapping[str, object]:
    return {"listed": _by_source(content), "failures": content.failures}


def _dictionary(content: Content) -> Mapping[str, object]:
    # Most readers want the figures, so that their tables come first; the others follow by name.
    order = dict.fromkeys(["observations", "indicators", "comparisons", *sorted(content.schemas)])
    published = [name for name in order if name in content.schemas]
    tables = [(name, content.schemas[name]) for name in published]
    return {"tables": tables}


def _comparing(content: Content) -> Mapping[str, object]:
    others = [area.name for area in content.plan.compared_areas[1:]]
    return {
        "methods": methods(),
        "uncertainty": UNCERTAINTY,
        "compared_with": house_style.together(others),
    }


def _nothing(_content: Content) -> Mapping[str, object]:
    return {}


_GIVEN = {
    "downloads": _downloads,
    "calendar": _calendar,
    "comparing": _comparing,
    "revisions": _revisions,
    "sources": _sources,
    "dictionary": _dictionary,
    "accessibility": _nothing,
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("thindicators.site"),
        autoescape=True,
        # A name that a template misspells must stop the release, not leave a gap in a page.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        sentence=house_style.sentence,
        together=house_style.together,
        size=house_style.size,
        iso_day=_iso_day,
        paragraphs=_paragraphs,
    )
    environment.globals.update(page_of=page_of)
    return environment


def _iso_day(day: str) -> str:
    return house_style.day_of(day) if day else "Day not known"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        stripped = paragraph.strip()
        if stripped:
            yield stripped
