"""`@name` in a note: who is meant, who is told, and how it is read."""

import pytest
from django.urls import reverse

from accounts.models import Membership
from converge import live
from inbox import mentions
from inbox.models import Mention, Note
from tests import factories
from tests.inbox.mentioning import mention, write_note

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client, bob):
    client.force_login(bob)
    return client


@pytest.fixture
def told(monkeypatch):
    """(workspace, people) of every nudge."""
    nudges = []
    monkeypatch.setattr(mentions, "nudge", lambda w, users: nudges.append((w, users)))
    return nudges


def names(text: str, members) -> tuple[list[str], list[str]]:
    found = mentions.called(text, members)
    return sorted(user.name for user in found.people), found.unclear


def path(workspace, name: str, *args) -> str:
    return reverse(f"inbox:{name}", args=[workspace.slug, *args])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def add_note(client, conversation, body: str, **headers):
    address = path(conversation.workspace, "add_note", conversation.public_id)
    return client.post(address, {"body": body}, headers=headers)


@pytest.mark.parametrize(
    ("said", "people", "unclear"),
    [
        ("@Ana Ribeiro, look", ["Ana Ribeiro"], []),
        ("@ana ribeiro look", ["Ana Ribeiro"], []),
        ("look, @Marc.", ["Marc Dubois"], []),
        ("(@Marc) @Marc @Marc Dubois", ["Marc Dubois"], []),
        ("@Ana", [], ["Ana"]),
        ("@Ana and @Ana Lima", ["Ana Lima"], ["Ana"]),
        ("@Anais", [], []),
        ("@Marcus", [], []),
        ("mail@Marc", [], []),
        ("marc.@Marc", [], []),
        ("Marc", [], []),
        ("@Żofia!", ["Żofia Nowak"], []),
        ("@O'Neil (x)", ["O'Neil (x)"], []),
        ("@Marc @Ana Lima", ["Ana Lima", "Marc Dubois"], []),
        ("@", [], []),
    ],
)
def test_whom_a_note_means(said, people, unclear):
    members = [
        factories.create_user(name)
        for name in (
            "Ana Ribeiro",
            "Ana Lima",
            "Marc Dubois",
            "Żofia Nowak",
            "O'Neil (x)",
        )
    ]

    assert names(said, members) == (people, unclear)


@pytest.mark.parametrize("written", ["@Ida", "@ida", "@ıda", "@İda"])
def test_turkish_letters_are_no_way_to_break_a_note(workspace, written):
    ida = factories.create_member(workspace, "Ida Berg")
    text = f"Ask {written} please"

    assert mentions.called(text, [ida]).people == [ida]
    assert "".join(part for part, _ in mentions.pieces(text, [ida])) == text


def test_without_members_nobody_is_meant():
    assert names("@Ana", []) == ([], [])


def test_the_pieces_of_a_note_are_the_whole_note(bob, alice):
    body = "Hi @Bob, ask <b>@Alice Owner</b> or @Nobody"

    pieces = mentions.pieces(body, [bob, alice])

    assert "".join(part for part, _ in pieces) == body
    assert [part for part, is_name in pieces if is_name] == ["@Bob", "@Alice Owner"]


def test_a_member_is_told_once_however_often_named(conversation, alice, bob, told):
    note = write_note(conversation, "@Bob @Bob Agent @Bob", by=alice)

    mentions.tell(note)
    mentions.tell(note)

    assert Mention.objects.get().user == bob
    assert told[0] == (conversation.workspace_id, [bob.id])


def test_nobody_is_told_of_their_own_words(conversation, bob, told):
    mentions.tell(write_note(conversation, "@Bob remember", by=bob))

    assert not Mention.objects.exists()
    assert told == [(conversation.workspace_id, [])]


def test_strangers_and_those_who_left_are_not_told(conversation, alice, bob, charlie):
    Membership.objects.filter(user=bob).delete()

    mentions.tell(write_note(conversation, "@Bob @Charlie Stranger", by=alice))

    assert not Mention.objects.exists()


def test_a_note_added_in_the_inbox_mentions(agent, conversation, alice):
    answer = add_note(agent, conversation, "@Alice, see above", HX_Request="true")

    assert answer.status_code == 204
    assert Mention.objects.get().user == alice


def test_a_name_that_fits_two_is_said_to_the_author(
    agent, conversation, alice, workspace
):
    factories.create_member(workspace, "Alice Other")

    answer = add_note(agent, conversation, "@Alice?", HX_Request="true")

    assert "@Alice could be more than one person." in text(answer)
    assert Note.objects.count() == 1
    assert not Mention.objects.exists()


def test_the_bell_counts_what_is_new_for_this_person_alone(
    agent, conversation, alice, bob
):
    for _ in range(3):
        mention(conversation, bob, by=alice)
    mention(conversation, alice, by=bob)

    assert text(agent.get(path(conversation.workspace, "bell"))) == "3"
    page = text(agent.get(path(conversation.workspace, "mentions")))
    assert "<b>Alice Owner</b> mentioned you in a note about" in page
    assert page.count("mentioned you") == 3


def test_following_a_mention_reads_it_and_leads_to_the_note(agent, conversation, bob):
    found = mention(conversation, bob)

    answer = agent.get(path(conversation.workspace, "open_mention", found.id))

    found.refresh_from_db()
    assert found.read_at
    assert answer["Location"].endswith(f"?at={found.note_id}#n-{found.note_id}")
    page = agent.get(answer["Location"])
    assert f'id="n-{found.note_id}"' in page.content.decode()


def test_the_way_to_an_old_note_shows_it_among_its_neighbours(agent, conversation, bob):
    found = mention(conversation, bob)
    for n in range(80):
        factories.create_sent(conversation, body=f"later {n}")

    answer = agent.get(
        path(conversation.workspace, "open_mention", found.id), follow=True
    )

    assert f'id="n-{found.note_id}"' in answer.content.decode()


def test_somebody_elses_mention_is_not_found(agent, conversation, alice):
    found = mention(conversation, alice)

    for name in ("open_mention", "read_mention"):
        address = path(conversation.workspace, name, found.id)
        call = agent.get if name == "open_mention" else agent.post
        assert call(address).status_code == 404
    found.refresh_from_db()
    assert found.read_at is None


def test_one_or_all_are_marked_as_read(agent, conversation, bob, alice):
    first, second, third = (mention(conversation, bob) for _ in range(3))
    other = mention(conversation, alice)

    agent.post(path(conversation.workspace, "read_mention", first.id))
    assert text(agent.get(path(conversation.workspace, "bell"))) == "2"
    agent.post(path(conversation.workspace, "read_mentions"), {"newest": second.id})

    assert list(Mention.objects.filter(read_at=None).order_by("id")) == [third, other]


def test_mentions_are_paged_by_key(agent, conversation, bob):
    for _ in range(60):
        mention(conversation, bob)

    first = agent.get(path(conversation.workspace, "mentions"))
    rest = agent.get(
        path(conversation.workspace, "mentions"), {"before": first.context["before"]}
    )

    assert (len(first.context["rows"]), len(rest.context["rows"])) == (50, 10)
    assert rest.context["before"] is None


def test_the_list_asks_little(
    agent, conversation, bob, alice, settings, django_assert_max_num_queries
):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    for _ in range(20):
        mention(conversation, bob, by=alice)
    agent.get(path(conversation.workspace, "mentions"))

    with django_assert_max_num_queries(8):
        agent.get(path(conversation.workspace, "mentions"))


def test_names_are_marked_in_the_thread_and_nothing_else_is_markup(
    agent, conversation, alice
):
    write_note(conversation, "<b>@Alice</b> & co", by=alice)

    page = agent.get(
        path(conversation.workspace, "conversation", conversation.public_id)
    ).content.decode()

    assert '&lt;b&gt;<span class="mention">@Alice</span>&lt;/b&gt; &amp; co' in page


def test_the_database_keeps_one_mention_per_note_and_person(conversation, bob):
    found = mention(conversation, bob)
    again = Mention(workspace=found.workspace, note=found.note, user=bob, at=found.at)

    Mention.objects.bulk_create([again], ignore_conflicts=True)

    assert Mention.objects.count() == 1


def test_a_nudge_names_people_and_nothing_else(
    django_capture_on_commit_callbacks, monkeypatch
):
    sent = []
    monkeypatch.setattr(live, "_send", sent.extend)

    with django_capture_on_commit_callbacks(execute=True):
        live.nudge(7, [3, 1, 3])
        live.nudge(7, [])

    assert sent == ['{"w": 7, "u": [1, 3]}']


def test_the_shortest_clear_name_of_each_other_is_offered(
    agent, workspace, alice, bob, settings
):
    for name in ("Ana Lima", "Ana Ribeiro"):
        factories.create_member(workspace, name)

    page = text(agent.get(path(workspace, "names")))

    assert [text in page for text in ("@Alice ", "@Ana Lima ", "@Ana Ribeiro ")] == [
        True
    ] * 3
    assert "@Bob" not in page
