"""Count the functions of `app` that one list request calls: `python -m benchmarks.function_count`.

The request is a cache miss: the response cache is off, and another list is read before it, so that
what runs once per process is not counted. Comprehensions and lambdas are not counted either.
"""

import asyncio
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType
from typing import Any

import httpx

import app
from app.main import create_app
from app.settings import Settings
from benchmarks import stores

ROOT = str(Path(app.__file__).parent)
WARM_UP = "/v1/evidence?direction=disputes&limit=20"
MEASURED = "/v1/evidence?direction=supports&limit=20"


def count(store: Path) -> list[str]:
    """Return the names of the functions that the measured request calls, as file:function."""
    called: set[CodeType] = set()

    def record(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(ROOT):
            called.add(frame.f_code)

    async def request() -> None:
        transport = httpx.ASGITransport(create_app(settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://kb") as client:
            (await client.get(WARM_UP)).raise_for_status()
            called.clear()
            (await client.get(MEASURED)).raise_for_status()

    settings = Settings(database_url=f"sqlite:///{store}", cache_bytes=0)
    threading.setprofile(record)
    sys.setprofile(record)
    try:
        asyncio.run(request())
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return sorted(
        f"{Path(code.co_filename).relative_to(ROOT)}:{code.co_qualname}"
        for code in called
        if not code.co_name.startswith("<")
    )


def main() -> None:
    """Print the functions and their number."""
    with TemporaryDirectory() as folder:
        names = count(stores.shipped_store(Path(folder)))
    print(*names, f"{len(names)} functions", sep="\n")


if __name__ == "__main__":
    main()
