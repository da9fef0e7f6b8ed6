"""What must hold after every fault: nothing lost, nothing doubled, nothing shown wrong.

The simulator's journal says what Meta accepted; the product's rows say what it believes.
"""

from tests.running import Running

QUEUE = """
INSERT INTO inbox_message (
  id, workspace_id, conversation_id, contact_id, number_id, direction, origin, kind,
  body, payload, wamid, reply_to, at, seq, created_at, state, decision, error_text,
  priority, generation, due_at, tries)
SELECT gen_random_uuid(), c.workspace_id, c.id, c.contact_id, c.number_id, 'out', 'agent',
  'text', 'Hello ' || c.id, '{}', '', '', now(), 0, now(), 'queued', '{}', '', 0, 0,
  now(), 0
FROM inbox_conversation c
"""
SHOWN_AS_ACCEPTED = {"sent", "held", "silent", "delivered", "read", "played", "unknown"}


class Judge:
    def __init__(self, running: Running):
        self.running = running

    def queue_sends(self) -> int:
        """One text to everybody, through the outbox."""
        self.running.sql(QUEUE)
        self.running.sql("NOTIFY converge_outbox")
        return self.running.one(
            "SELECT count(*) FROM inbox_message WHERE direction = 'out'"
        )

    def wait_until_sent(self, guard: float = 120) -> None:
        self.running.wait_for(
            "SELECT NOT EXISTS (SELECT FROM inbox_message"
            " WHERE state IN ('queued', 'sending'))",
            guard=guard,
        )

    def wait_until_reported(self, guard: float = 60) -> None:
        """Every webhook of the simulator is delivered and applied."""
        self.running.simulator.wait_until_idle()
        self.running.wait_until_quiet(guard)

    def accepted(self) -> dict[str, list[str]]:
        """Message id → the attempts of it that Meta accepted."""
        callbacks, after = [], 0
        while True:
            page = self.running.simulator.control(
                "GET", f"journal?after={after}&limit=1000"
            )
            if not page["entries"]:
                break
            callbacks += [entry["callback"] for entry in page["entries"]]
            after = page["next"]
        rows = self.running.sql("SELECT id::text, message_id::text FROM inbox_attempt")
        message_of = dict(rows)
        found: dict[str, list[str]] = {}
        for callback in callbacks:
            found.setdefault(message_of[callback], []).append(callback)
        return found

    def states(self) -> dict[str, str]:
        return dict(
            self.running.sql(
                "SELECT id::text, state FROM inbox_message WHERE direction = 'out'"
            )
        )

    def counts(self) -> dict[str, int]:
        return dict(
            self.running.sql(
                "SELECT state, count(*) FROM inbox_message WHERE direction = 'out'"
                " GROUP BY state"
            )
        )

    def nothing_doubled(self) -> None:
        doubled = {m: a for m, a in self.accepted().items() if len(a) > 1}
        assert doubled == {}

    def nothing_lost(self, expected: int) -> None:
        """Every message ended, and everything accepted is shown as accepted."""
        states, accepted = self.states(), self.accepted()
        assert len(states) == expected
        assert not {"queued", "sending"} & set(states.values())
        wrong = {m: states[m] for m in accepted if states[m] not in SHOWN_AS_ACCEPTED}
        assert wrong == {}
        unsent = {m for m, s in states.items() if s in SHOWN_AS_ACCEPTED - {"unknown"}}
        assert unsent <= accepted.keys()

    def inbox_is_complete(self, expected: int) -> None:
        """Every update Meta was answered 200 for has exactly one row."""
        rows = self.running.one(
            "SELECT count(*) FROM inbox_message WHERE direction='in'"
        )
        assert rows == expected
        assert self.running.one("SELECT count(*) FROM numbers_quarantinedupdate") == 0

    def logs_hold_no_secret(self) -> None:
        logs = self.running.logs()
        for secret in ("EAASIM", "IGAASIM", "simulated-secret"):
            assert secret not in logs
