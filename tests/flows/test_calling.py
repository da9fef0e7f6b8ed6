"""Calling a URL: public places only, whatever the name says, and never for long."""

import pytest

from converge import outward
from flows import calling
from flows.walk import Call


def call(url: str, method="GET", body="", path="") -> calling.Called:
    return calling.call(Call(method, url, body, path))


def test_an_answer_is_picked_apart(door):
    answer = call(f"{door}/order", path="order.items.0.status")

    assert (answer.is_fine, answer.value) == (True, "sent")


def test_what_is_posted_arrives_under_the_name_of_the_host(door):
    answer = call(f"{door}/echo", "POST", '{"a": 1}')

    assert answer.value == f'{door.removeprefix("http://")} {{"a": 1}}'


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/broken", "It answered with status 500."),
        ("/round", "It redirects too often."),
        ("/large", "Its answer is larger than 256 KB."),
    ],
)
def test_a_bad_answer_is_a_sentence(door, path, sentence):
    answer = call(door + path)

    assert (answer.is_fine, answer.sentence) == (False, sentence)


def test_a_server_that_never_answers_is_left(door, monkeypatch):
    monkeypatch.setattr(calling, "READ_TIMEOUT", 0.2)

    assert call(f"{door}/mute").sentence == "It did not answer in time."


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/stops", "It did not answer in time."),
        ("/breaks", "Its answer broke off or could not be read."),
    ],
)
def test_a_server_that_fails_in_mid_answer_is_a_sentence(
    door, monkeypatch, path, sentence
):
    monkeypatch.setattr(calling, "READ_TIMEOUT", 0.2)

    answer = call(door + path)

    assert (answer.is_fine, answer.sentence) == (False, sentence)


def test_an_answer_without_the_part_that_is_wanted_is_a_failure(door):
    assert call(f"{door}/order", path="order.price").sentence == (
        "Its answer has no order.price."
    )


def test_a_redirect_into_the_network_is_not_followed(door, settings, monkeypatch):
    """Only the first address is let through by hand; the second is judged like any."""
    first = calling.resolve(f"{door}/inside")
    settings.OUTGOING_PRIVATE_HOSTS = False
    real = calling.resolve
    monkeypatch.setattr(
        calling, "resolve", lambda url: first if url.startswith(door) else real(url)
    )

    answer = call(f"{door}/inside")

    assert answer.sentence == "Only https:// is called."


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://10.0.0.8/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fd00::1]/",
        "https://0.0.0.0/",
        "https://2130706433/",
        "https://user:secret@example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://",
        "https://[/",
        "https://example.com:99999/",
        "https://bücher.invalid/",
        f"https://{'a' * 64}.example/",
        "",
    ],
)
def test_nothing_private_is_called(settings, url):
    settings.OUTGOING_PRIVATE_HOSTS = False

    answer = call(url)

    assert not answer.is_fine
    assert answer.sentence


def test_a_name_that_points_inside_is_not_called(settings, monkeypatch):
    settings.OUTGOING_PRIVATE_HOSTS = False
    inside = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *a, **k: inside)

    assert "private network" in call("https://rebinding.example/").sentence


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("100.64.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
    ],
)
def test_what_counts_as_public(address, is_public):
    assert outward.is_public(address) is is_public
