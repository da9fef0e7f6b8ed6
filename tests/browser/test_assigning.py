"""An owner lets a number give its conversations to whoever is there."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import SETTINGS

RULES = f"{SETTINGS}assignment/"


@pytest.fixture(autouse=True)
def no_rules_left(northwind):
    yield
    northwind.running.sql("DELETE FROM inbox_assignmentrule")
    northwind.running.sql("DELETE FROM inbox_online")
    northwind.running.sql("DELETE FROM accounts_team_members")
    northwind.running.sql("DELETE FROM accounts_team")


def choose(page, label: str) -> None:
    page.goto(RULES)
    rule = page.get_by_label("Who gets conversations of Support UK")
    rule.select_option(label=label)
    page.get_by_role("button", name="Save the rule of Support UK").click()
    expect(page.get_by_label("Who gets conversations of Support UK")).to_be_visible()


def test_whoever_is_online_gets_what_a_customer_opens(page, northwind):
    choose(page, "Online members, by turns")
    northwind.running.wait_for("SELECT EXISTS (SELECT FROM inbox_online)")

    conversation = northwind.begin("Where is my order?")
    page.goto(conversation.path)

    sentence = "Assigned to Ana by the rule of Support UK"
    expect(page.locator("main")).to_contain_text(sentence)
    page.goto(RULES)
    expect(page.locator("main")).to_contain_text("Online now: Ana")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_rule_for_one_person_is_set_with_and_without_script(
    screens, northwind, has_script
):
    page = screens.of("ana", java_script_enabled=has_script)
    choose(page, "Always Marc Dubois")

    conversation = northwind.begin("Is anybody there?")
    page.goto(conversation.path)

    sentence = "Assigned to Marc by the rule of Support UK"
    expect(page.locator("main")).to_contain_text(sentence)


def test_a_team_is_made_and_its_members_take_turns(page, northwind):
    page.goto(f"{SETTINGS}teams/")
    page.get_by_role("textbox", name="Name").fill("Returns")
    page.get_by_role("checkbox", name="Ana Ribeiro").check()
    page.get_by_role("button", name="Make team").click()
    expect(page.get_by_role("row", name="Returns")).to_contain_text("Ana Ribeiro")

    choose(page, "Returns, by turns")
    northwind.running.wait_for("SELECT EXISTS (SELECT FROM inbox_online)")
    conversation = northwind.begin("This lamp is broken")
    page.goto(conversation.path)

    sentence = "Assigned to Ana by the rule of Support UK"
    expect(page.locator("main")).to_contain_text(sentence)
    page.goto(f"{SETTINGS}teams/")
    page.get_by_role("button", name="Delete Returns").click()
    expect(page.locator("main")).to_contain_text("is used by the rule of Support UK")
