"""What `pyproject.toml` cannot say of the wheel: that the plan goes into it.

In a checkout the plan is the folder `schemas/`, beside the code and not in it: another council has another plan. An
installed package brings the plan of Tower Hamlets along, as `thindicators/schemas`, so that its command line works in
an empty folder. `thindicators.settings` decides which plan applies.
"""

from __future__ import annotations

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PLAN = Path("schemas")
PLACE = Path("thindicators")


class BuildWithPlan(build_py):
    """Copies the plan beside the code that is built; an installation of a checkout (`pip install -e`) reads its own."""

    def run(self) -> None:
        """Build the packages, then bring the plan."""
        super().run()
        if not self.editable_mode:
            for source, built in self._plan_files():
                self.mkpath(str(built.parent))
                self.copy_file(str(source), str(built), preserve_mode=False)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """What this step makes, which an installation lists as its files."""
        made = super().get_outputs(include_bytecode)
        return (
            made
            if self.editable_mode
            else [*made, *(str(built) for _, built in self._plan_files())]
        )

    def _plan_files(self) -> list[tuple[Path, Path]]:
        files = sorted(
            path for path in PLAN.rglob("*") if path.is_file() and not path.name.startswith(".")
        )
        return [(path, Path(self.build_lib) / PLACE / path) for path in files]


setup(cmdclass={"build_py": BuildWithPlan})
