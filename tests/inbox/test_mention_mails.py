"""A mention nobody has seen is told by e-mail: once, for all of them together."""

from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Membership
from converge import clock
from inbox import mention_mails, reading
from inbox.mention_mails import LATEST, UNSEEN_FOR
from inbox.models import Mention, Note
from tests import factories
from tests.inbox.mentioning import mention, write_note

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mailing(settings):
    settings.EMAIL_URL = "memorymail://"
    settings.PUBLIC_URL = "https://desk.example"


@pytest.fixture
def conversation(number):
    return factories.create_conversation(number)


def ago(conversation, user, by, span: timedelta) -> Mention:
    made = mention(conversation, user, by)
    at = clock.now() - span
    Mention.objects.filter(id=made.id).update(at=at)
    Note.objects.filter(id=made.note_id).update(at=at)
    return made


def unseen(conversation, user, by=None) -> Mention:
    return ago(conversation, user, by, UNSEEN_FOR + timedelta(seconds=1))


def test_it_says_who_and_leads_to_the_note_and_says_nothing_of_it(
    conversation, alice, bob
):
    made = unseen(conversation, bob, alice)

    assert mention_mails.mail_due() == 1

    (sent,) = mail.outbox
    path = reverse("inbox:open_mention", args=[conversation.workspace.slug, made.id])
    assert sent.to == [bob.email]
    assert f"{alice.name} mentioned you" in sent.subject
    assert f"https://desk.example{path}\n" in sent.body
    whole = sent.subject + sent.body
    assert "please look" not in whole and "Amina" not in whole


def test_several_are_one_mail_and_each_is_told_once(conversation, alice, bob):
    first, second = unseen(conversation, bob, alice), unseen(conversation, bob)

    assert mention_mails.mail_due() == 1
    assert mention_mails.mail_due() == 0

    (sent,) = mail.outbox
    assert sent.subject.startswith("2 notes in ")
    assert f"/{first.id}/" in sent.body and f"/{second.id}/" in sent.body
    assert "Somebody who left mentioned you" in sent.body


def test_each_person_gets_their_own(conversation, number, alice, bob):
    unseen(conversation, alice, bob)
    unseen(factories.create_conversation(number), bob, alice)

    assert mention_mails.mail_due() == 2
    assert sorted(m.to[0] for m in mail.outbox) == sorted([alice.email, bob.email])


@pytest.mark.parametrize("span", [UNSEEN_FOR / 2, LATEST + timedelta(minutes=1)])
def test_what_is_new_and_what_is_of_yesterday_is_told_by_the_bell_alone(
    conversation, alice, bob, span
):
    ago(conversation, bob, alice, span)

    assert mention_mails.mail_due() == 0


def test_who_has_read_or_written_there_since_gets_none(alice, bob, number):
    read, wrote, opened = (factories.create_conversation(number) for _ in range(3))
    for one in (read, wrote, opened):
        unseen(one, bob, alice)
    reading.mark_read(Membership.objects.get(user=bob), read, 1)
    write_note(wrote, "I am on it.", by=bob)
    Mention.objects.filter(note__conversation=opened).update(read_at=clock.now())

    assert mention_mails.mail_due() == 0


@pytest.mark.parametrize(
    "change",
    [
        {"mails_mentions": False},
        {"is_active": False},
    ],
)
def test_who_does_not_want_it_or_is_gone_gets_none(conversation, alice, bob, change):
    unseen(conversation, bob, alice)
    type(bob).objects.filter(id=bob.id).update(**change)

    assert mention_mails.mail_due() == 0


def test_who_left_the_workspace_gets_none(conversation, alice, bob):
    unseen(conversation, bob, alice)
    Membership.objects.filter(user=bob).delete()

    assert mention_mails.mail_due() == 0


def test_where_no_mail_is_set_up_nothing_is_marked(conversation, alice, bob, settings):
    settings.EMAIL_URL = ""
    made = unseen(conversation, bob, alice)

    assert mention_mails.mail_due() == 0
    made.refresh_from_db()
    assert made.mailed_at is None


def test_a_mail_server_that_is_away_costs_nobody_theirs(
    conversation, alice, bob, monkeypatch
):
    unseen(conversation, bob, alice)
    with monkeypatch.context() as patch:
        patch.setattr(mail.backends.locmem.EmailBackend, "open", refuse)
        assert mention_mails.mail_due() == 0

    assert mention_mails.mail_due() == 1


def test_a_mail_that_broke_is_not_sent_again_and_stops_nobody_elses(
    conversation, alice, bob, monkeypatch, caplog
):
    unseen(conversation, bob, alice)
    with monkeypatch.context() as patch:
        patch.setattr(mail.EmailMessage, "send", refuse)
        assert mention_mails.mail_due() == 0

    assert "mention not mailed" in caplog.text
    assert mention_mails.mail_due() == 0


def refuse(*args, **kwargs):
    raise SMTPException


def test_a_line_break_in_a_name_stops_no_mail(conversation, alice, bob):
    alice.name = "Alice\nOwner"
    alice.save()
    unseen(conversation, bob, alice)

    assert mention_mails.mail_due() == 1

    assert mail.outbox[0].subject.startswith("Alice Owner mentioned you")
