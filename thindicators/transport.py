"""How requests travel: to a source's own addresses and no others, to what stands in for them, or to a sample.

What belongs here: sessions and their adapters. Patience, limits and receipts belong in `http`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from thindicators.answers import Answers, AnswersAdapter
from thindicators.plan import Source


class RewritingAdapter(HTTPAdapter):
    """Sends requests for a publisher's base address to another one, such as a server on loopback."""

    def __init__(self, base: str, replacement: str) -> None:
        super().__init__()
        self._base, self._replacement = base, replacement

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request to the replacement."""
        asked = request.url or ""
        request.url = self._replacement + asked.removeprefix(self._base)
        try:
            response = super().send(request, *args, **kwargs)
        finally:
            request.url = asked
        response.url = asked
        return response


class _UndeclaredAdapter(BaseAdapter):
    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        raise requests.exceptions.InvalidURL(
            f"{urlsplit(request.url or '').netloc} is not among the source's addresses"
        )

    def close(self) -> None:
        pass


def live_session(source: Source, replaced: Mapping[str, str]) -> requests.Session:
    """A session that reaches the source's own addresses and no others.

    Args:
        source: Whose addresses may be called.
        replaced: Other base addresses by name, from settings.
    """
    adapters: dict[str, BaseAdapter] = {
        base: RewritingAdapter(base, replaced[name]) if name in replaced else HTTPAdapter()
        for name, base in source.addresses.items()
    }
    return _session(adapters)


def sample_session(source: Source, answers: Answers) -> requests.Session:
    """A session that answers from a sample, at the source's own addresses and no others."""
    return _session({base: AnswersAdapter(answers) for base in source.addresses.values()})


def _session(adapters: Mapping[str, BaseAdapter]) -> requests.Session:
    session = requests.Session()
    session.trust_env = True
    session.adapters.clear()
    for prefix in ("https://", "http://"):
        session.mount(prefix, _UndeclaredAdapter())
    for base, adapter in adapters.items():
        session.mount(f"{base}/", adapter)
    return session
