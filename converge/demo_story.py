"""What happened at Northwind before you came: believable conversations, invented people.

What customers wrote goes through the simulator and the real door, so that both sides
know it and windows agree; what the team did is written as the team's.
"""

import json
import time
import uuid
from datetime import timedelta
from pathlib import Path

import requests
from django.conf import settings

from accounts.models import User, Workspace
from business_numbers.graph import Grant, call
from business_numbers.models import BusinessAccount, Number, Pace
from converge import clock
from inbox import tags, takeover
from inbox.apply import tell as announce
from inbox.ingest import ingest_once
from inbox.models import (
    Attempt,
    Contact,
    ContactTag,
    Conversation,
    Identity,
    Message,
    Note,
    Tag,
)
from inbox.states import State
from inbox.window import DAY

STORY = Path(__file__).with_name("demo_story.json")
ARRIVE_WITHIN = 30


def tell(workspace: Workspace, world: dict) -> None:
    """Play the story once; returns when everything customers wrote is in the inbox."""
    connect_instagram(workspace, world)
    numbers = {n.label: n for n in Number.objects.filter(workspace=workspace)}
    scenes = json.loads(STORY.read_text())
    people = {p["id"]: p for p in world["customers"] + world["instagram_people"]}
    begun_at = clock.now()
    written = _write_as_customers(scenes, numbers, begun_at)
    _wait_for(written, workspace)
    team = {
        u.first_name: u for u in User.objects.filter(memberships__workspace=workspace)
    }
    for scene in scenes:
        _play(scene, numbers[scene["number"]], people[scene["who"]], team, begun_at)


def remind(workspace: Workspace) -> None:
    """The simulator forgets when it ends: tell it again who wrote lately, so that its
    windows are ours. No webhook comes of it."""
    open_ones = Conversation.objects.filter(
        workspace=workspace, last_inbound_at__gt=clock.now() - DAY
    ).select_related("number", "contact")
    with requests.Session() as session:
        for c in open_ones:
            ids = {i.kind: i.value for i in c.contact.identities.all()}
            address = ids.get("igsid") or ids.get("wa_id") or ids.get("user_id")
            last = c.messages.filter(direction=Message.IN).order_by("-at").first()
            body = {
                "number": c.number.meta_id,
                "from": address,
                "text": (last and last.body) or "…",
                "at": c.last_inbound_at.timestamp(),
                "known": True,
            }
            url = f"{settings.GRAPH_URL}/_/inbound"
            session.post(url, json=body, timeout=10).raise_for_status()


def connect_instagram(workspace: Workspace, world: dict) -> Number:
    """The simulator's Instagram account, as its own login would connect it."""
    seen = world["instagram_accounts"][0]
    token = next(t for t in world["tokens"] if t["type"] == "INSTAGRAM")
    account = BusinessAccount(
        workspace=workspace,
        kind=BusinessAccount.INSTAGRAM,
        meta_id=seen["id"],
        name=seen["name"],
    )
    account.keep_token(token["value"])
    account.save()
    fields = (
        "messages,messaging_postbacks,messaging_reactions,messaging_seen,message_edit"
    )
    call(
        Grant.of(account),
        "POST",
        f"{seen['id']}/subscribed_apps",
        params={"subscribed_fields": fields},
    )
    number = Number.objects.create(
        workspace=workspace,
        account=account,
        kind=Number.INSTAGRAM,
        meta_id=seen["id"],
        display=f"@{seen['username']}",
        label="Instagram",
        verified_name=seen["name"],
        status=Number.ACTIVE,
        meta_status="CONNECTED",
        has_human_agent=True,
    )
    Pace.objects.create(number=number)
    return number


def _write_as_customers(scenes: list, numbers: dict, begun_at) -> int:
    """Every line of a customer, oldest first, as the simulator's phone would send it."""
    lines = [
        (line["ago"], scene, line)
        for scene in scenes
        for line in scene["lines"]
        if line["by"] == "customer"
    ]
    for ago, scene, line in sorted(lines, key=lambda entry: -entry[0]):
        body = {
            "number": numbers[scene["number"]].meta_id,
            "from": scene["who"],
            "type": line.get("type", "text"),
            "at": (begun_at - timedelta(minutes=ago)).timestamp(),
            **({"text": line["text"]} if "text" in line else {}),
            **line.get("more", {}),
        }
        answer = requests.post(f"{settings.GRAPH_URL}/_/inbound", json=body, timeout=10)
        answer.raise_for_status()
    return len(lines)


def _wait_for(written: int, workspace: Workspace) -> None:
    until = time.monotonic() + ARRIVE_WITHIN
    arrived = Message.objects.filter(workspace=workspace, direction=Message.IN)
    while arrived.count() < written:
        if not ingest_once():
            time.sleep(0.05)
        if time.monotonic() > until:
            raise TimeoutError(f"{arrived.count()} of {written} demo messages arrived")


def _play(scene: dict, number: Number, person: dict, team: dict, begun_at) -> None:
    conversation = _conversation(number, person)
    for line in scene["lines"]:
        at = begun_at - timedelta(minutes=line["ago"])
        if line["by"] == "note":
            _note(conversation, team[line["from"]], line["text"], at)
        elif line["by"] != "customer":
            _message(conversation, line, team.get(line["by"]), at)
    conversation.assignee = team.get(scene.get("assignee"))
    conversation.state = scene.get("state", Conversation.OPEN)
    if conversation.state == Conversation.SNOOZED:
        conversation.snoozed_until = begun_at + timedelta(hours=18)
    conversation.save()
    _tag(conversation, scene.get("tags", []))
    if scene.get("takeover"):
        takeover.turn_on(
            conversation, by=team[scene["takeover"]], reason=Conversation.BY_REPLY
        )
    announce({conversation.id})


def _conversation(number: Number, person: dict) -> Conversation:
    values = {person["wa_id"], person["user_id"], person["igsid"]} - {""}
    identity = Identity.objects.filter(
        workspace=number.workspace_id, value__in=values
    ).first()
    return Conversation.objects.get(contact=identity.contact_id, number=number)


def _message(conversation: Conversation, line: dict, author, at) -> None:
    state = State(line.get("state", "read"))
    origin = Message.AGENT if author else line["by"]
    message = Message.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        contact_id=conversation.contact_id,
        number_id=conversation.number_id,
        direction=Message.OUT,
        origin=origin,
        author=author,
        kind=line.get("type", "text"),
        body=line["text"],
        payload=line.get("payload", {}),
        wamid="" if state is State.UNKNOWN else f"wamid.demo.{uuid.uuid4().hex}",
        at=at,
        created_at=at,
        state=state,
        error_code=line.get("code"),
        tries=1,
    )
    Attempt.objects.create(
        message=message,
        workspace_id=message.workspace_id,
        number_id=message.number_id,
        contact_id=message.contact_id,
        n=1,
        started_at=at,
        state=state,
        wamid=message.wamid,
        error_code=line.get("code"),
        sent_at=None if state is State.UNKNOWN else at,
    )
    _touch(conversation, at, message.kind, message.body, origin, author)
    if author:
        c = conversation
        c.last_reply_at = max(filter(None, (c.last_reply_at, at)))
        c.first_response_at = min(filter(None, (c.first_response_at, at)))
        if c.last_inbound_at is None or at >= c.last_inbound_at:
            c.waiting_since = None


def _note(conversation: Conversation, author: User, text: str, at) -> None:
    Note.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        author=author,
        body=text,
        at=at,
    )
    _touch(conversation, at, "note", text, "note", author)


def _touch(conversation, at, kind: str, text: str, origin: str, author) -> None:
    if at >= conversation.last_at or not conversation.last_kind:
        conversation.last_at, conversation.last_seq = at, 0
        conversation.last_kind, conversation.last_text = kind, text[:160]
        conversation.last_origin, conversation.last_author = origin, author


def _tag(conversation: Conversation, names: list[str]) -> None:
    contact = Contact.objects.get(id=conversation.contact_id)
    for name in names:
        if name in (Tag.DND, Tag.DO_NOT_SEND):
            tags.set_tag(contact, name, by=None, reason="wrote “STOP”")
            continue
        tag, _ = Tag.objects.get_or_create(workspace=contact.workspace, name=name)
        ContactTag.objects.get_or_create(
            contact=contact, tag=tag, defaults={"workspace": contact.workspace}
        )
