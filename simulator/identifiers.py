"""Ids in the form Meta gives them: wamids, Instagram mids, trace ids, media ids."""

import base64
import itertools
import random
import time


class Identifiers:
    """Unique by a counter that begins at the present time.

    Not from the seed of the faults: the product keeps its rows when the simulator is
    started again, and an id seen before would look like a repetition.
    """

    def __init__(self) -> None:
        self.random = random.Random()  # noqa: S311 - guards nothing
        self._count = itertools.count(time.time_ns() // 1_000_000)

    def make_wamid(self, digits: str) -> str:
        """Hexadecimal inside, so that base64 yields nothing a URL would need escaped."""
        tail = f"{self.random.getrandbits(48):012X}{next(self._count):012X}"
        inside = f"\x1d\x12\x0b{digits[-15:]}\x15\x02{tail}".encode()
        return "wamid." + base64.b64encode(inside).decode()

    def make_mid(self) -> str:
        bits = self.random.getrandbits(480).to_bytes(60) + next(self._count).to_bytes(6)
        return "aWdfZAG1f" + base64.urlsafe_b64encode(bits).decode()

    def make_trace(self) -> str:
        bits = base64.urlsafe_b64encode(self.random.getrandbits(128).to_bytes(16))
        return "A" + bits.decode().rstrip("=")

    def make_number(self, prefix: str = "12") -> str:
        return f"{prefix}{next(self._count):014d}"

    def make_secret(self, prefix: str) -> str:
        bits = self.random.getrandbits(720).to_bytes(90)
        text = base64.b64encode(bits, altchars=b"ZQ").decode()
        return f"{prefix}{text}{next(self._count)}"

    def make_code(self) -> str:
        return f"{self.random.randrange(1_000_000):06d}"
