"""Every page and the style sheet are valid by the W3C's own validator.

Skipped where there is no Java, or where VNU_JAR does not name the validator's `vnu.jar` (npm's package `vnu-jar`).
See https://validator.github.io/validator/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

JAR = os.environ.get("VNU_JAR", "")

pytestmark = pytest.mark.skipif(
    not (JAR and shutil.which("java")), reason="no Java, or VNU_JAR names no vnu.jar"
)


def findings(*files: Path) -> str:
    command = [
        "java",
        "-jar",
        JAR,
        "--stdout",
        "--format",
        "gnu",
        "--also-check-css",
        *map(str, files),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300).stdout


def test_the_validator_finds_nothing(published: Path) -> None:
    pages = sorted(published.rglob("*.html"))
    assert len(pages) > 30
    assert findings(*pages, published / "style.css") == ""


def test_the_validator_would_find_something(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html lang=en><title>x</title><p><div id=a></div><i id=a></p>",
        encoding="utf-8",
    )
    assert "Duplicate ID" in findings(page)
