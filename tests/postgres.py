"""A real PostgreSQL for the tests: a throw-away cluster of Debian's package, or one that is given.

`KKB_TEST_DATABASE_URL` names a server whose role may create databases; each store gets one of its
own, dropped at the end. PostgreSQL refuses to run as root: then it runs as the package's own user.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

GIVEN = "KKB_TEST_DATABASE_URL"
MISSING = (
    "PostgreSQL is not installed: install Debian's package `postgresql`, or name a server with"
    f" {GIVEN}"
)
# A language's order on purpose: what does not ask for byte order is seen to be out of order.
INITDB = (
    "--encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en --auth=trust --no-sync"
)
ROOM = 8 << 30
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


def find_program(name: str) -> str | None:
    """A program of the newest PostgreSQL that is installed; Debian keeps them off the path."""
    found = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(found, key=lambda path: float(path.parts[4]), default=None)
    return str(newest) if newest else shutil.which(name)


def program(name: str) -> str:
    """The same; where there is none, the test that needs it is skipped."""
    path = find_program(name)
    if path is None:
        pytest.skip(MISSING)
    return path


class Cluster:
    """One server of our own, listening on a socket in its own folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.data = folder, folder / "data"
        self.settings = FAST | {"listen_addresses": "", "port": "5432"} | settings

    @property
    def database_url(self) -> URL:
        where = {"host": str(self.folder)}
        return URL.create("postgresql+psycopg", "postgres", database="postgres", query=where)

    @property
    def address(self) -> str:
        return self.database_url.render_as_string()

    def create(self, template: Path | None = None) -> None:
        """Make the data folder, or copy that of a cluster that was shut down."""
        if template:
            subprocess.run(["cp", "-a", template, self.data], check=True)
        else:
            self.run("initdb", "--username=postgres", *INITDB.split(), "-D", str(self.data))

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        arguments = ["-D", str(self.data), "-k", str(self.folder), *settings]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(
                command("postgres", *arguments), cwd=self.folder, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                return execute(self.database_url, "SELECT")
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())

    def stop(self) -> None:
        """At once, as a power cut would; stopping twice is no error."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def shut_down(self) -> None:
        """Write all data to its files, and stop."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def configure(self, setting: str, value: str) -> None:
        """Change a setting of the running server."""
        execute(self.database_url, f"ALTER SYSTEM SET {setting} = '{value}'")
        execute(self.database_url, "SELECT pg_reload_conf()")

    def run(self, name: str, *arguments: str) -> None:
        """Run one of the server's programs to its end."""
        done = subprocess.run(
            command(name, *arguments), cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def command(name: str, *arguments: str) -> list[str]:
    """A command line for one of the server's programs: not as root, and not outliving the tests."""
    who = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if is_root() else []
    bound = ["setpriv", "--pdeathsig=QUIT", *who] if shutil.which("setpriv") else []
    return [*bound, program(name), *arguments]


def is_root() -> bool:
    return os.geteuid() == 0


@contextmanager
def cluster(
    within: Path | None = None,
    settings: Mapping[str, str] | None = None,
    template: Path | None = None,
) -> Iterator[Cluster]:
    """A fresh cluster or a copy of a data folder, running; removed at the end."""
    program("initdb")
    with temporary_folder(within) as place:
        made = Cluster(place, **(settings or {}))
        made.create(template)
        made.start()
        try:
            yield made
        finally:
            made.stop()


@contextmanager
def standby(primary: Cluster) -> Iterator[Cluster]:
    """A streaming standby of a cluster, running; removed at the end."""
    with temporary_folder() as place:
        made = Cluster(place)
        source = ["-h", str(primary.folder), "-U", "postgres", "-c", "fast", "-X", "stream", "-R"]
        made.run("pg_basebackup", *source, "-D", str(made.data))
        made.start()
        try:
            yield made
        finally:
            made.stop()


@contextmanager
def temporary_folder(within: Path | None = None) -> Iterator[Path]:
    """A short path (a socket's may hold 107 bytes) that the server's user owns."""
    with tempfile.TemporaryDirectory(prefix="kkb-pg-", dir=within) as name:
        if is_root():
            try:
                owner = pwd.getpwnam("postgres")
            except KeyError:
                pytest.skip(MISSING)
            os.chown(name, owner.pw_uid, owner.pw_gid)
        yield Path(name)


#: The server of each database that `database` made, and the templates by server and content.
_SERVERS: dict[str, URL] = {}
_TEMPLATES: dict[tuple[URL, str], str] = {}


@contextmanager
def server() -> Iterator[URL]:
    """The server that the suite runs on; one that is given is left as it was."""
    if given := os.environ.get(GIVEN):
        found = make_url(given)
        try:
            yield found
        finally:
            own = [make_url(own).database for own, where in _SERVERS.items() if where == found]
            templates = [name for (where, _), name in _TEMPLATES.items() if where == found]
            for name in (*own, *templates):
                execute(found, f"DROP DATABASE {name} WITH (FORCE)")
    else:
        with cluster(within=in_memory()) as made:
            yield made.database_url


def in_memory() -> Path | None:
    """A folder that no disk holds, where there is one with room: a database is made in a tenth."""
    found = Path("/dev/shm")
    room = os.access(found, os.W_OK) and shutil.disk_usage(found).free > ROOM
    return found if room else None


def create_from_template(content: str, address: str) -> bool:
    """Recreate an empty database from a template, if one was saved."""
    server, own = _SERVERS.get(address), make_url(address)
    if server is None or (server, content) not in _TEMPLATES or not is_empty(own):
        return False
    execute(server, f"DROP DATABASE {own.database}")
    _copy(server, _TEMPLATES[server, content], str(own.database))
    return True


def save_template(content: str, address: str) -> None:
    """Put a template by: a copy of a database that nobody has open."""
    if server := _SERVERS.get(address):
        name = _TEMPLATES[server, content] = f"kkb_{uuid4().hex}"
        _copy(server, str(make_url(address).database), name)


def _copy(server: URL, template: str, name: str) -> None:
    """File by file: the other way goes through the log, and takes twice as long."""
    execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


def drop_database(address: str) -> None:
    """Drop a database that `database` made, whoever still has it open."""
    execute(_SERVERS.pop(address), f"DROP DATABASE {make_url(address).database} WITH (FORCE)")


def is_empty(database: URL) -> bool:
    sql = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    with psycopg.connect(_psycopg_url(database)) as connection:
        return connection.execute(sql).fetchone() == (0,)


def database(server: URL) -> str:
    """The address of a new, empty database."""
    name = f"kkb_{uuid4().hex}"
    execute(server, f"CREATE DATABASE {name}")
    address = server.set(database=name).render_as_string(hide_password=False)
    _SERVERS[address] = server
    return address


def execute(server: URL, sql: str) -> None:
    """Run one statement outside of any transaction."""
    with psycopg.connect(_psycopg_url(server), autocommit=True) as connection:
        connection.execute(sql.encode())


def _psycopg_url(database: URL) -> str:
    """An address as psycopg takes it."""
    return database.set(drivername="postgresql").render_as_string(hide_password=False)
