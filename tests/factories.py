"""Believable rows for tests: each function works alone, every argument has a default."""

import itertools
import json
import uuid
from datetime import timedelta

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Membership, User, Workspace
from business_numbers.models import (
    BusinessAccount,
    Number,
    Pace,
    Portfolio,
    Template,
    WebhookEvent,
)
from converge import clock
from inbox.ingest import ingest_once
from inbox.models import Attempt, Contact, Conversation, Identity, Message
from inbox.states import State

_count = itertools.count(1)
PASSWORD = "a long enough password"
BODY = [{"type": "BODY", "text": "Hello {{1}}, your order {{2}} is ready."}]


def create_workspace(name: str = "Northwind") -> Workspace:
    return Workspace.objects.create(
        name=name, slug=f"{slugify(name)}-{next(_count)}", country="GB"
    )


def create_user(name: str = "Ana Ribeiro", email: str | None = None) -> User:
    email = email or f"{slugify(name)}.{next(_count)}@example.org"
    user = User(email=email, name=name)
    user.set_unusable_password()
    user.save()
    return user


def create_member(workspace, name: str = "Ana Ribeiro", role: str = "agent") -> User:
    user = create_user(name)
    Membership.objects.create(workspace=workspace, user=user, role=role)
    return user


def create_account(
    workspace, kind: str = "whatsapp", token: str = "EAAtoken", limit: int | None = None
) -> BusinessAccount:
    portfolio = Portfolio.objects.create(
        meta_business_id=f"business-{next(_count)}", limit=limit
    )
    account = BusinessAccount(
        workspace=workspace,
        kind=kind,
        meta_id=f"20{next(_count):06}",
        name="Northwind Supply",
        portfolio=portfolio if kind == "whatsapp" else None,
    )
    account.keep_token(token)
    account.save()
    return account


def create_number(
    workspace,
    kind: str = "whatsapp",
    account: BusinessAccount | None = None,
    meta_id: str | None = None,
    **fields,
) -> Number:
    account = account or create_account(workspace, kind)
    number = Number.objects.create(
        workspace=workspace,
        account=account,
        kind=kind,
        meta_id=meta_id or f"10{next(_count):06}",
        **{
            "display": "+44 20 7946 0821",
            "label": "Support UK",
            "status": Number.ACTIVE,
            "meta_status": "CONNECTED",
        }
        | fields,
    )
    Pace.objects.create(number=number)
    return number


def create_template(
    account, name: str = "order_ready", components: list | None = None, **fields
) -> Template:
    return Template.objects.create(
        workspace=account.workspace,
        account=account,
        meta_id=f"30{next(_count):06}",
        name=name,
        components=BODY if components is None else components,
        synced_at=timezone.now(),
        **{"language": "en", "category": "UTILITY", "status": "APPROVED"} | fields,
    )


def create_contact(
    workspace, name: str = "Amina Yusuf", wa_id: str | None = None
) -> Contact:
    contact = Contact.objects.create(workspace=workspace, profile_name=name)
    Identity.objects.create(
        workspace=workspace,
        contact=contact,
        kind=Identity.WA_ID,
        value=wa_id or f"4477009{next(_count):05}",
    )
    return contact


def create_conversation(
    number,
    contact: Contact | None = None,
    wrote_ago: timedelta | None = timedelta(minutes=1),
) -> Conversation:
    """`wrote_ago`: when the customer last wrote; None is never."""
    contact = contact or create_contact(number.workspace)
    now = clock.now()
    return Conversation.objects.create(
        workspace=number.workspace,
        contact=contact,
        number=number,
        last_inbound_at=now - wrote_ago if wrote_ago is not None else None,
        last_inbound_seq=1 if wrote_ago is not None else 0,
    )


def create_sent(
    conversation,
    state: State = State.SENT,
    body: str = "Hello",
    wamid: str = "",
    **fields,
) -> Attempt:
    """A message of ours with one attempt, both in `state`."""
    wamid = wamid or (f"wamid.{uuid.uuid4().hex}" if state is not State.UNKNOWN else "")
    at = fields.pop("at", clock.now())
    message = Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        direction=Message.OUT,
        kind="text",
        body=body,
        wamid=wamid,
        at=at,
        state=state,
        tries=1,
        **{"origin": Message.AGENT} | fields,
    )
    return Attempt.objects.create(
        message=message,
        workspace=conversation.workspace,
        number=conversation.number,
        contact=conversation.contact,
        n=1,
        started_at=at,
        state=state,
        wamid=wamid,
    )


# --- Meta's side ------------------------------------------------------------------


def text_message(wa_id: str = "447700900112", body: str = "Hello", **fields) -> dict:
    """One item of `messages`, as Meta sends it."""
    return {
        "from": wa_id,
        "id": f"wamid.{uuid.uuid4().hex}",
        "timestamp": str(int(clock.now().timestamp())),
        "type": "text",
        "text": {"body": body},
    } | fields


def status(attempt: Attempt, state: str = "delivered", **fields) -> dict:
    """One item of `statuses` about an attempt of ours."""
    return {
        "id": attempt.wamid or f"wamid.{uuid.uuid4().hex}",
        "status": state,
        "timestamp": str(int(clock.now().timestamp())),
        "recipient_id": "447700900112",
        "biz_opaque_callback_data": str(attempt.id),
    } | fields


def envelope(number, messages=(), statuses=(), name: str = "Amina Yusuf") -> dict:
    people = {m["from"] for m in messages if m.get("from")}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "442079460821",
            "phone_number_id": number.meta_id,
        },
    }
    if messages:
        value["messages"] = list(messages)
        value["contacts"] = [
            {"profile": {"name": name}, "wa_id": wa_id} for wa_id in sorted(people)
        ]
    if statuses:
        value["statuses"] = list(statuses)
    change = {"field": "messages", "value": value}
    entry = {"id": number.account.meta_id, "changes": [change]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def store(data: dict | bytes, channel: str = "whatsapp") -> WebhookEvent:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return WebhookEvent.objects.create(channel=channel, body=body)


def receive(number, *messages: dict, statuses=(), **fields) -> None:
    """Store a webhook with these and apply everything that waits."""
    store(envelope(number, messages, statuses, **fields), number.kind)
    while ingest_once():
        pass
