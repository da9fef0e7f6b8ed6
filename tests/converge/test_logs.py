"""No log line gives a secret or a customer's words away."""

import json
import logging

import pytest

from converge.logs import JsonFormatter

CANARY = "EAAcanary0000000000000000token"
PIN = "482913"
WORDS = "my card number is hidden here"


def line(message: str = "happened", *args, error=None, **extra) -> str:
    record = logging.makeLogRecord(
        {"msg": message, "args": args, "levelname": "INFO", "name": "inbox"} | extra
    )
    if error:
        record.exc_info = (type(error), error, error.__traceback__)
    return JsonFormatter().format(record)


@pytest.mark.parametrize(
    "shown",
    [
        line(f"Authorization: Bearer {CANARY}"),
        line("called %s", f"/me?access_token={CANARY}&x=1"),
        line(f"input_token={CANARY}"),
        line(f"GET /connect/whatsapp/?code={CANARY}&state=x"),
        line(f"a bare {CANARY} in a sentence"),
        line("x", token=CANARY),
        line("x", url=f"https://graph.invalid/?appsecret_proof={CANARY}"),
        line("x", error=ValueError(f"Bearer {CANARY}")),
        line("x", client_secret=CANARY),
    ],
)
def test_a_token_never_comes_out(shown):
    assert CANARY not in shown
    assert "•••" in shown


@pytest.mark.parametrize("key", ["pin", "password", "cookie", "signature", "proof"])
def test_a_secret_named_as_such_never_comes_out(key):
    assert PIN not in line("x", **{key: PIN})


@pytest.mark.parametrize("key", ["body", "text", "message_body"])
def test_a_customers_words_never_come_out(key):
    assert WORDS not in line("x", **{key: WORDS})


def test_a_phone_number_keeps_its_last_four_digits():
    shown = json.loads(line("written by 447700900112", contact="+447700900112"))

    assert shown["event"] == "written by •••0112"
    assert shown["contact"] == "•••0112"


def test_a_line_is_one_object_with_what_was_told():
    shown = json.loads(line("delivered", attempt="a1", tries=2))

    assert (shown["event"], shown["attempt"], shown["tries"]) == ("delivered", "a1", 2)
    assert {"at", "level", "logger"} <= set(shown)
