"""Processes that run a `kkb` command and are killed with SIGKILL before it ends.

They are forked from a process that has imported the application, so that a hundred take minutes.
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
    """A process that runs `kkb` with arguments and KKB_ settings.

    Args:
        last: Number of the statement at which the process kills itself, counted from the first
            write; a commit counts as a statement. 0: it does not.
    """

    def __init__(self, arguments: Sequence[str], last: int = 0, **settings: str) -> None:
        self.pipe, sender = FORKED.Pipe(duplex=False)
        variables = {f"KKB_{name.upper()}": value for name, value in settings.items()}
        process = (list(arguments), last, variables, sender)
        self.process = FORKED.Process(target=_command, args=process)
        self.process.start()
        sender.close()

    def wait_for_first_write(self) -> None:
        """Wait until the first write, or until the process has ended without a write."""
        try:
            self.pipe.recv()
        except EOFError:
            self.process.join()

    def kill(self) -> bool:
        """Kill the process; return whether it was still running."""
        self.process.kill()
        return self.was_killed()

    def was_killed(self) -> bool:
        """Wait for the end; return whether the process was killed instead of finishing."""
        self.process.join()
        assert self.process.exitcode in {0, -signal.SIGKILL}, self.process.exitcode
        return self.process.exitcode != 0

    def finish(self) -> tuple[float, int]:
        """Wait for the end; return the seconds since the first write, and the statements."""
        self.wait_for_first_write()
        began = time.monotonic()
        assert not self.was_killed()
        return time.monotonic() - began, int(self.pipe.recv())


def _command(arguments: list[str], last: int, variables: dict[str, str], sender: Pipe) -> None:
    from app.cli import app

    count = 0

    def count_statement(connection: Connection, *_args: object) -> None:
        nonlocal count
        if connection.get_execution_options().get("writing", False):
            count += 1
            if count == 1:
                sender.send(count)
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)

    os.environ.update(variables)
    event.listen(Engine, "before_cursor_execute", count_statement)
    event.listen(Engine, "commit", count_statement)
    output = io.StringIO()
    with redirect_stdout(output), redirect_stderr(output):
        code = app(arguments, standalone_mode=False)
    if code:
        raise SystemExit(output.getvalue())
    sender.send(count)
