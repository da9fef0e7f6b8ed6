"""Telling browsers that something changed: which conversation, never what was said.

One coalesced NOTIFY a batch, after commit and in autocommit: a transaction with a
pending NOTIFY would take a lock of the whole cluster while it commits.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

CHANNEL = "converge_live"
# NOTIFY takes 8,000 bytes; a conversation needs about 70.
PER_NOTICE = 80


@dataclass(frozen=True)
class Change:
    """Conversation by its public id; `assignee` is a user id or None."""

    workspace: int
    conversation: str
    version: int
    assignee: int | None


def announce(changes: Iterable[Change]) -> None:
    """Tell every open page, once this transaction is committed."""
    changes = list(changes)
    if changes:
        transaction.on_commit(lambda: _notify(changes))


def nudge(workspace: int, users: list[int]) -> None:
    """Tell the open pages of these people alone that there is something for them."""
    if users:
        notice = json.dumps({"w": workspace, "u": sorted(set(users))})
        transaction.on_commit(lambda: _send([notice]))


def _notify(changes: list[Change]) -> None:
    by_workspace: dict[int, dict] = {}
    for change in changes:
        newest = by_workspace.setdefault(change.workspace, {})
        newest[change.conversation] = [change.version, change.assignee]
    notices = [
        json.dumps({"w": workspace, "c": dict(part)})
        for workspace, found in by_workspace.items()
        for part in _chunks(list(found.items()))
    ]
    _send(notices)


def _send(notices: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(%s, notice) FROM unnest(%s::text[]) AS notice",
            [CHANNEL, notices],
        )


def _chunks(items: list) -> Iterable[list]:
    return (items[i : i + PER_NOTICE] for i in range(0, len(items), PER_NOTICE))
