"""Days on which a permission nears its end, Meta is slow, or a number is somebody else's."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

DAY = 24 * 3600
# The job cluster looks at its table of jobs every half minute.
NIGHT = 120
SOON = timedelta(days=30)


def paste_token(office, token: str) -> None:
    page = office.page
    page.goto("/w/northwind/numbers/connect/token/")
    page.get_by_label("Access token").fill(token)
    page.get_by_label("WhatsApp Business Account ID").fill(office.meta.waba)
    page.get_by_label("Phone number ID").fill(office.meta.number)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("is connected.")).to_be_visible()


def at_night(office) -> None:
    """The permissions are looked at, as they are every ten minutes: the table of jobs is
    brought up to date as the supervisor does, and this job's time has come."""
    table = "from converge.schedule import heartbeat; heartbeat()"
    office.running.manage("shell", "--verbosity", "0", "--command", table)
    office.running.sql(
        "UPDATE numbers_businessaccount SET token_checked_at = NULL;"
        "UPDATE django_q_schedule SET next_run = now() - interval '1 minute'"
        " WHERE name = 'watch tokens'"
    )


@pytest.fixture
def own_token(office):
    """Afterwards the account is as the others find it."""
    yield
    office.meta.control(
        "POST", "tokens", {"token": office.meta.token, "expires_in": None}
    )
    paste_token(office, office.meta.token)


def test_a_persons_permission_near_its_end_is_renewed_overnight(office, own_token):
    paste_token(office, office.meta.short_token)
    assert office.account("token_kind") == "user"
    assert office.account("token_expires_at") < timezone.now() + SOON

    at_night(office)

    office.running.wait_for(
        "SELECT token_expires_at > %s FROM numbers_businessaccount WHERE meta_id = %s",
        timezone.now() + SOON,
        office.meta.waba,
        guard=NIGHT,
    )
    assert office.account("token_last4") != office.meta.short_token[-4:]
    assert office.account("authorisation") == "connected"
    office.open("timeline/")
    expect(office.page.get_by_text("renewed").first).to_be_visible()
    office.receives("after the night")
    assert office.meta.short_token not in office.running.logs()


def test_a_businesss_permission_near_its_end_asks_for_a_person_in_good_time(
    office, own_token
):
    ends_in = {"token": office.meta.token, "expires_in": 10 * DAY}
    office.meta.control("POST", "tokens", ends_in)

    at_night(office)
    office.running.wait_for(
        "SELECT token_expires_at IS NOT NULL FROM numbers_businessaccount"
        " WHERE meta_id = %s",
        office.meta.waba,
        guard=NIGHT,
    )
    at_night(office)
    office.running.wait_for(
        "SELECT authorisation = 'reauth' FROM numbers_businessaccount WHERE meta_id = %s",
        office.meta.waba,
        guard=NIGHT,
    )

    office.open()
    expect(
        office.page.get_by_role("link", name="Reconnect with Meta").first
    ).to_be_visible()
    office.receives("while there is time")


def test_a_number_of_another_workspace_stays_there(screens, office):
    running, page = office.running, office.page
    screens.excuse(page, "422")
    workspace = running.one(
        "INSERT INTO accounts_workspace (name, slug, time_zone, country,"
        " suggests_do_not_send, created_at)"
        " VALUES ('Second shop', 'second', 'UTC', 'GB', false, now()) RETURNING id"
    )
    running.sql(
        "INSERT INTO accounts_membership (workspace_id, user_id, role, joined_at)"
        " SELECT %s, id, 'owner', now() FROM accounts_user"
        " WHERE email = 'ana@northwind.example'",
        workspace,
    )

    page.goto("/w/second/numbers/connect/token/")
    page.get_by_label("Access token").fill(office.meta.token)
    page.get_by_label("WhatsApp Business Account ID").fill(office.meta.waba)
    page.get_by_label("Phone number ID").fill(office.meta.number)
    page.get_by_role("button", name="Connect", exact=True).click()

    expect(page.get_by_text("connected to another Converge workspace")).to_be_visible()
    expect(page.get_by_label("Phone number ID")).to_have_value(office.meta.number)
    assert not running.one(
        "SELECT count(*) FROM numbers_number WHERE workspace_id = %s", workspace
    )
    assert office.meta.token not in page.content()


def test_while_meta_is_slow_the_page_says_what_was_known(office):
    office.diagnose()
    office.meta.fault(latency={"probability": 1, "min": 8, "max": 8})
    try:
        page = office.open()
        expect(page.locator(".diag__step")).to_have_count(6, timeout=4000)
        office.expect_verdicts("Yes", "Yes")
        page.get_by_role("button", name="Run the diagnosis").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=4000)
    finally:
        office.meta.control("DELETE", "faults")
