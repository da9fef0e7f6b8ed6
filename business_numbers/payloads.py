"""Ours → Meta's JSON for `POST /{phone number id}/messages`. Pure.

Source: Cloud API, Messages reference (v23). The callback string is our attempt's id.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """Where on WhatsApp: a phone number wins over a business-scoped user id."""

    wa_id: str = ""
    user_id: str = ""

    def fields(self) -> dict:
        if self.wa_id:
            return {"to": f"+{self.wa_id}"}
        return {"recipient": self.user_id}


def message(
    address: Address,
    kind: str,
    content,
    *,
    callback: str,
    reply_to: str = "",
) -> dict:
    """`content` is what stands under the key of that name, exactly as Meta takes it."""
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **address.fields(),
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": callback,
    }
    if reply_to and kind != "reaction":
        body["context"] = {"message_id": reply_to}
    return body


def text(body: str) -> dict:
    return {"body": body, "preview_url": "http://" in body or "https://" in body}


def read_receipt(wamid: str, *, typing: bool = False) -> dict:
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    return body
