"""The embedded installation, and one server that is compared with it: each publishes the sample edition once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import servers
from tests.assets.deployment.installation import Installation


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """SQLite, folders, and every step in one process: what there is without settings."""
    installation = Installation(tmp_path_factory.mktemp("embedded"))
    installation.publish()
    return installation


@pytest.fixture(scope="session")
def database() -> Iterator[servers.Server]:
    with servers.postgres() as running:
        yield running


@pytest.fixture(scope="session")
def store() -> Iterator[servers.ObjectStore]:
    with servers.object_store() as running:
        yield running


@pytest.fixture(scope="session")
def one_server(
    database: servers.Server, store: servers.ObjectStore, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """Dagster's runs in PostgreSQL, snapshots and releases in an object store."""
    settings = {
        **store.environment,
        "THINDICATORS_DAGSTER_POSTGRES_URL": database.url,
        "THINDICATORS_STORE": f"s3://{store.bucket}/thindicators",
    }
    installation = Installation(tmp_path_factory.mktemp("one-server"), settings)
    installation.publish()
    return installation
