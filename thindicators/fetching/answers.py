"""Answers: which file answers which request, for an edition that needs no network.

What belongs here: the `answers.yaml` of a sample, matching a request to one of its answers, and the transport that
gives it. The same table serves the sample edition and the loopback servers of the tests.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import requests
from pydantic import BaseModel, ConfigDict, model_validator
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from thindicators.plan.yaml_files import load


@dataclass(frozen=True)
class Answer:
    """What to answer to which request.

    Attributes:
        method: `GET` or `POST`.
        url: The address without its query.
        query: Parameters that the request must have with these values; others may be there too. Names in any case.
        body: Members that a posted JSON object must have; others may be there too.
        content: The bytes of the answer.
    """

    method: str
    url: str
    content: bytes = field(repr=False)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    media_type: str = "application/octet-stream"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def fits(self, method: str, url: str, body: bytes | None) -> bool:
        """Whether this is the answer to a request."""
        address, _, query = url.partition("?")
        if method != self.method:
            return False
        # The same address may have its spaces and commas encoded, or not.
        if unquote(address) != unquote(self.url):
            return False
        return self._fits_query(query) and self._fits_body(body)

    def _fits_query(self, query: str) -> bool:
        asked = _by_small_name(parse_qsl(query, keep_blank_values=True))
        wanted = _by_small_name(self.query.items())
        return wanted.items() <= asked.items()

    def _fits_body(self, body: bytes | None) -> bool:
        if not self.body:
            return True
        return _has(_json(body), self.body)


@dataclass(frozen=True)
class Answers:
    """The answers of one sample.

    Attributes:
        composed: The day on which the sample was composed.
        answers: In order; the first that fits is given.
    """

    composed: date
    answers: tuple[Answer, ...]

    def find(self, method: str, url: str, body: bytes | None = None) -> Answer:
        """The answer to a request; a 404 that lists what there is, if none fits."""
        for answer in self.answers:
            if answer.fits(method, url, body):
                return answer
        # Whoever composes a sample sees here what was asked and what it might have been taken for.
        listed = "\n".join(_in_words(answer) for answer in self.answers)
        text = f"The sample has no answer to {method} {url}. It has:\n{listed}\n"
        return Answer(
            method,
            url,
            text.encode(),
            media_type="text/plain",
            status=404,
        )


def _in_words(answer: Answer) -> str:
    words = [answer.method, answer.url]
    # Only what an answer asks for is shown, so that the list can be read.
    for part in (answer.query, answer.body):
        if part:
            words.append(str(dict(part)))
    return " ".join(words)


class _AnswerModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    get: str = ""
    post: str = ""
    query: dict[str, str] = {}
    body: dict[str, Any] = {}
    file: str
    media_type: str
    headers: dict[str, str] = {}
    status: int = 200

    @model_validator(mode="after")
    def _one_method(self) -> _AnswerModel:
        if bool(self.get) == bool(self.post):
            raise ValueError("an answer has either `get` or `post`")
        return self


class _AnswersModel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    composed: date
    answers: list[_AnswerModel] = []


def load_answers(folder: Path) -> Answers:
    """The answers of the sample in a folder: `answers.yaml` and the files it names.

    Raises:
        PlanError: If `answers.yaml` is absent or wrong.
    """
    model = load(folder / "answers.yaml", f"samples/{folder.name}/answers.yaml").read_as(
        _AnswersModel
    )
    answers = [_answer(listed, folder) for listed in model.answers]
    return Answers(model.composed, tuple(answers))


def _answer(listed: _AnswerModel, folder: Path) -> Answer:
    return Answer(
        method="GET" if listed.get else "POST",
        url=listed.get or listed.post,
        content=(folder / listed.file).read_bytes(),
        query=listed.query,
        body=listed.body,
        media_type=listed.media_type,
        headers=listed.headers,
        status=listed.status,
    )


class AnswersAdapter(BaseAdapter):
    """A transport for `requests` that answers from a sample and never touches a network."""

    def __init__(self, answers: Answers) -> None:
        super().__init__()
        self._answers = answers

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        """Answer a request."""
        body = request.body
        if isinstance(body, str):
            body = body.encode()
        url = request.url or ""
        answer = self._answers.find(request.method or "", url, body)
        response = requests.Response()
        response.status_code = answer.status
        response.headers["Content-Type"] = answer.media_type
        response.headers.update(answer.headers)
        response.url = url
        response.request = request
        response.raw = HTTPResponse(
            body=io.BytesIO(answer.content),
            preload_content=False,
            status=answer.status,
        )
        return response

    def close(self) -> None:
        """Nothing is open."""


def _by_small_name(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Parameters by their names, whose capitals do not count."""
    return {name.lower(): value for name, value in parameters}


def _json(body: bytes | None) -> Any:
    try:
        return json.loads(body or b"null")
    except ValueError:
        return None


def _has(whole: Any, part: Any) -> bool:
    """Whether some JSON has all members of another, however deep; lists must be the same."""
    if not isinstance(part, Mapping):
        return bool(whole == part)
    if not isinstance(whole, Mapping):
        return False
    members = part.items()
    return all(name in whole and _has(whole[name], member) for name, member in members)
