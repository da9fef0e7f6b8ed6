"""A token is in no page, whoever looks and however the number stands."""

import pytest
from django.urls import reverse

from business_numbers import fixes
from tests import factories
from tests.business_numbers.rows import create_run

pytestmark = pytest.mark.django_db
CANARY = "EAAcanary0000000000000000token"
PAGES = (
    "list connect paste choose inbound templates show runs timeline rename setup recover"
    " new_pin disconnect listening"
).split()
OF_A_NUMBER = set(PAGES) - set("list connect paste choose inbound templates".split())


@pytest.fixture
def number(workspace):
    account = factories.create_account(workspace, token=CANARY)
    account.offered = [{"id": "1065500783009999", "verified_name": "Bakery"}]
    account.save()
    found = factories.create_number(workspace, account=account)
    create_run(found, is_subscribed=False)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_no_page_shows_more_than_four_characters(
    client, workspace, alice, number, name
):
    client.force_login(alice)
    args = [workspace.slug] + ([number.id] if name in OF_A_NUMBER else [])

    page = client.get(reverse(f"numbers:{name}", args=args))

    assert CANARY not in page.content.decode()
    assert CANARY[:-4] not in page.content.decode()


@pytest.mark.parametrize("kind", ["businessaccount", "number"])
def test_no_page_of_the_admin_shows_it(client, admin_user, number, kind):
    client.force_login(admin_user)
    things = {"businessaccount": number.account_id, "number": number.id}
    path = reverse(f"admin:numbers_{kind}_change", args=[things[kind]])

    assert CANARY not in client.get(path).content.decode()


def test_disconnecting_leaves_no_token_even_when_meta_is_away(number, settings):
    settings.GRAPH_URL = "http://127.0.0.1:1"

    fixes.disconnect(number, "Alice")

    number.account.refresh_from_db()
    assert not number.account.token
    assert number.account.token_last4 == ""
    assert number.account.authorisation == "disconnected"
