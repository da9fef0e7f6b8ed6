"""Who may change who is who. Batches find out who a message is from and keep it later in
the same transaction; joining or erasing people in between would leave it with nobody.

So batches hold a lock they share, and whoever changes people waits for it alone: for as
long as the batches under way take, milliseconds.
"""

from converge import bulk

KEY = 5_230_001


def share() -> None:
    bulk.fetch("SELECT pg_advisory_xact_lock_shared(%s)", [KEY])


def take_alone() -> None:
    bulk.fetch("SELECT pg_advisory_xact_lock(%s)", [KEY])
