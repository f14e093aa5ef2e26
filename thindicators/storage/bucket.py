"""A bucket: objects of an S3 store by their names, and what a store refuses, in plain words.

What belongs here: asking the store. What is kept in it belongs in `mirror` and `bucket_releases`. Addresses, keys and
regions are given as to every S3 client: `AWS_ENDPOINT_URL_S3`, `AWS_ACCESS_KEY_ID` and their like, or a machine's role.
"""

from __future__ import annotations

import hashlib
import mimetypes
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from thindicators.errors import SettingsError, StoreError
from thindicators.settings import PREFIX, SERVER_PACKAGES, Settings
from thindicators.storage.files import write_whole

SNAPSHOTS = "snapshots"
"""The folder in `state/` from which the names of the objects count that are snapshots' bytes."""

_SCHEME = "s3://"
_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict")
# A request for the head of an object has no body, and so a number in place of a code.
_ABSENT = ("NoSuchKey", "404")
_KEYS = "See whether AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are those of a user who may read and write there."
_REMEDIES = {
    "NoSuchBucket": f"There is no such bucket. Make it, or mend {PREFIX}STORE.",
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "AccessDenied": _KEYS,
    "403": _KEYS,
    "ExpiredToken": "The credentials have expired. Get new ones.",
}
_UNREACHABLE = (
    "See whether the network is there, and whether AWS_ENDPOINT_URL_S3 is the store's address."
)
_AT_ONCE = 1000
"""How many objects S3 deletes in one request at most."""


@dataclass(frozen=True)
class Entry:
    """What a listing says of an object.

    Attributes:
        etag: Another one for other content.
        size: In bytes.
    """

    etag: str
    size: int


@dataclass(frozen=True)
class StoredObject:
    """An object's content, and the tag by which it is replaced if nobody else has done so."""

    content: bytes
    etag: str


@dataclass(frozen=True)
class Bucket:
    """Objects whose names begin with a prefix.

    Attributes:
        url: As the setting names it.
        client: Boto's.
        name: Of the bucket.
        prefix: Empty, or ends with a slash.
    """

    url: str
    client: Any
    name: str
    prefix: str

    def entries(self, under: str) -> dict[str, Entry]:
        """The objects whose names begin so, by the rest of their names."""
        start = f"{self.prefix}{under}"
        entries: dict[str, Entry] = {}
        with self._in_plain_words():
            paginator = self.client.get_paginator("list_objects_v2")
            for page in paginator.paginate(Bucket=self.name, Prefix=start):
                # A page of a listing of nothing has no such key at all.
                for listed in page.get("Contents", ()):
                    name = listed["Key"].removeprefix(start)
                    entries[name] = Entry(listed["ETag"], listed["Size"])
        return entries

    def get(self, key: str) -> StoredObject | None:
        """An object's content, or None if there is none of this name."""
        with self._in_plain_words():
            try:
                answer = self.client.get_object(Bucket=self.name, Key=f"{self.prefix}{key}")
                content = answer["Body"].read()
                return StoredObject(content, answer["ETag"])
            except self.client.exceptions.ClientError as problem:
                if _code(problem) in _ABSENT:
                    return None
                raise

    def put(self, key: str, content: bytes) -> str:
        """Write an object, whatever was there, and return its tag; the store refuses bytes that changed on the way."""
        with self._in_plain_words():
            return self._put(key, content)

    def put_instead(
        self,
        key: str,
        content: bytes,
        etag: str | None,
    ) -> str | None:
        """Write an object if what is there has this tag; or, for None, if nothing is there.

        Returns:
            Its tag; None if somebody else wrote another object of this name.
        """
        condition = {"IfNoneMatch": "*"} if etag is None else {"IfMatch": etag}
        with self._in_plain_words():
            try:
                return self._put(key, content, **condition)
            except self.client.exceptions.ClientError as problem:
                if _code(problem) not in (*_CHANGED, *_ABSENT):
                    raise
        # An answer may be lost on its way, and the second attempt finds what the first wrote.
        present = self.get(key)
        if present is None or present.content != content:
            return None
        return present.etag

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, if they are there."""
        objects = [{"Key": f"{self.prefix}{key}"} for key in keys]
        for start in range(0, len(objects), _AT_ONCE):
            batch = {"Objects": objects[start : start + _AT_ONCE]}
            with self._in_plain_words():
                answer = self.client.delete_objects(Bucket=self.name, Delete=batch)
            # A store answers 200 where single objects could not be deleted, and says so inside.
            for error in answer.get("Errors", ()):
                what = f"{error['Key']} could not be deleted: {error['Message']}"
                raise StoreError(f"{self.url}: {what}. {_KEYS}")

    def has(self, key: str) -> bool:
        """Whether there is an object of this name."""
        return self._described(key) is not None

    def seconds_since_written(self, key: str) -> float | None:
        """How long ago an object was written, by the store's own clock; None if there is none of this name."""
        from botocore.utils import parse_timestamp

        answer = self._described(key)
        if answer is None:
            return None
        now = parse_timestamp(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        return float((now - answer["LastModified"]).total_seconds())

    def _described(self, key: str) -> Mapping[str, Any] | None:
        """What the store says of an object without sending it; None if there is none of this name."""
        with self._in_plain_words():
            try:
                answer: Mapping[str, Any] = self.client.head_object(
                    Bucket=self.name, Key=f"{self.prefix}{key}"
                )
            except self.client.exceptions.ClientError as problem:
                if _code(problem) in _ABSENT:
                    return None
                raise
        return answer

    def _put(self, key: str, content: bytes, **condition: str) -> str:
        media_type = mimetypes.guess_type(key)[0] or "application/octet-stream"
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        answer = self.client.put_object(
            Bucket=self.name,
            Key=f"{self.prefix}{key}",
            Body=content,
            ContentType=media_type,
            # The store compares, and refuses bytes that changed on the way.
            ContentMD5=b64encode(md5).decode(),
            **condition,
        )
        return str(answer["ETag"])

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        """Turn what the client refuses into an error of ours, with what to do about it."""
        from botocore.exceptions import (
            BotoCoreError,
            ClientError,
            NoCredentialsError,
            PartialCredentialsError,
        )

        try:
            yield
        except ClientError as problem:
            again = "Run again; what is not in the store yet is sent then."
            remedy = _REMEDIES.get(_code(problem), again)
            raise StoreError(f"{self.url}: the store refused: {problem}. {remedy}") from problem
        except (NoCredentialsError, PartialCredentialsError) as problem:
            raise StoreError(f"{self.url}: {problem}. {_KEYS}") from problem
        except BotoCoreError as problem:
            why = f"the store cannot be reached: {problem}"
            raise StoreError(f"{self.url}: {why}. {_UNREACHABLE}") from problem


@lru_cache(maxsize=1)
def open_bucket(url: str) -> Bucket:
    """The bucket that the setting names.

    Raises:
        SettingsError: If it is no address of a bucket, or the client is not installed.
    """
    name, _, rest = url.removeprefix(_SCHEME).partition("/")
    prefix = rest.strip("/")
    if not url.startswith(_SCHEME) or not name:
        raise SettingsError(f"{PREFIX}STORE is {url!r}; it must be such as s3://bucket/prefix.")
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise SettingsError(f"{PREFIX}STORE needs {SERVER_PACKAGES}.") from None
    patience = Config(
        connect_timeout=10,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 4},
        # What is sent has an MD5, which every store knows; the newer sums of AWS some refuse.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    try:
        return Bucket(
            url=url,
            client=boto3.client("s3", config=patience),
            name=name,
            prefix=f"{prefix}/" if prefix else "",
        )
    except (BotoCoreError, ValueError) as problem:
        raise SettingsError(f"{url}: {problem}. {_UNREACHABLE}") from problem


def bringer(settings: Settings) -> Callable[[Path], bool]:
    """What brings a snapshot's bytes that only the store has, and says whether it did."""

    def bring(path: Path) -> bool:
        key = path.relative_to(settings.state / SNAPSHOTS).as_posix()
        stored = open_bucket(settings.store).get(key)
        if stored is None:
            return False
        write_whole(path, stored.content)
        return True

    def bring_nothing(_path: Path) -> bool:
        return False

    return bring if settings.store else bring_nothing


def _code(problem: Any) -> str:
    return str(problem.response.get("Error", {}).get("Code", ""))
