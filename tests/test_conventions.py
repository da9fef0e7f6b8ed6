"""Promises that hold for every model and every setting."""

import ast
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import DateTimeField, ForeignKey

from tests.source import ROOT, product

OURS = ("accounts", "numbers", "inbox", "flows", "broadcasts", "reports", "converge")
# The moment of the row itself, and times that are an end, not an event.
WITHOUT_AT = {"at", "lease_until", "snoozed_until", "slow_until", "paused_until"}
WITHOUT_AT |= {"restricted_until", "waiting_since", "last_login"}
WITHOUT_AT |= {"rests_until"}
# Rows of the whole installation, not of one workspace.
SHARED = {
    "User", "Workspace", "Portfolio", "TierSlot", "WebhookEvent", "QuarantinedUpdate",
    "UnknownTarget", "Pace", "Heartbeat", "ClockOffset", "Attempt", "Incident",
}  # fmt: skip


def models():
    found = [m for app in OURS for m in apps.get_app_config(app).get_models()]
    return [pytest.param(m, id=m._meta.label) for m in found]


@pytest.mark.parametrize("model", models())
def test_moments_end_in_at(model):
    names = {f.name for f in model._meta.local_fields if isinstance(f, DateTimeField)}

    assert {n for n in names if not n.endswith("_at")} <= WITHOUT_AT


@pytest.mark.parametrize("model", models())
def test_every_row_of_a_tenant_names_its_workspace(model):
    names = {f.name for f in model._meta.local_fields if isinstance(f, ForeignKey)}

    assert model.__name__ in SHARED or "workspace" in names


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_every_setting_is_explained():
    (settings,) = (s for s in product() if s.name == "converge.settings")
    read = {
        node.args[0].value
        for node in ast.walk(settings.tree)
        if isinstance(node, ast.Call) and _is_env(node.func) and node.args
    }
    explained = set(
        re.findall(r"^#?\s*([A-Z_]+)=", (ROOT / "env.example").read_text(), re.M)
    )

    assert read - explained == {"CONVERGE_ROLE"}  # set by each command for itself


def _is_env(function) -> bool:
    name = function.value if isinstance(function, ast.Attribute) else function
    return isinstance(name, ast.Name) and name.id == "env"
