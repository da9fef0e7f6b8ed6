"""What became of the runs of flows, by the day they began: by day, by flow, by reason.

Read from the runs themselves: what is under way ends later, and its day changes with it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Workspace
from converge import bulk
from flows import words
from flows.models import Flow, Run
from reports import periods
from reports.periods import Period

HANDED_OVER = "HANDED_OVER"


@dataclass
class Figures:
    """Runs by how they ended; every run is in exactly one kind."""

    kinds: Counter = field(default_factory=Counter)

    @property
    def entered(self) -> int:
        return self.kinds.total()

    @property
    def finished(self) -> int:
        return self.kinds[Run.FINISHED]

    @property
    def handed_over(self) -> int:
        return self.kinds[HANDED_OVER]

    @property
    def stopped(self) -> int:
        return self.kinds[Run.STOPPED]

    @property
    def failed(self) -> int:
        return self.kinds[Run.FAILED]

    @property
    def alive(self) -> int:
        return self.kinds[Run.ALIVE]


@dataclass(frozen=True)
class Automation:
    total: Figures
    by_part: list[tuple[date, Figures]]
    by_flow: list[tuple[str, Figures]]
    reasons: list[tuple[str, int]]


def load(workspace: Workspace, period: Period, number: int | None) -> Automation:
    begins, _ = periods.bounds(period.first, workspace.time_zone)
    _, ends = periods.bounds(period.last, workspace.time_zone)
    params = {
        "workspace": workspace.id,
        "zone": workspace.time_zone,
        "unit": "week" if period.is_by_week else "day",
        "begins": begins,
        "ends": ends,
        "number": number,
    }
    total, reasons = Figures(), Counter()
    parts, flows = defaultdict(Figures), defaultdict(Figures)
    for part, flow, state, reason, runs in bulk.fetch(FIGURES, params):
        kind = HANDED_OVER if reason == HANDED_OVER else state
        for group in (total, parts[part], flows[flow]):
            group.kinds[kind] += runs
        if state != Run.ALIVE:
            reasons[reason] += runs
    names = dict(Flow.objects.filter(id__in=flows).values_list("id", "name"))
    by_flow = [(names[pk], found) for pk, found in flows.items()]
    return Automation(
        total,
        [(part, parts.get(part, Figures())) for part in period.parts()],
        sorted(by_flow, key=lambda row: (-row[1].entered, row[0])),
        [(words.reason(reason), runs) for reason, runs in reasons.most_common()],
    )


FIGURES = """
SELECT date_trunc(%(unit)s, r.started_at AT TIME ZONE %(zone)s)::date, f.id, r.state,
  r.reason, count(*)
FROM flows_flow f
JOIN flows_run r ON r.workspace_id = f.workspace_id AND r.flow_id = f.id
  AND r.started_at >= %(begins)s AND r.started_at < %(ends)s
WHERE f.workspace_id = %(workspace)s
  AND (%(number)s::bigint IS NULL OR EXISTS (
    SELECT FROM inbox_conversation c
    WHERE c.id = r.conversation_id AND c.number_id = %(number)s))
GROUP BY 1, 2, 3, 4
"""
