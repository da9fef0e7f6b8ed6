"""Voice notes: whatever a browser records becomes the one kind WhatsApp plays as such."""

import uuid

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from converge import voice_note
from inbox import voice
from inbox.models import Attachment, Message
from inbox.states import State
from inbox.uploads import Unsendable
from tests.inbox.recordings import read, record
from tests.inbox.sending import create_conversation, create_number, deliver

RECORDED = [
    ("webm", "libopus", "mono"),
    ("webm", "libopus", "stereo"),
    ("ogg", "libopus", "mono"),
    ("mp4", "aac", "mono"),
]


@pytest.mark.parametrize(("kind", "codec", "layout"), RECORDED)
def test_what_browsers_record_becomes_ogg_opus_of_one_channel(kind, codec, layout):
    note = voice.note(ContentFile(record(kind, codec, layout), name="x"))

    assert read(note.read()) == ("ogg", "opus", "mono", 1.0)
    assert note.name == "Voice message.ogg"


def test_for_instagram_it_becomes_mp4_with_aac():
    recording = ContentFile(record("webm", "libopus"), name="x")

    note = voice.note(recording, for_whatsapp=False)

    assert read(note.read())[1:3] == ("aac", "mono")
    assert note.name == "Voice message.m4a"


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"MZ not a recording",
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x1a\x45\xdf\xa3 and then nothing",
        b"OggS and then nothing",
    ],
)
def test_what_is_no_recording_is_refused_in_words(junk):
    with pytest.raises(Unsendable, match="cannot be read"):
        voice.note(ContentFile(junk, name="x"))


def test_one_cut_off_in_the_middle_is_kept_as_far_as_it_goes():
    whole = record("webm", "libopus", seconds=3)

    note = voice.note(ContentFile(whole[: len(whole) // 2], name="x"))

    assert 0.5 < read(note.read())[3] < 3


def test_the_process_and_the_product_mean_the_same():
    assert (voice.TOO_LONG, voice.SILENT) == (voice_note.TOO_LONG, voice_note.SILENT)


def test_one_that_lasts_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(voice_note, "LONGEST", 1)

    with pytest.raises(voice_note.Refused) as refused:
        voice_note.convert(record("webm", "libopus", seconds=2))

    assert refused.value.status == voice.TOO_LONG


@pytest.mark.django_db
def test_it_is_sent_as_a_voice_note(
    simulator, workspace, bob, client, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    conversation = create_conversation(simulator, create_number(simulator, workspace))
    client.force_login(bob)
    recorded = SimpleUploadedFile("x", record("webm", "libopus"), "audio/webm")

    answer = client.post(
        reverse("inbox:send", args=[workspace.slug, conversation.public_id]),
        {"file": recorded, "voice": "1", "client_id": str(uuid.uuid4()), "body": ""},
    )
    deliver()

    message, attachment = Message.objects.get(direction="out"), Attachment.objects.get()
    assert answer.status_code == 303
    assert (message.kind, message.state) == ("audio", State.SENT)
    (entry,) = simulator.journal()
    sent = simulator.control("GET", f"messages/{entry['wamid']}")
    assert sent["content"]["voice"] is True
    assert attachment.media_type == "audio/ogg"
    with default_storage.open(attachment.file) as kept:
        assert read(kept.read())[:3] == ("ogg", "opus", "mono")
