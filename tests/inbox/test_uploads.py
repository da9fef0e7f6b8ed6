"""What a teammate may send as a file, and how it gets to Meta exactly once."""

import io
import uuid
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from converge import clock
from inbox import uploads
from inbox.models import Attachment, Message
from inbox.outbox import Draught, queue
from inbox.states import State
from inbox.uploads import MEGABYTE, Judged, Unsendable
from tests import factories
from tests.inbox.sending import create_conversation, create_number, deliver

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TAKEN = [
    (b"\xff\xd8\xff\xe0", "a.jpg", "image", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "a.jpg", "image", "image/png"),
    (b"\0\0\0\x18ftypmp42", "a", "video", "video/mp4"),
    (b"\0\0\0\x18ftyp3gp4", "a.3gp", "video", "video/3gpp"),
    (b"OggS\0", "note.ogg", "audio", "audio/ogg"),
    (b"ID3\x03", "song.mp3", "audio", "audio/mpeg"),
    (b"%PDF-1.7", "offer", "document", "application/pdf"),
    (b"name;total\n", "list.csv", "document", "text/plain"),
    (OLE, "old.DOC", "document", "application/msword"),
    (ZIP, "new.xlsx", "document", uploads.ZIPPED["xlsx"]),
]
NOT_TAKEN = [
    (b"RIFF\0\0\0\0WEBP", "a.webp", "JPEG or PNG"),
    (b"GIF89a", "a.gif", "JPEG or PNG"),
    (b"\x1aE\xdf\xa3", "a.webm", "MP4 or 3GP"),
    (b"MZ\x90\0", "setup.pdf", "none of them"),
    (ZIP, "archive.zip", "none of them"),
    (b"plain\0binary", "a.txt", "none of them"),
]


@pytest.mark.parametrize(("head", "name", "kind", "media_type"), TAKEN)
def test_the_first_bytes_say_what_a_file_is_sent_as(head, name, kind, media_type):
    assert uploads.judge(head, name, 1000) == Judged(kind, media_type)


@pytest.mark.parametrize(("head", "name", "words"), NOT_TAKEN)
def test_what_whatsapp_does_not_take_is_said(head, name, words):
    with pytest.raises(Unsendable, match=words):
        uploads.judge(head, name, 1000)


@pytest.mark.parametrize(
    ("head", "most"),
    [(b"\xff\xd8\xff", 5), (b"OggS", 16), (b"\0\0\0\x18ftypmp42", 16), (b"%PDF-", 100)],
)
def test_each_kind_has_its_size(head, most):
    uploads.judge(head, "a", most * MEGABYTE)

    with pytest.raises(Unsendable, match=f"{most}.0 MB"):
        uploads.judge(head, "a", most * MEGABYTE + 1)


def test_an_empty_file_is_not_sent():
    with pytest.raises(Unsendable, match="empty"):
        uploads.judge(b"", "a.pdf", 0)


# --- on its way ---------------------------------------------------------------------


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def conversation(simulator, db):
    return create_conversation(simulator, create_number(simulator))


def png() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (3, 2), "teal").save(held, "PNG")
    return held.getvalue()


def send_picture(conversation, content: bytes | None = None) -> Message:
    file = ContentFile(content or png(), name="lamp.png")
    attachment = uploads.keep(file, conversation.number)
    content = {"id": str(attachment.id), "caption": "The lamp"}
    draught = Draught("image", "The lamp", content=content, attachment=attachment)
    return queue(conversation.id, draught).message


def calls(simulator, ending: str) -> list[dict]:
    made = simulator.control("GET", "calls")["calls"]
    return [c for c in made if c["method"] == "POST" and c["path"].endswith(ending)]


def test_a_picture_is_handed_over_and_then_sent_by_its_name(simulator, conversation):
    message = send_picture(conversation)

    deliver()

    message.refresh_from_db()
    (entry,) = simulator.journal()
    attachment = message.attachments.get()
    sent = simulator.control("GET", f"messages/{entry['wamid']}")["content"]
    assert message.state == State.SENT
    assert sent["id"] == attachment.media_id
    assert (attachment.width, attachment.height) == (3, 2)
    assert len(calls(simulator, "/media")) == 1


def test_a_second_try_does_not_hand_the_file_over_again(simulator, conversation):
    simulator.fault(error={"next": 1, "code": 131056})
    message = send_picture(conversation)
    deliver()
    Message.objects.update(due_at=clock.now())

    deliver()

    message.refresh_from_db()
    assert (message.state, message.tries) == (State.SENT, 2)
    assert len(calls(simulator, "/media")) == 1


def test_what_meta_has_forgotten_is_handed_over_again(simulator, conversation):
    message = send_picture(conversation)
    Attachment.objects.update(media_id="forgotten")
    Message.objects.filter(id=message.id).update(
        at=clock.now() - timedelta(days=30), decision={"since": str(clock.now())}
    )

    deliver()

    assert message.attachments.get().media_id != "forgotten"
    assert Message.objects.get(id=message.id).state == State.SENT


def test_a_file_that_cannot_be_read_was_certainly_not_sent(simulator, conversation):
    message = send_picture(conversation)
    default_storage.delete(message.attachments.get().file)

    deliver()

    message.refresh_from_db()
    assert message.state == State.QUEUED
    assert simulator.journal() == []


# --- through the composer -----------------------------------------------------------


def post(client, conversation, file, body: str = "", client_id=None):
    path = reverse(
        "inbox:send", args=[conversation.workspace.slug, conversation.public_id]
    )
    fields = {"body": body, "file": file, "client_id": str(client_id or uuid.uuid4())}
    return client.post(path, fields, headers={"X-Requested-With": "fetch"})


@pytest.fixture
def desk(client, conversation):
    client.force_login(factories.create_member(conversation.workspace))
    return client


def upload(name: str = "lamp.png", content: bytes | None = None):
    return SimpleUploadedFile(name, content or png())


def test_a_second_click_is_the_same_message_and_the_same_file(
    desk, conversation, tmp_path
):
    client_id = uuid.uuid4()

    for _ in range(2):
        answer = post(desk, conversation, upload(), "Look", client_id)
        assert answer.status_code == 200

    stored = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert Message.objects.filter(direction="out").count() == 1
    assert Attachment.objects.count() == 1
    assert len(stored) == 1


def test_what_the_gate_refuses_leaves_no_file(desk, conversation, tmp_path):
    conversation.last_inbound_at = clock.now() - timedelta(hours=25)
    conversation.save()

    answer = post(desk, conversation, upload(), "Look")

    assert answer.status_code == 422
    assert answer.json()["body"] == "Look"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_words_with_a_recording_follow_it(desk, conversation):
    answer = post(desk, conversation, upload("a.ogg", b"OggS" + b"x" * 50), "Listen")

    sent = Message.objects.filter(direction="out").order_by("at", "created_at")
    assert answer.status_code == 200
    assert [(m.kind, m.body) for m in sent] == [("audio", ""), ("text", "Listen")]


def test_a_file_of_a_hostile_name_is_stored_under_one_of_ours(desk, conversation):
    post(desk, conversation, upload("../../etc/‮gnp.exe.png"))

    attachment = Attachment.objects.get()
    assert ".." not in attachment.file
    assert "‮" not in attachment.name
