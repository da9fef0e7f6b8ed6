"""The threads that make the calls: people's replies first, then whose slot is next.

One thread in four takes people's replies alone, so that a slow Meta under a broadcast
never holds up a person.
"""

import heapq
import itertools
import threading
from collections.abc import Callable

from inbox.claims import PEOPLE, Job

FOR_PEOPLE = 4


class Crew:
    """`work(job, grant)` runs in one of the threads; it must not raise."""

    def __init__(self, threads: int, work: Callable):
        self.work = work
        self.waiting: list[tuple] = []
        self.order = itertools.count()
        self.lock = threading.Lock()
        self.for_people = threading.Condition(self.lock)
        self.for_all = threading.Condition(self.lock)
        self.is_closed = False
        kept = threads // FOR_PEOPLE
        calls = [self.for_people] * kept + [self.for_all] * (threads - kept)
        self.threads = [
            threading.Thread(target=self._serve, args=(call,), daemon=True)
            for call in calls
        ]
        for thread in self.threads:
            thread.start()

    def add(self, job: Job, grant) -> None:
        is_automatic = job.priority > PEOPLE
        rank = (is_automatic, job.starts_at, next(self.order))
        with self.lock:
            heapq.heappush(self.waiting, (rank, job, grant))
            self.for_all.notify()
            if not is_automatic:
                self.for_people.notify()

    def close(self) -> None:
        """Finish what was added, then end the threads."""
        with self.lock:
            self.is_closed = True
            self.for_people.notify_all()
            self.for_all.notify_all()
        for thread in self.threads:
            thread.join()

    def _serve(self, call: threading.Condition) -> None:
        while (taken := self._take(call)) is not None:
            self.work(*taken)

    def _take(self, call: threading.Condition):
        """The next job of this thread's kind; None when there will be no more."""
        with self.lock:
            while not self._has_job(call):
                if self.is_closed:
                    return None
                call.wait()
            _, *taken = heapq.heappop(self.waiting)
            return taken

    def _has_job(self, call: threading.Condition) -> bool:
        if not self.waiting:
            return False
        (is_automatic, *_), *_ = self.waiting[0]
        return call is self.for_all or not is_automatic
