"""A reply that crosses a colleague's is not sent before its author has seen theirs."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import Membership
from converge import clock
from inbox import crossing, outbox, thread
from inbox.crossing import Crossed, Seen
from inbox.models import Draft, Message, Note
from inbox.outbox import Draught
from inbox.states import State
from tests import factories

pytestmark = pytest.mark.django_db
SCRIPTED = {"X-Requested-With": "fetch"}


@pytest.fixture
def seen(conversation, bob):
    """What a page of Bob's shows of the team at this moment."""

    def look() -> Seen:
        membership = Membership.objects.get(user=bob)
        return thread.load(conversation, membership).seen

    return look


def say(conversation, author, body="Hello", seen=None, **fields):
    draught = Draught("text", body, **fields)
    return outbox.queue(conversation.id, draught, author=author, seen=seen)


def add_note(conversation, author, body="Ask the warehouse"):
    return Note.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        author=author,
        body=body,
        at=clock.now(),
    )


def bodies(conversation) -> list[str]:
    sent = Message.objects.filter(conversation=conversation, direction=Message.OUT)
    return list(sent.order_by("at").values_list("body", flat=True))


def test_a_reply_after_a_colleagues_is_not_sent(conversation, alice, bob, seen):
    before = seen()
    say(conversation, alice, "It leaves today")

    with pytest.raises(Crossed) as crossed:
        say(conversation, bob, "It leaves tomorrow", seen=before)

    assert [(s.who, s.text) for s in crossed.value.said] == [
        ("Alice", "It leaves today")
    ]
    assert bodies(conversation) == ["It leaves today"]


def test_who_has_seen_it_sends(conversation, alice, bob, seen):
    before = seen()
    say(conversation, alice, "It leaves today")
    with pytest.raises(Crossed) as crossed:
        say(conversation, bob, "As Alice says", seen=before)

    say(conversation, bob, "As Alice says", seen=crossed.value.seen)
    say(conversation, bob, "And by express", seen=seen())

    assert bodies(conversation) == [
        "It leaves today",
        "As Alice says",
        "And by express",
    ]


def test_another_answer_meanwhile_asks_once_more(conversation, alice, bob, seen):
    before = seen()
    say(conversation, alice, "First")
    with pytest.raises(Crossed) as crossed:
        say(conversation, bob, "Mine", seen=before)
    say(conversation, alice, "Second")

    with pytest.raises(Crossed) as again:
        say(conversation, bob, "Mine", seen=crossed.value.seen)

    assert [s.text for s in again.value.said] == ["Second"]


def test_a_colleagues_note_crosses_too(conversation, alice, bob, seen):
    before = seen()
    add_note(conversation, alice)

    with pytest.raises(Crossed) as crossed:
        say(conversation, bob, seen=before)

    assert crossing.sentence(crossed.value.said).startswith("Alice added a note")


def test_ones_own_words_the_customers_and_the_bots_never_cross(
    conversation, number, bob, seen
):
    before = seen()
    say(conversation, bob, "One")
    add_note(conversation, bob)
    factories.create_sent(conversation, body="From a flow", origin=Message.FLOW)
    factories.receive(number, factories.text_message())

    say(conversation, bob, "Two", seen=before)

    assert "Two" in bodies(conversation)


def test_a_reply_taken_back_does_not_cross(conversation, alice, bob, seen):
    before = seen()
    factories.create_sent(conversation, State.CANCELLED, author=alice)

    say(conversation, bob, "Mine", seen=before)

    assert "Mine" in bodies(conversation)


def test_a_reply_on_the_phone_crosses_by_its_arrival(conversation, alice, bob, seen):
    say(conversation, alice, "Asked here")
    before = seen()
    typed_at = clock.now().replace(microsecond=0)
    factories.create_sent(
        conversation, body="By phone", origin=Message.PHONE_APP, at=typed_at, seq=9
    )

    with pytest.raises(Crossed) as crossed:
        say(conversation, bob, seen=before)

    assert [s.who for s in crossed.value.said] == [crossing.BY_PHONE]
    say(conversation, bob, "Seen now", seen=crossed.value.seen)


def test_a_second_click_is_the_first_whatever_a_colleague_wrote(
    conversation, alice, bob, seen
):
    before, client_id = seen(), uuid.uuid4()
    first = say(conversation, bob, "Mine", seen=before, id=client_id)
    say(conversation, alice, "Hers")

    second = say(conversation, bob, "Mine", seen=before, id=client_id)

    assert second.message == first.message
    assert bodies(conversation) == ["Mine", "Hers"]


def test_what_a_long_thread_does_not_show_does_not_cross(
    conversation, alice, bob, seen
):
    say(conversation, alice, "Long ago")
    for n in range(thread.PAGE + 1):
        factories.create_sent(conversation, body=f"Bot {n}", origin=Message.FLOW)

    say(conversation, bob, "Mine", seen=seen())

    assert "Mine" in bodies(conversation)


def test_a_page_about_the_past_has_seen_everything(conversation, alice, bob):
    say(conversation, alice, "Not on that page")
    membership = Membership.objects.get(user=bob)
    past = thread.load(conversation, membership, before="1.000000_0")

    say(conversation, bob, "Mine", seen=past.seen)

    assert "Mine" in bodies(conversation)


@pytest.mark.parametrize("text", ["", "undefined", "12", "a_b", f"{10**30}_0", "1_2_3"])
def test_what_no_page_carries_asks_nothing(text):
    assert crossing.parse(text) is None


def test_a_place_survives_its_way_through_the_page():
    seen = Seen(clock.now(), 4711)

    assert crossing.parse(str(seen)) == seen


@pytest.fixture
def post(client, conversation, bob):
    client.force_login(bob)

    def send(name="send", headers=None, **fields):
        args = [conversation.workspace.slug, conversation.public_id]
        return client.post(reverse(f"inbox:{name}", args=args), fields, headers=headers)

    return send


def test_the_page_carries_what_it_saw_and_gets_its_text_back(
    client, post, conversation, alice, seen
):
    before = str(seen())
    say(conversation, alice, "It leaves today")

    answer = post(body="Mine", seen=before, then="close", headers=SCRIPTED)
    told = answer.json()
    dialog = client.get(told["ask"], headers=SCRIPTED).content.decode()

    assert answer.status_code == 409
    assert told["body"] == "Mine"
    assert "Alice replied while you were writing" in told["sentence"]
    assert "It leaves today" in dialog and 'value="close"' in dialog
    assert bodies(conversation) == ["It leaves today"]
    conversation.refresh_from_db()
    assert conversation.state == "open"


def test_without_a_script_the_choice_is_a_page_and_the_words_are_kept(
    post, conversation, alice, bob, seen
):
    before = str(seen())
    say(conversation, alice, "It leaves today")

    page = post(body="Mine <b>", seen=before)
    text = page.content.decode()

    assert page.status_code == 409
    assert "It leaves today" in text and "Mine &lt;b&gt;" in text
    assert Draft.objects.get(user=bob).body == "Mine <b>"
    assert bodies(conversation) == ["It leaves today"]
    post(body="Mine <b>", seen=page.context["seen"])
    assert bodies(conversation) == ["It leaves today", "Mine <b>"]
    assert Draft.objects.get(user=bob).body == ""


def test_without_a_script_a_draft_is_discarded_by_a_form(post, conversation, bob):
    post("save_draft", body="Mine", version="0", mode="reply")

    back = post("save_draft", body="", version="1000000000", mode="reply")

    assert back.status_code == 303
    assert Draft.objects.get(user=bob).body == ""


@pytest.fixture
def send_template(client, conversation, bob):
    """`send_template(seen=…)` with its two values filled in, as Bob."""
    client.force_login(bob)
    template = factories.create_template(conversation.number.account)

    def send(**fields):
        args = [conversation.workspace.slug, conversation.public_id, template.id]
        path = reverse("inbox:send_template", args=args)
        return client.post(path, {"body_1": "Amina", "body_2": "4711"} | fields)

    return send


def test_a_template_crosses_too(client, send_template, conversation, alice):
    args = [conversation.workspace.slug, conversation.public_id]
    picker = client.get(reverse("inbox:pick", args=args))
    say(conversation, alice, "It leaves today")

    asked = send_template(seen=picker.context["seen"])
    text = asked.content.decode()

    assert asked.status_code == 409
    assert "It leaves today" in text and "Send anyway" in text and "4711" in text
    assert bodies(conversation) == ["It leaves today"]
    assert send_template(seen=asked.context["seen"]).status_code == 302
    assert len(bodies(conversation)) == 2


def test_a_template_clicked_twice_is_sent_once(send_template, conversation):
    client_id = uuid.uuid4()

    send_template(client_id=client_id)
    again = send_template(client_id=client_id)
    other = send_template(client_id=client_id, body_2="4712")

    assert again.status_code == 302
    assert other.status_code == 409
    assert "sent already" in other.content.decode()
    assert len(bodies(conversation)) == 1


def line_of(client, conversation, **query) -> str:
    path = reverse(
        "inbox:tail", args=[conversation.workspace.slug, conversation.public_id]
    )
    page = client.get(path, query, headers=SCRIPTED).content.decode()
    return " ".join(
        page.partition('<p class="status-line"')[2].partition("</p>")[0].split()
    )


def test_the_line_says_who_was_first_while_words_stand_in_the_box(
    client, conversation, alice, bob, seen
):
    client.force_login(bob)
    before = seen()
    first = say(conversation, alice).message

    line = line_of(client, conversation, seen=str(before))

    assert f"{alice.first_name} replied while you were writing" in line
    assert "Read it before you send." in line
    assert f'href="#m-{first.id}" data-shown="{seen()}"' in line
    assert "while you were" not in line_of(client, conversation)
    assert "while you were" not in line_of(client, conversation, seen=str(seen()))


def test_the_line_leads_to_a_note_as_well_and_nobody_crosses_themselves(
    client, conversation, alice, bob, seen
):
    client.force_login(bob)
    before = seen()
    say(conversation, bob)
    assert "while you were" not in line_of(client, conversation, seen=str(before))

    note = add_note(conversation, alice)

    line = line_of(client, conversation, seen=str(before))
    assert f"{alice.first_name} added a note while you were writing" in line
    assert f'href="#n-{note.id}"' in line


def test_a_kept_draft_is_crossed_by_what_was_said_after_it(
    client, conversation, alice, bob
):
    """The way without a script: the page is loaded anew."""
    client.force_login(bob)
    draft = Draft.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        user=bob,
        mode=Draft.REPLY,
        body="It leaves on",
        saved_at=clock.now(),
    )
    say(conversation, alice)
    path = reverse(
        "inbox:conversation", args=[conversation.workspace.slug, conversation.public_id]
    )

    assert "replied while you were writing" in client.get(path).content.decode()
    assert "replied while you" not in client.get(path + "?mode=note").content.decode()
    draft.saved_at = clock.now()
    draft.save()
    assert "replied while you were writing" not in client.get(path).content.decode()
