"""Customers' files: fetched at receipt, known by their bytes, served harmlessly."""

import pytest
from django.core.files.storage import default_storage

from inbox import media
from inbox.models import Attachment, Message
from tests.factories import receive, text_message

pytestmark = pytest.mark.django_db

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00"
    b"\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff"
    b"\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def picture(number, simulator):
    """A photo the simulator really has, received and waiting to be fetched."""
    account = number.account
    account.keep_token(simulator.token)
    account.save()
    upload = simulator.session.post(
        f"{simulator.url}/v23.0/{simulator.number}/media",
        headers={"Authorization": f"Bearer {simulator.token}"},
        data={"messaging_product": "whatsapp", "type": "image/png"},
        files={"file": ("photo.png", PNG, "image/png")},
        timeout=10,
    ).json()
    number.meta_id = simulator.number
    number.save()
    content = {"id": upload["id"], "mime_type": "image/png", "caption": "This one"}
    receive(number, text_message(type="image", text={}, image=content))
    return Attachment.objects.get()


def test_a_photo_is_fetched_measured_and_stored_under_a_random_name(picture):
    media.fetch_due()

    picture.refresh_from_db()
    assert (picture.state, picture.media_type) == ("stored", "image/png")
    assert (picture.width, picture.height) == (1, 1)
    with default_storage.open(picture.file) as stored:
        assert stored.read() == PNG
    assert "photo" not in picture.file


def test_a_file_meta_no_longer_has_is_said_to_be_gone(picture):
    Attachment.objects.update(media_id="12345", tries=1)

    media.fetch_due()

    picture.refresh_from_db()
    assert picture.state == "gone"


def test_a_link_to_a_foreign_host_never_gets_our_token(picture):
    Attachment.objects.update(media_id="", url="https://evil.example/photo.png")

    media.fetch_due()

    picture.refresh_from_db()
    assert picture.state == "failed"


def test_a_teammate_sees_the_photo_and_a_stranger_nothing(
    picture, alice, charlie, client
):
    media.fetch_due()
    slug = picture.workspace.slug
    url = f"/w/{slug}/inbox/files/{picture.id}/"

    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    seen = client.get(url)
    client.force_login(charlie, backend="django.contrib.auth.backends.ModelBackend")
    hidden = client.get(url)
    seen.close()

    assert seen["Content-Type"] == "image/png"
    assert seen["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen["Content-Security-Policy"]
    assert hidden.status_code == 404


def test_what_only_claims_to_be_a_picture_is_a_download(picture, alice, client):
    media.keep(picture, b"\x89PNG\r\n\x1a\n<script>alert(1)</script>")
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get(f"/w/{picture.workspace.slug}/inbox/files/{picture.id}/")
    answer.close()

    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_hostile_file_name_is_only_a_name(picture, alice, client):
    picture.name = "../../etc/\u202egnp.exe\r\nSet-Cookie: a=b"
    media.keep(picture, b"%PDF-1.7 hello")
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get(f"/w/{picture.workspace.slug}/inbox/files/{picture.id}/")
    answer.close()

    disposition = answer["Content-Disposition"]
    assert "/" not in disposition.split("''")[1]
    assert "\u202e" not in disposition
    assert disposition.endswith(".pdf")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (PNG, "image/png"),
        (b"RIFF0000WEBPVP8 ", "image/webp"),
        (b"%PDF-1.4", "application/pdf"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
        (b"#!AMR\n", "audio/amr"),
        (b"<svg onload=alert(1)>", "application/octet-stream"),
        (b"<!DOCTYPE html>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_first_bytes_show(content, found):
    assert media.sniff(content) == found


def test_a_message_is_shown_before_its_file_is_there(picture):
    assert Message.objects.get().body == "This one"
    assert picture.state == "waiting"
