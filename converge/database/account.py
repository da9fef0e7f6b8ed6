"""Who runs the embedded server: ourselves, or as root another existing account.

PostgreSQL refuses to run as root, so root lends it an account and keeps its data in
/var/lib/converge, where that account can reach it.
"""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from converge.database.problems import cannot_change_user, no_account

CANDIDATES = ("postgres", "nobody")
ROOT_DATA = Path("/var/lib/converge")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    is_lent: bool

    @property
    def popen(self) -> dict:
        """How to start a program as this account."""
        if not self.is_lent:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_execute(self, program: Path) -> bool:
        try:
            subprocess.run(
                [program, "--version"], capture_output=True, check=True, **self.popen
            )
        except (PermissionError, subprocess.CalledProcessError):
            return False
        return True

    def own(self, path: Path) -> None:
        if self.is_lent:
            os.chown(path, self.uid, self.gid)


def choose_account() -> Account:
    if os.geteuid() != 0:
        own = pwd.getpwuid(os.geteuid())
        return Account(own.pw_name, own.pw_uid, own.pw_gid, is_lent=False)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(name, entry.pw_uid, entry.pw_gid, is_lent=True)
        _require_change_of_user(account)
        return account
    raise no_account(CANDIDATES)


def home_of(root: Path, account: Account) -> Path:
    """The folder for data, password and log: `root`, or for a lent account its own."""
    if not account.is_lent:
        return root
    digest = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
    return ROOT_DATA / digest


def _require_change_of_user(account: Account) -> None:
    try:
        subprocess.run(["/bin/sh", "-c", ":"], check=True, cwd="/", **account.popen)
    except (OSError, subprocess.SubprocessError) as error:
        raise cannot_change_user(account.name) from error
