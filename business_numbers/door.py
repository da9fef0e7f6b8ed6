"""Our own public door, knocked at from outside as Meta would: is it open, does it take what is signed?"""

import hashlib
import hmac
import json
import secrets

import requests
from django.conf import settings

from converge import clock

PATIENCE = (3.0, 5.0)
SELF_TEST = "converge_self_test"


def knock(url: str) -> str:
    """Meta's handshake with our own endpoint; "" when it answers, else why not."""
    challenge = secrets.token_hex(8)
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": settings.META_VERIFY_TOKEN,
    }
    try:
        answer = requests.get(
            url, params=query, timeout=PATIENCE, allow_redirects=False
        )
    except requests.RequestException as error:
        return f"it does not answer ({type(error).__name__})"
    if answer.status_code != 200:
        return f"it answers {answer.status_code}"
    return "" if answer.text == challenge else "it does not repeat the challenge"


def post_test_event(url: str, account: str, target: str) -> str:
    """A signed event about this number through the public door; "" when it was taken."""
    value = {"metadata": {"phone_number_id": target}, "event": SELF_TEST}
    change = {"field": SELF_TEST, "value": value}
    entry = {
        "id": account,
        "time": int(clock.now().timestamp()),
        "changes": [change],
    }
    body = json.dumps(
        {"object": "whatsapp_business_account", "entry": [entry]}
    ).encode()
    signature = hmac.new(settings.META_APP_SECRET.encode(), body, hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": f"sha256={signature.hexdigest()}",
    }
    try:
        answer = requests.post(
            url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False
        )
    except requests.RequestException as error:
        return f"Our endpoint does not answer ({type(error).__name__})."
    if answer.status_code == 200:
        return ""
    return f"Our endpoint answers {answer.status_code}: {answer.text[:120]}"
