"""`message_history`: which statuses a message had and what became of their webhooks."""

from simulator.chats import Message
from simulator.exchange import Request, Response
from simulator.graph.fields import answer_page
from simulator.world import PhoneNumber, Token


def read(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    wanted = request.query.get("message_id")
    messages = [
        message
        for message in sim.chats.newest(1000, wanted)
        if message.business_id == number.id and message.outbound
    ]
    items = [_describe(sim, number, message) for message in messages]
    return answer_page(request, sim.options.base_url, items)


def read_events(sim, request: Request, message: Message, token: Token) -> Response:
    """`GET /{history id}/events`"""
    wanted = request.query.get("status_filter", "").upper()
    edges = [
        {
            "id": event["id"],
            "node": {
                "id": event["id"],
                "delivery_status": event["delivery_status"],
                "occurrence_timestamp": event["timestamp"],
                "status_timestamp": event["timestamp"],
                "application": {"id": sim.options.app_id},
            },
        }
        for event in _list_events(sim, message)
        if wanted in ("", event["delivery_status"])
    ]
    return answer_page(request, sim.options.base_url, edges)


def _describe(sim, number: PhoneNumber, message: Message) -> dict:
    return {
        "id": message.history_id,
        "message_id": message.id,
        "events": {"data": _list_events(sim, message)},
    }


def _list_events(sim, message: Message) -> list[dict]:
    subscription = sim.subscriptions.find("whatsapp_business_account")
    states = sim.sender.log.find_states(message.id)
    return [
        {
            "id": f"{message.history_id}{n:02d}",
            "delivery_status": status.upper(),
            "webhook_update_state": states.get(status, "PENDING"),
            "timestamp": int(at),
            "application": {"id": sim.options.app_id},
            "webhook_uri": subscription.callback_url,
        }
        for n, (status, at) in enumerate(message.history, start=1)
    ]
