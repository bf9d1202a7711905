"""Processes of their own, forked from one that has imported all of it: that is most of a command.

`tests/cli` starts `kkb serve` itself as a newcomer would, from the installed script.
"""

import multiprocessing
import os
import sys
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    ["app.cli", "app.main", "pyarrow.parquet", __name__, "tests.reliability.crash"]
)
LONGEST = 120


def kkb(*arguments: str, cwd: Path, stdin: str = "", **settings: str) -> CompletedProcess[str]:
    """What `kkb` with some arguments prints, in a folder, to who says something to it."""
    with TemporaryDirectory() as folder:
        told = Path(folder)
        (told / "0").write_text(stdin)
        environment = {**os.environ, **settings}
        process = FORKED.Process(target=_command, args=(arguments, environment, cwd, told))
        process.start()
        process.join(LONGEST)
        if process.exitcode is None:
            process.kill()
        assert process.exitcode is not None, f"kkb {' '.join(arguments)} did not end"
        out, err = ((told / name).read_text() for name in "12")
        return CompletedProcess(["kkb", *arguments], process.exitcode, out, err)


def _command(
    arguments: tuple[str, ...], environment: dict[str, str], cwd: Path, output_file: Path
) -> None:
    from app.cli import main

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    for name in "12":
        os.dup2(os.open(output_file / name, os.O_WRONLY | os.O_CREAT), int(name))
    sys.stdin = (output_file / "0").open()
    sys.argv = ["kkb", *arguments]
    main()
