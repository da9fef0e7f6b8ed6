"""Nothing crosses a workspace's border: every address, with everybody's objects."""

import pytest
from django.urls import reverse

from accounts import api_keys, roles
from accounts.cases import open_case
from accounts.models import Invitation, Membership
from inbox.models import (
    Attachment,
    CannedReply,
    Import,
    Merge,
    MergeProposal,
    SavedView,
    TeamAct,
    WorkspaceExport,
)
from inbox.states import State
from tests import factories
from tests.accounts.every_url import in_workspace, ours
from tests.broadcasts.mailing import one_of_everything
from tests.business_numbers.rows import create_run
from tests.flows.making import flow_objects
from tests.inbox.listening import told_webhook
from tests.inbox.mentioning import mention

pytestmark = pytest.mark.django_db

# Every address below a workspace: how it is called. A new one must be entered here.
GET, POST = "get", "post"
METHODS = {
    "inbox:inbox": GET,
    "inbox:search": GET,
    "inbox:start": GET,
    "inbox:mentions": GET,
    "inbox:bell": GET,
    "inbox:rings": GET,
    "inbox:names": GET,
    "inbox:read_mentions": POST,
    "inbox:open_mention": GET,
    "inbox:read_mention": POST,
    "inbox:changed_rows": GET,
    "inbox:conversation": GET,
    "inbox:contact": GET,
    "inbox:tail": GET,
    "inbox:row_menu": GET,
    "inbox:older": GET,
    "inbox:act_together": POST,
    "inbox:undo_last": POST,
    "inbox:done_together": GET,
    "inbox:undo_together": POST,
    "inbox:views": GET,
    "inbox:edit_view": GET,
    "inbox:move_view": POST,
    "inbox:delete_view": POST,
    "inbox:send": POST,
    "inbox:crossed": GET,
    "inbox:replies": GET,
    "inbox:add_note": POST,
    "inbox:save_draft": POST,
    "inbox:read": POST,
    "inbox:unread": POST,
    "inbox:presence": POST,
    "inbox:close": POST,
    "inbox:snooze": POST,
    "inbox:reopen": POST,
    "inbox:assign": POST,
    "inbox:takeover": POST,
    "inbox:add_tag": POST,
    "inbox:remove_tag": POST,
    "inbox:dnd": POST,
    "inbox:do_not_send": POST,
    "replies:list": GET,
    "replies:edit": GET,
    "replies:delete": POST,
    "contacts:list": GET,
    "segments:list": GET,
    "segments:keep": GET,
    "segments:show": GET,
    "segments:edit": GET,
    "segments:remove": POST,
    "contacts:new": GET,
    "contacts:show": GET,
    "contacts:export": GET,
    "contacts:opt_outs": GET,
    "contacts:export_opt_outs": GET,
    "contacts:import": GET,
    "contacts:import_example": GET,
    "contacts:import_columns": GET,
    "contacts:import_check": GET,
    "contacts:import_result": GET,
    "contacts:import_lines": GET,
    "contacts:import_refused": GET,
    "contacts:undo_import": POST,
    "erase_contact": GET,
    "contacts:merge_with": GET,
    "contacts:merge": GET,
    "contacts:undo_merge": POST,
    "contacts:dnd": POST,
    "contacts:do_not_send": POST,
    "inbox:block": POST,
    "inbox:dismiss_twin": POST,
    "inbox:arrange": GET,
    "inbox:arrange_preview": POST,
    "inbox:pick": GET,
    "inbox:pick_one": GET,
    "inbox:preview": POST,
    "inbox:send_template": POST,
    "inbox:details": GET,
    "inbox:react": GET,
    "inbox:ask_again": GET,
    "inbox:again": POST,
    "inbox:mark_sent": POST,
    "inbox:check": POST,
    "inbox:discard": POST,
    "inbox:attachment": GET,
    "broadcasts:list": GET,
    "broadcasts:settings": GET,
    "broadcasts:show": GET,
    "broadcasts:progress": GET,
    "broadcasts:message": GET,
    "broadcasts:audience": GET,
    "broadcasts:audience_people": GET,
    "broadcasts:file": GET,
    "broadcasts:file_lines": GET,
    "broadcasts:when": GET,
    "broadcasts:check": GET,
    "broadcasts:ask_stop": GET,
    "broadcasts:ask_unknown": GET,
    "broadcasts:export": GET,
    "broadcasts:people": GET,
    "broadcasts:timeline": GET,
    "broadcasts:new": POST,
    "broadcasts:save_price": POST,
    "broadcasts:remove_price": POST,
    "broadcasts:save_ladder": POST,
    "broadcasts:add_rule": POST,
    "broadcasts:remove_rule": POST,
    "broadcasts:only_first": POST,
    "broadcasts:upload": POST,
    "broadcasts:test": POST,
    "broadcasts:start": POST,
    "broadcasts:undo": POST,
    "broadcasts:pause": POST,
    "broadcasts:resume": POST,
    "broadcasts:stop": POST,
    "broadcasts:retries": POST,
    "broadcasts:settle": POST,
    "broadcasts:duplicate": POST,
    "broadcasts:delete": POST,
    "broadcasts:make_segment": POST,
    "broadcasts:keep_rules": POST,
    "broadcasts:remove_segment": POST,
    "flows:list": GET,
    "flows:new": POST,
    "flows:import": GET,
    "flows:switch": POST,
    "flows:hours": GET,
    "flows:run": GET,
    "flows:stop_run": POST,
    "flows:of_conversation": GET,
    "flows:start": POST,
    "flows:editor": GET,
    "flows:save_trigger": POST,
    "flows:add": GET,
    "flows:save_step": POST,
    "flows:move": POST,
    "flows:copy": POST,
    "flows:delete": POST,
    "flows:undo": POST,
    "flows:pause": POST,
    "flows:archive": POST,
    "flows:bring_back": POST,
    "flows:duplicate": POST,
    "flows:export": GET,
    "flows:publish": GET,
    "flows:versions": GET,
    "flows:compare": GET,
    "flows:restore": POST,
    "flows:runs": GET,
    "flows:stop_runs": POST,
    "flows:test": POST,
    "flows:keep_test": POST,
    "flows:drop_test": POST,
    "reports:now": GET,
    "reports:service": GET,
    "reports:export_service": GET,
    "reports:delivery": GET,
    "reports:flows": GET,
    "reports:export_flows": GET,
    "reports:export_delivery": GET,
    "numbers:list": GET,
    "numbers:connect": GET,
    "numbers:paste": GET,
    "numbers:login": GET,
    "numbers:choose": GET,
    "numbers:window": POST,
    "numbers:feature_unavailable": GET,
    "numbers:platform": GET,
    "numbers:show": GET,
    "numbers:check": POST,
    "numbers:runs": GET,
    "numbers:run": GET,
    "numbers:timeline": GET,
    "numbers:fix": POST,
    "numbers:rename": GET,
    "numbers:test_webhook": POST,
    "numbers:ask_support": POST,
    "api_keys": GET,
    "revoke_api_key": POST,
    "exports:list": GET,
    "exports:download": GET,
    "assignment:list": GET,
    "assignment:set": POST,
    "webhooks:list": GET,
    "webhooks:show": GET,
    "webhooks:edit": GET,
    "webhooks:renew_secret": POST,
    "webhooks:switch": POST,
    "webhooks:test": POST,
    "webhooks:delete": POST,
    "webhooks:again": POST,
    "cases": GET,
    "ask_support": GET,
    "case": GET,
    "numbers:listen": POST,
    "numbers:listening": GET,
    "numbers:setup": GET,
    "numbers:recover": GET,
    "numbers:new_pin": GET,
    "numbers:disconnect": GET,
    "numbers:ask_owner": POST,
    "retire_number": GET,
    "numbers:templates": GET,
    "numbers:inbound": GET,
    "numbers:sync_templates": POST,
    "template": GET,
    "settings": GET,
    "profile": GET,
    "notifications": GET,
    "workspace": GET,
    "team": GET,
    "change_member": POST,
    "teams": GET,
    "edit_team": GET,
    "delete_team": POST,
    "revoke_invitation": POST,
    "audit": GET,
    "second_factor_needed": GET,
}
# Says where two-factor is set up, and shows nothing of a workspace.
SHOWS_NOTHING = {"second_factor_needed"}
# What a viewer may do besides looking: where they themselves have read to.
READERS_MAY = {"inbox:read", "inbox:unread", "inbox:presence"}
READERS_MAY |= {"inbox:read_mention", "inbox:read_mentions"}
# Trying a flow changes and sends nothing.
READERS_MAY |= {"flows:test"}
ROUTES = {route.name: route for route in in_workspace()}
BY_NAME = pytest.mark.parametrize("name", sorted(METHODS))
# What an address names besides objects: one of two channels.
NO_OBJECT = {"numbers:platform"}
WITH_OBJECTS = pytest.mark.parametrize(
    "name",
    sorted(
        n
        for n, route in ROUTES.items()
        if route.path.count("<") > 1 and n not in NO_OBJECT
    ),
)


@pytest.fixture
def world(workspace, alice, number, conversation):
    """One object of every kind an address may name."""
    attempt = factories.create_sent(conversation, State.FAILED)
    attachment = Attachment.objects.create(
        workspace=workspace, message=attempt.message, number=number, kind="image"
    )
    invitation = Invitation(workspace=workspace, email="dana@example.org")
    invitation.issue_token()
    invitation.save()
    return {
        "public_id": conversation.public_id,
        "contact_id": conversation.contact.public_id,
        "message_id": attempt.message_id,
        "template_id": factories.create_template(number.account).id,
        "attachment_id": attachment.id,
        "reply_id": CannedReply.objects.create(
            workspace=workspace, name="Hours", body="At nine"
        ).id,
        "other_id": (other := factories.create_contact(workspace)).public_id,
        "import_id": Import.objects.create(
            workspace=workspace, name="people.csv", body=b"", columns=["phone"]
        ).public_id,
        "merge_id": Merge.objects.create(
            workspace=workspace,
            contact=conversation.contact,
            other=other,
            merged_at=conversation.last_at,
            undone_at=conversation.last_at,
        ).public_id,
        "view_id": SavedView.objects.create(
            workspace=workspace, name="Waiting", query="waiting=1"
        ).id,
        "act_id": TeamAct.objects.create(
            workspace=workspace, user=alice, kind="close", at=conversation.last_at
        ).public_id,
        "proposal_id": MergeProposal.objects.create(
            workspace=workspace,
            contact=conversation.contact,
            other=factories.create_contact(workspace),
            proposed_at=conversation.last_at,
        ).id,
        "mention_id": mention(conversation, alice).id,
        "number_id": number.id,
        "check_run_id": create_run(number).id,
        "kind": "whatsapp",
        "reference": open_case(
            workspace, alice, "It is silent", "Since noon.", {}
        ).reference,
        **told_webhook(workspace),
        "team_id": workspace.teams.create(name="Support").id,
        "export_id": WorkspaceExport.objects.create(
            workspace=workspace, asked_at=conversation.last_at, state="ready"
        ).id,
        "key_id": api_keys.issue(workspace, "Web shop", by=alice)[0].id,
        "invitation": invitation.id,
        "member": alice.memberships.get().id,
        **one_of_everything(number),
        **flow_objects(workspace, conversation),
    }


def address(name: str, slug: str, world: dict) -> str:
    route = ROUTES[name]
    values = {key: world[key] for key in world if f":{key}>" in route.path}
    if "<int:pk>" in route.path:
        kind = "invitation" if "invitation" in name else "member"
        kind = "flow_test" if name.startswith("flows:") else kind
        values["pk"] = world[kind]
    if name == "numbers:run":
        values["run_id"] = world["check_run_id"]
    return reverse(name, kwargs={"slug": slug, **values})


def visit(client, name: str, slug: str, world: dict, **headers):
    call = getattr(client, METHODS[name])
    return call(address(name, slug, world), headers=headers)


def test_every_address_is_in_the_table():
    assert set(ROUTES) == set(METHODS)


@pytest.mark.parametrize("route", ours(), ids=lambda r: r.path)
def test_every_view_says_who_may_call_it(route):
    is_a_redirect = route.path == ""

    assert route.access or is_a_redirect
    if route.is_in_workspace:
        assert route.access in roles.MAY or route.name in SHOWS_NOTHING


@BY_NAME
def test_a_stranger_finds_nothing(client, workspace, world, charlie, name):
    client.force_login(charlie)

    answer = visit(client, name, workspace.slug, world)

    assert answer.status_code == (200 if name in SHOWS_NOTHING else 404)
    assert workspace.name not in answer.content.decode()


@WITH_OBJECTS
def test_objects_of_another_workspace_are_not_found_in_ones_own(
    client, world, charlie, name
):
    client.force_login(charlie)
    own = charlie.memberships.get().workspace

    assert visit(client, name, own.slug, world).status_code == 404


@BY_NAME
def test_nobody_is_asked_to_sign_in(client, workspace, world, name):
    page = visit(client, name, workspace.slug, world)
    fragment = visit(client, name, workspace.slug, world, HX_Request="true")

    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")
    assert fragment.status_code == 401


@BY_NAME
def test_a_viewer_reads_and_does_nothing(client, workspace, world, name):
    viewer = factories.create_member(workspace, "Vera Viewer", role="viewer")
    client.force_login(viewer)

    status = visit(client, name, workspace.slug, world).status_code

    is_reading = ROUTES[name].access in ("read", "signed in")
    assert (status != 403) if is_reading else (status == 403)
    if METHODS[name] == POST:
        assert (status != 403) == (name in READERS_MAY)


@pytest.mark.parametrize("role", ["owner", "admin", "agent", "viewer"])
@pytest.mark.parametrize(
    "name", ["inbox:inbox", "numbers:connect", "workspace", "team", "audit"]
)
def test_pages_open_to_the_roles_of_the_table(client, workspace, world, name, role):
    client.force_login(factories.create_member(workspace, "Robin", role=role))

    status = visit(client, name, workspace.slug, world).status_code

    assert status == (200 if roles.may(role, ROUTES[name].access) else 403)


def test_somebody_who_was_removed_is_a_stranger_at_once(client, workspace, bob, world):
    client.force_login(bob)
    assert visit(client, "inbox:inbox", workspace.slug, world).status_code == 200

    Membership.objects.filter(user=bob).delete()

    assert visit(client, "inbox:inbox", workspace.slug, world).status_code == 404


def test_changed_rows_of_another_workspace_stay_silent(client, world, charlie):
    client.force_login(charlie)
    own = charlie.memberships.get().workspace
    path = reverse("inbox:changed_rows", kwargs={"slug": own.slug})

    answer = client.get(path, {"id": str(world["public_id"])})

    assert str(world["public_id"]) not in answer.content.decode()
