"""A button pressed days later: it leads where it led, or is refused politely. Never silence."""

import uuid

from django.db import transaction

from flows.hearing import payload_of
from flows.listening import graph_of, stopped_workspaces
from flows.messages import read_choice
from flows.models import Run
from flows.nodes import OPTION, OTHERWISE
from inbox import outbox
from inbox.gate import Sender
from inbox.models import Conversation, Message
from inbox.outbox import Draught

OLD_BUTTON = "That menu is no longer open. Write to us and we will help you."


def answer_late(conversation: Conversation, message: Message, begin) -> None:
    """With the conversation locked. `begin` starts a run (flows.runs.begin)."""
    owner, node_id, option = read_choice(payload_of(message))
    run = (
        Run.objects.filter(public_id=uuid.UUID(owner), conversation=conversation)
        .select_related("flow")
        .first()
    )
    if run is None or stopped_workspaces({conversation.workspace_id}):
        return
    graph = graph_of(run.version_id)
    node = graph.nodes.get(node_id)
    target = node and (node.edges.get(OPTION + option) or node.edges.get(OTHERWISE))
    busy = Run.objects.filter(conversation=conversation, state=Run.ALIVE).exists()
    if not busy and run.flow.is_live and target:
        variables = run.variables | _chosen(node, option)
        again = begin(
            conversation,
            run.version_id,
            str(message.id),
            message=message,
            at=target,
            variables=variables,
        )
        if again is not None:
            return
    if Run.objects.filter(began_with=str(message.id)).exists():
        return
    _refuse(conversation, message, graph.old_button or OLD_BUTTON)


def _chosen(node, option: str) -> dict:
    name = node.params.get("save_as")
    titles = {o["id"]: o["title"] for o in node.params.get("options", [])}
    return {name: titles[option]} if name and option in titles else {}


@transaction.atomic
def _refuse(conversation: Conversation, message: Message, text: str) -> None:
    """Once for each press; the gate may still say no."""
    outbox.queue(
        conversation.id,
        Draught("text", text, uuid.uuid5(message.id, "old button")),
        sender=Sender.FLOW,
        generation=conversation.generation,
    )
