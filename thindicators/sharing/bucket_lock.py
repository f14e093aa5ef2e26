"""A lock in a bucket: one run at a time publishes to it, wherever it runs.

The lock is an object that is written only where there is none. Whoever holds it writes it again while at work; one
that was not written for a quarter of an hour, by the store's own clock, is that of a killed run and may be taken over,
and so is one of a process of this machine that is not there any more.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from thindicators.errors import StoreError
from thindicators.storage.bucket import Bucket

LOCK = "lock.json"
STALE_AFTER = 900.0
"""Seconds after which a lock is that of a killed run."""

_PATIENCE = 300.0
_BETWEEN = 2.0
_OFTEN = 60.0


@dataclass
class Lock:
    """A lock that this run holds."""

    bucket: Bucket
    etag: str
    content: bytes
    written: float = field(default_factory=time.monotonic)

    def keep(self) -> None:
        """Say that this run is still at work.

        Raises:
            StoreError: If another run has taken the lock over.
        """
        if time.monotonic() - self.written < _OFTEN:
            return
        etag = self.bucket.put_instead(LOCK, self.content, self.etag)
        if etag is None:
            raise StoreError(
                f"{self.bucket.url}: this run took so long that another one took its place. Run again."
            )
        self.etag, self.written = etag, time.monotonic()


@contextmanager
def locked_bucket(
    bucket: Bucket,
    patience: float = _PATIENCE,
) -> Iterator[Lock]:
    """Wait until no other run publishes to a bucket, and keep others from it.

    Raises:
        StoreError: If another run does not come to its end, or the store cannot keep two runs apart.
    """
    content = _who()
    end = time.monotonic() + patience
    while (etag := _take(bucket, content)) is None:
        if time.monotonic() >= end:
            raise StoreError(
                f"{bucket.url}: {_holder(bucket)} has been publishing for more than {patience:g} seconds. Nothing was "
                f"published. Run again when it has ended; {STALE_AFTER / 60:g} minutes after a run was killed, the "
                "next one takes its place."
            )
        time.sleep(_BETWEEN)
    lock = Lock(bucket, etag, content)
    try:
        _require_conditions(bucket)
        yield lock
    finally:
        # A run that took this lock over holds it now.
        stored = bucket.get(LOCK)
        if stored is not None and stored.content == content:
            bucket.delete([LOCK])


def _take(
    bucket: Bucket,
    content: bytes,
) -> str | None:
    etag = bucket.put_instead(LOCK, content, None)
    if etag is not None:
        return etag
    stored = bucket.get(LOCK)
    age = bucket.seconds_since_written(LOCK)
    # Its holder may have ended between these requests: the next try takes it then.
    if stored is None or age is None:
        return None
    is_free = _is_gone(stored.content) or age >= STALE_AFTER
    # By its tag: of several runs that see it free, one takes it.
    return bucket.put_instead(LOCK, content, stored.etag) if is_free else None


def _require_conditions(bucket: Bucket) -> None:
    """Refuse a store that writes what it should write only where there is nothing."""
    if bucket.put_instead(LOCK, b"{}", None) is not None:
        raise StoreError(
            f"{bucket.url}: this store ignores the condition `If-None-Match`, so two runs could publish at once. Use "
            "one that knows it (Amazon S3, MinIO, Ceph or Cloudflare R2 of today)."
        )


def _who() -> bytes:
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    holder = {
        "machine": socket.gethostname(),
        "process": os.getpid(),
        "since": started,
        # Two runs of one process, one after the other, are two.
        "token": uuid4().hex,
    }
    return json.dumps(holder).encode()


def _is_gone(content: bytes) -> bool:
    """Whether a process of this machine held the lock, and has ended."""
    try:
        holder = json.loads(content)
        if holder["machine"] != socket.gethostname():
            return False
        # Signal 0 reaches nobody, and fails if there is nobody to reach.
        os.kill(int(holder["process"]), 0)
    except ProcessLookupError:
        return True
    except (ValueError, KeyError, TypeError, OSError):
        return False
    return False


def _holder(bucket: Bucket) -> str:
    """Who holds the lock, in words."""
    stored = bucket.get(LOCK)
    try:
        holder = json.loads(stored.content) if stored else {}
        return (
            f"process {holder['process']} of {holder['machine']}, at work since {holder['since']},"
        )
    except (ValueError, KeyError, TypeError):
        return "another run"
