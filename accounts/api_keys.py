"""Keys for machines: made and shown once, found again by their hash, counted at each use.

What is kept is one round of SHA-256. A slow hash protects what people think up; 256
random bits cannot be guessed however fast the hash is, and every call pays for it.
"""

import secrets
from dataclasses import dataclass

from accounts.models import ApiKey, User, Workspace, hash_token
from converge import bulk

MARK = "cvg_"  # so that scanners of code find a key that leaked
MOST = 50
# On average one call in 100 ms, and a burst of that many at once.
EVERY, BURST = 0.1, 100


@dataclass(frozen=True)
class Slower:
    """Too many calls: how many seconds until the next one is answered."""

    seconds: float


def issue(workspace: Workspace, name: str, *, by: User) -> tuple[ApiKey, str]:
    """The key, and its token, which nobody can read again."""
    token = MARK + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        workspace=workspace,
        name=name,
        token_hash=hash_token(token),
        token_start=token[:8],
        token_last4=token[-4:],
        created_by=by,
    )
    return key, token


def present(token: str) -> ApiKey | Slower | None:
    """A call with this token: its key, or how long to wait, or None for no key of ours.

    One statement judges and counts, so the limit holds across processes.
    """
    ahead = EVERY * (BURST - 1)
    used = bulk.fetch(USE, [EVERY, hash_token(token), ahead])
    alive = ApiKey.objects.filter(revoked_at=None).select_related("workspace")
    if used:
        return alive.filter(id=used[0][0]).first()
    waits = bulk.fetch(WAIT, [ahead, hash_token(token)])
    return Slower(max(0.0, float(waits[0][0]))) if waits else None


# `rested_at` moves on with every call; as long as it is no more than a burst ahead of
# now, the next call may come.
USE = """
UPDATE accounts_apikey SET last_used_at = converge_now(),
  rested_at = GREATEST(rested_at, clock_timestamp()) + make_interval(secs => %s)
WHERE token_hash = %s AND revoked_at IS NULL
  AND COALESCE(rested_at <= clock_timestamp() + make_interval(secs => %s), true)
RETURNING id
"""
WAIT = """
SELECT extract(epoch FROM rested_at - clock_timestamp()) - %s FROM accounts_apikey
WHERE token_hash = %s AND revoked_at IS NULL
"""
