"""`thindicators publish` has a helper, which alone needs the libraries that take most memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support import ROOT, smaller_plan, without_settings

PUBLISH = """
import sys
from assets.command_line import typer_app

if __name__ == "__main__":
    typer_app(["publish"], standalone_mode=False)
    print({"great_expectations", "frictionless"} & set(sys.modules))
"""


def test_a_first_publish_judges_and_looks_at_packages_in_its_helper(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PUBLISH],
        cwd=ROOT,
        env={
            **without_settings(ROOT),
            "THINDICATORS_SCHEMAS": str(smaller_plan(tmp_path / "schemas", "year_6_overweight")),
            "THINDICATORS_STATE": str(tmp_path / "state"),
            "THINDICATORS_PUBLISHED": str(tmp_path / "published"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.endswith("set()\n")
    assert "Traceback" not in ran.stderr
    assert (tmp_path / "published" / "latest" / "datapackage.json").is_file()
