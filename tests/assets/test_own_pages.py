"""The UI answers its own pages only: each request that a page of another site can make a browser send is refused.

A server on loopback stands for the UI and counts what reaches it. The same in a browser: `test_foreign_pages.py`.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from assets.own_pages import OwnPagesOnly, hosts_of, refused

JSON = {"Content-Type": "application/json"}
MUTATION = "/graphql?query=mutation"
COUNCIL = "figures.council.example"
FOREIGN = "http://evil.example"
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@dataclass
class Interface:
    """A server in the UI's place.

    Attributes:
        port: On which it listens.
        reached: The requests that came through the door.
    """

    port: int = 0
    reached: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def own(self) -> str:
        return f"http://{self.host}"

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: str = "{}"
    ) -> http.client.HTTPResponse:
        """Send one request as it is, and give the answer's head."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        for name, text in {"Host": self.host, "Content-Length": str(len(body)), **headers}.items():
            connection.putheader(name, text)
        connection.endheaders(body.encode())
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    async def act(self, request: Request) -> JSONResponse:
        self.reached.append(f"{request.method} {request.url.path}")
        return JSONResponse({})

    async def talk(self, websocket: WebSocket) -> None:
        self.reached.append("websocket")
        await websocket.accept()
        await websocket.send_json({"type": "connection_ack"})
        await websocket.close()


@pytest.fixture
def ui() -> Iterator[Interface]:
    interface = Interface()
    methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]
    routes = [
        WebSocketRoute("/graphql", interface.talk),
        Route("/{path:path}", interface.act, methods=methods),
    ]
    listening = socket.create_server(("127.0.0.1", 0))
    interface.port = listening.getsockname()[1]
    hosts = hosts_of("127.0.0.1", interface.port, (COUNCIL,))
    door = OwnPagesOnly(Starlette(routes=routes), hosts)
    server = uvicorn.Server(uvicorn.Config(door, log_config=None))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield interface
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


class TestAnOwnPage:
    def test_is_answered(self, ui: Interface) -> None:
        assert ui.ask("GET", "/assets", {}).status == 200

    def test_asks_and_orders_with_json(self, ui: Interface) -> None:
        own = {"Origin": ui.own, "Sec-Fetch-Site": "same-origin"}
        answer = ui.ask("POST", "/graphql", {**JSON, **own})
        assert (answer.status, ui.reached) == (200, ["POST /graphql"])

    def test_may_say_in_which_letters_its_json_is(self, ui: Interface) -> None:
        typed = {"Content-Type": "Application/JSON; charset=utf-8"}
        assert ui.ask("POST", "/graphql", typed).status == 200

    def test_opens_a_websocket(self, ui: Interface) -> None:
        with connect(f"ws://{ui.host}/graphql", origin=Origin(ui.own)) as websocket:
            assert json.loads(websocket.recv()) == {"type": "connection_ack"}

    def test_is_answered_by_a_host_that_the_settings_name_behind_a_proxy(
        self, ui: Interface
    ) -> None:
        proxied = {"Host": COUNCIL, "Origin": f"https://{COUNCIL}"}
        assert ui.ask("POST", "/graphql", {**JSON, **proxied}).status == 200

    def test_is_never_shown_within_another(self, ui: Interface) -> None:
        assert ui.ask("GET", "/assets", {}).headers["X-Frame-Options"] == "DENY"


class TestAForeignPage:
    """Nothing that it makes a browser send reaches the application."""

    @pytest.fixture(autouse=True)
    def _nothing_reaches(self, ui: Interface) -> Iterator[None]:
        yield
        assert ui.reached == []

    @pytest.mark.parametrize("origin", [FOREIGN, "null", "", "http://127.0.0.1", "file://"])
    def test_is_refused_by_its_origin(self, ui: Interface, origin: str) -> None:
        assert ui.ask("POST", "/graphql", {**JSON, "Origin": origin}).status == 403

    def test_is_refused_if_it_is_another_program_on_this_machine(self, ui: Interface) -> None:
        origin = f"http://127.0.0.1:{ui.port - 1}"
        assert ui.ask("POST", "/graphql", {**JSON, "Origin": origin}).status == 403

    def test_is_refused_if_its_name_begins_or_ends_like_ours(self, ui: Interface) -> None:
        for origin in (f"{ui.own}.evil.example", f"http://evil.example@{ui.host}", f"{ui.own}0"):
            assert ui.ask("POST", "/graphql", {**JSON, "Origin": origin}).status == 403

    @pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin, cross-site"])
    def test_is_refused_by_what_the_browser_says_of_the_two_sites(
        self, ui: Interface, site: str
    ) -> None:
        assert ui.ask("POST", "/graphql", {**JSON, "Sec-Fetch-Site": site}).status == 403
        assert ui.ask("GET", "/assets", {"Sec-Fetch-Site": site}).status == 403

    @pytest.mark.parametrize("destination", ["iframe", "frame", "embed", "object"])
    def test_cannot_show_ours_within_itself(self, ui: Interface, destination: str) -> None:
        framed = {**LINK, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": destination}
        assert ui.ask("GET", "/assets", framed).status == 403

    @pytest.mark.parametrize("path", [MUTATION, "/%67raphql?query=m", "/graphql%0A?query=m"])
    def test_cannot_order_by_an_address_as_of_an_image(self, ui: Interface, path: str) -> None:
        assert ui.ask("GET", path, {}).status == 405

    def test_cannot_order_by_a_link(self, ui: Interface) -> None:
        link = {**LINK, "Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
        assert ui.ask("GET", MUTATION, link).status == 405

    @pytest.mark.parametrize(
        "media_type",
        [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/graphql",
            "text/plain; application/json",
            "text/plain; a=application/json",
            "",
        ],
    )
    @pytest.mark.parametrize("path", [MUTATION, "/report_asset_materialization/indicator"])
    def test_cannot_order_by_a_form(self, ui: Interface, path: str, media_type: str) -> None:
        assert ui.ask("POST", path, {"Content-Type": media_type}).status == 415

    def test_cannot_order_by_a_form_without_a_type(self, ui: Interface) -> None:
        assert ui.ask("POST", MUTATION, {}).status == 415

    @pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH"])
    def test_is_not_told_that_it_may_ask(self, ui: Interface, method: str) -> None:
        assert ui.ask(method, "/graphql", JSON).status == 405

    @pytest.mark.parametrize("origin", [FOREIGN, "null", f"{FOREIGN}:3000"])
    def test_cannot_open_a_websocket(self, ui: Interface, origin: str) -> None:
        with (
            pytest.raises(InvalidStatus) as answer,
            connect(f"ws://{ui.host}/graphql", origin=Origin(origin)),
        ):
            pass
        assert answer.value.response.status_code == 403


class TestAnotherHost:
    """A name of another site that was made to lead to this machine: its page counts as the host's own in a browser."""

    @pytest.mark.parametrize(
        "host", ["evil.example", "127.0.0.1", "127.0.0.1.", "localhost.evil.example", "[::1]", ""]
    )
    def test_is_refused(self, ui: Interface, host: str) -> None:
        rebound = {"Host": f"{host}:{ui.port - 1}", "Origin": f"http://{host}:{ui.port - 1}"}
        assert ui.ask("POST", "/graphql", {**JSON, **rebound}).status == 421
        assert ui.ask("GET", "/", rebound).status == 421
        assert ui.reached == []

    def test_is_refused_for_a_websocket_too(self, ui: Interface) -> None:
        headers = {"Host": f"evil.example:{ui.port}"}
        with (
            pytest.raises(InvalidStatus),
            connect(f"ws://{ui.host}/graphql", origin=Origin(FOREIGN), additional_headers=headers),
        ):
            pass
        assert ui.reached == []

    def test_is_told_which_setting_would_name_it(
        self, ui: Interface, caplog: pytest.LogCaptureFixture
    ) -> None:
        ui.ask("GET", "/", {"Host": "figures.example"})
        assert "'figures.example'" in caplog.text
        assert "THINDICATORS_UI_HOSTS" in caplog.text

    def test_that_a_proxy_names_beside_ours_does_not_count(self, ui: Interface) -> None:
        forwarded = {"Host": "evil.example", "X-Forwarded-Host": ui.host}
        assert ui.ask("GET", "/", forwarded).status == 421


def test_a_link_in_a_mail_or_on_another_site_leads_to_a_page(ui: Interface) -> None:
    link = {**LINK, "Sec-Fetch-Site": "cross-site"}
    assert ui.ask("GET", "/assets/indicator/year_6_overweight", link).status == 200


def test_a_strangers_words_stay_on_one_line_of_the_log(
    ui: Interface, caplog: pytest.LogCaptureFixture
) -> None:
    ui.ask("GET", "/graphql%0AAll%20is%20well", {})
    assert "'/graphql\\nAll is well'" in caplog.messages[-1]


class TestTheHosts:
    def test_are_this_machines_own(self) -> None:
        assert hosts_of("127.0.0.1", 3000, ()) == {"127.0.0.1:3000", "localhost:3000"}

    def test_are_the_one_that_it_listens_on(self) -> None:
        assert "10.1.2.3:3001" in hosts_of("10.1.2.3", 3001, ())
        assert "[fd00::1]:3001" in hosts_of("fd00::1", 3001, ())

    @pytest.mark.parametrize("address", ["0.0.0.0", "::"])
    def test_are_not_every_name_if_it_listens_on_every_address(self, address: str) -> None:
        assert hosts_of(address, 3000, ()) == {"127.0.0.1:3000", "localhost:3000"}

    def test_are_those_that_the_settings_name(self) -> None:
        assert COUNCIL in hosts_of("127.0.0.1", 3000, (COUNCIL,))


@given(
    host=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")),
    origin=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")),
)
def test_whatever_host_and_origin_say_only_ours_is_let_in(host: str, origin: str) -> None:
    headers = {"host": host, "origin": origin, "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "headers": [(name.encode(), text.encode("latin-1")) for name, text in headers.items()],
    }
    ours = {"ui:3000"}
    let_in = refused(scope, frozenset(ours)) is None
    assert let_in == (
        host.lower() in ours and origin.lower() in ("http://ui:3000", "https://ui:3000")
    )
