"""Instagram's webhooks become the same facts as WhatsApp's."""

from datetime import UTC, datetime

import pytest

from business_numbers import instagram
from business_numbers.parsing import Changed, Inbound, Reacted, Status, Unreadable
from tests.business_numbers.reading import fact_of, facts_of

AT = datetime(2026, 3, 8, 12, 0, 0, 123000, tzinfo=UTC)
INBOUND = {
    "text": ("text", "Do you ship to Leeds?", 0),
    "reply": ("text", "Yes", 0),
    "story_reply": ("text", "Lovely", 0),
    "quick_reply": ("text", "Small", 0),
    "standby": ("text", "Another app has it", 0),
    "image": ("image", "", 1),
    "two_images": ("image", "", 2),
    "video": ("video", "", 1),
    "audio": ("audio", "", 1),
    "file": ("document", "", 1),
    "story_mention": ("story_mention", "", 1),
    "share": ("share", "", 0),
    "ig_reel": ("share", "", 0),
    "like_heart": ("sticker", "", 0),
    "ephemeral": ("unsupported", "", 0),
    "unsupported": ("unsupported", "", 0),
    "postback": ("button", "Opening hours", 0),
}


@pytest.mark.parametrize("name", INBOUND)
def test_every_kind_of_message_is_read(name):
    fact = fact_of(f"instagram_{name}")

    assert isinstance(fact, Inbound)
    assert (fact.kind, fact.body, len(fact.media)) == INBOUND[name]
    assert fact.target == "17800000001"
    assert fact.person.igsid == "6100000001"
    assert fact.at == AT


def test_an_echo_is_about_the_person_it_went_to():
    fact = fact_of("instagram_echo")

    assert fact.is_echo
    assert fact.person.igsid == "6100000001"


def test_a_story_reply_keeps_its_story():
    fact = fact_of("instagram_story_reply")

    assert fact.payload["reply_to"]["story"]["id"] == "s1"
    assert fact.reply_to == ""


@pytest.mark.parametrize(("name", "emoji"), [("reaction", "😍"), ("unreaction", "")])
def test_a_reaction_names_its_message(name, emoji):
    fact = fact_of(f"instagram_{name}")

    assert isinstance(fact, Reacted)
    assert (fact.message, fact.emoji) == ("mid.0", emoji)


@pytest.mark.parametrize(
    ("name", "message", "body"),
    [("deleted", "mid.1", None), ("edit", "mid.0", "Do you ship to York?")],
)
def test_an_edit_or_deletion_names_its_message(name, message, body):
    fact = fact_of(f"instagram_{name}")

    assert isinstance(fact, Changed)
    assert (fact.message, fact.body) == (message, body)


def test_a_read_mark_is_a_status():
    fact = fact_of("instagram_read")

    assert isinstance(fact, Status)
    assert (fact.wamid, fact.state) == ("mid.0", "read")


def test_a_referral_alone_changes_nothing():
    assert facts_of("instagram_referral") == []


@pytest.mark.parametrize(
    "item",
    [
        {"message": {"mid": "m", "text": "x"}, "timestamp": 1},
        {"sender": {}, "message": {"mid": "m"}, "timestamp": 1},
        {"sender": {"id": "1"}, "message": {"text": "no mid"}, "timestamp": 1},
        {"sender": {"id": "1"}, "message": {"mid": "m"}},
    ],
)
def test_what_cannot_be_placed_says_so(item):
    (update,) = instagram.split({"entry": [{"id": "17", "messaging": [item]}]})

    with pytest.raises(Unreadable):
        instagram.read(update)


@pytest.mark.parametrize("as_human_agent", [True, False])
def test_the_human_agent_tag_is_for_people_after_a_day(as_human_agent):
    message = instagram.text_message("61", "Hello", as_human_agent=as_human_agent)

    assert message["recipient"] == {"id": "61"}
    assert message.get("tag") == ("HUMAN_AGENT" if as_human_agent else None)
