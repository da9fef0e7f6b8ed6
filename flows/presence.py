"""Who else has a flow open: good enough to wave at each other, never a lock."""

import time

from django.core.cache import cache

HERE_FOR = 120  # seconds after the last page somebody opened


def others_here(flow, user) -> list[str]:
    """First names of the others; notes that this person is here too."""
    key, now = f"flow-open-{flow.pk}", time.time()
    seen = cache.get(key) or {}
    here = {pk: v for pk, v in seen.items() if now - v["at"] < HERE_FOR}
    here[user.pk] = {"name": user.first_name, "at": now}
    cache.set(key, here, HERE_FOR)
    return [v["name"] for pk, v in sorted(here.items()) if pk != user.pk]
