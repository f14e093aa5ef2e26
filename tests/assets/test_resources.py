"""What the steps of a run share: what one has read, the next need not read again, as long as the plan is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.resources import RunContextResource
from tests.support import smaller_plan
from thindicators.observations.observation import empty_table


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    schemas = smaller_plan(tmp_path / "schemas", "year_6_overweight")
    monkeypatch.setenv("THINDICATORS_SCHEMAS", str(schemas))
    monkeypatch.setenv("THINDICATORS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("THINDICATORS_PUBLISHED", str(tmp_path / "published"))
    return schemas


def test_the_steps_of_a_run_share_what_was_read(schemas: Path) -> None:
    resource = RunContextResource(edition="sample")
    with resource.at_work() as reading:
        reading.figures_read["year_6_overweight"] = empty_table()
    with resource.publishing() as (publishing, _):
        assert list(publishing.figures_read) == ["year_6_overweight"]


def test_under_another_plan_everything_is_read_again(schemas: Path) -> None:
    resource = RunContextResource(edition="sample")
    resource.open().figures_read["year_6_overweight"] = empty_table()
    path = schemas / "indicators" / "year_6_overweight.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n# another wording\n", encoding="utf-8")
    assert resource.open().figures_read == {}


def test_another_run_shares_nothing(schemas: Path) -> None:
    RunContextResource(edition="sample").open().figures_read["year_6_overweight"] = empty_table()
    assert RunContextResource(edition="sample").open().figures_read == {}
