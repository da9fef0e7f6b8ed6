"""Who is called next when there is more to send than there are threads."""

import threading
from types import SimpleNamespace

from inbox.crew import Crew

HANG_GUARD = 20
PERSON, BROADCAST = 0, 2


def job(name: str, priority: int = BROADCAST, starts_at: float = 0.0):
    return SimpleNamespace(name=name, priority=priority, starts_at=starts_at)


class Meta:
    """Calls begin and stay open until they are answered."""

    def __init__(self):
        self.begun: list[str] = []
        self.change = threading.Condition()
        self.is_answering = False

    def call(self, job, grant) -> None:
        with self.change:
            self.begun.append(job.name)
            self.change.notify_all()
            assert self.change.wait_for(lambda: self.is_answering, HANG_GUARD)

    def wait_for(self, count: int) -> None:
        with self.change:
            assert self.change.wait_for(lambda: len(self.begun) >= count, HANG_GUARD)

    def answer(self) -> None:
        with self.change:
            self.is_answering = True
            self.change.notify_all()


def test_a_reply_is_sent_while_every_broadcast_call_hangs():
    meta = Meta()
    crew = Crew(4, meta.call)
    for n in range(20):
        crew.add(job(f"b{n}"), None)
    meta.wait_for(3)

    crew.add(job("reply", PERSON), None)
    meta.wait_for(4)

    begun = list(meta.begun)
    meta.answer()
    crew.close()
    assert begun[3] == "reply"
    assert len(meta.begun) == 21


def test_people_come_first_and_then_the_earliest_slot():
    meta = Meta()
    crew = Crew(1, meta.call)
    crew.add(job("first"), None)
    meta.wait_for(1)

    crew.add(job("late", starts_at=9.0), None)
    crew.add(job("early", starts_at=1.0), None)
    crew.add(job("reply", PERSON, starts_at=5.0), None)
    meta.answer()
    crew.close()

    assert meta.begun == ["first", "reply", "early", "late"]


def test_closing_finishes_what_was_added():
    meta = Meta()
    meta.answer()
    crew = Crew(8, meta.call)
    for n in range(100):
        crew.add(job(str(n), priority=n % 3), None)

    crew.close()

    assert sorted(meta.begun, key=int) == [str(n) for n in range(100)]
