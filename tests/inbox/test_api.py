"""The interface for programs: one message for each of their ids, and honest answers."""

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from accounts import api_keys
from accounts.models import ApiKey
from inbox import tags
from inbox.models import (
    ApiSend,
    Attempt,
    Contact,
    Conversation,
    Identity,
    Message,
    Tag,
)
from inbox.states import State
from tests import factories
from tests.inbox.programs import Program, error, request
from tests.inbox.sending import create_number, deliver

pytestmark = pytest.mark.django_db
VALUES = {"body": {"1": "Amelia", "2": "4711"}}


@pytest.fixture
def program(client, workspace, alice):
    return Program(client, workspace, by=alice)


@pytest.fixture
def template(number):
    return factories.create_template(number.account)


def using(template: dict) -> dict:
    return {"template": {"name": "order_ready", "language": "en"} | template}


def test_a_template_is_queued_as_automation(program, number, template):
    answer = program.send(number)

    message = Message.objects.get()
    body = answer.json()
    assert answer.status_code == 202
    assert (body["id"], body["state"]) == (str(message.id), "queued")
    assert (message.origin, message.author, message.template) == ("api", None, template)
    assert message.body == "Hello Amelia, your order 4711 is ready."
    assert Identity.objects.get(contact=message.contact).value == "447700900112"


def test_a_send_opens_no_conversation_and_takes_nothing_over(program, number, template):
    program.send(number)

    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.takeover) == (Conversation.CLOSED, False)


def test_a_contact_is_written_to_by_its_id(program, number, template, conversation):
    contact = conversation.contact

    answer = program.send(number, to=None, contact=str(contact.public_id))

    assert answer.status_code == 202
    assert answer.json()["conversation"] == str(conversation.public_id)
    assert Message.objects.get().contact == contact


def test_the_same_request_is_the_same_message(program, number, template):
    first = program.send(number)
    second = program.send(number)

    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == second.json()
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "+44 7700 900113"},
        using({"values": {"body": {"1": "Amina", "2": "4711"}}}),
        using({"language": "de", "values": VALUES}),
    ],
)
def test_another_request_of_the_same_id_is_refused(program, number, template, changes):
    program.send(number)

    answer = program.send(number, **changes)

    assert error(answer) == (409, "idempotency_conflict")
    assert Message.objects.count() == Contact.objects.count() == 1


def test_an_id_belongs_to_its_workspace(client, program, number, template, charlie):
    other = charlie.memberships.get().workspace
    theirs = factories.create_number(other)
    factories.create_template(theirs.account)

    program.send(number)
    answer = Program(client, other, by=charlie).send(theirs)

    assert answer.status_code == 202
    assert ApiSend.objects.count() == 2


def test_a_refusal_says_why_and_leaves_nothing_behind(program, number, template):
    contact = factories.create_contact(number.workspace, wa_id="447700900112")
    tags.set_tag(contact, Tag.DND, by=None, reason="wrote STOP")

    answer = program.send(number)

    assert error(answer) == (422, "dnd")
    assert "opted out of automatic messages" in answer.json()["error"]["message"]
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()
    tags.lift_tag(contact, Tag.DND)
    assert program.send(number).status_code == 202


def test_nobody_is_made_for_a_template_that_does_not_exist(program, number):
    answer = program.send(number)

    assert error(answer) == (422, "template_missing")
    assert answer.json()["error"]["remedy"] == "Choose another one."
    assert not Contact.objects.exists()


def test_a_missing_value_is_named(program, number, template):
    answer = program.send(number, **using({"values": {"body": {"1": "Amelia"}}}))

    assert error(answer) == (422, "template_values")
    assert "Body: value 2" in answer.json()["error"]["message"]


def test_a_place_with_half_of_its_values_is_refused(program, number):
    header = {"type": "HEADER", "format": "LOCATION"}
    factories.create_template(number.account, components=[header])
    values = {"header": {"latitude": "51.5", "name": "Shop"}}

    answer = program.send(number, **using({"values": values}))

    assert error(answer) == (422, "template_values")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"body": {"1": "Amelia", "2": "4711", "3": "x"}}, "unknown_value"),
        ({"body": {"1": "Amelia\nYusuf", "2": "4711"}}, "invalid_value"),
    ],
)
def test_a_value_the_template_would_not_take_is_named(
    program, number, template, values, code
):
    assert error(program.send(number, **using({"values": values}))) == (422, code)


def test_instagram_has_no_templates(program, workspace):
    account = factories.create_account(workspace, "instagram")
    number = factories.create_number(workspace, "instagram", account)

    assert error(program.send(number))[0] == 422
    assert not Message.objects.exists()


def test_a_retired_number_says_so(program, number, template):
    number.retired_at = number.created_at
    number.save()

    assert error(program.send(number)) == (422, "retired")


@pytest.mark.parametrize(
    "changes",
    [
        {"idempotency_key": None},
        {"idempotency_key": "x" * 101},
        {"idempotency_key": 4711},
        {"idempotency_key": "a\x00b"},
        {"idempotency_key": "\ud800"},
        {"contact": str(uuid.uuid4())},
        {"to": None},
        {"to": None, "contact": "amelia"},
        {"template": None},
        {"template": []},
        {"text": "Hello"},
        using({"values": []}),
        using({"values": {"body": ["Amelia"]}}),
        using({"values": {"body": {"1": 4711}}}),
        using({"values": {"footer": {}}}),
        using({"values": {"body": {"\x00": "x"}}}),
        using({"language": ""}),
    ],
)
def test_what_is_not_understood_is_refused(program, number, template, changes):
    answer = program.send(number, **changes)

    assert error(answer) == (400, "invalid_request")
    assert answer.json()["error"]["message"]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 411),
        ("no JSON", 400),
        ("[]", 400),
        ('{"a": NaN}', 400),
        ("[" * 30_000, 400),
        (b"\xff", 400),
        ("x" * 70_000, 413),
    ],
)
def test_a_body_that_is_no_request_is_refused(program, body, status):
    assert program.post("messages", body).status_code == status


@pytest.mark.parametrize("to", ["Amelia", "12", "+", "٠٠٠"])
def test_what_is_no_phone_number_is_refused(program, number, template, to):
    assert error(program.send(number, to=to)) == (422, "invalid_phone")


def test_nothing_of_another_workspace_is_seen(
    client, program, number, template, charlie
):
    program.send(number)
    stranger = Program(client, charlie.memberships.get().workspace, by=charlie)
    contact = str(Contact.objects.get().public_id)
    theirs = factories.create_number(stranger.key.workspace)

    assert error(stranger.get(f"messages/{Message.objects.get().id}"))[0] == 404
    assert error(stranger.send(number)) == (404, "unknown_number")
    refused = stranger.send(theirs, to=None, contact=contact)
    assert error(refused) == (404, "unknown_contact")
    assert stranger.get("templates").json()["data"] == []
    assert len(stranger.get("numbers").json()["data"]) == 1


def test_without_a_key_nothing_is_answered(client, program, number):
    for headers in (
        {},
        {"Authorization": "Bearer cvg_x"},
        {"Authorization": "Basic x"},
    ):
        answer = client.get("/api/v1/numbers", headers=headers)
        assert error(answer) == (401, "unauthorized")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_opens_no_door(client, workspace, alice):
    client.force_login(alice)

    assert client.get("/api/v1/numbers").status_code == 401


def test_an_answer_sets_no_cookie_and_wants_none(program, workspace):
    strict = Client(enforce_csrf_checks=True)
    program.client = strict

    answer = program.post("messages", {})

    assert answer.status_code == 400
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-store"


def test_a_revoked_key_opens_nothing(program):
    ApiKey.objects.update(revoked_at=program.key.created_at)

    assert program.get("numbers").status_code == 401


def test_too_many_calls_are_told_when_to_come_back(program, monkeypatch):
    monkeypatch.setattr(api_keys, "EVERY", 60.0)
    monkeypatch.setattr(api_keys, "BURST", 1)

    answers = [program.get("numbers") for _ in range(2)]

    assert answers[0].status_code == 200
    assert error(answers[1]) == (429, "rate_limited")
    assert 1 <= int(answers[1]["Retry-After"]) <= 60


def test_errors_of_the_way_are_json_too(program):
    refused = program.get("messages")

    assert error(refused) == (405, "method_not_allowed")
    assert refused["Allow"] == "POST"
    assert error(program.get("nowhere")) == (404, "not_found")
    assert error(program.get(f"messages/{uuid.uuid4()}")) == (404, "not_found")


def test_when_something_breaks_the_answer_is_json(client, program, monkeypatch):
    def broken(request):
        raise RuntimeError

    monkeypatch.setattr(api_keys, "present", broken)
    client.raise_request_exception = False

    assert error(program.get("numbers")) == (500, "internal_error")


def test_a_message_without_a_length_is_asked_for_one(client, program):
    answer = client.generic("POST", "/api/v1/messages", headers=program.headers())

    assert error(answer) == (411, "length_required")


def test_pages_follow_each_other_by_key(program, number):
    names = [f"template_{n}" for n in range(5)]
    for name in names:
        factories.create_template(number.account, name)

    found, path = [], "/api/v1/templates?limit=2"
    while path:
        page = program.client.get(path, headers=program.headers()).json()
        found += [t["name"] for t in page["data"]]
        path = page["next"]

    assert found == names


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"limit": 0}, {"limit": 101}, {"after": "9" * 5000}]
)
def test_an_unusable_page_is_refused(program, query):
    assert error(program.get("templates", **query)) == (400, "invalid_request")


def test_a_list_asks_the_same_whatever_its_length(
    program, number, settings, django_assert_num_queries
):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    for n in range(20):
        factories.create_template(number.account, f"template_{n}")

    with django_assert_num_queries(3):
        assert len(program.get("templates").json()["data"]) == 20


def test_a_template_names_its_values(program, template):
    (shown,) = program.get("templates").json()["data"]

    assert [(v["part"], v["name"]) for v in shown["values"]] == [
        ("body", "1"),
        ("body", "2"),
    ]


def test_what_became_of_a_message_is_told(simulator, client):
    number = create_number(simulator)
    workspace = number.workspace
    owner = factories.create_member(workspace, "Alice", role="owner")
    program = Program(client, workspace, by=owner)
    factories.create_template(
        number.account,
        "hello_world",
        [{"type": "BODY", "text": "Hello World"}],
        language="en_US",
    )
    template = {"name": "hello_world", "language": "en_US"}

    sent = program.send(number, template=template).json()
    deliver()
    told = program.get(f"messages/{sent['id']}").json()

    assert (told["state"], told["attempts"]) == ("sent", 1)
    assert told["sent_at"]
    assert told["delivered_at"] is None
    assert told["whatsapp_id"] == Attempt.objects.get().wamid
    assert told["idempotency_key"] == "order-4711"


def test_a_message_nobody_knows_about_is_called_unknown(program, conversation):
    attempt = factories.create_sent(conversation, State.UNKNOWN)

    told = program.get(f"messages/{attempt.message_id}").json()

    assert told["state"] == "unknown"
    assert told["error_code"] is None
    assert told["explanation"].startswith("We do not know if this was sent.")


def test_a_failure_has_metas_code_and_our_words(program, conversation):
    attempt = factories.create_sent(conversation, State.FAILED, error_code=131026)

    told = program.get(f"messages/{attempt.message_id}").json()

    assert (told["state"], told["error_code"]) == ("failed", "131026")
    assert told["explanation"]


def test_a_message_refused_when_it_was_due_says_the_reason(program, conversation):
    attempt = factories.create_sent(
        conversation, State.FAILED, decision={"reason": "DND"}
    )

    told = program.get(f"messages/{attempt.message_id}").json()

    assert told["error_code"] == "dnd"
    assert "opted out" in told["explanation"]


def test_no_report_is_called_so(program, conversation):
    attempt = factories.create_sent(conversation, State.SILENT)

    told = program.get(f"messages/{attempt.message_id}").json()

    assert told["state"] == "no_report"
    assert "never said it was delivered" in told["explanation"]


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_the_same_moment_are_one_message(workspace, alice, number):
    factories.create_template(number.account)
    program = Program(Client(), workspace, by=alice)
    barrier, answers = threading.Barrier(4), []

    def call():
        barrier.wait()
        answers.append(
            Client().post(
                "/api/v1/messages",
                request(number),
                content_type="application/json",
                headers=program.headers(),
            )
        )
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(a.status_code for a in answers) == [200, 200, 200, 202]
    assert len({a.json()["id"] for a in answers}) == 1
    assert Message.objects.count() == 1
