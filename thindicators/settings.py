"""Settings: what a user may choose, read once from the environment and handed on.

What belongs here: names, meanings and defaults of the `THINDICATORS_…` variables. Nothing else in the project reads the
environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from thindicators.errors import SettingsError
from thindicators.plan.model import Plan

PREFIX = "THINDICATORS_"
_PACKAGE = Path(__file__).resolve().parent
PROJECT = _PACKAGE.parent
"""The checkout; for an installed package, the folder of its environment that packages are in."""
PLAN_IN_WHEEL = _PACKAGE / "schemas"
"""The plan that an installed package brings along; a checkout has none there, but its own `schemas/`."""
SERVER_PACKAGES = (
    "what `pip install -r requirements-server.lock` in the project's checkout installs"
)
"""What settings of one server, and of many, need beside what every installation has."""
EDITIONS = ("live", "sample")
REFUSED = "refused"
"""The folder in the inbox for returns that were set aside."""
EXECUTORS = ("in_process", "celery", "kubernetes")


def home() -> Path:
    """Where `state/` and `published/` are by default: the checkout, or for an installed package the current folder."""
    return Path.cwd() if PLAN_IN_WHEEL.exists() else PROJECT


def default_plan() -> Path:
    """The `schemas/` at home, or where an installed package's user has none, the plan that came with it."""
    own = home() / "schemas"
    return PLAN_IN_WHEEL if PLAN_IN_WHEEL.exists() and not own.exists() else own


@dataclass(frozen=True)
class AlertSettings:
    """Where alerts go; nowhere by default.

    Attributes:
        webhook: An address that takes JSON with POST: `THINDICATORS_ALERT_WEBHOOK`.
        email_to: Addresses: `THINDICATORS_ALERT_EMAIL_TO`, with commas between them.
        email_from: The sender: `THINDICATORS_ALERT_EMAIL_FROM`.
        smtp: The mail server, `smtp://user:password@host:587` or `smtps://…:465`: `THINDICATORS_SMTP_URL`.
    """

    webhook: str = field(default="", repr=False)
    email_to: tuple[str, ...] = ()
    email_from: str = ""
    smtp: str = field(default="", repr=False)


@dataclass(frozen=True)
class Settings:
    """What a user may choose.

    Attributes:
        schemas: The plan as data: `THINDICATORS_SCHEMAS`, see `default_plan`.
        state: Snapshots, figures and Dagster's own files: `THINDICATORS_STATE`, see `home`.
        published: The releases: `THINDICATORS_PUBLISHED`, see `home`.
        edition: `THINDICATORS_EDITION`; empty for what the folders already hold.
        contact: An address that publishers can write to, sent with every request: `THINDICATORS_CONTACT`.
        addresses: Other base addresses of publishers: `THINDICATORS_NOMIS_URL` and its like, by lower-case name.
        secrets: Keys: `THINDICATORS_STAT_XPLORE_KEY` and its like, by name without the prefix.
        store: An object store that keeps snapshots and releases, `s3://bucket/prefix`: `THINDICATORS_STORE`; empty for
            the folders alone.
        executor: Who runs the steps of a run: `THINDICATORS_EXECUTOR`.
        dagster_postgres: A PostgreSQL database for Dagster's runs and schedules: `THINDICATORS_DAGSTER_POSTGRES_URL`;
            empty for SQLite.
        redis: Where Celery's workers are given their steps: `THINDICATORS_REDIS_URL`.
        schedules: Whether schedules and sensors are switched on unless somebody switched them off in the UI:
            `THINDICATORS_SCHEDULES`, `on` or `off`.
        alerts: Where alerts go.
    """

    schemas: Path = field(default_factory=default_plan)
    state: Path = field(default_factory=lambda: home() / "state")
    published: Path = field(default_factory=lambda: home() / "published")
    edition: str = ""
    contact: str = ""
    addresses: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    store: str = ""
    executor: str = EXECUTORS[0]
    dagster_postgres: str = field(default="", repr=False)
    redis: str = field(default="", repr=False)
    schedules: bool = False
    alerts: AlertSettings = AlertSettings()

    @property
    def inbox(self) -> Path:
        """Where people put returns."""
        return self.state / "returns"

    @property
    def refused(self) -> Path:
        """Where returns are set aside that are not right, each with its report."""
        return self.inbox / REFUSED

    def check_against(self, plan: Plan) -> None:
        """Refuse addresses of publishers that the plan does not know.

        Raises:
            SettingsError: If there is one; a misspelt name would let a test call the real publisher.
        """
        for name in self.addresses:
            if name not in plan.addresses:
                known = ", ".join(
                    f"{PREFIX}{known.upper()}_URL" for known in sorted(plan.addresses)
                )
                raise SettingsError(
                    f"{PREFIX}{name.upper()}_URL names no publisher. There are: {known}"
                )


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: If a variable with our prefix is unknown, or the edition or the executor is none.
    """
    given = {
        name.removeprefix(PREFIX): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value
    }
    postgres, redis, store = (
        given.pop(name, "") for name in ("DAGSTER_POSTGRES_URL", "REDIS_URL", "STORE")
    )
    alerts = _alerts(given)
    addresses = {
        name[:-4].lower(): given.pop(name).rstrip("/")
        for name in list(given)
        if name.endswith("_URL")
    }
    secrets = {name: given.pop(name) for name in list(given) if name.endswith("_KEY")}
    folders = {
        name.lower(): Path(given.pop(name)).resolve()
        for name in ("SCHEMAS", "STATE", "PUBLISHED")
        if name in given
    }
    edition, contact = given.pop("EDITION", ""), given.pop("CONTACT", "")
    executor = given.pop("EXECUTOR", EXECUTORS[0])
    schedules = given.pop("SCHEDULES", "off")
    if given:
        raise SettingsError(
            f"{PREFIX}{min(given)} is not a setting. docs/operating.md lists the settings."
        )
    if edition not in ("", *EDITIONS):
        raise SettingsError(
            f"{PREFIX}EDITION is {edition!r}; it can be one of {', '.join(EDITIONS)}."
        )
    if executor not in EXECUTORS:
        raise SettingsError(
            f"{PREFIX}EXECUTOR is {executor!r}; it can be one of {', '.join(EXECUTORS)}."
        )
    if schedules not in ("on", "off"):
        raise SettingsError(f"{PREFIX}SCHEDULES is {schedules!r}; it can be one of on, off.")
    return Settings(
        edition=edition,
        contact=contact,
        addresses=addresses,
        secrets=secrets,
        store=store,
        executor=executor,
        dagster_postgres=postgres,
        redis=redis,
        schedules=schedules == "on",
        alerts=alerts,
        **folders,
    )


def _alerts(given: dict[str, str]) -> AlertSettings:
    webhook, sender, smtp = (
        given.pop(name, "") for name in ("ALERT_WEBHOOK", "ALERT_EMAIL_FROM", "SMTP_URL")
    )
    to = tuple(one.strip() for one in given.pop("ALERT_EMAIL_TO", "").split(",") if one.strip())
    if webhook and not webhook.startswith(("http://", "https://")):
        raise SettingsError(
            f"{PREFIX}ALERT_WEBHOOK is no address that starts with https:// or http://."
        )
    if smtp and not smtp.startswith(("smtp://", "smtps://")):
        raise SettingsError(f"{PREFIX}SMTP_URL is no address that starts with smtps:// or smtp://.")
    wanted = {"ALERT_EMAIL_TO": to, "ALERT_EMAIL_FROM": sender, "SMTP_URL": smtp}
    if any(wanted.values()) and not all(wanted.values()):
        missing = ", ".join(f"{PREFIX}{name}" for name, value in wanted.items() if not value)
        raise SettingsError(f"Alerts by e-mail need three settings; this is missing: {missing}.")
    return AlertSettings(webhook, to, sender, smtp)
