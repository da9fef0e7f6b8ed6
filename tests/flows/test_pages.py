"""The pages of flows: building, trying, publishing, watching; without a browser."""

import json
import re
from urllib.parse import unquote

import pytest
from django.urls import reverse

from flows.graph import read
from flows.models import Flow, FlowTest, Run
from flows.starters import STARTERS
from inbox.models import Message
from tests import factories
from tests.flows.making import (
    buttons,
    create_flow,
    create_live,
    only_run,
    say,
    settle,
    step,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, workspace, alice):
    client.force_login(alice)
    return Desk(client, workspace)


class Desk:
    """Alice's browser without script."""

    def __init__(self, client, workspace):
        self.client, self.workspace = client, workspace

    def url(self, name: str, flow=None, **more) -> str:
        own = {"flow_id": flow.public_id} if flow else {}
        kwargs = {"slug": self.workspace.slug, **own, **more}
        return reverse(f"flows:{name}", kwargs=kwargs)

    def get(self, name, flow=None, query="", **more):
        return self.client.get(self.url(name, flow, **more) + query)

    def post(self, name, flow=None, data=None, **more):
        given = data or {}
        if flow:
            flow.refresh_from_db()
            given = {"revision": flow.revision} | given
        return self.client.post(self.url(name, flow, **more), given)


def draft(flow: Flow):
    flow.refresh_from_db()
    return read(flow.draft)


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_can_be_published_as_it_is(desk, name):
    desk.post("new", data={"starter": name})
    flow = Flow.objects.get()

    desk.post("publish", flow, {"people": "finish"})

    flow.refresh_from_db()
    assert flow.live_version.number == 1
    assert flow.name == name


def test_the_same_starter_twice_gets_another_name(desk):
    for _ in range(2):
        desk.post("new", data={"starter": "Welcome menu"})

    assert set(Flow.objects.values_list("name", flat=True)) == {
        "Welcome menu",
        "Welcome menu 2",
    }


def test_a_step_can_come_before_the_first_of_a_branch(desk, workspace):
    flow = create_flow(workspace, buttons(2, a=3), say(3))
    page = desk.get("editor", flow).content.decode()
    link = re.search(r'<a [^>]*\?at=(2\.option:[^"]*)"[^>]*aria-label="([^"]*)"', page)

    desk.post("add", flow, {"at": unquote(link[1]), "kind": "delay"})

    assert link[2].startswith("Add a step after 2: ")
    assert draft(flow).nodes[2].edges["option:a"] == 4
    assert draft(flow).nodes[4].edges == {"next": 3}


def test_a_step_is_added_filled_in_moved_copied_and_deleted(desk, workspace):
    flow = create_flow(workspace, say(2, next=3), say(3, "Bye"))

    desk.post("add", flow, {"at": "2.next", "kind": "delay"})
    assert draft(flow).nodes[2].edges == {"next": 4}
    desk.post("save_step", flow, {"seconds": "7200", "way_next": "3"}, step=4)
    assert draft(flow).nodes[4].params == {"seconds": 7200}
    desk.post("move", flow, {"to": "down"}, step=4)
    assert draft(flow).nodes[2].edges == {"next": 3}
    assert draft(flow).nodes[3].edges == {"next": 4}
    desk.post("copy", flow, step=3)
    assert draft(flow).nodes[5].params["text"] == "Bye"
    desk.post("delete", flow, step=3)
    assert 3 not in draft(flow).nodes
    assert draft(flow).nodes[2].edges == {"next": 5}
    desk.post("undo", flow)
    assert 3 in draft(flow).nodes


def test_deleting_with_its_branch_takes_what_only_it_leads_to(desk, workspace):
    flow = create_flow(
        workspace,
        say(2, next=3),
        buttons(3, a=4, b=5, otherwise=6),
        say(4, next=6),
        say(5),
        say(6),
    )

    page = desk.get("editor", flow, "?step=3").content.decode()
    assert "Delete with its branch (4 steps)" in page
    desk.post("delete", flow, {"branch": "true"}, step=3)

    assert set(draft(flow).nodes) == {2}


def test_buttons_keep_their_ways_when_their_words_change(desk, workspace):
    flow = create_flow(workspace, buttons(2, a=3, b=4), say(3), say(4))

    desk.post(
        "save_step",
        flow,
        {
            "style": "buttons", "text": "Choose", "timeout": "7200",
            "option_0": "Where is it?", "to_0": "3",
            "option_1": "", "to_1": "4",
            "option_2": "A person", "to_2": "4",
        },
        step=2,
    )  # fmt: skip

    node = draft(flow).nodes[2]
    assert [(o["id"], o["title"]) for o in node.params["options"]] == [
        ("a", "Where is it?"),
        ("c", "A person"),
    ]
    assert node.edges == {"option:a": 3, "option:c": 4}
    assert node.params["timeout"] == 7200


def test_the_trigger_form_keeps_name_channel_and_words(desk, workspace):
    flow = create_flow(workspace, say(2), triggers=[])

    desk.post(
        "save_trigger",
        flow,
        {
            "name": "Greeting", "channel": "both", "kind_0": "keyword",
            "match_0": "exact", "words_0": "hello\nhi", "kind_1": "tag",
            "words_1": "vip",
        },
    )  # fmt: skip

    graph = draft(flow)
    assert (flow.name, graph.channel) == ("Greeting", "both")
    assert [t.params for t in graph.triggers] == [
        {"words": ["hello", "hi"], "match": "exact"},
        {"tag": "vip"},
    ]


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(", "x" * 201, "a*b*c*d*"], ids=lambda p: p[:10]
)
def test_a_dangerous_pattern_is_refused_with_a_sentence(desk, workspace, pattern):
    flow = create_flow(workspace, say(2))

    answer = desk.post(
        "save_trigger",
        flow,
        {
            "name": "x", "channel": "whatsapp", "kind_0": "keyword",
            "match_0": "regex", "words_0": pattern,
        },
    )  # fmt: skip

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_a_colleague_who_was_quicker_on_the_same_step_is_named(desk, workspace, bob):
    flow = create_flow(workspace, say(2, "Hello"))
    page = desk.get("editor", flow, "?step=2").context
    stale = {"revision": flow.revision, "seen": page["digest"]}
    Flow.objects.filter(id=flow.id).update(
        revision=2,
        edited_by=bob,
        draft=create_flow(workspace, say(2, "Bob’s"), name="x").draft,
    )

    answer = desk.client.post(
        desk.url("save_step", flow, step=2), stale | {"text": "Alice’s"}
    )

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Bob changed this step at" in text
    assert "Bob’s" in text
    assert "Alice’s" in text
    assert draft(flow).nodes[2].params["text"] == "Bob’s"


def test_a_colleague_on_another_step_is_no_conflict(desk, workspace):
    flow = create_flow(workspace, say(2, "Hello", next=3), say(3, "Bye"))
    seen = desk.get("editor", flow, "?step=2").context["digest"]
    desk.post("save_step", flow, {"text": "Later"}, step=3)

    stale = {"revision": 1, "seen": seen, "text": "Hi", "way_next": "3"}
    desk.client.post(desk.url("save_step", flow, step=2), stale)

    assert [n.params["text"] for n in draft(flow).nodes.values()] == ["Hi", "Later"]


def test_looking_and_saving_the_same_make_no_revision(desk, workspace):
    flow = create_flow(workspace, say(2, "Hello"))

    desk.get("editor", flow, "?step=2")
    desk.post("save_step", flow, {"text": "Hello"}, step=2)

    flow.refresh_from_db()
    assert flow.revision == 1


def test_a_template_brings_its_variables_into_the_form(desk, workspace, number):
    factories.create_template(number.account, name="order_ready")
    flow = create_flow(workspace, step(2, "sendTemplate"))

    desk.post("save_step", flow, {"template": "order_ready|en"}, step=2)

    assert draft(flow).nodes[2].params == {
        "template": "order_ready",
        "language": "en",
        "values": {"body.1": "", "body.2": ""},
    }


def test_publishing_says_what_changed_and_what_blocks(desk, workspace):
    flow = create_live(workspace, say(2, "Hello"))
    desk.post("save_step", flow, {"text": ""}, step=2)
    desk.post("add", flow, {"at": "2.next", "kind": "delay"})

    page = desk.get("publish", flow).content.decode()
    refused = desk.post("publish", flow)

    assert "Changed step 2 Send message." in page
    assert "Added step 3 Wait." in page
    assert "Step 2 has no text." in page
    assert refused.status_code == 422
    flow.refresh_from_db()
    assert flow.live_version.number == 1


@pytest.mark.parametrize(
    ("people", "state", "number"),
    [("finish", Run.ALIVE, 1), ("move", Run.ALIVE, 2), ("stop", Run.STOPPED, 1)],
)
def test_people_inside_finish_move_or_stop(desk, workspace, number, people, state):
    flow = create_live(
        workspace,
        step(2, "ask", {"next": 3, "timeout": 3}, text="Which?", timeout=7200),
        say(3, "Thanks"),
    )
    write(factories.create_number(workspace))
    desk.post("save_step", flow, {"text": "Thank you"}, step=3)
    assert "1 person is inside" in desk.get("publish", flow).content.decode()

    desk.post("publish", flow, {"people": people})

    run = only_run()
    assert (run.state, run.version.number) == (state, number)


def test_an_older_version_comes_back_as_a_draft(desk, workspace):
    flow = create_live(workspace, say(2, "One"))
    desk.post("save_step", flow, {"text": "Two"}, step=2)
    desk.post("publish", flow, {"people": "finish"})

    assert "Changed step 2" in desk.get("compare", flow, number=2).content.decode()
    desk.post("restore", flow, number=1)

    flow.refresh_from_db()
    assert draft(flow).nodes[2].params["text"] == "One"
    assert flow.live_version.number == 2


def test_a_test_is_kept_and_blocks_publishing_when_it_fails(desk, workspace):
    flow = create_flow(workspace, say(2, "Hello"))
    script = json.dumps([{"say": "menu"}])

    desk.post("keep_test", flow, {"script": script, "name": "Greets"})
    assert FlowTest.objects.get().expected == ["Hello"]
    desk.post("save_step", flow, {"text": "Good day"}, step=2)
    refused = desk.post("publish", flow)

    assert refused.status_code == 422
    assert "Expected “Hello”, the flow said “Good day”" in refused.content.decode()


def test_the_test_panel_plays_a_turn_a_page(desk, workspace):
    flow = create_flow(workspace, buttons(2, a=3), say(3, "On its way"))

    first = desk.post("test", flow, {"script": "[]", "say": "menu"})
    second = desk.post("test", flow, {"script": first.context["script"], "tap": "2.a"})

    assert "Choose one:" in first.content.decode()
    assert second.context["test"].answers == ["Choose one:", "On its way"]


@pytest.mark.parametrize(
    "script", ["{", "5", '[1, "x", {}, {"tap": 5}, {"wait": "x"}, {"start": [1]}]']
)
def test_a_hostile_script_plays_nothing(desk, workspace, script):
    flow = create_flow(workspace, say(2))

    assert desk.post("test", flow, {"script": script}).status_code == 200


def test_a_flow_travels_as_json(desk, workspace):
    flow = create_flow(workspace, buttons(2, a=3, b=3), say(3), channel="both")

    exported = desk.get("export", flow).content.decode()
    desk.post("import", data={"json": exported})

    copy = Flow.objects.exclude(id=flow.id).get()
    assert copy.draft == flow.draft
    assert copy.name == "Welcome menu 2"
    assert copy.live_version is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("not json", "This is not JSON."),
        ("[]", "This is not a flow"),
        ("[" * 100_000, "This is not JSON."),
        ('{"triggers": [], "nodes": 5}', "Steps must be a list."),
        (
            json.dumps({"triggers": [], "nodes": [{"id": n, "kind": "end"} for n in range(2, 5002)]}),
            "It has 5000 steps",
        ),
        (
            json.dumps({"triggers": [], "first": 2, "nodes": [
                {"id": 2, "kind": "sendMessage", "edges": {"next": 9}}]}),
            "Step 2 leads to step 9, which is missing.",
        ),
        (
            json.dumps({"triggers": [], "nodes": [{"id": 2, "kind": "exec"}]}),
            "Step 2 is of no known kind.",
        ),
        (
            json.dumps({"triggers": [], "nodes": [
                {"id": 2, "kind": "sendMessage", "params": {"text": "a\u0000b"}}]}),
            "Step 2: text must be text.",
        ),
        (
            '{"triggers": [], "nodes": [{"id": 2, "kind": "sendMessage",'
            ' "params": {"text": "\\ud800"}}]}',
            "Step 2: text must be text.",
        ),
    ],
)  # fmt: skip
def test_a_broken_import_is_refused_with_a_sentence(desk, data, sentence):
    answer = desk.post("import", data={"json": data})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Flow.objects.exists()


def test_an_import_without_a_channel_is_for_whatsapp(desk):
    desk.post("import", data={"json": '{"triggers": [], "nodes": [], "name": "Old"}'})

    assert Flow.objects.get().draft["channel"] == "whatsapp"


def test_the_run_page_says_why_it_stopped(desk, workspace, number, bob):
    flow = create_live(workspace, say(2, next=3), step(3, "ask", text="Which?"))
    write(number)
    run = only_run()
    desk.post("stop_run", run_id=run.public_id)

    page = desk.get("run", run_id=run.public_id).content.decode()
    listed = desk.get("runs", flow).content.decode()

    assert "Stopped by a teammate: Alice" in page
    assert "Stopped by a teammate" in listed


def test_everybody_inside_is_stopped_at_once(desk, workspace, number):
    flow = create_live(workspace, step(2, "ask", text="Which?"))
    write(number)
    write(number, **{"from": "447700900999"})

    desk.post("stop_runs", flow)

    assert set(Run.objects.values_list("state", flat=True)) == {Run.STOPPED}


def test_the_switch_stops_all_flows_and_starts_them_again(desk, workspace, number):
    create_live(workspace, step(2, "ask", text="Which?"))
    write(number)

    desk.post("switch", data={"on": "false"})
    assert only_run().reason == "SWITCH"
    write(number)
    desk.post("switch", data={"on": "true"})
    write(number)

    assert Run.objects.count() == 2


def test_a_paused_flow_starts_nothing_and_resumes(desk, workspace, number):
    flow = create_live(workspace, say(2))

    desk.post("pause", flow)
    write(number)
    assert not Run.objects.exists()
    desk.post("pause", flow)
    write(number)

    assert Run.objects.count() == 1


def test_a_flow_is_started_from_a_conversation(desk, workspace, conversation, bob):
    flow = create_live(workspace, say(2))
    own = {"public_id": conversation.public_id}

    assert "Start this flow" in desk.get("of_conversation", **own).content.decode()
    desk.post("start", data={"flow": str(flow.public_id)}, **own)
    settle()

    assert "Welcome menu" in desk.get("of_conversation", **own).content.decode()
    assert only_run().state == Run.FINISHED


def test_a_strangers_flow_is_not_started(desk, workspace, conversation, charlie):
    other = create_live(charlie.memberships.get().workspace, say(2))

    answer = desk.post(
        "start",
        data={"flow": str(other.public_id)},
        public_id=conversation.public_id,
    )

    assert answer.status_code == 404
    assert not Run.objects.exists()


def test_business_hours_are_kept(desk, workspace):
    data = {"from_0": "08:00", "to_0": "16:30"}

    assert desk.post("hours", data=data | {"to_1": "x"}).status_code == 422
    desk.post("hours", data=data)

    assert workspace.flowsettings.hours == [["08:00", "16:30"], *[None] * 6]


def test_connecting_instagram_changes_no_flow_and_the_list_says_so(desk, workspace):
    create_live(workspace, say(2))
    factories.create_number(workspace, "instagram")

    page = desk.get("list").content.decode()

    assert "Instagram is connected" in page
    assert "Change channel" in page


def test_the_list_costs_the_same_for_many_flows(
    desk, workspace, django_assert_max_num_queries
):
    for n in range(12):
        create_live(workspace, say(2), name=f"Flow {n}")

    with django_assert_max_num_queries(20):
        desk.get("list")


def test_the_runs_cost_the_same_for_many_people(
    desk, workspace, number, django_assert_max_num_queries
):
    flow = create_live(workspace, step(2, "ask", text="Which?"))
    for n in range(8):
        write(number, **{"from": f"4477009001{n:02}"})

    with django_assert_max_num_queries(20):
        desk.get("runs", flow)


def test_agents_look_and_start_but_do_not_edit(client, workspace, bob):
    flow = create_flow(workspace, say(2))
    client.force_login(bob)
    agent = Desk(client, workspace)

    assert agent.get("editor", flow, "?step=2").status_code == 200
    assert "Save step" not in agent.get("editor", flow, "?step=2").content.decode()
    assert agent.post("save_step", flow, {"text": "x"}, step=2).status_code == 403


def test_a_failure_that_came_later_is_seen_on_the_run(desk, workspace, number):
    create_live(workspace, say(2))
    write(number)
    Message.objects.filter(direction="out").update(state="failed", error_code=131026)

    page = desk.get("run", run_id=only_run().public_id).content.decode()

    assert only_run().state == Run.FINISHED
    assert "This number cannot receive WhatsApp messages" in page


def test_a_colleague_who_has_the_flow_open_is_named(desk, workspace, bob):
    flow = create_flow(workspace, say(2))
    other = type(desk.client)()
    other.force_login(bob)
    other.get(desk.url("editor", flow))

    assert "Bob is also here" in desk.get("editor", flow).content.decode()


def test_an_archived_flow_comes_back_paused_and_under_a_free_name(desk, workspace):
    flow = create_live(workspace, say(2))
    desk.post("archive", flow)
    create_flow(workspace, say(2))

    assert "Archived flows (1)" in desk.get("list").content.decode()
    desk.client.post(desk.url("bring_back", flow))

    flow.refresh_from_db()
    assert (flow.name, flow.archived_at) == ("Welcome menu 2", None)
    assert flow.paused_at


def test_a_stale_change_of_the_order_is_not_made(desk, workspace, bob):
    flow = create_flow(workspace, say(2, next=3), say(3))
    Flow.objects.filter(id=flow.id).update(revision=5, edited_by=bob)

    answer = desk.client.post(desk.url("delete", flow, step=3), {"revision": "1"})

    assert answer.status_code == 409
    assert "Bob changed this flow at" in answer.content.decode()
    assert set(draft(flow).nodes) == {2, 3}


def test_a_name_later_steps_could_not_use_is_refused(desk, workspace):
    flow = create_flow(workspace, step(2, "ask", text="Which e-mail?"))
    answer = {
        "text": "Which?",
        "expects": "email",
        "save_as": "My E-mail",
        "timeout": "0",
        "tries": "1",
    }

    page = desk.post("save_step", flow, answer, step=2)

    assert page.status_code == 422
    assert "Only letters, figures and “_”, like my_email." in page.content.decode()
    assert draft(flow).nodes[2].params["save_as"] == ""
    desk.post("save_step", flow, answer | {"save_as": "my_email"}, step=2)
    assert draft(flow).nodes[2].params["save_as"] == "my_email"
