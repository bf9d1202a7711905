"""The empty store of a run, at the URL of the `--url` option."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

#: Settings that the test server turns off for speed; without them the last writes may be lost.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
URL_HELP = "an empty store; `postgresql`: a throw-away server of Debian's; a SQLite file else"
Plain = argparse.RawDescriptionHelpFormatter


def parser(description: str | None) -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=description, formatter_class=Plain)
    arguments.add_argument("--url", help=URL_HELP)
    return arguments


@contextmanager
def empty_store(url: str | None, *, durable: bool = True) -> Iterator[tuple[str, Path]]:
    """Return the URL of an empty store, and a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="kkb-run-") as name:
        folder = Path(name)
        if url == "postgresql":
            with postgres.cluster(settings=DURABLE if durable else None) as server:
                yield server.address, folder
        else:
            yield url or f"sqlite:///{folder}/kkb.db", folder
