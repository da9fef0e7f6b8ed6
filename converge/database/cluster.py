"""One embedded PostgreSQL: made at the first start, afterwards only started and stopped.

Only the unix socket is open, the password lies in a file of mode 0600, and a lock keeps
a second launcher away. Start it from the main thread (see `processes.die_with_parent`).
"""

import fcntl
import secrets
import shutil
import signal
import sys
from pathlib import Path
from urllib.parse import quote

from converge.database.account import choose_account, home_of
from converge.database.binaries import binaries_for
from converge.database.creation import ROLE, create_cluster, create_database
from converge.database.problems import already_running, cannot_write
from converge.database.server import Server
from converge.database.sockets import choose_socket_folder


class EmbeddedPostgres:
    """`start()` answers the DATABASE_URL; `throwaway` removes everything at the stop."""

    def __init__(
        self, root: Path, *, throwaway: bool = False, binaries: Path | None = None
    ):
        self.root = Path(root).absolute()
        self.throwaway = throwaway
        self.binaries = binaries
        self.account = choose_account()
        self.home = home_of(self.root, self.account)
        self.data = self.home / "pg18"
        self.server: Server | None = None
        self._lock = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(self, *_exception) -> None:
        self.stop()

    def start(self) -> str:
        try:
            self._make_folders()
            self._take_lock()
            return self._start_server()
        except OSError as error:
            self.stop()
            raise cannot_write(error.filename or self.home, error.strerror) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if self.server:
            self.server.stop()
        if self._lock:
            if self.throwaway:
                self._remove()
                self._remove_home()
            self._lock.close()
            self._lock = None

    def restart(self, *, immediate: bool = False) -> None:
        """For fault tests; `immediate` is the crash, with recovery at the next start."""
        self.server.stop(signal.SIGQUIT if immediate else signal.SIGINT)
        self.server.start()

    def exists(self) -> bool:
        return self._password_file.exists()

    def url(self) -> str:
        """Also for those who did not start it, to speak with one that runs."""
        # The socket's folder goes into the query: a host part would be lower-cased.
        host = quote(str(choose_socket_folder(self.home, self.account)))
        password = self._password_file.read_text().strip()
        return f"postgresql://{ROLE}:{password}@/{ROLE}?host={host}"

    def _make_folders(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        if not self.account.is_lent:
            return
        if not self.home.exists():
            sys.stderr.write(
                f"You are root, so PostgreSQL runs as '{self.account.name}' and keeps"
                f" its data in {self.home}.\n"
            )
        # Root writes here, so the account may pass through but not lay links.
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o711)

    def _take_lock(self) -> None:
        lock = (self.root / "pg18.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise already_running(lock.name) from None
        self._lock = lock

    def _start_server(self) -> str:
        binaries = self.binaries or binaries_for(self.account, self.home.parent)
        socket = choose_socket_folder(self.home, self.account)
        log = self.home / "pg18.log"
        self.server = Server(binaries, self.account, self.data, socket, log)
        self.server.end_leftover()
        if self.throwaway:
            self._remove()  # what a killed run left
        if self.exists():
            self.server.start()
        else:
            self._create(binaries)
        return self.url()

    def _create(self, binaries: Path) -> None:
        """The password is kept last, so that a creation cut short is begun again."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self.account.own(self.data)
        password = secrets.token_urlsafe(24)
        create_cluster(binaries, self.account, self.data, password)
        self.server.start()
        create_database(binaries, self.server.socket, password)
        unfinished = self.home / "pg18.password.unfinished"
        unfinished.touch(mode=0o600)
        unfinished.write_text(password + "\n")
        unfinished.rename(self._password_file)

    @property
    def _password_file(self) -> Path:
        return self.home / "pg18.password"

    def _remove(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        for path in self.home.glob("pg18.*"):
            if path.name != "pg18.lock":
                path.unlink()

    def _remove_home(self) -> None:
        if self.server:
            shutil.rmtree(self.server.socket, ignore_errors=True)
        if self.account.is_lent:
            shutil.rmtree(self.home, ignore_errors=True)
