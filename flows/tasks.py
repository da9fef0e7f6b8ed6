"""What django-q2 runs for flows: wake-ups; the run's row says what is to be done."""

from django.db import transaction

from converge import clock
from flows import calling, messages, walk
from flows.around import look_around
from flows.listening import graph_of
from flows.models import Run
from flows.ticking import advance_run
from inbox import outbox
from inbox.apply import tell


def call_url(run_id: int) -> None:
    """Make the call a run waits for, at most once for each time it comes to that step."""
    called_at = clock.now()
    claimed = Run.objects.filter(
        id=run_id, state=Run.ALIVE, waits_for=walk.CALL, called_at=None
    ).update(called_at=called_at)
    if not claimed:
        return
    run = Run.objects.select_related(
        "conversation__contact", "conversation__number", "conversation__workspace"
    ).get(id=run_id)
    _conclude(run, called_at, calling.call(_wanted(run)))


def _wanted(run: Run) -> walk.Call:
    around = look_around([run.conversation], clock.now())
    world = around[run.conversation_id].world
    values = {**world.fields, **world.person, **run.variables}
    p = graph_of(run.version_id).nodes[run.node].params
    url, body = (
        messages.fill_url(p["url"], values),
        messages.fill_body(p["body"], values),
    )
    return walk.Call(p["method"], url, body, p["path"])


@transaction.atomic
def _conclude(run: Run, called_at, answer: walk.Called) -> None:
    """Unless the run went on meanwhile: it may have been stopped, or waited too long."""
    conversation = outbox.lock(run.conversation_id)
    still = Run.objects.select_for_update().filter(
        id=run.id, state=Run.ALIVE, waits_for=walk.CALL, called_at=called_at
    ).first()  # fmt: skip
    if still is not None:
        advance_run(still, conversation, answer)
        tell({conversation.id})
