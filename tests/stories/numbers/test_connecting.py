"""From nothing to a conversation, away and back again; each by Meta's own dialogs."""

import json

from playwright.sync_api import expect

PIN = "258013"


def connect_by_login(office, **consent) -> None:
    office.page.goto("/w/northwind/numbers/connect/")
    office.page.get_by_role("link", name="WhatsApp: continue with Meta").click()
    office.consent(**consent)


def bakery(office) -> str:
    return office.meta.world["business_accounts"][1]["id"]


def test_a_number_is_connected_from_nothing(office):
    """Login, choice, code, PIN, diagnosis, a message in and an answer out."""
    page = office.page
    connect_by_login(office, only=bakery(office))
    page.get_by_role("radio", name="Northwind Bakery").check()
    page.get_by_role("button", name="Connect this number").click()
    page.get_by_role("button", name="Start", exact=True).click()
    office.verify(office.meta.bakery)
    office.register(PIN)

    office.expect_verdicts("Yes", "Yes")
    new = office.id_of(office.meta.bakery)
    assert office.number("status", new) == "active"
    office.northwind.write("amelia", "Do you have rye?", number=office.meta.bakery)
    assert PIN not in office.running.logs()
    assert (
        office.running.one(
            "SELECT count(*) FROM accounts_auditentry WHERE data::text LIKE %s",
            f"%{PIN}%",
        )
        == 0
    )


def test_a_login_half_way_is_resumed(office):
    connect_by_login(office, only=bakery(office))

    office.page.goto("/w/northwind/numbers/connect/choose/")

    expect(
        office.page.get_by_text("Already one of your numbers.").first
    ).to_be_visible()


def test_a_cancelled_login_changes_nothing(office):
    before = office.account("token_last4")
    office.page.goto("/w/northwind/numbers/connect/")
    office.page.get_by_role("link", name="WhatsApp: continue with Meta").click()
    office.page.get_by_role("button", name="Cancel").click()

    expect(office.page.get_by_role("alert").first).to_contain_text(
        "Nothing was changed."
    )
    assert office.account("token_last4") == before


def test_an_answer_to_nobodys_login_finds_nothing(office):
    code = office.meta.control(
        "POST",
        "code",
        {"redirect_uri": f"{office.northwind.url}/connect/whatsapp/"},
    )["code"]

    office.page.goto(f"/connect/whatsapp/?code={code}&state=made-up")

    expect(office.page.get_by_text("Nothing was changed. Start again.")).to_be_visible()


def test_a_revoked_token_is_told_at_once_and_authorised_again(office):
    token = office.meta.token
    office.meta.control("POST", "tokens", {"token": token, "state": "revoked"})
    office.diagnose()

    office.expect_broken(1)
    assert office.account("authorisation") == "disconnected"
    office.page.goto("/w/northwind/settings/platforms/whatsapp/")
    expect(office.page.get_by_text("Disconnected").first).to_be_visible()
    office.page.get_by_role("link", name="Reconnect with Meta").first.click()
    office.consent(only=office.meta.waba)

    office.expect_verdicts("Yes", "Yes")
    assert office.account("authorisation") == "connected"
    assert office.account("token_last4") != token[-4:]
    assert office.running.one("SELECT count(*) FROM inbox_event WHERE kind = 'gap'")
    office.receives("after it was authorised again")
    office.open("timeline/")
    expect(
        office.page.get_by_text("Messages sent to you in between may be missing")
    ).to_be_visible()


def test_a_login_that_lacks_the_account_keeps_the_old_permission(office):
    before = office.account("token_last4")
    office.open()
    office.page.get_by_role("link", name="Reconnect with Meta").last.click()
    office.consent(only=bakery(office))

    expect(office.page.get_by_role("alert").first).to_contain_text(
        "The old permission was kept."
    )
    assert office.account("token_last4") == before


def test_disconnected_and_connected_again_the_registration_stays(office):
    office.open("disconnect/")
    office.page.get_by_role("button", name="Disconnect Northwind Supply").click()

    assert office.account("token") == ""
    assert office.calls("/deregister") == 0
    office.meta.control(
        "POST", "tokens", {"token": office.meta.token, "state": "valid"}
    )
    apps = office.meta.get(f"{office.meta.waba}/subscribed_apps").json()["data"]
    assert apps == []
    office.page.get_by_role("link", name="Authorize with Meta").first.click()
    office.consent(only=office.meta.waba)

    office.expect_verdicts("Yes", "Yes")
    office.receives("after it was connected again")


def test_an_instagram_account_is_connected(office):
    office.page.goto("/w/northwind/numbers/connect/")
    office.page.get_by_role("link", name="Instagram: continue with Meta").click()
    office.page.get_by_role("button", name="Allow").click()

    expect(office.page.get_by_role("heading", level=1)).to_have_text("northwind.shop")
    office.page.get_by_role("button", name="Run the diagnosis").first.click()
    expect(office.page.locator(".diag__step")).to_have_count(6)
    expect(office.broken).to_have_count(0)


def test_a_teammate_without_a_role_in_the_app_finds_the_reason(office):
    office.meta.control("POST", "settings", {"public_profile": "standard"})
    connect_by_login(office, persona="teammate")
    expect(
        office.page.get_by_role("heading", name="Feature Unavailable")
    ).to_be_visible()

    office.page.goto("/w/northwind/numbers/connect/")
    office.page.get_by_role("link", name="I saw Feature Unavailable").click()

    expect(office.page.get_by_text("public_profile").first).to_be_visible()
    office.meta.control("POST", "settings", {"public_profile": "advanced"})


def test_no_secret_ever_left_the_server(office):
    """After everything above: no token in a log, an audit entry, an event or a task."""
    secrets = [t["value"] for t in office.meta.control("GET", "world")["tokens"]]
    kept = office.running.sql(
        "SELECT data::text FROM accounts_auditentry UNION ALL"
        " SELECT data::text FROM numbers_numberevent UNION ALL"
        " SELECT results::text FROM numbers_checkrun UNION ALL"
        " SELECT offered::text FROM numbers_businessaccount UNION ALL"
        " SELECT payload::text FROM django_q_ormq"
    )
    places = office.running.logs() + json.dumps(kept)

    assert secrets
    assert [s for s in secrets if s in places] == []
