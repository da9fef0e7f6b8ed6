"""A broadcast in the running product: begun by its rows, steered through its pages."""

import requests

from tests.benchmarks.pages import sign_in
from tests.running import Running

SCHEDULE = """
INSERT INTO broadcasts_broadcast (public_id, workspace_id, name, state, number_id,
  template_id, variables, include, exclude, timing, zone, starts_at, has_agreed,
  created_at, saved_at, cause, accepts_red, rests_for, forecast, tally)
SELECT gen_random_uuid(), n.workspace_id, 'October sale', 'scheduled', n.id, t.id, '{}',
  '[{"kind": "everyone"}]', '[]', 'at', 'UTC', converge_now(), true, now(), now(), '',
  false, '', '{}', '[]'
FROM numbers_number n JOIN numbers_template t ON t.account_id = n.account_id
WHERE n.meta_id = %s AND t.name = 'hello_world'
RETURNING id, public_id::text
"""
SETTLED = """
SELECT state IN ('done', 'cancelled') AND NOT EXISTS (
  SELECT FROM inbox_message WHERE state IN ('queued', 'sending'))
FROM broadcasts_broadcast WHERE id = %s
"""
# What Meta said no to later does not count: that person may be tried again.
GROUPS = """
SELECT CASE WHEN r.state = 'skipped' THEN 'skipped'
  WHEN m.id IS NULL THEN r.state ELSE m.state END, count(*)
FROM broadcasts_recipient r LEFT JOIN inbox_message m ON m.id = r.message_id
WHERE r.broadcast_id = %s GROUP BY 1
"""


class Mailing:
    """One broadcast to everybody, and what the judge wants to know about it."""

    def __init__(self, running: Running, session: requests.Session):
        self.running, self.session = running, session
        self.id, self.public_id = 0, ""

    def begin(self) -> None:
        """Its hour has come: the deliver process starts it by itself."""
        ((self.id, self.public_id),) = self.running.sql(
            SCHEDULE, self.running.simulator.number
        )

    def press(self, act: str, **fields) -> None:
        """A button of its page."""
        page = f"{self.running.url}/w/northwind/broadcasts/{self.public_id}/"
        answer = self.session.post(
            f"{page}{act}/",
            data=fields,
            headers={"X-CSRFToken": self.session.cookies["csrf"], "Referer": page},
        )
        assert answer.status_code == 200, answer.status_code

    def page(self) -> str:
        path = f"/w/northwind/broadcasts/{self.public_id}/"
        return self.session.get(self.running.url + path).text

    def wait_for_attempts(self, count: int) -> None:
        self.running.wait_for("SELECT count(*) >= %s FROM inbox_attempt", count)

    def wait_until_settled(self, guard: float = 180) -> None:
        self.running.wait_for(SETTLED, self.id, guard=guard)

    def groups(self) -> dict[str, int]:
        return dict(self.running.sql(GROUPS, self.id))

    def state(self) -> tuple[str, str]:
        ((state, cause),) = self.running.sql(
            "SELECT state, cause FROM broadcasts_broadcast WHERE id = %s", self.id
        )
        return state, cause

    def sort_out(self) -> None:
        """What django-q2 does each minute."""
        self.running.manage(
            "shell", "-c", "from broadcasts.tasks import sweep; sweep()"
        )


def open_desk(running: Running) -> requests.Session:
    return sign_in(running, "ana@northwind.example", "northwind-demo")
