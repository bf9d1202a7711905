"""Processes that die: they run a command of `kkb`, and kill -9 ends them on the way.

They are forked from a process that has imported all of it, so that a hundred take minutes.
"""

import io
import os
import signal
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing.connection import Connection as Pipe

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from tests.run_cli import FORKED


class Child:
    """`kkb` with some arguments and KKB_ settings, in a process of its own.

    `last`: the statement that it does not live to see, counted from its first write on; a commit
    counts as one.
    """

    def __init__(self, arguments: Sequence[str], last: int = 0, **settings: str) -> None:
        self.told, tell = FORKED.Pipe(duplex=False)
        variables = {f"KKB_{name.upper()}": value for name, value in settings.items()}
        process = (list(arguments), last, variables, tell)
        self.process = FORKED.Process(target=_command, args=process)
        self.process.start()
        tell.close()

    def wait_for_first_write(self) -> None:
        """Wait until it writes, or has ended without."""
        try:
            self.told.recv()
        except EOFError:
            self.process.join()

    def kill(self) -> bool:
        """Kill it now; whether it was still at work."""
        self.process.kill()
        return self.was_killed()

    def was_killed(self) -> bool:
        """Wait for its end; whether it was killed. Else it did its work."""
        self.process.join()
        assert self.process.exitcode in {0, -signal.SIGKILL}, self.process.exitcode
        return self.process.exitcode != 0

    def finish(self) -> tuple[float, int]:
        """Let it do its work; the seconds since its first write, and the statements."""
        self.wait_for_first_write()
        began = time.monotonic()
        assert not self.was_killed()
        return time.monotonic() - began, int(self.told.recv())


def _command(arguments: list[str], last: int, variables: dict[str, str], tell: Pipe) -> None:
    from app.cli import app

    seen = 0

    def note(connection: Connection, *_more: object) -> None:
        nonlocal seen
        if connection.get_execution_options().get("writing", False):
            seen += 1
            if seen == 1:
                tell.send(seen)
            if seen == last:
                os.kill(os.getpid(), signal.SIGKILL)

    os.environ.update(variables)
    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", note)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        code = app(arguments, standalone_mode=False)
    if code:
        raise SystemExit(said.getvalue())
    tell.send(seen)
