"""The one-button fixes of the diagnosis: each is one call to Meta that changes one thing."""

from collections.abc import Callable

from django.conf import settings

from business_numbers import timeline
from business_numbers.doctor import WANTED_FIELDS
from business_numbers.doctor_facts import OBJECTS, callback_of
from business_numbers.graph import Grant, GraphError, app_grant, call
from business_numbers.models import Number
from business_numbers.verdicts import FIXES
from converge import clock

INSTAGRAM_FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_reactions",
    "messaging_referral",
    "messaging_seen",
    "message_edit",
)


class NotFixed(Exception):
    """Meta refused, in a sentence for the person who pressed the button."""


def apply(number: Number, name: str, by: str) -> None:
    """Do it, note it. What it was for is seen by the diagnosis that follows."""
    try:
        CALLS[name](number)
    except GraphError as error:
        raise NotFixed(f"Meta refused: {error.meaning.words}") from error
    data = {"fix": name, "label": FIXES[name]}
    timeline.note(number.account, "fixed", data, number=number, by=by)


def subscribe(number: Number) -> None:
    """Our app onto the account. An empty POST also takes an override away."""
    grant = Grant.of(number.account)
    if number.is_whatsapp:
        call(grant, "POST", f"{number.account.meta_id}/subscribed_apps")
    else:
        fields = {"subscribed_fields": ",".join(INSTAGRAM_FIELDS)}
        call(grant, "POST", f"{number.meta_id}/subscribed_apps", params=fields)
    if number.status == Number.ERROR:
        number.set_status(Number.ACTIVE)


def unsubscribe(number: Number) -> None:
    path = number.account.meta_id if number.is_whatsapp else number.meta_id
    call(Grant.of(number.account), "DELETE", f"{path}/subscribed_apps")


def remove_overrides(number: Number) -> None:
    grant = Grant.of(number.account)
    nothing = {"webhook_configuration": {"override_callback_uri": ""}}
    call(grant, "POST", number.meta_id, json=nothing)
    call(grant, "POST", f"{number.account.meta_id}/subscribed_apps")


def point_here(number: Number) -> None:
    """The app's callback and fields: ours, with every field we act on."""
    path = f"{settings.META_APP_ID}/subscriptions"
    kind = "whatsapp" if number.is_whatsapp else "instagram"
    wanted = WANTED_FIELDS if number.is_whatsapp else INSTAGRAM_FIELDS
    fields = {
        "object": OBJECTS[kind],
        "callback_url": callback_of(kind),
        "verify_token": settings.META_VERIFY_TOKEN,
        "fields": ",".join(sorted({*wanted, *_fields_now(path, OBJECTS[kind])})),
    }
    call(app_grant(), "POST", path, json=fields)


def _fields_now(path: str, wanted: str) -> set[str]:
    """What is subscribed already stays: others may rely on it."""
    for item in call(app_grant(), "GET", path).get("data", []):
        if item.get("object") == wanted:
            return {f["name"] if isinstance(f, dict) else f for f in item["fields"]}
    return set()


CALLS: dict[str, Callable[[Number], None]] = {
    "subscribe": subscribe,
    "remove_override": remove_overrides,
    "add_messages": point_here,
    "point_here": point_here,
}


def disconnect(number: Number, by: str) -> None:
    """Our subscription, overrides of ours and the token go; the registration stays.

    Meta being away must not keep a token here that somebody wants gone.
    """
    account = number.account
    if account.token:
        for undo in (
            (remove_overrides, unsubscribe) if number.is_whatsapp else (unsubscribe,)
        ):
            try:
                undo(number)
            except GraphError as error:
                data = {"label": "at Meta it could not be undone", "code": error.code}
                timeline.note(account, "disconnect incomplete", data, number=number)
    account.drop_token()
    account.set_authorisation(account.DISCONNECTED, "you disconnected")
    account.told_authorisation_at = clock.now()
    account.save()
    timeline.note(account, "disconnected", number=number, by=by)
