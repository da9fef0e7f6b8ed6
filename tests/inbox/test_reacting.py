"""Reactions of the team's: one a message, sent like everything, and shown as they are."""

from datetime import timedelta

import pytest
from django.urls import reverse

from converge import clock
from inbox import reacting, thread
from inbox.gate import Refuse
from inbox.models import Attempt, Message, Reaction
from inbox.reasons import Reason
from inbox.states import State
from tests import factories
from tests.inbox import on_instagram
from tests.inbox.sending import create_conversation, create_number, deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(simulator, workspace):
    return create_conversation(simulator, create_number(simulator, workspace))


@pytest.fixture
def target(simulator, conversation):
    """What she wrote, to Meta as to us."""
    wamid = simulator.write("It works again!", number=conversation.number.meta_id)
    return told(conversation, wamid)


def told(conversation, wamid: str, **fields) -> Message:
    return Message.objects.create(
        workspace=conversation.workspace,
        conversation=conversation,
        contact=conversation.contact,
        number=conversation.number,
        direction=Message.IN,
        origin=Message.CUSTOMER,
        kind="text",
        body="It works again!",
        wamid=wamid,
        state=State.RECEIVED,
        **{"at": clock.now()} | fields,
    )


def react(target, emoji, author):
    return reacting.react(target, emoji, author=author, may_send=True)


def drawn(target, membership):
    """The one bubble of the conversation."""
    items = thread.load(target.conversation, membership).items
    (bubble,) = [i.bubble for i in items if i.bubble]
    return bubble


def at_meta(simulator, target) -> str | None:
    return simulator.control("GET", f"messages/{target.wamid}")["reactions"].get(
        "business"
    )


def test_a_reaction_goes_out_as_an_attempt_and_stands_at_its_message(
    simulator, target, bob, membership
):
    react(target, "👍", bob)
    pending = drawn(target, membership)
    deliver()
    standing = drawn(target, membership)

    assert [(r.emoji, r.state) for r in pending.reactions] == [("👍", "queued")]
    assert [(r.emoji, r.who, r.state) for r in standing.reactions] == [
        ("👍", "Bob", "")
    ]
    assert standing.reacting is None
    assert at_meta(simulator, target) == "👍"
    (entry,) = simulator.journal()
    assert entry["callback"] == str(Attempt.objects.get().id)


def test_another_one_takes_its_place_and_none_takes_it_back(
    simulator, target, bob, membership
):
    for emoji in ("👍", "❤️", ""):
        react(target, emoji, bob)
        deliver()

    assert at_meta(simulator, target) == ""
    assert drawn(target, membership).reactions == []
    assert Reaction.objects.get().is_ours
    assert Message.objects.filter(kind="reaction", state=State.SENT).count() == 3


def test_a_second_click_sends_nothing(target, bob):
    first = react(target, "👍", bob)
    second = react(target, "👍", bob)

    assert second.message == first.message
    assert Message.objects.filter(kind="reaction").count() == 1


def test_one_that_still_waits_is_replaced_before_it_leaves(simulator, target, bob):
    react(target, "👍", bob)
    react(target, "🙏", bob)

    deliver()

    assert len(simulator.journal()) == 1
    assert at_meta(simulator, target) == "🙏"
    states = Message.objects.filter(kind="reaction").order_by("at")
    assert [m.state for m in states] == [State.CANCELLED, State.SENT]


def test_it_answers_nobody_and_silences_no_bot(target, bob):
    conversation = target.conversation
    conversation.waiting_since, conversation.last_text = target.at, "It works again!"
    conversation.save()

    react(target, "👍", bob)

    conversation.refresh_from_db()
    assert conversation.takeover is False
    assert conversation.waiting_since == target.at
    assert conversation.last_text == "It works again!"


def test_a_failure_says_why_and_what_stood_before_stays_when_it_is_put_aside(
    simulator, target, bob, membership, client
):
    react(target, "👍", bob)
    deliver()
    react(target, "❤️", bob)
    simulator.fault(error={"next": 1, "code": 131051})
    deliver()
    failed = drawn(target, membership)
    client.force_login(bob)
    path = [target.workspace.slug, failed.reacting.id]
    client.post(reverse("inbox:discard", args=path))

    assert [(r.emoji, r.state) for r in failed.reactions] == [("❤️", "failed")]
    assert failed.reacting.report.sentence
    assert [a for a, _ in failed.reacting.report.actions] == ["again", "discard"]
    after = drawn(target, membership)
    assert [(r.emoji, r.state) for r in after.reactions] == [("👍", "")]
    assert after.reacting is None


def test_one_that_failed_troubles_nobody_once_another_took_its_place(
    simulator, target, bob
):
    simulator.fault(error={"next": 1, "code": 131051})
    react(target, "👍", bob)
    deliver()
    react(target, "🙏", bob)
    deliver()

    failed = Message.objects.get(kind="reaction", state=State.FAILED)
    assert failed.dismissed_at is not None
    assert at_meta(simulator, target) == "🙏"


def test_a_failure_reported_later_is_shown_too(simulator, target, bob, membership):
    react(target, "👍", bob)
    deliver()
    attempt = Attempt.objects.get()
    errors = [{"code": 131009, "title": "Parameter value is not valid"}]
    factories.receive(
        target.number,
        statuses=[factories.status(attempt, "failed", errors=errors)],
    )

    bubble = drawn(target, membership)
    assert [r.state for r in bubble.reactions] == ["failed"]
    assert "no reaction to this message any more" in bubble.reacting.report.sentence


def test_after_the_window_closed_it_is_refused(target, bob):
    conversation = target.conversation
    conversation.last_inbound_at = clock.now() - timedelta(hours=25)
    conversation.save()

    decision = react(target, "👍", bob).decision

    assert isinstance(decision, Refuse)
    assert decision.reason is Reason.WINDOW
    assert not Reaction.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"at": timedelta(days=31)}, "last 30 days"),
        ({"deleted_at": timedelta()}, "still there"),
        ({"wamid": ""}, "still there"),
    ],
)
def test_what_meta_would_not_take_is_said_before(change, words, conversation):
    ago = {k: clock.now() - v for k, v in change.items() if k != "wamid"}
    target = told(conversation, **{"wamid": "wamid.1"} | change | ago)

    assert words in reacting.problem(target, "👍")


@pytest.mark.parametrize(
    "emoji", ["👍", "❤️", "🎉", "👍🏽", "👩🏽‍🚀", "🏳️‍🌈", "🇪🇺", "3️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☕", "‼️", ""]
)
def test_any_one_emoji_is_taken(target, emoji):
    assert reacting.problem(target, emoji) == ""


@pytest.mark.parametrize(
    "text",
    [
        "free text",
        "👍👍",
        "a",
        "3",
        "👍 ",
        "👍a",
        "\u200d",
        "\ufe0f",
        "👍" + "\u200d👍" * 30,
    ],
)
def test_what_is_not_one_emoji_is_not(target, text):
    assert "one emoji" in reacting.problem(target, text)


def test_without_a_script_another_emoji_is_written_into_a_field(client, target, bob):
    client.force_login(bob)
    path = reverse("inbox:react", args=[target.workspace.slug, target.id])
    assert "Another emoji" in client.get(path).content.decode()

    client.post(path, {"emoji": " 🎉 "})

    assert Reaction.objects.get(is_ours=True).emoji == "🎉"


def test_our_own_messages_get_none(conversation):
    ours = factories.create_sent(conversation).message

    assert "message of the customer" in reacting.problem(ours, "👍")


def test_a_viewer_may_not(client, target):
    viewer = factories.create_member(target.workspace, "Vera", role="viewer")
    client.force_login(viewer)

    answer = client.post(
        reverse("inbox:react", args=[target.workspace.slug, target.id]),
        {"emoji": "👍"},
    )

    assert answer.status_code == 403
    assert not Reaction.objects.exists()


def test_a_message_too_old_for_the_newest_part_is_drawn_again(
    client, target, bob, conversation
):
    for n in range(45):
        factories.create_sent(conversation, State.READ, body=f"later {n}")
    client.force_login(bob)
    path = [target.workspace.slug, conversation.public_id]

    before = client.get(reverse("inbox:tail", args=path))
    react(target, "👍", bob)
    after = client.get(reverse("inbox:tail", args=path))

    assert before.context["reacted"] == []
    assert [i.id for i in after.context["reacted"]] == [f"m-{target.id}"]
    assert "reaction--ours" in after.content.decode()


# --- Instagram ----------------------------------------------------------------------


@pytest.fixture
def instagram_target(simulator, workspace):
    conversation, mid = on_instagram.create_conversation(simulator, workspace)
    return told(conversation, mid)


@pytest.mark.parametrize("emoji", ["❤️", "😂"])
def test_instagram_takes_it_and_gives_no_id(simulator, instagram_target, bob, emoji):
    react(instagram_target, emoji, bob)
    deliver()

    message = Message.objects.get(kind="reaction")
    assert (message.state, message.wamid) == (State.SENT, "")
    assert at_meta(simulator, instagram_target) == emoji


def test_on_instagram_it_is_taken_back(simulator, instagram_target, bob):
    for emoji in ("❤️", ""):
        react(instagram_target, emoji, bob)
        deliver()

    assert at_meta(simulator, instagram_target) is None
    assert Message.objects.filter(state=State.SENT).count() == 2
