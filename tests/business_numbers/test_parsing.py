"""WhatsApp's webhooks become facts: one real-shaped payload per file in tests/payloads."""

import uuid
from datetime import UTC, datetime

import pytest

from business_numbers import parsing
from business_numbers.parsing import (
    AccountChange,
    Changed,
    Inbound,
    Preference,
    Reacted,
    Status,
    Unreadable,
)
from tests.business_numbers.reading import fact_of, facts_of, names

AT = datetime(2026, 3, 8, 12, tzinfo=UTC)
USER_ID = "GB.13491208655302741918"

# file: kind, words
INBOUND = {
    "text": ("text", "Where is my order?"),
    "text_reply": ("text", "This one"),
    "text_forwarded": ("text", "Pass it on"),
    "text_from_ad": ("text", "Is this still on sale?"),
    "text_in_group": ("text", "Hello group"),
    "image": ("image", "The damaged box"),
    "video": ("video", ""),
    "audio": ("audio", ""),
    "voice_note": ("audio", ""),
    "voice_legacy": ("audio", ""),
    "document": ("document", "The invoice"),
    "sticker": ("sticker", ""),
    "image_unfetchable": ("image", ""),
    "location": ("location", "Northwind Store"),
    "contacts": ("contacts", ""),
    "button_reply": ("interactive", "Yes, please"),
    "list_reply": ("interactive", "Tuesday"),
    "flow_reply": ("interactive", "Sent"),
    "flow_reply_not_an_object": ("interactive", "Sent"),
    "call_permission": ("interactive", ""),
    "template_button": ("button", "Track my order"),
    "order": ("order", "Gift wrap, please"),
    "number_changed": (
        "system",
        "Amina Yusuf changed from 447700900112 to 447700900113",
    ),
    "identity_changed": ("system", "The security code changed"),
    "unsupported": ("unsupported", ""),
    "request_welcome": ("request_welcome", ""),
    "type_nobody_knows": ("unsupported", ""),
    "no_type": ("unsupported", ""),
    "no_contacts": ("text", "Hello"),
    "timestamp_number": ("text", "Hello"),
    "timestamp_milliseconds": ("text", "Hello"),
    "from_number_type": ("text", "Hello"),
    "user_id_only": ("text", "Hello"),
    "user_id_and_number": ("text", "Hello"),
    "user_id_in_from": ("text", "Hello"),
    "user_id_from_contacts_alone": ("text", "Hello"),
}


@pytest.mark.parametrize("name", INBOUND)
def test_every_kind_of_message_is_read(name):
    fact = fact_of(name)

    assert isinstance(fact, Inbound)
    assert (fact.kind, fact.body) == INBOUND[name]
    assert fact.wamid == f"wamid.{name}"
    assert fact.target == "10000001"
    assert fact.at == AT
    assert not fact.is_echo


@pytest.mark.parametrize(
    ("name", "wa_id", "user_id"),
    [
        ("text", "447700900112", ""),
        ("no_contacts", "447700900112", ""),
        ("from_number_type", "447700900112", ""),
        ("number_changed", "447700900112", ""),
        ("user_id_only", "", USER_ID),
        ("user_id_and_number", "447700900112", USER_ID),
        ("user_id_in_from", "", USER_ID),
        ("user_id_from_contacts_alone", "", USER_ID),
        ("phone_echo", "447700900112", ""),
    ],
)
def test_who_wrote_is_known_by_every_id_the_event_has(name, wa_id, user_id):
    person = fact_of(name).person

    assert (person.wa_id, person.user_id) == (wa_id, user_id)


def test_names_go_to_the_person_who_has_them():
    ben, amina = facts_of("two_people")

    assert (ben.person.name, ben.body) == ("Ben Ortiz", "I am Ben")
    assert (amina.person.name, amina.body) == ("Amina Yusuf", "I am Amina")


def test_a_username_is_kept():
    assert fact_of("user_id_only").person.username == "amina.y"


@pytest.mark.parametrize(
    ("name", "kind", "claimed"),
    [
        ("image", "image", "image/jpeg"),
        ("video", "video", "video/mp4"),
        ("audio", "audio", "audio/mpeg"),
        ("voice_note", "audio", "audio/ogg; codecs=opus"),
        ("voice_legacy", "audio", "audio/ogg; codecs=opus"),
        ("document", "document", "application/pdf"),
        ("sticker", "sticker", "image/webp"),
    ],
)
def test_files_are_described(name, kind, claimed):
    (media,) = fact_of(name).media

    assert (media.kind, media.media_id, media.claimed_type) == (
        kind,
        "900001",
        claimed,
    )


@pytest.mark.parametrize(
    ("name", "is_voice"),
    [("audio", False), ("voice_note", True), ("voice_legacy", True)],
)
def test_a_recording_is_told_from_a_sound_file(name, is_voice):
    assert fact_of(name).payload["voice"] is is_voice


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("text_from_ad", ("referral", "headline"), "Spring sale"),
        ("text_forwarded", ("context", "frequently_forwarded"), True),
        ("text_in_group", ("group_id",), "group-1"),
        ("location", ("location", "latitude"), 51.5),
        ("contacts", ("contacts", 0, "name", "first_name"), "Dana"),
        ("order", ("order", "product_items", 0, "quantity"), 2),
        ("template_button", ("button", "payload"), "track-42"),
        ("button_reply", ("interactive", "button_reply", "id"), "yes-1"),
        ("number_changed", ("system", "wa_id"), "447700900113"),
        ("unsupported", ("errors", 0, "code"), 131051),
        ("image_unfetchable", ("errors", 0, "code"), 131052),
        ("type_nobody_knows", ("unsupported", "type"), "hologram"),
    ],
)
def test_what_a_message_says_beyond_its_words_is_kept(name, path, value):
    found = fact_of(name).payload
    for key in path:
        found = found[key]

    assert found == value


@pytest.mark.parametrize("name", ["text_reply", "button_reply", "template_button"])
def test_a_reply_names_what_it_answers(name):
    assert fact_of(name).reply_to in ("wamid.earlier", "wamid.ours")


@pytest.mark.parametrize(
    ("name", "emoji"), [("reaction", "👍"), ("reaction_removed", "")]
)
def test_a_reaction_names_its_message(name, emoji):
    fact = fact_of(name)

    assert isinstance(fact, Reacted)
    assert (fact.message, fact.emoji) == ("wamid.ours", emoji)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("edit", "Where is my parcel?"),
        ("edit_caption", "The other box"),
        ("revoke", None),
    ],
)
def test_an_edit_or_deletion_names_its_message(name, body):
    fact = fact_of(name)

    assert isinstance(fact, Changed)
    assert (fact.message, fact.body) == ("wamid.earlier", body)


def test_a_reply_typed_on_the_phone_is_an_echo():
    fact = fact_of("phone_echo")

    assert fact.is_echo
    assert fact.body == "Typed on the phone"


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("status_sent", "sent"),
        ("status_delivered", "delivered"),
        ("status_read", "read"),
        ("status_played", "played"),
        ("status_failed", "failed"),
        ("status_deleted", "deleted"),
        ("status_of_another_app", "sent"),
        ("status_without_callback", "delivered"),
        ("status_to_user_id", "delivered"),
    ],
)
def test_every_status_is_read(name, state):
    fact = fact_of(name)

    assert isinstance(fact, Status)
    assert (fact.wamid, fact.state, fact.at) == ("wamid.ours", state, AT)


@pytest.mark.parametrize(
    ("name", "callback"),
    [
        ("status_sent", uuid.UUID("6f1b1a52-3f6c-4b53-9c55-1f6a9a0b7c01")),
        ("status_of_another_app", None),
        ("status_without_callback", None),
    ],
)
def test_a_callback_that_is_no_uuid_is_nobodys(name, callback):
    assert fact_of(name).callback == callback


def test_a_failed_status_brings_its_error_and_a_sent_one_its_price():
    assert fact_of("status_failed").error["code"] == 131026
    assert fact_of("status_sent").category == "utility"


def test_the_address_book_of_the_phone_is_a_fact_for_each_entry():
    facts = facts_of("address_book")

    assert [(f.person.wa_id, f.name) for f in facts] == [
        ("447700900112", "Amina Yusuf"),
        ("447700900223", "Ben"),
        ("447700900112", ""),
    ]
    assert [f.at.second for f in facts] == [0, 1, 2]


def test_marketing_preferences_are_one_fact_each():
    stop, resume = facts_of("preferences")

    assert isinstance(stop, Preference)
    assert (stop.stops_marketing, resume.stops_marketing) == (True, False)


@pytest.mark.parametrize(
    ("name", "field", "event"),
    [
        ("account_removed", "account_update", "PARTNER_REMOVED"),
        ("account_removed_by_phone", "account_update", "PARTNER_REMOVED"),
        ("account_disabled", "account_update", "DISABLED_UPDATE"),
        ("account_restricted", "account_update", "ACCOUNT_RESTRICTION"),
        ("capability_tier", "business_capability_update", ""),
        ("capability_integer", "business_capability_update", ""),
        ("quality_throughput", "phone_number_quality_update", "THROUGHPUT_UPGRADE"),
        ("name_approved", "phone_number_name_update", ""),
        ("security_pin", "security", "PIN_CHANGED"),
        ("template_paused", "message_template_status_update", "PAUSED"),
        ("template_rejected", "message_template_status_update", "REJECTED"),
        ("template_quality", "message_template_quality_update", ""),
        ("template_category", "template_category_update", ""),
        ("field_beside_the_value", "account_update", "PARTNER_APP_INSTALLED"),
    ],
)
def test_what_meta_says_about_an_account_names_it(name, field, event):
    fact = fact_of(name)

    assert isinstance(fact, AccountChange)
    assert (fact.account, fact.field, fact.event) == ("20000001", field, event)
    assert fact.at == AT


def test_an_error_of_the_whole_value_is_kept():
    fact = fact_of("value_errors")

    assert fact.value["code"] == 130429
    assert fact.target == "10000001"


@pytest.mark.parametrize("name", ["timestamp_invalid", "from_nobody"])
def test_what_cannot_be_placed_says_so(name):
    with pytest.raises(Unreadable):
        facts_of(name)


def test_every_payload_is_read_or_refused():
    refused = {"timestamp_invalid", "from_nobody"}

    for name in set(names()) - refused:
        assert facts_of(name) or name == "instagram_referral", name


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "nan",
        "inf",
        "-inf",
        "-5",
        0,
        [],
        {},
        "1e400",
        pytest.param(10**400, id="huge"),
    ],
)
def test_a_time_that_is_none_is_unreadable(value):
    with pytest.raises(Unreadable):
        parsing.read_time(value)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"a": NaN}', b'{"a": Infinity}', b"[" * 100_000],
)
def test_what_is_not_json_is_unreadable(body):
    with pytest.raises(Unreadable):
        parsing.load(body)


def test_text_without_nul_and_lone_surrogates():
    assert parsing.clean({"a\x00": ["b\ud800", 1, None]}) == {
        "a\ufffd": ["b\ufffd", 1, None]
    }
