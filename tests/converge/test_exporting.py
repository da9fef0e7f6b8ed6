"""An export holds the whole workspace and nothing of another, whatever interrupts it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django_q.models import OrmQ

from accounts.models import AuditEntry, Team
from converge import clock
from converge.exporting import FORMAT, PARTS, TASK, go_on, work
from inbox import export_parts, exporting
from inbox.models import (
    AssignmentRule,
    Attachment,
    Message,
    Note,
    SavedView,
    WorkspaceExport,
)
from inbox.states import State
from tests import factories
from tests.flows.making import flow_objects

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, alice, settings, tmp_path):
    settings.DEMO = True  # Alice has no second factor here
    settings.MEDIA_ROOT = tmp_path
    client.force_login(alice)
    return client


@pytest.fixture
def picture(desk, conversation):
    """A file somebody sent under a name that would be a path."""
    message = factories.create_sent(conversation).message
    return Attachment.objects.create(
        workspace=conversation.workspace,
        message=message,
        number=conversation.number,
        kind="image",
        media_type="image/png",
        name="../../etc/passwd",
        state=Attachment.STORED,
        file=default_storage.save("in/x", ContentFile(b"the picture")),
        size=11,
    )


def path(workspace, name: str = "list", *args) -> str:
    return reverse(f"exports:{name}", args=[workspace.slug, *args])


def ask(desk, workspace) -> WorkspaceExport:
    desk.post(path(workspace))
    return WorkspaceExport.objects.get(state="working")


def finish(export: WorkspaceExport) -> WorkspaceExport:
    for _ in range(200):
        work(export.id)
        export.refresh_from_db()
        if export.state != WorkspaceExport.WORKING:
            return export
    raise AssertionError("it never ended")


def open_zip(desk, export: WorkspaceExport) -> zipfile.ZipFile:
    answer = desk.get(path(export.workspace, "download", export.id))
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def lines(file: zipfile.ZipFile, folder: str) -> list[dict]:
    names = sorted(n for n in file.namelist() if n.startswith(f"{folder}/"))
    text = "".join(file.read(name).decode() for name in names)
    return [json.loads(line) for line in text.split("\n") if line]


def test_everything_of_the_workspace_is_in_it(desk, workspace, conversation, picture):
    flow_objects(workspace, conversation)
    factories.create_sent(conversation, State.SILENT, body="=cmd() \u2028 👋")
    Note.objects.create(
        workspace=workspace, conversation=conversation, body="VIP", at=clock.now()
    )

    file = open_zip(desk, finish(ask(desk, workspace)))

    assert file.testzip() is None
    assert "An export of a workspace" in file.read("README.md").decode()
    (contact,) = lines(file, "contacts")
    assert contact["identities"][0]["kind"] == "wa_id"
    assert lines(file, "conversations")[0]["contact"] == contact["id"]
    assert [
        m["text"] for m in lines(file, "messages") if m["state"] == "no_report"
    ] == ["=cmd() \u2028 👋"]
    assert lines(file, "notes")[0]["text"] == "VIP"
    assert lines(file, "flows")[0]["draft"]["nodes"]
    (media,) = lines(file, "media")
    assert file.read(media["file"]) == b"the picture"


def test_how_the_team_shares_its_work_is_in_it(
    desk, workspace, number, alice, bob, charlie
):
    team = Team.objects.create(workspace=workspace, name="Returns")
    team.members.set(workspace.memberships.filter(user__in=[alice, bob]))
    AssignmentRule.objects.create(
        workspace=workspace, number=number, kind="turns", team=team
    )
    SavedView.objects.create(workspace=workspace, name="Late", query="waiting=on")
    SavedView.objects.create(
        workspace=workspace, user=bob, name="Mine", query="view=mine"
    )
    other = charlie.memberships.get().workspace
    Team.objects.create(workspace=other, name="Strangers")
    SavedView.objects.create(workspace=other, name="Strange", query="waiting=on")

    file = open_zip(desk, finish(ask(desk, workspace)))

    assert lines(file, "teams") == [
        {"name": "Returns", "members": sorted([alice.email, bob.email])}
    ]
    assert lines(file, "assignment_rules") == [
        {"number": number.meta_id, "kind": "turns", "person": None, "team": "Returns"}
    ]
    assert [(v["name"], v["of"]) for v in lines(file, "saved_views")] == [
        ("Late", None),
        ("Mine", bob.email),
    ]


def test_every_folder_is_explained():
    text = FORMAT.read_text(encoding="utf-8")

    assert [part.name for part in PARTS if f"| `{part.name}` |" not in text] == []


def test_no_name_in_it_leads_out_of_its_folder(desk, workspace, picture):
    file = open_zip(desk, finish(ask(desk, workspace)))

    assert all(
        ".." not in name and not name.startswith("/") for name in file.namelist()
    )


def test_nothing_of_another_workspace_is_in_it(desk, workspace, conversation):
    stranger = factories.create_conversation(
        factories.create_number(factories.create_workspace())
    )
    factories.create_sent(stranger, body="Somebody else’s")

    file = open_zip(desk, finish(ask(desk, workspace)))

    assert lines(file, "messages") == []
    assert len(lines(file, "contacts")) == len(lines(file, "conversations")) == 1


def test_no_secret_is_in_it(desk, workspace, conversation):
    file = open_zip(desk, finish(ask(desk, workspace)))

    everything = b"".join(file.read(name) for name in file.namelist())
    assert b"EAAtoken" not in everything
    assert b"v1|" not in everything


def test_it_is_written_in_slices_and_each_row_once(
    desk, workspace, conversation, picture, monkeypatch
):
    monkeypatch.setattr(exporting, "SLICE", 0.0001)
    monkeypatch.setattr(export_parts, "LINES", 3)
    for n in range(10):
        factories.create_sent(conversation, body=f"message {n}")

    file = open_zip(desk, finish(ask(desk, workspace)))

    ids = [m["id"] for m in lines(file, "messages")]
    assert len(ids) == len(set(ids)) == Message.objects.count() == 11
    assert len([n for n in file.namelist() if n.startswith("messages/")]) == 4
    assert file.testzip() is None


def test_a_slice_cut_off_in_the_middle_begins_it_again(
    desk, workspace, conversation, monkeypatch
):
    factories.create_sent(conversation)
    export = ask(desk, workspace)

    def dies(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(exporting, "_conclude", dies)
        with pytest.raises(SystemExit):
            work(export.id)
    work(export.id)
    export.refresh_from_db()
    assert export.state == WorkspaceExport.WORKING
    WorkspaceExport.objects.update(lease_until=clock.now() - timedelta(minutes=1))

    file = open_zip(desk, finish(export))

    assert len(lines(file, "messages")) == 1
    assert file.namelist().count("README.md") == 1


def test_it_is_given_up_after_three_times(desk, workspace, conversation):
    export = ask(desk, workspace)
    past = clock.now() - timedelta(minutes=1)
    WorkspaceExport.objects.update(is_open=True, lease_until=past, tries=2)

    work(export.id)

    export.refresh_from_db()
    assert export.state == WorkspaceExport.FAILED
    assert "Failed. Make another one" in desk.get(path(workspace)).content.decode()


def test_a_file_that_is_gone_stops_nothing(desk, workspace, picture):
    default_storage.delete(picture.file)

    file = open_zip(desk, finish(ask(desk, workspace)))

    assert [n for n in file.namelist() if n.startswith("files/")] == []


def test_one_at_a_time_and_each_in_the_audit_log(desk, workspace):
    export = ask(desk, workspace)
    desk.post(path(workspace))
    assert WorkspaceExport.objects.count() == OrmQ.objects.count() == 1

    open_zip(desk, finish(export))

    acts = AuditEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["workspace export asked for", "workspace export downloaded"]


def test_after_a_week_it_is_gone(desk, workspace):
    export = finish(ask(desk, workspace))
    go_on()
    assert default_storage.exists(export.path)
    old = clock.now() - exporting.KEPT_FOR - timedelta(hours=1)
    WorkspaceExport.objects.update(ready_at=old)

    go_on()

    assert not default_storage.exists(export.path)
    gone = desk.get(path(workspace, "download", export.id))
    assert gone.status_code == 404
    assert "Deleted after a week" in desk.get(path(workspace)).content.decode()


def test_one_whose_task_was_lost_goes_on(desk, workspace):
    export = ask(desk, workspace)
    OrmQ.objects.all().delete()
    WorkspaceExport.objects.update(asked_at=clock.now() - timedelta(minutes=9))

    go_on()

    assert OrmQ.objects.get().task["func"] == TASK
    assert OrmQ.objects.get().task["args"] == (export.id,)


@pytest.mark.parametrize("role", ["admin", "agent", "viewer"])
def test_only_owners_export(client, workspace, role):
    client.force_login(factories.create_member(workspace, "Robin", role=role))

    assert client.get(path(workspace)).status_code == 403
    assert client.post(path(workspace)).status_code == 403
    assert not WorkspaceExport.objects.exists()
