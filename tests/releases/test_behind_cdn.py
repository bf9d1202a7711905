"""Release files behind a shared cache: a real nginx with the configuration of `deploy/`."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from app.kit.sessions import Store
from app.services.releases.archive import Archive
from app.services.releases.publish import publish
from tests.api.test_proxy_headers import free_ports, wait_for
from tests.helpers import serving
from tests.params import ONE_STORE, needs

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@contextmanager
def running_cdn(node: str, folder: Path) -> Iterator[httpx.Client]:
    """Run nginx as `compose.yaml` does, before one node."""
    (port,) = free_ports(1)
    text = re.sub(r"api-\d:8000", urlsplit(node).netloc, CONFIGURATION.read_text("utf-8"))
    text = text.replace("/tmp/", f"{folder}/").replace("listen 8080", f"listen 127.0.0.1:{port}")
    # Alone without a master process: it serves the socket of the first worker.
    text = text.replace("worker_processes auto", "worker_processes 1")
    (folder / "nginx.conf").write_text(text, "utf-8")
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-g", "daemon off; master_process off;"]
    nginx = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client
    finally:
        nginx.terminate()
        nginx.wait(10)


@ONE_STORE
@needs("nginx")
def test_a_release_file_is_fetched_from_the_node_once(store: Store, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "releases")
    manifest = publish(store, archive, "1")
    path = f"/v1/releases/1/files/{manifest.database}"
    with ExitStack() as stack:
        node = stack.enter_context(serving(store, archive))
        cdn = stack.enter_context(running_cdn(node, tmp_path))
        first, second = cdn.get(path), cdn.get(path)
        assert [first.headers["x-cache"], second.headers["x-cache"]] == ["MISS", "HIT"]
        assert second.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert second.content == (archive.folder / "1" / manifest.database).read_bytes()
        same = cdn.get(path, headers={"If-None-Match": second.headers["etag"]})
        part = cdn.get(path, headers={"Range": "bytes=0-15"})
        assert (same.status_code, same.headers["x-cache"]) == (304, "HIT")
        assert (part.status_code, part.content) == (206, b"SQLite format 3\0")
        record = "/v1/claims?release=1&limit=2"
        assert [cdn.get(record).headers["x-cache"] for _ in range(2)] == ["MISS", "HIT"]
        assert cdn.get("/v1/claims").headers["cache-control"].startswith("public, max-age=60, ")
        bypassed = cdn.get("/v1/claims", headers={"Authorization": "Bearer none"})
        assert bypassed.headers.get("x-cache") != "HIT"


@ONE_STORE
@needs("nginx")
def test_what_the_cdn_holds_is_served_while_the_node_is_away(store: Store, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "releases")
    manifest = publish(store, archive, "1")
    path = f"/v1/releases/1/files/{manifest.database}"
    with ExitStack() as nodes, ExitStack() as stack:
        node = nodes.enter_context(serving(store, archive))
        cdn = stack.enter_context(running_cdn(node, tmp_path))
        known = [cdn.get(address).content for address in (path, "/v1/claims")]
        nodes.close()
        assert [cdn.get(address).content for address in (path, "/v1/claims")] == known
        unknown = cdn.get("/v1/receptors")
        assert unknown.status_code == 503
        assert unknown.headers["content-type"] == "application/problem+json"
        assert unknown.headers["retry-after"] == "1"
