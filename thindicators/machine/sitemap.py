"""The site map: the pages of the latest release, for search engines.

What belongs here: `sitemap.xml`, by https://www.sitemaps.org/protocol.html. It holds full addresses only, so that there
is none where the plan has no public address. A `robots.txt` is read at the top of a web site alone, and so belongs to
whoever runs the site that `published/` is served from; it may name this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from thindicators.machine.addresses import Addresses, page_of
from thindicators.outcomes import Outcome
from thindicators.plan import Plan

FILE = "sitemap.xml"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def write_sitemap(plan: Plan, outcomes: Sequence[Outcome], release: Path) -> None:
    """Write `sitemap.xml` if the plan has a public address; the pages must be written.

    Args:
        plan: Which may have a public address.
        outcomes: From which it is known when a page's figures came.
        release: The folder of the release.
    """
    if not plan.file.public_url:
        return
    addresses = Addresses(plan)
    newest = {page_of(outcome.indicator): outcome.newest for outcome in outcomes}
    ElementTree.register_namespace("", _NAMESPACE)
    top = ElementTree.Element(f"{{{_NAMESPACE}}}urlset")
    for path in sorted(page.relative_to(release).as_posix() for page in release.rglob("*.html")):
        page = ElementTree.SubElement(top, f"{{{_NAMESPACE}}}url")
        ElementTree.SubElement(page, f"{{{_NAMESPACE}}}loc").text = addresses.of(path)
        if newest.get(path):
            ElementTree.SubElement(page, f"{{{_NAMESPACE}}}lastmod").text = newest[path]
    ElementTree.indent(top)
    content = ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)
    (release / FILE).write_bytes(content + b"\n")
