"""Files to Instagram: Meta fetches them from us, by a link that is signed and runs out."""

import io
import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from inbox import media_links
from inbox.models import Attachment, Message
from inbox.states import State
from inbox.uploads import INSTAGRAM, Unsendable, judge
from tests.inbox import on_instagram
from tests.inbox.recordings import record
from tests.inbox.sending import deliver

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
STORE = "https://media.example.org"


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.MEDIA_URL_STORE = STORE
    settings.ALLOWED_HOSTS = ["testserver", "media.example.org"]


@pytest.fixture
def conversation(simulator, workspace):
    return on_instagram.create_conversation(simulator, workspace)[0]


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (3, 2), "teal").save(held, "PNG")
    return held.getvalue()


def send(client, conversation, content: bytes, **fields):
    file = SimpleUploadedFile("private name of somebody.png", content)
    slug = conversation.workspace.slug
    return client.post(
        reverse("inbox:send", args=[slug, conversation.public_id]),
        {"file": file, "client_id": str(uuid.uuid4()), "body": ""} | fields,
        headers={"X-Requested-With": "fetch"},
    )


def given(simulator) -> list[dict]:
    """What Meta was handed, in order."""
    return [
        simulator.control("GET", f"messages/{entry['wamid']}")["content"]
        for entry in simulator.journal()
    ]


def link_in(content: dict) -> str:
    return content["attachments"][0]["payload"]["url"]


def fetch(client, url: str):
    answer = client.get(urlsplit(url).path, headers={"Host": "media.example.org"})
    if answer.streaming:  # closing the answer would close the database, too
        answer.told = b"".join(answer)
        for close in answer._resource_closers:
            close()
    return answer


def test_a_picture_is_named_by_a_link_that_gives_its_bytes(
    simulator, conversation, client, bob
):
    client.force_login(bob)
    send(client, conversation, picture())
    deliver()
    client.logout()

    (content,) = given(simulator)
    answer = fetch(client, link_in(content))
    assert Message.objects.get(direction="out").state == State.SENT
    assert content["attachments"][0]["type"] == "image"
    assert link_in(content).startswith(f"{STORE}/media/")
    assert link_in(content).endswith("/image.png")
    assert answer.told == picture()
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_words_follow_because_instagram_has_no_captions(
    simulator, conversation, client, bob
):
    client.force_login(bob)
    send(client, conversation, picture(), body="The oak one")
    deliver()

    first, second = given(simulator)
    assert "attachments" in first
    assert second == {"text": "The oak one"}
    conversation.refresh_from_db()
    assert conversation.takeover is True


def test_a_recording_goes_as_mp4(simulator, conversation, client, bob):
    client.force_login(bob)
    send(client, conversation, record("webm", "libopus"), voice="1")
    deliver()

    (content,) = given(simulator)
    assert content["attachments"][0]["type"] == "audio"
    assert link_in(content).endswith("/audio.m4a")
    assert Attachment.objects.get().media_type == "audio/mp4"


@pytest.fixture
def stored(conversation, client, bob):
    client.force_login(bob)
    send(client, conversation, picture())
    client.logout()
    return Attachment.objects.get()


def test_a_link_runs_out_after_an_hour(stored, client):
    url = media_links.link(stored.id, "image.png")

    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        before = fetch(client, url).status_code
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        after = fetch(client, url).status_code

    assert (before, after) == (200, 404)


def test_a_link_opens_its_own_file_alone(stored, client):
    url = media_links.link(stored.id, "image.png")
    forged = signing.dumps(str(stored.id), salt="something else")

    for path in (
        url.replace("/media/", "/media/x"),
        f"{STORE}/media/{forged}/image.png",
        f"{STORE}/media/{stored.id}/image.png",
        media_links.link(uuid.uuid4(), "image.png"),
    ):
        assert fetch(client, path).status_code == 404


def test_a_file_that_was_erased_is_gone_for_its_links_too(stored, client):
    url = media_links.link(stored.id, "image.png")
    Attachment.objects.update(state=Attachment.GONE, file="")

    assert fetch(client, url).status_code == 404


def test_without_a_host_of_their_own_the_links_lead_to_us(stored, settings):
    settings.MEDIA_URL_STORE = ""

    url = media_links.link(stored.id, "image.png")

    assert url.startswith(f"{settings.PUBLIC_URL}/media/")


@pytest.mark.parametrize(
    ("head", "size", "words"),
    [
        (b"OggS\0", 100, "recordings as AAC or M4A"),
        (b"PK\x03\x04", 100, "none of them"),
        (b"\xff\xd8\xff", 8 * MEGABYTE + 1, "8.0 MB on Instagram"),
        (b"GIF89a", 100, "Instagram takes pictures as JPEG or PNG"),
    ],
)
def test_what_instagram_does_not_take_is_said(head, size, words):
    with pytest.raises(Unsendable, match=words):
        judge(head, "a.docx", size, INSTAGRAM)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff", "image"),
        (b"\0\0\0\x18ftypqt  ", "video"),
        (b"\0\0\0\x18ftypM4A ", "audio"),
        (b"%PDF-1.7", "document"),
    ],
)
def test_what_instagram_takes(head, kind):
    assert judge(head, "a", 8 * MEGABYTE, INSTAGRAM).kind == kind
