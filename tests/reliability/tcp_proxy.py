"""A TCP proxy whose connections can be cut: they end, and new ones are closed at once."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.engine import make_url


class TcpProxy:
    """Listens on a port of this machine and passes bytes on to a Unix or TCP socket."""

    def __init__(self, target: str | tuple[str, int]) -> None:
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.is_cut = False
        self._wires: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close all connections, and every new one at once."""
        self.is_cut = True
        for wire in self._wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        self._wires.clear()

    def mend(self) -> None:
        """Pass on new connections again."""
        self.is_cut = False

    def close(self) -> None:
        """Stop listening."""
        self.cut()
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                wire, _ = self.listener.accept()
                if self.is_cut:
                    wire.close()
                    continue
                family = socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET
                target_wire = socket.socket(family)
                target_wire.connect(self.target)
                self._wires += [wire, target_wire]
                for source, sink in ((wire, target_wire), (target_wire, wire)):
                    threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    for wire in (source, sink):
        with suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)
    source.close()


@contextmanager
def tcp_proxy(target: str | tuple[str, int]) -> Iterator[TcpProxy]:
    """Run a proxy within the block."""
    proxy = TcpProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()


@contextmanager
def postgresql_proxy(address: str) -> Iterator[tuple[TcpProxy, str]]:
    """Run a proxy to the server of a PostgreSQL database; yield it and the URL through it."""
    url = make_url(address)
    folder = url.query.get("host")
    port = url.port or 5432
    target = f"{folder}/.s.PGSQL.{port}" if folder else (url.host or "127.0.0.1", port)
    with tcp_proxy(target) as proxy:
        proxied = url.set(host="127.0.0.1", port=proxy.port).difference_update_query(["host"])
        yield proxy, proxied.render_as_string(hide_password=False)
