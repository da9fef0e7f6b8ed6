"""A broadcast and its people, and the steps that make it run in this process."""

from datetime import timedelta

from broadcasts import control, feeder, tasks
from broadcasts.models import Broadcast, File, Recipient, Segment
from converge import clock
from inbox.models import ContactTag, Tag
from tests import factories

HELLO = [{"type": "BODY", "text": "Hello {{1}}, we have news."}]
FIRST_NAME = {"body.1": {"source": "first_name", "value": "", "fallback": "friend"}}
EVERYONE = [{"kind": "everyone"}]


def create_people(workspace, count: int = 3, first: int = 0) -> list:
    """Ordinary people of the simulator's magic range."""
    return [
        factories.create_contact(workspace, f"Person {n}", f"447700900{n:03}")
        for n in range(first, first + count)
    ]


def create_broadcast(number, template=None, **fields) -> Broadcast:
    template = template or factories.create_template(
        number.account, "hello_all", HELLO, category="MARKETING"
    )
    return Broadcast.objects.create(
        workspace=number.workspace,
        number=number,
        template=template,
        **{
            "name": "October sale",
            "variables": FIRST_NAME,
            "include": EVERYONE,
            "timing": Broadcast.NOW,
            "has_agreed": True,
        }
        | fields,
    )


def start(broadcast: Broadcast, by=None) -> Broadcast:
    """Planned, and the seconds of undoing are over."""
    control.start(broadcast.id, by=by)
    past = clock.now() - timedelta(seconds=1)
    Broadcast.objects.filter(id=broadcast.id).update(starts_at=past)
    Recipient.objects.filter(broadcast=broadcast, state=Recipient.WAITING).update(
        due_at=past
    )
    broadcast.refresh_from_db()
    return broadcast


def feed() -> int:
    """Until nothing more is handed over."""
    total = 0
    while done := feeder.feed():
        total += done
    return total


def sort_out(broadcast: Broadcast) -> None:
    tasks.sort_out(broadcast.id)


def tag(contact, code: str) -> None:
    reserved = code if code in (Tag.DND, Tag.DO_NOT_SEND) else ""
    own, _ = Tag.objects.get_or_create(
        workspace=contact.workspace, name=code, defaults={"code": reserved}
    )
    ContactTag.objects.create(workspace=contact.workspace, contact=contact, tag=own)


def states(broadcast: Broadcast) -> dict[str, str]:
    """wa_id → state, and the reason where there is one."""
    rows = Recipient.objects.filter(broadcast=broadcast).select_related("contact")
    return {
        r.contact.profile_name: " ".join(filter(None, (r.state, r.reason)))
        for r in rows
    }


def one_of_everything(number) -> dict:
    """What the addresses of broadcasts may name."""
    broadcast = create_broadcast(number)
    file = File.objects.create(
        workspace=number.workspace, name="people.csv", body=b"", encoding="utf-8",
        delimiter=",", state=File.READY,
    )  # fmt: skip
    recipient = Recipient.objects.create(
        workspace=number.workspace,
        broadcast=broadcast,
        contact=factories.create_contact(number.workspace, "Somebody"),
        state=Recipient.ENDED,
    )
    return {
        "broadcast_id": broadcast.public_id,
        "file_id": file.public_id,
        "recipient_id": recipient.id,
        "segment_id": Segment.objects.create(
            workspace=number.workspace, name="Regulars", rules=EVERYONE
        ).id,
    }
