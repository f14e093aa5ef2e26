from __future__ import annotations

from pathlib import Path

import pytest

from sources import SAMPLES
from tests.support import NOW
from thindicators.context import RunContext, open_run_context
from thindicators.errors import SettingsError
from thindicators.fetching.answers import load_answers
from thindicators.forgetting import forget_sample
from thindicators.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state", published=tmp_path / "published")


def opened(settings: Settings, edition: str = "") -> RunContext:
    return open_run_context(settings, SAMPLES, edition, lambda: NOW)


def test_new_folders_take_the_sample_edition_unless_told_otherwise(settings: Settings) -> None:
    assert opened(settings).edition == "sample"


def test_folders_remember_their_edition(settings: Settings) -> None:
    opened(settings, "live")
    assert opened(settings).edition == "live"


@pytest.mark.parametrize(
    ("held", "wanted", "remedy"),
    [
        ("live", "sample", "THINDICATORS_PUBLISHED"),
        ("sample", "live", "forget-sample"),
    ],
)
def test_editions_never_mix_and_the_remedy_is_said(
    settings: Settings, held: str, wanted: str, remedy: str
) -> None:
    opened(settings, held)
    with pytest.raises(SettingsError, match=rf"holds the {held} edition.*{remedy}"):
        opened(settings, wanted)


def test_folders_of_different_editions_are_refused(settings: Settings, tmp_path: Path) -> None:
    opened(settings, "live")
    mixed = Settings(state=settings.state, published=tmp_path / "elsewhere")
    opened(Settings(state=tmp_path / "other", published=mixed.published), "sample")
    with pytest.raises(SettingsError, match="different editions"):
        opened(mixed)


def test_a_forgotten_sample_makes_room_and_keeps_the_inbox(settings: Settings) -> None:
    opened(settings, "sample")
    settings.inbox.mkdir()
    (settings.inbox / "return.csv").write_text("figures")
    (settings.published / "README.md").write_text("about")
    forget_sample(settings)
    assert (settings.inbox / "return.csv").exists()
    assert (settings.published / "README.md").exists()
    assert opened(settings, "live").edition == "live"


def test_a_live_edition_is_never_forgotten(settings: Settings) -> None:
    opened(settings, "live")
    with pytest.raises(SettingsError, match="nothing was deleted"):
        forget_sample(settings)
    assert opened(settings).edition == "live"


def test_a_sample_client_answers_with_the_day_the_sample_was_composed(settings: Settings) -> None:
    client = opened(settings).client("ncmp")
    assert client.edition == "sample"
    composed = load_answers(SAMPLES / "ncmp").composed
    assert client.now().isoformat() == f"{composed}T00:00:00+00:00"
    assert client.secrets == {}


def test_a_live_client_has_the_keys_and_the_inbox(tmp_path: Path) -> None:
    settings = Settings(
        state=tmp_path / "state",
        published=tmp_path / "published",
        secrets={"NOMIS_KEY": "0x"},
        contact="me@example",
    )
    client = opened(settings, "live").client("ons_aps")
    assert client.secrets == {"NOMIS_KEY": "0x"}
    assert client.inbox == settings.inbox
    assert client.manners.contact == "me@example"


def test_a_sample_says_what_it_was_composed_from(settings: Settings) -> None:
    rows = opened(settings).origins("fingertips")
    assert rows
    assert all(row["published_where"] and row["publisher"] for row in rows)
