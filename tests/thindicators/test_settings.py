from __future__ import annotations

from pathlib import Path

import pytest

from thindicators import settings as settings_module
from thindicators.errors import SettingsError
from thindicators.plan.model import Plan
from thindicators.settings import PROJECT, Settings, settings_from


def test_without_settings_everything_is_in_the_projects_own_folders() -> None:
    assert settings_from({"PATH": "/bin"}) == Settings(
        PROJECT / "schemas", PROJECT / "state", PROJECT / "published"
    )


class TestAnInstalledPackage:
    """It brings a plan along, and there is no checkout whose folders it could use."""

    @pytest.fixture(autouse=True)
    def _installed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "in_wheel").mkdir()
        (tmp_path / "here").mkdir()
        monkeypatch.setattr(settings_module, "PLAN_IN_WHEEL", tmp_path / "in_wheel")
        monkeypatch.chdir(tmp_path / "here")

    def test_uses_the_current_folder_and_the_plan_that_it_brings(self, tmp_path: Path) -> None:
        here = tmp_path / "here"
        assert settings_from({}) == Settings(
            tmp_path / "in_wheel", here / "state", here / "published"
        )

    def test_prefers_the_plan_of_the_current_folder(self, tmp_path: Path) -> None:
        (tmp_path / "here" / "schemas").mkdir()
        assert settings_from({}).schemas == tmp_path / "here" / "schemas"

    def test_prefers_the_plan_that_a_setting_names(self, tmp_path: Path) -> None:
        (tmp_path / "here" / "schemas").mkdir()
        assert settings_from({"THINDICATORS_SCHEMAS": str(tmp_path)}).schemas == tmp_path


def test_folders_edition_and_contact_are_read(tmp_path: Path) -> None:
    given = {
        "THINDICATORS_STATE": str(tmp_path / "s"),
        "THINDICATORS_PUBLISHED": str(tmp_path / "p"),
        "THINDICATORS_EDITION": "live",
        "THINDICATORS_CONTACT": "data@council.example",
    }
    settings = settings_from(given)
    assert (settings.state, settings.published) == (tmp_path / "s", tmp_path / "p")
    assert (settings.edition, settings.contact) == ("live", "data@council.example")
    assert settings.inbox == tmp_path / "s" / "returns"


def test_base_addresses_and_keys_are_read_by_name() -> None:
    settings = settings_from(
        {
            "THINDICATORS_NOMIS_URL": "http://127.0.0.1:8/nomis/",
            "THINDICATORS_STAT_XPLORE_KEY": "0xsecret",
        }
    )
    assert settings.addresses == {"nomis": "http://127.0.0.1:8/nomis"}
    assert settings.secrets == {"STAT_XPLORE_KEY": "0xsecret"}


def test_a_key_is_never_shown() -> None:
    assert "0xsecret" not in repr(settings_from({"THINDICATORS_STAT_XPLORE_KEY": "0xsecret"}))


@pytest.mark.parametrize("name", ["THINDICATORS_EDITON", "THINDICATORS_STAT"])
def test_a_misspelt_setting_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not a setting"):
        settings_from({name: "live"})


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(SettingsError, match="live, sample"):
        settings_from({"THINDICATORS_EDITION": "test"})


def test_services_are_settings_and_their_passwords_are_never_shown() -> None:
    settings = settings_from(
        {
            "THINDICATORS_DAGSTER_POSTGRES_URL": "postgresql://dagster:0xsecret@db/dagster",
            "THINDICATORS_REDIS_URL": "redis://:0xsecret@queue:6379/0",
            "THINDICATORS_STORE": "s3://figures/thindicators",
            "THINDICATORS_EXECUTOR": "celery",
        }
    )
    assert (settings.executor, settings.store) == ("celery", "s3://figures/thindicators")
    assert settings.dagster_postgres.endswith("@db/dagster")
    assert settings.redis.endswith("@queue:6379/0")
    assert settings.addresses == {}
    assert "0xsecret" not in repr(settings)


def test_without_services_the_steps_run_in_process() -> None:
    settings = settings_from({})
    assert (settings.executor, settings.dagster_postgres, settings.redis, settings.store) == (
        "in_process",
        "",
        "",
        "",
    )


def test_an_unknown_executor_is_refused() -> None:
    with pytest.raises(SettingsError, match="in_process, celery, kubernetes"):
        settings_from({"THINDICATORS_EXECUTOR": "slurm"})


def test_an_address_of_no_known_publisher_is_refused(plan: Plan) -> None:
    settings = settings_from({"THINDICATORS_NOMSI_URL": "http://127.0.0.1:8"})
    with pytest.raises(
        SettingsError, match=r"THINDICATORS_NOMSI_URL names no publisher.*THINDICATORS_NOMIS_URL"
    ):
        settings.check_against(plan)


class TestAWrongSetting:
    """It is named at the start, before anything is asked or written."""

    @pytest.mark.parametrize(
        ("given", "near"),
        [
            ("THINDICATORS_EDITON", "THINDICATORS_EDITION"),
            ("THINDICATORS_STATES", "THINDICATORS_STATE"),
            ("THINDICATORS_STATXPLORE_KEY", "THINDICATORS_STAT_XPLORE_KEY"),
            ("THINDICATOR_STATE", "THINDICATORS_STATE"),
        ],
    )
    def test_that_is_unknown_is_told_with_the_nearest_that_is_one(
        self, given: str, near: str
    ) -> None:
        with pytest.raises(
            SettingsError, match=rf"{given} is not a setting\. Do you mean {near}\?"
        ):
            settings_from({given: "x"})

    def test_that_names_no_publisher_is_told_with_the_nearest_that_does(self, plan: Plan) -> None:
        settings = settings_from({"THINDICATORS_NOMSI_URL": "http://127.0.0.1:8"})
        with pytest.raises(SettingsError, match=r"Do you mean THINDICATORS_NOMIS_URL\?"):
            settings.check_against(plan)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("NOMIS_URL", "localhost:8000"),
            ("NOMIS_URL", "www.nomisweb.co.uk"),
            ("NOMIS_URL", "https://"),
            ("NOMIS_URL", "https://nomis:port"),
            ("NOMIS_URL", "https://nomis web"),
            ("NOMIS_URL", "ftp://nomis.example"),
            ("ALERT_WEBHOOK", "localhost:8000"),
            ("STORE", "not-s3"),
            ("STORE", "s3:/bucket"),
            ("STORE", "s3://"),
            ("STORE", "https://bucket.example"),
            ("REDIS_URL", "localhost:6379"),
        ],
    )
    def test_that_is_no_address_is_refused(self, name: str, text: str) -> None:
        with pytest.raises(SettingsError, match=f"THINDICATORS_{name} is no address"):
            settings_from({f"THINDICATORS_{name}": text})

    def test_that_is_no_address_is_not_repeated_since_it_may_hold_a_password(self) -> None:
        with pytest.raises(SettingsError) as refused:
            settings_from({"THINDICATORS_REDIS_URL": ":0xsecret@queue:6379/0"})
        assert "0xsecret" not in str(refused.value)

    @pytest.mark.parametrize("name", ["STATE", "PUBLISHED", "SCHEMAS"])
    @pytest.mark.parametrize("text", ["~/x", "~", "~officer/x"])
    def test_that_is_a_folder_at_a_home_is_refused(self, name: str, text: str) -> None:
        with pytest.raises(SettingsError, match=rf"THINDICATORS_{name} is '{text}'.*whole path"):
            settings_from({f"THINDICATORS_{name}": text})

    @pytest.mark.parametrize("text", ['"live"', "'live'", "live ", " live"])
    def test_with_quotation_marks_or_blanks_around_it_is_refused(self, text: str) -> None:
        with pytest.raises(SettingsError, match="EDITION has blanks or quotation marks"):
            settings_from({"THINDICATORS_EDITION": text})

    @pytest.mark.parametrize(
        "text", ["https://figures.council.example", "*", "figures.council.example/ui", "a host"]
    )
    def test_that_is_no_host_is_refused(self, text: str) -> None:
        with pytest.raises(SettingsError, match="is no host as a browser shows it"):
            settings_from({"THINDICATORS_UI_HOSTS": text})


def test_the_hosts_of_the_ui_are_read() -> None:
    settings = settings_from({"THINDICATORS_UI_HOSTS": "Figures.council.example, ui:8443"})
    assert settings.ui_hosts == ("figures.council.example", "ui:8443")


@pytest.mark.parametrize(
    ("address", "is_right"),
    [
        ("redis+socket:///run/redis.sock", True),
        ("redis+socket://:0xsecret@/run/redis.sock", True),
        ("redis+socket://queue", False),
        ("socket:///run/redis.sock", False),
    ],
)
def test_a_queue_may_be_a_socket_of_this_machine(address: str, is_right: bool) -> None:
    given = {"THINDICATORS_REDIS_URL": address}
    if is_right:
        assert settings_from(given).redis == address
    else:
        with pytest.raises(SettingsError, match="rediss://"):
            settings_from(given)
