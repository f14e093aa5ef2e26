"""Real servers for a test: PostgreSQL and Redis from the system's packages, and an S3 server; each ends with its test.

Databases listen on a socket in a folder of their own, the S3 server on a free port of loopback.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import boto3
import pytest
import redis

PATIENCE = 30.0


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        url: By which a client finds it, with its password.
        password: Which must stand in no file.
    """

    url: str
    password: str


@dataclass(frozen=True)
class ObjectStore:
    """An S3 server that runs, with one bucket and one user.

    Attributes:
        environment: By which boto3 finds it.
        bucket: The name of the bucket.
    """

    environment: dict[str, str]
    bucket: str

    def client(self) -> Any:
        """What talks to it with nothing but S3."""
        return boto3.client(
            "s3",
            endpoint_url=self.environment["AWS_ENDPOINT_URL_S3"],
            region_name=self.environment["AWS_DEFAULT_REGION"],
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
        )


@contextmanager
def postgres() -> Iterator[Server]:
    """A new PostgreSQL with an empty database; refuses root, so it runs as its own user then."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not binaries:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    password = secrets.token_hex(12)
    user = "postgres" if os.geteuid() == 0 else None
    with _short_folder() as folder:
        (folder / "password").write_text(password)
        if user:
            for path in (folder, folder / "password"):
                shutil.chown(path, user, user)
        made = [
            str(binaries[-1].with_name("initdb")),
            "--no-sync",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
        ]
        made += [
            "--username=dagster",
            f"--pwfile={folder / 'password'}",
            f"--pgdata={folder / 'data'}",
        ]
        subprocess.run(
            made,
            check=True,
            capture_output=True,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        command = [
            str(binaries[-1]),
            "-D",
            str(folder / "data"),
            "-k",
            str(folder),
            "-c",
            "listen_addresses=",
        ]
        with _running(command, folder / "log", user=user) as process:
            url = f"postgresql+psycopg2://dagster:{password}@/postgres?host={folder}"
            _wait(
                lambda: "ready to accept connections" in (folder / "log").read_text(),
                process,
                folder / "log",
            )
            yield Server(url, password)


@contextmanager
def redis_server() -> Iterator[Server]:
    """A new, empty Redis."""
    binary = shutil.which("redis-server")
    if not binary:
        pytest.skip("Redis is not installed: apt-get install redis-server")
    password = secrets.token_hex(12)
    with _short_folder() as folder:
        socket = folder / "socket"
        settings = {
            "port": "0",
            "unixsocket": str(socket),
            "dir": str(folder),
            "save": "",
            "requirepass": password,
        }
        command = [
            binary,
            *(word for name, value in settings.items() for word in (f"--{name}", value)),
        ]
        with _running(command, folder / "log") as process:
            _wait(lambda: socket.exists(), process, folder / "log")
            redis.Redis(unix_socket_path=str(socket), password=password).ping()
            yield Server(f"redis+socket://:{password}@{socket}", password)


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """A new S3 server that checks who asks, with an empty bucket."""
    with _short_folder() as folder:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "4"}
        with _running(command, folder / "log", environment=environment) as process:
            running = re.compile(r"Running on (http://127\.0\.0\.1:\d+)")
            _wait(
                lambda: bool(running.search((folder / "log").read_text())), process, folder / "log"
            )
            found = running.search((folder / "log").read_text())
            assert found
            yield _with_bucket(found[1])


def _with_bucket(address: str) -> ObjectStore:
    given = {"endpoint_url": address, "region_name": "eu-west-2"}
    anyone = {"aws_access_key_id": "first", "aws_secret_access_key": "first"}
    iam = boto3.client("iam", **given, **anyone)
    iam.create_user(UserName="thindicators")
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    iam.put_user_policy(UserName="thindicators", PolicyName="all", PolicyDocument=policy)
    key = iam.create_access_key(UserName="thindicators")["AccessKey"]
    bucket = "figures"
    boto3.client("s3", **given, **anyone).create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
    )
    environment = {
        "AWS_ENDPOINT_URL_S3": address,
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    return ObjectStore(environment, bucket)


@contextmanager
def _short_folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="th-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(
    command: list[str],
    log: Path,
    user: str | None = None,
    environment: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as said,
        process(command, said, user=user, environment=environment) as running,
    ):
        yield running


@contextmanager
def process(
    command: list[str],
    said: IO[bytes],
    *,
    user: str | None = None,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended, by its id, with the test."""
    running = subprocess.Popen(
        command,
        stdout=said,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=folder,
        user=user,
        group=user,
        extra_groups=[] if user else None,
    )
    try:
        yield running
    finally:
        running.send_signal(signal.SIGINT)
        try:
            running.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)  # a server has no other sign of being ready
