"""The deployment says what is true: settings that exist, files that are there, names that meet."""

import inspect
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy.engine import make_url

from app.api.shutdown import EXIT_SECONDS
from app.cli.serve import serve
from app.main import THREADS
from app.settings import Settings
from tests.params import needs

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NGINX = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
# What is no setting of ours: the postgres image's, and what deploy/*.sh read.
OTHERS = {"PGDATA", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}
EACH = pytest.mark.parametrize("name", list(SERVICES))


@EACH
def test_every_variable_is_one_that_somebody_reads(name: str) -> None:
    scripts = "".join(path.read_text("utf-8") for path in (ROOT / "deploy").glob("*.sh"))
    settings = {f"KKB_{field.upper()}" for field in Settings.model_fields}
    for variable in SERVICES[name].get("environment", {}):
        assert variable in settings | OTHERS or f"${variable}" in scripts, variable


@EACH
def test_every_address_names_a_service(name: str) -> None:
    variables = SERVICES[name].get("environment", {})
    addresses = [
        make_url(re.sub(r"\$\{[^}]*\}", "word", variables[name]))
        for name in ("KKB_DATABASE_URL", "KKB_READ_DATABASE_URL")
        if name in variables
    ]
    hosts = [[url.host] if url.host else list(url.query["host"]) for url in addresses]
    api = name.startswith("api")
    assert hosts == ([["primary"], ["replica", "primary"]] if api else [])
    assert {host for some in hosts for host in some} <= set(SERVICES)
    assert set(SERVICES[name].get("depends_on", {})) <= set(SERVICES)


@EACH
def test_every_service_is_locked_down(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@EACH
def test_every_service_has_limits(name: str) -> None:
    service = SERVICES[name]
    assert size(service["mem_limit"]) >= 256_000_000
    assert float(service["cpus"]) > 0
    assert int(service["pids_limit"]) >= 100
    assert "healthcheck" in service
    assert str(service["user"]) not in {"root", "0"}


def test_the_limits_of_a_node_leave_room_for_its_workers() -> None:
    node, settings = SERVICES["api-1"], Settings(database_url="sqlite://")
    workers = int(node["command"][node["command"].index("--workers") + 1])
    worker = 278_000_000 + settings.cache_bytes  # docs/scaling.md
    assert size(node["mem_limit"]) >= (workers + 1) * worker + settings.export_file_bytes
    assert int(node["pids_limit"]) > workers * THREADS
    assert int(node["cpus"]) >= workers
    assert int(node["ulimits"]["nofile"]) > 2 * 800, "connections, and the files of exports"
    for name in ("api-1", "api-2", "nginx"):
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > EXIT_SECONDS


def test_the_connections_of_all_nodes_fit_into_postgresql() -> None:
    """Its default is 100; each worker has two pools, a watcher and a readiness probe."""
    settings, nodes = Settings(database_url="sqlite://"), ("api-1", "api-2")
    workers = sum(int(SERVICES[node]["command"][-1]) for node in nodes)
    assert workers * (2 * settings.pool_size + 2) < 100


def test_ports_agree() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    (exposed,) = re.findall(r"^EXPOSE (\d+)$", dockerfile, re.MULTILINE)
    default = inspect.signature(serve).parameters["port"].default
    assert int(exposed) == default
    assert f"http://127.0.0.1:{exposed}/readyz" in dockerfile
    for name in ("api-1", "api-2"):
        assert f"http://127.0.0.1:{exposed}/readyz" in " ".join(
            SERVICES[name]["healthcheck"]["test"]
        )
        assert f"server {name}:{exposed} " in NGINX
    (published,) = SERVICES["nginx"]["ports"]
    assert f"listen {published.split(':')[1]} " in NGINX


def size(text: str) -> int:
    """A size in bytes, as Docker writes it."""
    return int(text[:-1]) * {"m": 1 << 20, "g": 1 << 30}[text[-1]]


@EACH
def test_every_file_that_is_mounted_is_there(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        there = (
            (ROOT / source).is_file() if source.startswith(".") else source in COMPOSE["volumes"]
        )
        assert there, source


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    words = [line.split()[0] for line in lines if line and line[0].isupper()]
    assert words.count("FROM") == 2
    assert "USER 10001" in lines[[n for n, line in enumerate(lines) if line[:4] == "FROM"][-1] :]
    assert "HEALTHCHECK" in words
    assert any("--require-hashes" in line for line in lines)
    kept = (ROOT / ".dockerignore").read_text("utf-8").split()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert {f"!{name}" for name in copied if not name.startswith(("-", "/"))} <= set(kept)


def test_the_image_has_the_client_of_the_server_that_it_backs_up() -> None:
    """A newer pg_dump writes settings that the server does not know when it is restored."""
    major = SERVICES["primary"]["image"].partition(":")[2]
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert f" postgresql-client-{major}={major}.* " in dockerfile


def test_nginx_knows_the_nodes_by_name() -> None:
    assert set(re.findall(r"server ([\w-]+):8000", NGINX)) == {"api-1", "api-2"} <= set(SERVICES)


def test_nginx_sets_or_clears_every_forwarded_header() -> None:
    """The nodes trust nginx: what a client sends in these headers must not get through."""
    forwarded = set(re.findall(r"proxy_set_header (X-Forwarded-\w+) ", NGINX))
    assert forwarded == {f"X-Forwarded-{name}" for name in ("For", "Proto", "Host", "Prefix")}


def test_nginx_hides_the_metrics_below_any_prefix_and_nothing_else() -> None:
    hidden = re.search(r"location ~ (\S+) \{\s+deny all;", NGINX)
    assert hidden
    for path in ("/metrics", "/ketamine/metrics", "/a/b/metrics"):
        assert re.search(hidden[1], path), path
    for path in ("/v1", "/v1/resolve/metrics", "/ketamine/v1/claims", "/docs"):
        assert not re.search(hidden[1], path), path


@needs("nginx")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    """Names that only exist within compose are replaced by an address that exists here."""
    text = re.sub(r"api-\d:8000", "127.0.0.1:8000", NGINX).replace("/tmp/", f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(text, "utf-8")
    command = ["nginx", "-t", "-q", "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
