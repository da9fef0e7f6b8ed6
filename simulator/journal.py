"""What was accepted, in order: the judge in every fault test.

An entry is written the moment a send is accepted, before its answer may be lost on
the way, so the journal knows more than the sender.
"""

import hashlib
import json
from collections import Counter, defaultdict, deque
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    n: int
    at: float  # the simulator's clock
    real_at: float  # seconds that never jump, for measuring pace
    wamid: str
    phone_number_id: str
    to: str
    type: str
    callback: str | None
    digest: str
    answered: str  # how the answer went out: "answer", "reset", "stall" ...


class Journal:
    def __init__(self, folder: Path | None = None) -> None:
        self.entries: list[Entry] = []
        self.calls: deque[dict] = deque(maxlen=2000)
        self.called = 0
        self._file = None
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            self._file = (folder / "journal.jsonl").open("a", encoding="utf-8")

    def accept(self, body: bytes, **facts) -> Entry:
        digest = hashlib.sha256(body).hexdigest()
        entry = Entry(n=len(self.entries) + 1, digest=digest, **facts)
        self.entries.append(entry)
        if self._file:
            self._file.write(json.dumps(asdict(entry)) + "\n")
            self._file.flush()
        return entry

    def note_call(self, at: float, method: str, path: str, status: int) -> None:
        self.called += 1
        self.calls.append({"at": at, "method": method, "path": path, "status": status})

    def read_after(self, n: int, limit: int) -> list[dict]:
        return [asdict(entry) for entry in self.entries[n : n + limit]]

    def clear(self) -> None:
        self.entries.clear()
        self.calls.clear()
        self.called = 0

    def close(self) -> None:
        if self._file:
            self._file.close()

    def summarise(self) -> dict:
        callbacks = Counter(entry.callback for entry in self.entries if entry.callback)
        recipients = Counter(entry.to for entry in self.entries)
        return {
            "accepted": len(self.entries),
            "with_callback": callbacks.total(),
            "duplicate_callbacks": _only_repeated(callbacks),
            "recipients": len(recipients),
            "repeated_recipients": _only_repeated(recipients),
            "by_type": dict(Counter(entry.type for entry in self.entries)),
            "by_number": dict(Counter(entry.phone_number_id for entry in self.entries)),
            "by_answer": dict(Counter(entry.answered for entry in self.entries)),
            "max_in_one_second": self._find_busiest_seconds(),
        }

    def _find_busiest_seconds(self) -> dict[str, int]:
        """The most accepted in any window of one second, per number."""
        busiest: dict[str, int] = defaultdict(int)
        windows: dict[str, deque[float]] = defaultdict(deque)
        for entry in self.entries:
            window = windows[entry.phone_number_id]
            window.append(entry.real_at)
            while entry.real_at - window[0] >= 1:
                window.popleft()
            number = entry.phone_number_id
            busiest[number] = max(busiest[number], len(window))
        return dict(busiest)


def _only_repeated(counter: Counter) -> dict[str, int]:
    return {key: count for key, count in counter.items() if count > 1}
