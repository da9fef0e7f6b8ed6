"""API keys: shown once, kept as a hash, counted across processes, revoked at once."""

import re

import pytest
from django.urls import reverse

from accounts import api_keys
from accounts.api_keys import Slower
from accounts.models import ApiKey, AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, alice, settings):
    settings.DEMO = True  # Alice has no second factor here
    client.force_login(alice)
    return client


def path(workspace, name: str = "api_keys", *args) -> str:
    return reverse(name, args=[workspace.slug, *args])


def test_a_key_is_shown_once_and_only_its_hash_is_kept(desk, workspace, alice):
    page = desk.post(path(workspace), {"name": "Web shop"}).content.decode()

    (token,) = re.findall(r"cvg_[\w-]{43}", page)
    key = ApiKey.objects.get()
    assert (key.created_by, key.workspace) == (alice, workspace)
    assert token not in str(ApiKey.objects.values())
    assert token not in desk.get(path(workspace)).content.decode()
    assert key.shown == f"{token[:8]}…{token[-4:]}"
    assert api_keys.present(token) == key


def test_making_and_revoking_are_in_the_audit_log(desk, workspace):
    desk.post(path(workspace), {"name": "Web shop"})
    desk.post(path(workspace, "revoke_api_key", ApiKey.objects.get().id))
    desk.post(path(workspace, "revoke_api_key", ApiKey.objects.get().id))

    acts = AuditEntry.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == ["API key made", "API key revoked"]


def test_a_revoked_key_is_no_key(workspace, alice):
    key, token = api_keys.issue(workspace, "Web shop", by=alice)
    ApiKey.objects.update(revoked_at=key.created_at)

    assert api_keys.present(token) is None


@pytest.mark.parametrize("token", ["", "cvg_", "cvg_" + "x" * 43, "\x00", "é" * 5000])
def test_what_is_no_key_is_nobody(token):
    assert api_keys.present(token) is None


def test_a_use_is_noted(workspace, alice):
    key, token = api_keys.issue(workspace, "Web shop", by=alice)
    assert key.last_used_at is None

    api_keys.present(token)

    key.refresh_from_db()
    assert key.last_used_at is not None


def test_after_a_burst_a_key_has_to_wait(workspace, alice, monkeypatch):
    monkeypatch.setattr(api_keys, "EVERY", 100.0)
    monkeypatch.setattr(api_keys, "BURST", 3)
    key, token = api_keys.issue(workspace, "Web shop", by=alice)
    _, other = api_keys.issue(workspace, "Till", by=alice)

    answers = [api_keys.present(token) for _ in range(4)]

    assert answers[:3] == [key] * 3
    assert isinstance(answers[3], Slower)
    assert 0 < answers[3].seconds <= 100
    assert isinstance(api_keys.present(other), ApiKey)


def test_a_workspace_has_a_bounded_number_of_keys(desk, workspace, alice, monkeypatch):
    monkeypatch.setattr(api_keys, "MOST", 1)
    api_keys.issue(workspace, "Web shop", by=alice)

    answer = desk.post(path(workspace), {"name": "Another"})

    assert answer.status_code == 422
    assert "at most 1 keys. Revoke one first." in answer.content.decode()
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("role", ["agent", "viewer"])
def test_only_owners_and_admins_see_keys(client, workspace, role):
    client.force_login(factories.create_member(workspace, "Robin", role=role))

    assert client.get(path(workspace)).status_code == 403
    assert "API keys" not in client.get(path(workspace, "settings")).content.decode()
