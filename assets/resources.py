"""The resource by which every asset reaches the plan, the snapshots and the releases."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from dagster import ConfigurableResource, InitResourceContext
from pydantic import Field, PrivateAttr

from sources import SAMPLES
from thindicators.context import RunContext, open_run_context
from thindicators.refreshing.side_by_side import Fetches
from thindicators.settings import Settings, settings_from
from thindicators.sharing.shared import Announce, bring_to_same, publishing, same_before_and_after


class RunContextResource(ConfigurableResource[Any]):
    """What a run works with."""

    edition: str = Field(
        default="",
        description=(
            "live: figures from the publishers. sample: figures composed from published ones, without a network. "
            "Empty: the edition that the folders hold, or sample in new folders."
        ),
    )

    _fetches: Fetches | None = PrivateAttr(default=None)
    _last: RunContext | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Begin a run: nothing has been asked yet, and nothing read."""
        self._fetches = None
        self._last = None

    def fetches(self, run_context: RunContext, sources: Iterable[str]) -> Fetches:
        """The fetches of this run, which begin with the first call.

        Args:
            run_context: To fetch with.
            sources: Those that the run asks.
        """
        if self._fetches is None:
            self._fetches = Fetches(run_context, sources)
        return self._fetches

    def open(self) -> RunContext:
        """Load the plan and take the folders for this run's edition, as other machines left them."""
        settings = settings_from(os.environ)
        bring_to_same(settings)
        return self._opened(settings)

    @contextmanager
    def at_work(self) -> Iterator[RunContext]:
        """The same for a step that changes something, which other machines see when it ends."""
        settings = settings_from(os.environ)
        with same_before_and_after(settings):
            yield self._opened(settings)

    @contextmanager
    def publishing(self) -> Iterator[tuple[RunContext, Announce]]:
        """The same for the step that publishes, with what lets readers elsewhere see the release."""
        settings = settings_from(os.environ)
        with publishing(settings) as announce:
            yield self._opened(settings), announce

    def _opened(self, settings: Settings) -> RunContext:
        """The context of a step; steps in one process share what they have read, as long as the plan is the same."""
        opened = open_run_context(settings, SAMPLES, self.edition)
        if self._last is not None and self._last.plan is opened.plan:
            opened = replace(opened, figures_read=self._last.figures_read)
        self._last = opened
        return opened
