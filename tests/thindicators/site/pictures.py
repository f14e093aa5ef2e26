"""`python -m tests.thindicators.site.pictures`: the pictures of the public pages that docs/pages.md shows.

What belongs here: which pages are shown, how wide and in which colours. They are looked at by people, not compared.
"""

from __future__ import annotations

import shutil
import sys
from io import BytesIO
from itertools import product
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.samples import sample_release
from tests.support import ROOT
from thindicators.formats.addresses import page_of

FOLDER = ROOT / "thindicators" / "site" / "pictures"
INDICATORS = (
    "healthy_life_expectancy_female",
    "employment_rate",
    "co2_emissions",
    "good_work_standard_employers",
)
PAGES = {"index": "index.html", **{one: page_of(one) for one in INDICATORS}}
SHAPES = {"wide": (1280, 1500), "narrow": (320, 1500)}
SCHEMES = ("light", "dark")
NAMES = [f"{page}-{shape}-{scheme}.png" for page, shape, scheme in product(PAGES, SHAPES, SCHEMES)]

_COLOURS = 128


def main() -> int:
    """Take all pictures."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("There is no Chromium here; Debian's package is `chromium`.")
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in NAMES:
            (FOLDER / name).write_bytes(_small(_taken(browser, name)))
        browser.close()
    return 0


def _taken(browser: Browser, name: str) -> bytes:
    page_name, shape, scheme = Path(name).stem.split("-")
    width, height = SHAPES[shape]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto((sample_release() / PAGES[page_name]).as_uri())
    if page_name != "index":
        page.evaluate("document.querySelector('#latest').scrollIntoView({behavior: 'instant'})")
    picture = page.screenshot()
    page.close()
    return picture


def _small(picture: bytes) -> bytes:
    """The same picture in few colours, which is a third as large."""
    small = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    return small.getvalue()


if __name__ == "__main__":
    sys.exit(main())
