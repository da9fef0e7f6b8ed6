"""What can keep the embedded database from running, each in a sentence with its remedy."""

import shutil

LEAST_FREE = 16 * 1024 * 1024  # one segment of the write-ahead log


class DatabaseProblem(Exception):
    """Its text is for the person who typed the command."""


OWN_SERVER = (
    "set DATABASE_URL=postgresql://user:password@host/database to use a server of yours"
)

NO_WHEEL = (
    "The PostgreSQL binaries are not installed (their wheel needs Linux with glibc 2.27"
    f" or newer on x86-64 or arm64): run `make run` again, or {OWN_SERVER}."
)


def cannot_execute(binary, reason: str) -> DatabaseProblem:
    return DatabaseProblem(
        f"{binary} does not run on this system ({reason}); it needs glibc 2.27 or newer,"
        f" so on musl or an older system {OWN_SERVER}."
    )


def cannot_change_user(account: str) -> DatabaseProblem:
    return DatabaseProblem(
        "PostgreSQL refuses to run as root, and this container forbids changing to"
        f" the account '{account}': start as an ordinary user, or {OWN_SERVER}."
    )


def no_account(names) -> DatabaseProblem:
    return DatabaseProblem(
        f"PostgreSQL refuses to run as root and none of the accounts {', '.join(names)}"
        f" exists: start as an ordinary user, or {OWN_SERVER}."
    )


def cannot_write(path, reason: str) -> DatabaseProblem:
    return DatabaseProblem(
        f"Cannot write to {path} ({reason}): free some space or give this user write"
        f" access, or {OWN_SERVER}."
    )


def foreign_folder(folder) -> DatabaseProblem:
    return DatabaseProblem(
        f"{folder} belongs to another user or is a link: remove it, then start again."
    )


def already_running(lock) -> DatabaseProblem:
    return DatabaseProblem(
        f"The embedded PostgreSQL of this folder is already running ({lock} is held by"
        " another process): stop that one first."
    )


def did_not_start(log) -> DatabaseProblem:
    lines = log.read_text(errors="replace").splitlines()[-6:] if log.exists() else []
    text = "\n".join(lines)
    # A full disk often keeps the very line from the log that would say so.
    is_full = shutil.disk_usage(log.parent).free < LEAST_FREE
    if is_full or "No space left on device" in text:
        return cannot_write(log.parent, "the disk is full")
    return DatabaseProblem(f"PostgreSQL did not start. Its last lines ({log}):\n{text}")
