"""What became of the runs of flows: by day, by flow, by how they ended."""

import pytest

from flows.models import Run
from inbox.models import Conversation
from reports import automation
from reports.periods import Period
from tests import factories
from tests.flows.making import create_flow, publish, say
from tests.reports.history import NOON, at, begin

pytestmark = pytest.mark.django_db
DAY = NOON.date()


@pytest.fixture
def flow(workspace):
    found = create_flow(workspace, say(2))
    publish(found)
    return found


def run(flow, conversation: Conversation, when, state: str, reason: str = "") -> Run:
    is_alive = state == Run.ALIVE
    return Run.objects.create(
        workspace=flow.workspace,
        flow=flow,
        version=flow.versions.first(),
        conversation=conversation,
        contact=conversation.contact,
        began_with=f"test {Run.objects.count()}",
        generation=0,
        state=state,
        waits_for="answer" if is_alive else "",
        reason=reason,
        heard_at=when,
        started_at=when,
        ended_at=None if is_alive else when,
    )


def load(workspace, first=DAY, last=DAY, number=None) -> automation.Automation:
    return automation.load(workspace, Period(first, last), number)


def test_every_run_is_in_one_kind(workspace, number, flow):
    for state, reason in (
        (Run.FINISHED, "END"),
        (Run.FINISHED, "HANDED_OVER"),
        (Run.STOPPED, "TAKEOVER"),
        (Run.FAILED, "URL"),
        (Run.ALIVE, ""),
    ):
        run(flow, begin(number), at(0), state, reason)

    found = load(workspace)
    total = found.total

    assert total.entered == 5
    assert (total.finished, total.handed_over, total.stopped) == (1, 1, 1)
    assert (total.failed, total.alive) == (1, 1)
    assert ("Handed over to the team", 1) in found.reasons
    assert sum(runs for _, runs in found.reasons) == 4


def test_flows_and_days_have_figures_of_their_own(workspace, number, flow):
    other = create_flow(workspace, say(2), name="Returns")
    publish(other)
    run(other, begin(number), at(0), Run.FINISHED, "END")
    for days in (0, 0, -1):
        run(flow, begin(number), at(days=days), Run.FINISHED, "END")

    found = load(workspace, at(days=-1).date())

    assert [(name, f.entered) for name, f in found.by_flow] == [
        ("Welcome menu", 3),
        ("Returns", 1),
    ]
    assert [f.entered for _, f in found.by_part] == [1, 3]


def test_a_run_belongs_to_the_workspaces_day(workspace, number, flow):
    workspace.time_zone = "America/New_York"
    run(flow, begin(number), at(14), Run.FINISHED, "END")  # 22:00 in New York

    assert load(workspace).total.entered == 1


def test_one_number_and_one_workspace_stay_apart(workspace, number, flow, charlie):
    other = factories.create_number(workspace, label="Sales", account=number.account)
    run(flow, begin(number), at(0), Run.FINISHED, "END")
    run(flow, begin(other), at(0), Run.FINISHED, "END")

    assert load(workspace, number=other.id).total.entered == 1
    assert load(charlie.memberships.get().workspace).total.entered == 0
