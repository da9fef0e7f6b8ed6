"""Where the server's unix socket lies: beside the data, if the path is not too long."""

import hashlib
import os
import tempfile
from pathlib import Path

from converge.database.account import Account
from converge.database.problems import foreign_folder

LONGEST = 107  # bytes of sockaddr_un.sun_path, without its closing NUL
FILE = ".s.PGSQL.5432"


def choose_socket_folder(home: Path, account: Account) -> Path:
    folder = home / "socket"
    if not fits(folder):
        digest = hashlib.sha256(str(home).encode()).hexdigest()[:16]
        folder = Path(tempfile.gettempdir()) / f"converge-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _is_ours(folder, account):
        raise foreign_folder(folder)
    folder.chmod(0o700)
    account.own(folder)
    return folder


def fits(folder: Path) -> bool:
    """libpq takes a comma for the end of one host, PostgreSQL a quote for its own."""
    is_short = len(os.fsencode(folder / FILE)) <= LONGEST
    return is_short and not set(str(folder)) & set(",\"'\n")


def _is_ours(folder: Path, account: Account) -> bool:
    """In /tmp anybody could have laid a folder or a link of this name before us."""
    owner = folder.lstat().st_uid
    return not folder.is_symlink() and owner in {os.geteuid(), account.uid}
