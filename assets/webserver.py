"""The server of the UI: Dagster's own application, behind a door that opens to its own pages only.

What belongs here: putting them together, with the downloads, and serving them, as `python -m assets.webserver`. Dagster's
own command, `dagster-webserver`, has no place for such a door. Which requests are refused belongs in `assets.own_pages`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.version import __version__

from assets.downloads import WithDownloads
from assets.own_pages import OwnPagesOnly, hosts_of
from thindicators.settings import settings_from

_SECONDS_FOR_A_STATEMENT = 15
_SECONDS_FOR_A_CONNECTION = 3600
_MORE_CONNECTIONS = 20
"""What Dagster's own command uses for PostgreSQL."""


def serve(
    workspace: Annotated[Path, typer.Option(help="The file that says where the code is.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3000,
) -> None:
    """Serve the UI until this process is told to end."""
    hosts = hosts_of(host, port, settings_from(os.environ).ui_hosts)
    with DagsterInstance.get() as instance:
        instance.optimize_for_webserver(
            _SECONDS_FOR_A_STATEMENT * 1000, _SECONDS_FOR_A_CONNECTION, _MORE_CONNECTIONS
        )
        target = WorkspaceFileTarget([str(workspace)])
        with WorkspaceProcessContext(instance, target, version=__version__) as context:
            application = WithDownloads(create_app_from_workspace_process_context(context))
            uvicorn.run(OwnPagesOnly(application, hosts), host=host, port=port, log_level="warning")


if __name__ == "__main__":
    typer.run(serve)
