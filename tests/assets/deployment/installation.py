"""An installation of a test: folders of its own and the settings of one deployment, used as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import ROOT

_COMMAND = "from assets.command_line import app; app()"


@dataclass(frozen=True)
class Installation:
    """Folders and settings.

    Attributes:
        folder: In which `state/` and `published/` are.
        settings: Beside those that name the folders.
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def published(self) -> Path:
        return self.folder / "published"

    @property
    def environment(self) -> dict[str, str]:
        ours = ("THINDICATORS_", "DAGSTER_", "AWS_")
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
            "THINDICATORS_STATE": str(self.state),
            "THINDICATORS_PUBLISHED": str(self.published),
            "AWS_EC2_METADATA_DISABLED": "true",
            **self.settings,
        }

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-c", _COMMAND, *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run_program(self.command(*words))

    def run_program(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def publish(self) -> None:
        """Publish the sample edition; it must succeed."""
        ran = self.run("publish")
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]

    def sums(self) -> str:
        return (self.published / "latest" / "SHA256SUMS").read_text(encoding="utf-8")

    def files_with(self, text: str) -> list[str]:
        """The files that hold a text, such as a password."""
        return [
            str(path)
            for path in self.folder.rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()
        ]
