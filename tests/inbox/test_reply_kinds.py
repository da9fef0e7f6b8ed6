"""Replies that are more than words: within Meta's limits, and shown as they will be."""

import pytest
from django.urls import reverse

from inbox import reply_kinds
from inbox.models import Message
from inbox.reply_kind_forms import FORMS
from inbox.reply_kinds import KINDS
from inbox.states import State
from tests import factories
from tests.inbox.sending import create_conversation, create_number, deliver

pytestmark = pytest.mark.django_db

FILLED = {
    "buttons": {"text": "Which one?", "button_1": "The oak one", "button_2": "Green"},
    "list": {
        "text": "When?", "button": "Choose a day", "header": "Delivery",
        "section_1": "This week", "row_1": "Thursday", "about_1": "8 to 12",
        "section_2": "Next week", "row_2": "Monday",
    },
    "link": {"text": "Your order", "title": "Follow it", "url": "https://example.com/1"},
    "location": {"place": "51.5072, -0.1276", "name": "Shop", "address": "1 Oak Street"},
    "contact": {"name": "Robin Fitter", "phone": "+44 7700 900118", "on_whatsapp": "on"},
}  # fmt: skip


def form(kind: str, **fields):
    return FORMS[kind](FILLED[kind] | fields, region="GB")


def problems(kind: str, **fields) -> dict:
    return {k: str(v[0]) for k, v in form(kind, **fields).errors.items()}


@pytest.fixture
def desk(client, bob):
    client.force_login(bob)
    return client


def path(conversation, kind: str, name: str = "arrange") -> str:
    slug = conversation.workspace.slug
    return reverse(f"inbox:{name}", args=[slug, conversation.public_id, kind])


@pytest.mark.parametrize("kind", KINDS)
def test_meta_takes_what_is_filled_in(kind, simulator, workspace, desk):
    conversation = create_conversation(simulator, create_number(simulator, workspace))

    answer = desk.post(path(conversation, kind), FILLED[kind])
    deliver()

    message = Message.objects.get(direction=Message.OUT)
    assert answer.status_code == 302
    assert (message.kind, message.state) == (KINDS[kind].meta, State.SENT)
    conversation.refresh_from_db()
    assert conversation.takeover is True


@pytest.mark.parametrize("kind", KINDS)
def test_the_thread_shows_what_was_sent(kind, conversation, desk):
    desk.post(path(conversation, kind), FILLED[kind])

    slug = conversation.workspace.slug
    page = desk.get(
        reverse("inbox:conversation", args=[slug, conversation.public_id])
    ).content.decode()

    seen = {
        "buttons": ["Which one?", "The oak one", "Green"],
        "list": ["Delivery", "When?", "Thursday", "Monday"],
        "link": ["Your order", "Follow it"],
        "location": ["Shop", "1 Oak Street"],
        "contact": ["Robin Fitter", "+44 7700 900118"],
    }
    assert [words for words in seen[kind] if words not in page] == []


TOO_LONG = [
    ("buttons", "text", 1024),
    ("buttons", "header", 60),
    ("buttons", "footer", 60),
    ("buttons", "button_1", 20),
    ("list", "button", 20),
    ("list", "row_1", 24),
    ("list", "about_1", 72),
    ("list", "section_1", 24),
    ("link", "title", 20),
]


@pytest.mark.parametrize(("kind", "name", "most"), TOO_LONG)
def test_metas_limits_are_counted_to_the_character(kind, name, most):
    assert problems(kind, **{name: "ä" * most}) == {}
    assert problems(kind, **{name: "ä" * (most + 1)}) == {
        name: f"1 character too long: {most} are possible."
    }


NOT_TAKEN = [
    ("buttons", {"button_1": ""}, "button_1", "missing"),
    ("buttons", {"button_2": "The oak one"}, "button_2", "says the same"),
    ("buttons", {"text": "Hi {{order}}"}, "text", "no value: order"),
    ("list", {"row_1": "", "row_2": "", "about_1": "", "section_1": "",
              "section_2": ""}, "row_1", "a row at least"),
    ("list", {"row_1": ""}, "row_1", "no words of its own"),
    ("list", {"row_2": "Thursday"}, "__all__", "say the same"),
    ("list", {"section_1": ""}, "section_1", "first one needs a name"),
    ("link", {"url": "example.com"}, "url", "whole address"),
    ("link", {"url": "ftp://example.com/x"}, "url", "whole address"),
    ("location", {"place": "near the church"}, "place", "No latitude"),
    ("location", {"place": "91.0, 0.0"}, "place", "No latitude"),
    ("contact", {"phone": "12"}, "phone", "not a phone number"),
    ("contact", {"phone": ""}, "phone", "Give a phone number"),
    ("contact", {"email": "robin"}, "email", "not an e-mail"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fields", "name", "words"), NOT_TAKEN)
def test_what_meta_would_refuse_is_said_beside_its_field(kind, fields, name, words):
    found = problems(kind, **fields)

    assert words in found[name]


@pytest.mark.parametrize(
    "text",
    [
        "51.5072, -0.1276",
        "(51.5072,-0.1276)",
        "https://www.openstreetmap.org/?mlat=51.5072&mlon=-0.1276#map=16/51/0",
        "https://maps.example/place/Shop/@51.5,-0.1,17z/data=!3d51.5072!4d-0.1276",
        "https://maps.example/?q=51.5072,-0.1276",
        "https://maps.example/maps?q=51.5072%2C-0.1276&z=3",
        "https://www.openstreetmap.org/#map=17/51.5072/-0.1276",
    ],
)
def test_a_place_is_read_from_numbers_and_from_the_links_of_maps(text):
    assert reply_kinds.where(text) == (51.5072, -0.1276)


def test_rows_without_a_section_belong_to_the_one_above():
    rows = [reply_kinds.Row("a", section="One"), reply_kinds.Row("b")]
    rows += [reply_kinds.Row("c", section="Two")]

    sections = reply_kinds.rows("Choose", rows)["sections"]

    assert [(s["title"], len(s["rows"])) for s in sections] == [("One", 2), ("Two", 1)]


def test_a_second_click_is_the_same_message(conversation, desk):
    shown = desk.get(path(conversation, "buttons")).context["form"]
    fields = FILLED["buttons"] | {"client_id": str(shown["client_id"].value())}

    for _ in range(2):
        assert desk.post(path(conversation, "buttons"), fields).status_code == 302

    assert Message.objects.filter(direction=Message.OUT).count() == 1


def test_the_preview_judges_nothing(conversation, desk):
    fields = {"text": "Wh", "row_1": "Thu", "button": "x" * 30, "section_2": "Later"}

    answer = desk.post(path(conversation, "list", "arrange_preview"), fields)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Thu" in page and "x" * 30 in page


def test_outside_the_window_it_is_refused_before_and_after(number, desk):
    closed = factories.create_conversation(number, wrote_ago=None)

    before = desk.get(path(closed, "buttons")).content.decode()
    after = desk.post(path(closed, "buttons"), FILLED["buttons"])

    assert "Not sent. " in before
    assert after.status_code == 422
    assert not Message.objects.filter(direction=Message.OUT).exists()


def test_instagram_has_none_of_it(workspace, desk):
    number = factories.create_number(workspace, "instagram")
    conversation = factories.create_conversation(number)

    assert desk.get(path(conversation, "buttons")).status_code == 404
    assert desk.get(path(conversation, "nonsense")).status_code == 404
