"""A person's data erased: no word, name or file of theirs is left; what is counted stays."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from accounts.models import AuditEntry
from broadcasts.models import File, FileRow, Recipient
from converge import bulk
from flows import runs
from inbox import erasing, merging
from inbox.joining import Refused
from inbox.merging import Choices
from inbox.models import (
    Attachment,
    Attempt,
    Contact,
    Conversation,
    Identity,
    Import,
    ImportRow,
    Message,
    Note,
    Reaction,
    Tag,
)
from inbox.outbox import Draught, queue
from inbox.states import State
from inbox.tags import add_label, set_tag
from tests import factories
from tests.broadcasts.mailing import create_broadcast, start
from tests.flows.making import create_live, say

pytestmark = pytest.mark.django_db
SECRET = "xyzzy"


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def known(number, workspace, alice, settings, tmp_path):
    """Somebody about whom every table says something."""
    settings.MEDIA_ROOT = tmp_path
    digits = "447700900177"
    factories.receive(
        number, factories.text_message(digits, f"I am {SECRET}"), name=SECRET
    )
    conversation = Conversation.objects.get()
    contact = conversation.contact
    Contact.objects.filter(id=contact.id).update(name=SECRET, fields={"a": SECRET})
    Identity.objects.create(
        workspace=workspace, contact=contact, kind="username", value=SECRET
    )
    set_tag(contact, Tag.DND, by=alice, reason=SECRET)
    add_label(contact.id, workspace.id, "vip", by=alice)
    Note.objects.create(
        workspace=workspace, conversation=conversation, body=SECRET,
        at=conversation.last_at,
    )  # fmt: skip
    attempt = factories.create_sent(conversation, State.FAILED, SECRET)
    Attempt.objects.update(error={"message": SECRET})
    Attachment.objects.create(
        workspace=workspace, message=attempt.message, number=number, kind="image",
        name=SECRET, state=Attachment.STORED,
        file=default_storage.save("1/photo", ContentFile(SECRET.encode())),
    )  # fmt: skip
    Reaction.objects.create(
        workspace=workspace, number=number, target=attempt.wamid, emoji=SECRET,
        at=conversation.last_at,
    )  # fmt: skip
    return contact


def erase(client, contact, word: str = "erase"):
    address = reverse("erase_contact", args=[contact.workspace.slug, contact.public_id])
    return client.post(address, {"word": word}, follow=True)


def everything_said() -> str:
    """Every row of the product as text; not the raw events, which are kept for a time."""
    tables = bulk.fetch(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = current_schema()"
        " AND table_name ~ '^(inbox|flows|broadcasts|accounts)_'",
        [],
    )
    return " ".join(
        str(row) for (table,) in tables for row in bulk.fetch(f"TABLE {table}", [])
    )


def test_no_word_name_or_number_of_theirs_is_left(owner, known):
    assert SECRET in everything_said()

    page = erase(owner, known)

    assert "data is erased" in page.content.decode()
    left = everything_said()
    assert SECRET not in left
    assert "447700900177" not in left


def test_files_are_deleted_from_storage(owner, known):
    file = Attachment.objects.get().file
    assert default_storage.exists(file)

    erase(owner, known)

    assert not default_storage.exists(file)
    assert Attachment.objects.get().file == ""


def test_what_is_counted_stays(owner, known):
    before = (Message.objects.count(), Attempt.objects.count())

    erase(owner, known)

    assert (Message.objects.count(), Attempt.objects.count()) == before
    assert Message.objects.filter(state=State.FAILED).count() == 1
    thread = reverse(
        "inbox:conversation",
        args=[known.workspace.slug, known.conversations.get().public_id],
    )
    assert "Erased" in owner.get(thread).content.decode()


def test_higher_steps_forget_too_and_keep_their_results(
    owner, known, number, workspace
):
    flow = create_live(workspace, say(2))
    run = runs.start_by_hand(known.conversations.get().id, flow.live_version_id, None)
    run.variables = {"name": SECRET}
    run.save(update_fields=["variables"])
    Message.objects.filter(state=State.QUEUED).update(state=State.SENT)
    factories.create_contact(workspace)
    broadcast = start(create_broadcast(number))
    file = File.objects.create(
        workspace=workspace, name="a", body=b"", encoding="utf-8", delimiter=","
    )
    FileRow.objects.create(
        workspace=workspace, file=file, line=2, wa_id="447700900177", verdict="good",
        values={"a": SECRET},
    )  # fmt: skip

    erase(owner, known)

    run.refresh_from_db()
    assert run.variables == {}
    assert not FileRow.objects.exists()
    assert Recipient.objects.filter(broadcast=broadcast).count() == 2


def test_lines_of_imports_about_them_go(owner, known, workspace):
    source = Import.objects.create(workspace=workspace, name="a.csv", body=b"")
    for line, digits in enumerate(("447700900177", "447700900178"), 2):
        ImportRow.objects.create(
            workspace=workspace, source=source, line=line, wa_id=digits, verdict="new"
        )

    erase(owner, known)

    assert ImportRow.objects.get().wa_id == "447700900178"


def test_whoever_became_part_of_them_is_erased_as_well(owner, known, workspace, alice):
    other = factories.create_contact(workspace, f"{SECRET} 2")
    merging.merge(known, other, Choices(), alice)

    erase(owner, known)

    assert SECRET not in everything_said()


def test_a_wrong_word_erases_nothing(owner, known):
    page = erase(owner, known, "delete")

    assert page.status_code == 422
    assert "Nothing was erased" in page.content.decode()
    assert SECRET in everything_said()


def test_a_message_on_its_way_lets_it_wait(known, alice):
    conversation = known.conversations.get()
    queue(conversation.id, Draught(kind="text", body="Hi"), author=alice, may_send=True)

    with pytest.raises(Refused, match="just being sent"):
        erasing.erase(known, ())

    assert Attachment.objects.exclude(file="").exists()


def test_the_audit_log_says_that_but_not_whom(owner, known, alice):
    erase(owner, known)

    entry = AuditEntry.objects.get(act="contact erased")
    assert entry.user == alice
    assert entry.target == str(known.public_id)
    assert entry.data == {}


def test_erasing_twice_is_harmless(owner, known):
    erase(owner, known)
    erase(owner, known)

    known.refresh_from_db()
    assert known.title == erasing.ERASED


def test_if_they_write_again_they_are_somebody_new(owner, known, number):
    erase(owner, known)
    factories.receive(number, factories.text_message("447700900177", "hello again"))

    message = Message.objects.get(body="hello again")
    assert message.contact_id != known.id


def test_agents_erase_nobody(client, bob, known):
    client.force_login(bob)

    assert erase(client, known).status_code == 403
