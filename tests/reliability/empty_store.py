"""Where a run happens: an empty store, by the address that `--url` gives."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres

#: What the suite's own server leaves out for speed: it would lose the last writes.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
URL = "an empty store; `postgresql`: a throw-away server of Debian's; a SQLite file else"
Plain = argparse.RawDescriptionHelpFormatter


def parser(words: str | None) -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(description=words, formatter_class=Plain)
    found.add_argument("--url", help=URL)
    return found


@contextmanager
def empty_store(url: str | None, *, durable: bool = True) -> Iterator[tuple[str, Path]]:
    """The address of an empty store, and a folder beside it that is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="kkb-run-") as name:
        folder = Path(name)
        if url == "postgresql":
            with postgres.cluster(settings=DURABLE if durable else None) as server:
                yield server.address, folder
        else:
            yield url or f"sqlite:///{folder}/kkb.db", folder
