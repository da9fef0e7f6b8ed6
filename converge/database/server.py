"""The running server: started as our direct child and stopped with it, come what may."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from converge import processes
from converge.database.account import Account
from converge.database.problems import did_not_start

START_PATIENCE = 60.0
STOP_PATIENCE = 30.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


@dataclass
class Server:
    binaries: Path
    account: Account
    data: Path
    socket: Path
    log: Path
    child: subprocess.Popen | None = None

    def start(self) -> None:
        self.end_leftover()
        for _ in range(5):
            self._spawn()
            if self._await_ready():
                return
            # Backends of a killed server need a moment to notice and to leave.
            if "pre-existing shared memory" not in self.log.read_text(errors="replace"):
                break
            time.sleep(0.5)
        raise did_not_start(self.log)

    def stop(self, first_signal: int = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's "fast": it closes connections instead of awaiting
        their end; SIGQUIT is the crash."""
        child, self.child = self.child, None
        if child is None:
            return
        for signal_number in (first_signal, signal.SIGQUIT, signal.SIGKILL):
            if child.poll() is None:
                child.send_signal(signal_number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(STOP_PATIENCE)

    def end_leftover(self) -> None:
        """A server whose launcher was killed may still be shutting down; a pid file
        that names another program is stale, and would keep ours from starting."""
        lines = self._pid_file_lines()
        leftover = processes.find(int(lines[0])) if lines else None
        if leftover is None or not self._works_on_our_data(leftover):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        for signal_number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            processes.send(leftover, signal_number)
            if processes.await_death(leftover, STOP_PATIENCE):
                return

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def _spawn(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": f'"{self.socket}"'}
        options = [part for k, v in settings.items() for part in ("-c", f"{k}={v}")]
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("w") as log:
            self.log.chmod(0o600)
            self.child = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data.parent,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGINT),
                **self.account.popen,
            )

    def _await_ready(self) -> bool:
        """The eighth line of postmaster.pid says when connections are taken."""
        deadline = time.monotonic() + START_PATIENCE
        while time.monotonic() < deadline and self.child.poll() is None:
            lines = self._pid_file_lines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return int(lines[0]) == self.child.pid
            time.sleep(0.02)
        return False

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _works_on_our_data(self, process: processes.Process) -> bool:
        return processes.working_folder(process) == self.data.resolve()
