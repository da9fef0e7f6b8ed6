"""Media: up, looked up, fetched with the token, gone in time."""

import hashlib

import pytest

from tests.simulator.simulated import refusal, wamid

PICTURE = b"\x89PNG\r\n\x1a\nnot really"


def upload(simulated, content=PICTURE, kind="image/png", name="a.png"):
    return simulated.graph(
        "POST",
        f"{simulated.number}/media",
        data={"messaging_product": "whatsapp", "type": kind},
        files={"file": (name, content, kind)},
    )


def test_uploaded_media_comes_back_byte_for_byte_with_the_token(simulated):
    media_id = upload(simulated).json()["id"]

    described = simulated.get(media_id).json()
    bearer = {"Authorization": f"Bearer {simulated.token}"}
    fetched = simulated.session.get(described["url"], headers=bearer)
    without_token = simulated.session.get(described["url"])

    assert described["sha256"] == hashlib.sha256(PICTURE).hexdigest()
    assert described["file_size"] == str(len(PICTURE))
    assert fetched.content == PICTURE
    assert fetched.headers["Content-Type"] == "image/png"
    assert without_token.status_code == 401


def test_a_url_lives_five_minutes_and_can_be_asked_for_again(simulated):
    media_id = upload(simulated).json()["id"]
    bearer = {"Authorization": f"Bearer {simulated.token}"}
    url = simulated.get(media_id).json()["url"]

    simulated.advance(minutes=6)
    late = simulated.session.get(url, headers=bearer)
    again = simulated.session.get(simulated.get(media_id).json()["url"], headers=bearer)

    assert late.status_code == 404
    assert again.content == PICTURE


def test_uploads_are_kept_thirty_days_and_inbound_media_seven(simulated, product):
    uploaded = upload(simulated).json()["id"]
    simulated.write(type="image")
    simulated.wait_until_idle()
    inbound = product.messages()[0]["image"]["id"]

    simulated.advance(days=8)
    after_a_week = [simulated.get(m).status_code for m in (uploaded, inbound)]
    simulated.advance(days=23)

    assert after_a_week == [200, 400]
    assert simulated.get(uploaded).status_code == 400


def test_deleted_media_is_gone(simulated):
    media_id = upload(simulated).json()["id"]

    deleted = simulated.graph("DELETE", media_id).json()

    assert deleted == {"success": True}
    assert refusal(simulated.get(media_id)) == (400, 100)


def test_an_uploaded_picture_can_be_sent(simulated, product):
    simulated.write()
    media_id = upload(simulated).json()["id"]

    sent = wamid(simulated.send(type="image", image={"id": media_id}))

    product.wait_for_statuses(sent, "sent", "delivered")


def test_a_picture_sent_as_film_fails_later(simulated, product):
    simulated.write()
    media_id = upload(simulated).json()["id"]

    sent = wamid(simulated.send(type="video", video={"id": media_id}))

    (status,) = product.wait_for_statuses(sent, "failed")
    assert status["errors"][0]["code"] == 131053


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"MZ", "application/x-msdownload", 100),
        (b"x" * (5 * 1024 * 1024 + 1), "image/png", 131053),
        (b"", "image/png", 131053),
    ],
)
def test_files_meta_does_not_take_are_refused(simulated, content, kind, code):
    assert refusal(upload(simulated, content, kind)) == (400, code)


@pytest.mark.parametrize("kind", ["image", "document", "sticker"])
def test_inbound_media_can_be_fetched_and_matches_its_hash(simulated, product, kind):
    simulated.write(type=kind)
    simulated.wait_until_idle()
    media = product.messages()[0][kind]

    bearer = {"Authorization": f"Bearer {simulated.token}"}
    fetched = simulated.session.get(media["url"], headers=bearer)

    assert hashlib.sha256(fetched.content).hexdigest() == media["sha256"]
    assert fetched.headers["Content-Type"] == media["mime_type"]


def test_sample_media_of_templates_is_uploaded_in_pieces(simulated):
    session = simulated.post(
        "simulated-app/uploads?file_length=18&file_type=image/png"
    ).json()["id"]

    done = simulated.graph(
        "POST", session, data=PICTURE, headers={"file_offset": "0"}
    ).json()

    assert done["h"]
