"""Downloads: what the UI gives beside Dagster's own pages, which is the template of a return.

What belongs here: its address, and answering it. What the template says belongs in `sources.returns.template`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from dagster import MetadataValue
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assets.return_templates import TEMPLATE, figures_to_ask_for
from sources.returns import template
from thindicators.errors import ThindicatorsError
from thindicators.formats.media_types import XLSX
from thindicators.plan.loading import load_plan
from thindicators.settings import settings_from

TEMPLATE_PATH = f"/downloads/{TEMPLATE}.xlsx"
"""Where the UI gives the template."""

TEMPLATE_LINK = MetadataValue.md(
    f"[Download the template of a return, with a row for each figure that is awaited]({TEMPLATE_PATH})"
)
"""The link to it, for the pages of assets."""


class WithDownloads:
    """The UI's application, and the downloads beside it."""

    def __init__(self, application: ASGIApp) -> None:
        """Put the downloads before an application."""
        self._application = application

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Answer one request, websocket, or the server's own start and end."""
        if scope["type"] != "http" or scope["path"] != TEMPLATE_PATH:
            await self._application(scope, receive, send)
            return
        answer = await run_in_threadpool(_answer)
        await answer(scope, receive, send)


def _answer() -> Response:
    """The template of this moment, or in words why there is none."""
    try:
        settings = settings_from(os.environ)
        plan = load_plan(settings.schemas)
        figures = figures_to_ask_for(plan, settings, datetime.now(UTC))
    except ThindicatorsError as problem:
        return PlainTextResponse(f"{problem}\n", 500)
    saved_as = f'attachment; filename="{TEMPLATE}.xlsx"'
    headers = {"Content-Disposition": saved_as, "Cache-Control": "no-store"}
    return Response(template.as_workbook(plan, figures), 200, headers, XLSX)
