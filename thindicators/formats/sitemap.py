"""The site map and `robots.txt`: the pages of the latest release, for search engines.

What belongs here: `sitemap.xml`, by https://www.sitemaps.org/protocol.html, and `robots.txt`, by
https://www.rfc-editor.org/rfc/rfc9309. Both need full addresses, so that there are none where the plan has no public
address; and none for a release of the sample edition, which search engines show no page of.

A search engine reads `robots.txt` at the top of a host alone. Whoever serves `published/` there, or below a path of a
larger site, lets the top answer with this file or adds its last line to the one that is there. It forbids nothing:
pages of earlier releases name the latest one as the page to show, which a search engine must read to know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from thindicators.formats.addresses import Addresses, page_of
from thindicators.formats.media_types import TEXT, XML
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.storage.manifest import WrittenFile, write_file

FILE = "sitemap.xml"
ROBOTS = "robots.txt"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NOT_INDEXED = '<meta name="robots" content="noindex">'


def write_sitemap(
    plan: Plan,
    outcomes: Sequence[Outcome],
    site: Mapping[str, str],
    release: Path,
) -> list[WrittenFile]:
    """Write `sitemap.xml` and `robots.txt` if there are pages to show at a public address.

    Args:
        plan: Which may have a public address.
        outcomes: From which it is known when a page's figures came.
        site: The files of the public pages, by path within the release.
        release: The folder of the release.

    Returns:
        What was written; nothing if there is no such page.
    """
    pages = _pages(site)
    if not plan.file.public_url or not pages:
        return []
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {Addresses(plan).of(FILE)}\n"
    listed = _sitemap(plan, outcomes, pages)
    return [
        write_file(
            release,
            FILE,
            content=listed,
            title="Site map",
            media_type=XML,
        ),
        write_file(
            release,
            ROBOTS,
            content=robots.encode(),
            title="What search engines may read",
            media_type=TEXT,
        ),
    ]


def _sitemap(
    plan: Plan,
    outcomes: Sequence[Outcome],
    pages: Sequence[str],
) -> bytes:
    addresses = Addresses(plan)
    newest = {page_of(outcome.indicator): outcome.newest for outcome in outcomes}
    # Without a prefix: some readers of site maps know the names of elements, and no namespaces.
    ElementTree.register_namespace("", _NAMESPACE)
    top = ElementTree.Element(f"{{{_NAMESPACE}}}urlset")
    for path in pages:
        page = ElementTree.SubElement(top, f"{{{_NAMESPACE}}}url")
        location = ElementTree.SubElement(page, f"{{{_NAMESPACE}}}loc")
        location.text = addresses.of(path)
        # Only where it is known: search engines stop believing days that prove wrong.
        if newest.get(path):
            changed = ElementTree.SubElement(page, f"{{{_NAMESPACE}}}lastmod")
            changed.text = newest[path]
    ElementTree.indent(top)
    content: bytes = ElementTree.tostring(
        top,
        encoding="utf-8",
        xml_declaration=True,
    )
    return content + b"\n"


def _pages(site: Mapping[str, str]) -> list[str]:
    """The pages that a search engine may show, by path within the release."""
    pages = [path for path in site if path.endswith(".html")]
    return sorted(path for path in pages if _NOT_INDEXED not in site[path])
