"""Processes of their own, forked from one that has imported all of it: that is most of a command.

`tests/cli` starts `kkb serve` itself as a newcomer would, from the installed script.
"""

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    [
        "app.cli",
        "app.main",
        "pyarrow.parquet",
        __name__,
        "tests.reliability.crash",
        "tests.run_cli_preload",
    ]
)
LONGEST = 120


def kkb(*arguments: str, cwd: Path, stdin: str = "", **settings: str) -> CompletedProcess[str]:
    """What `kkb` with some arguments prints, in a folder, to who says something to it."""
    with TemporaryDirectory() as folder:
        files = tuple(Path(folder) / name for name in ("stdin", "stdout", "stderr"))
        files[0].write_text(stdin)
        command = ForkedCommand(arguments, {**os.environ, **settings}, cwd, files)
        try:
            status = command.wait(LONGEST)
        except TimeoutExpired as error:
            command.kill()
            raise AssertionError(f"kkb {' '.join(arguments)} did not end") from error
        return CompletedProcess(["kkb", *arguments], status, *(f.read_text() for f in files[1:]))


class ForkedCommand:
    """A running `kkb`, with the methods of `subprocess.Popen`.

    `files` are its standard input, which exists, output and error, which are appended to.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        cwd: Path,
        files: Sequence[Path],
    ) -> None:
        self.args = ["kkb", *arguments]
        process = (arguments, dict(environment), cwd, files)
        self._process = FORKED.Process(target=_command, args=process, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Exit status, negative where a signal ended it; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; return the exit status."""
        self._process.join(timeout)
        status = self._process.exitcode
        if status is None:
            raise TimeoutExpired(self.args, timeout or 0)
        return status

    def send_signal(self, signal: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal)

    def kill(self) -> None:
        self._process.kill()


def _command(
    arguments: Sequence[str], environment: Mapping[str, str], cwd: Path, files: Sequence[Path]
) -> None:
    from app.cli import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    for descriptor, file in enumerate(files[1:], start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), descriptor)
    sys.stdin = files[0].open()
    sys.argv = ["kkb", *arguments]
    main()
