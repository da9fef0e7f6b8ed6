"""What flows send is what Meta takes: every kind, at the simulator, and drawn in the thread."""

import pytest
from django_q.models import OrmQ

from converge import clock
from flows import tasks
from flows.models import Run, RunStep
from inbox.bubbles import Context, draw
from inbox.models import Contact, Conversation, Message
from inbox.states import State
from tests import factories
from tests.flows.making import KEYWORD, create_live, only_run, say, step, work, write
from tests.inbox.sending import AMELIA, create_number, deliver

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = [
    {"id": "a", "title": "Track my order", "description": "Where it is now"},
    {"id": "b", "title": "Return something"},
]
KINDS = {
    "text": (say(2, "Hi {{first_name}}"), []),
    "buttons": (
        step(2, "sendInteractive", text="Choose", header="Menu", footer="Northwind",
             options=[{"id": "a", "title": "One"}, {"id": "b", "title": "Two"}]),
        ["One", "Two"],
    ),
    "list": (
        step(2, "sendInteractive", style="list", text="Choose", options=ROWS),
        ["Track my order", "Return something"],
    ),
    "url": (
        step(2, "sendInteractive", style="url", text="Look", url_title="Open",
             url="https://shop.example/o/{{name}}"),
        ["Open"],
    ),
    "form": (
        step(2, "sendWaFlow", text="Fill in", wa_flow="1234567890", cta="Begin"),
        ["Begin"],
    ),
    "ask": (step(2, "ask", text="Which order?"), []),
}  # fmt: skip


@pytest.fixture
def number(simulator):
    return create_number(simulator)


def begin(simulator, number, *nodes):
    create_live(number.workspace, *nodes)
    simulator.write("menu", person="amelia", number=number.meta_id)
    message = factories.text_message(AMELIA, "menu")
    factories.store(factories.envelope(number, [message]))
    work()
    deliver()
    work()


@pytest.mark.parametrize("kind", KINDS)
def test_meta_takes_it_and_the_thread_shows_it(simulator, number, kind):
    node, choices = KINDS[kind]

    begin(simulator, number, node)

    message = Message.objects.get(direction="out")
    context = Context(clock.now(), Conversation.objects.get(), 0)
    assert message.state == State.SENT, message.error_text
    assert draw(message, context).choices == choices
    assert len(simulator.journal()) == 1


def test_a_template_with_a_payload_button_comes_back_as_a_trigger(simulator, number):
    template = factories.create_template(
        number.account, name="hello_world", language="en_US", components=[]
    )
    begin(
        simulator,
        number,
        step(2, "sendTemplate", template="hello_world", language="en_US"),
    )

    message = Message.objects.get(direction="out")
    assert (message.state, message.template) == (State.SENT, template)


def test_a_quick_reply_of_a_template_starts_the_flow_that_waits_for_its_payload(number):
    trigger = {"kind": "button", "payloads": ["MORE"]}
    create_live(number.workspace, say(2), triggers=[trigger])

    write(number, type="button", button={"payload": "MORE", "text": "Tell me more"})

    assert only_run().state == Run.FINISHED


@pytest.mark.parametrize(
    ("trigger", "fields", "is_started"),
    [
        ({"kind": "referral"}, {"referral": {"source_id": "ad-1"}}, True),
        (
            {"kind": "referral", "source": "ad-2"},
            {"referral": {"source_id": "ad-1"}},
            False,
        ),
        ({"kind": "optin"}, {"text": {"body": "START"}}, True),
        ({"kind": "any"}, {}, True),
        (KEYWORD | {"match": "exact"}, {"text": {"body": "the menu"}}, False),
        (KEYWORD | {"match": "starts"}, {"text": {"body": "menu please"}}, True),
        (
            {"kind": "keyword", "words": ["^#\\d+$"], "match": "regex"},
            {"text": {"body": "#47790"}},
            True,
        ),
        (KEYWORD, {"text": {"body": "the menus"}}, False),
    ],
)
def test_triggers_hear_what_they_are_for(number, trigger, fields, is_started):
    create_live(number.workspace, say(2), triggers=[trigger])

    write(number, **fields)

    assert Run.objects.exists() == is_started


def test_the_first_message_of_a_customer_is_the_first_only_once(number):
    create_live(number.workspace, say(2), triggers=[{"kind": "first"}])

    write(number, "hello")
    write(number, "hello again")

    assert Run.objects.count() == 1


def test_a_url_is_called_once_and_its_answer_is_kept(number, door):
    create_live(
        number.workspace,
        step(2, "callUrl", {"next": 3, "error": 4}, url=f"{door}/order",
             path="order.items.0.status", save_as="status"),
        step(3, "setField", field="status", value="{{status}}"),
        step(4, "setField", field="status", value="unknown"),
    )  # fmt: skip
    write(number)
    assert OrmQ.objects.count() == 1

    for _ in range(2):
        tasks.call_url(only_run().id)

    assert Contact.objects.get().fields == {"status": "sent"}
    assert RunStep.objects.filter(what="called").count() == 1


def test_a_url_that_fails_takes_the_error_way(number, door):
    create_live(
        number.workspace,
        step(2, "callUrl", {"error": 3}, url=f"{door}/broken"),
        step(3, "setField", field="status", value="unknown"),
    )
    write(number)

    tasks.call_url(only_run().id)

    assert Contact.objects.get().fields == {"status": "unknown"}
