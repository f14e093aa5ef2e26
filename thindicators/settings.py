"""Settings: what a user may choose, read once from the environment and handed on.

What belongs here: names, meanings and defaults of the `THINDICATORS_…` variables. How a variable is read, and in which words
it is refused, belongs in `thindicators.environment`. Nothing else in the project reads the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from thindicators.environment import Variables, nearest
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
SECRETS = ("STAT_XPLORE_KEY",)
"""The keys of publishers that a source uses."""
UI_HOSTS = f"{PREFIX}UI_HOSTS"
EXECUTORS = ("in_process", "celery", "kubernetes")
_URL = "_URL"


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
        secrets: Keys: `THINDICATORS_STAT_XPLORE_KEY`, by name without the prefix.
        store: An object store that keeps snapshots and releases, `s3://bucket/prefix`: `THINDICATORS_STORE`; empty for
            the folders alone.
        executor: Who runs the steps of a run: `THINDICATORS_EXECUTOR`.
        dagster_postgres: A PostgreSQL database for Dagster's runs and schedules: `THINDICATORS_DAGSTER_POSTGRES_URL`;
            empty for SQLite.
        redis: Where Celery's workers are given their steps: `THINDICATORS_REDIS_URL`.
        schedules: Whether schedules and sensors are switched on unless somebody switched them off in the UI:
            `THINDICATORS_SCHEDULES`, `on` or `off`.
        ui_hosts: By which people open the UI, beside this machine's own, as a browser shows them: `THINDICATORS_UI_HOSTS`,
            with commas between them.
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
    ui_hosts: tuple[str, ...] = ()
    alerts: AlertSettings = AlertSettings()

    @property
    def is_remote(self) -> bool:
        """Whether steps run in other processes than the one that starts a run."""
        return self.executor != EXECUTORS[0]

    @property
    def inbox(self) -> Path:
        """Where people put returns."""
        return self.inbox_of("live")

    def inbox_of(self, edition: str) -> Path:
        """Where people put what an edition reads: returns, or in the sample edition returns to practise on.

        The two never share a folder: a sample is cleared away one day, and a return that was made up to practise on
        would then be published as the council's own.
        """
        return self.state / ("practice" if edition == "sample" else "returns")

    def check_against(self, plan: Plan) -> None:
        """Refuse addresses of publishers that the plan does not know.

        Raises:
            SettingsError: If there is one; a misspelt name would let a test call the real publisher.
        """
        known = [f"{PREFIX}{name.upper()}{_URL}" for name in sorted(plan.addresses)]
        for name in self.addresses:
            variable = f"{PREFIX}{name.upper()}{_URL}"
            if variable not in known:
                near = nearest(variable, known)
                raise SettingsError(
                    f"{variable} names no publisher. {near}There are: {', '.join(known)}"
                )


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises:
        SettingsError: If a variable with our prefix is unknown, or says what it cannot.
    """
    variables = Variables(PREFIX, environment)
    settings = Settings(
        schemas=variables.folder("SCHEMAS") or default_plan(),
        state=variables.folder("STATE") or home() / "state",
        published=variables.folder("PUBLISHED") or home() / "published",
        edition=variables.one_of("EDITION", EDITIONS, ""),
        contact=variables.text("CONTACT"),
        store=variables.address("STORE", "s3://bucket/prefix"),
        executor=variables.one_of("EXECUTOR", EXECUTORS, EXECUTORS[0]),
        dagster_postgres=variables.text("DAGSTER_POSTGRES_URL"),
        redis=variables.address(
            "REDIS_URL",
            "rediss://:password@queue:6379/0",
            socket="redis+socket",
        ),
        schedules=variables.one_of("SCHEDULES", ("on", "off"), "off") == "on",
        ui_hosts=variables.hosts("UI_HOSTS"),
        alerts=_alerts(variables),
        secrets=_secrets(variables),
        # Last, since the names of publishers are the plan's: what ends so and was not read is taken for one.
        addresses=_addresses(variables),
    )
    variables.refuse_unread()
    return settings


def _secrets(variables: Variables) -> dict[str, str]:
    given = {name: variables.text(name) for name in SECRETS}
    return {name: secret for name, secret in given.items() if secret}


def _addresses(variables: Variables) -> dict[str, str]:
    """Other base addresses of publishers, by name; `Settings.check_against` looks whether there is such a publisher."""
    addresses = {}
    for name in variables.unread_that_end_with(_URL):
        publisher = name.removesuffix(_URL).lower()
        addresses[publisher] = variables.address(name, "https://host/path").rstrip("/")
    return addresses


def _alerts(variables: Variables) -> AlertSettings:
    alerts = AlertSettings(
        webhook=variables.address("ALERT_WEBHOOK", "https://hooks.example/path"),
        email_to=variables.texts("ALERT_EMAIL_TO"),
        email_from=variables.text("ALERT_EMAIL_FROM"),
        smtp=variables.address("SMTP_URL", "smtps://user:password@host:465"),
    )
    by_email = {
        "ALERT_EMAIL_TO": alerts.email_to,
        "ALERT_EMAIL_FROM": alerts.email_from,
        "SMTP_URL": alerts.smtp,
    }
    missing = [f"{PREFIX}{name}" for name, value in by_email.items() if not value]
    if 0 < len(missing) < len(by_email):
        raise SettingsError(
            f"Alerts by e-mail need three settings; this is missing: {', '.join(missing)}."
        )
    return alerts
