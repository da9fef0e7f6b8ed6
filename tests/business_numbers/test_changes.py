"""What Meta says about accounts and templates reaches their rows and the timeline."""

import json

import pytest

from business_numbers import timeline
from business_numbers.door import SELF_TEST
from business_numbers.models import (
    BusinessAccount,
    Number,
    NumberEvent,
    Portfolio,
    Template,
    UnknownTarget,
)
from inbox.ingest import ingest_once
from tests.business_numbers.reading import PAYLOADS
from tests.factories import create_account, create_number, create_template, store

pytestmark = pytest.mark.django_db
AT = 1772971200


@pytest.fixture
def account(workspace):
    account = create_account(workspace)
    account.meta_id = "20000001"
    account.save()
    number = create_number(workspace, account=account, meta_id="10000001")
    assert number.display == "+44 20 7946 0821"
    template = create_template(account)
    template.meta_id = "30000001"
    template.save()
    return account


def tell(name: str, *, at: int = AT, **changes) -> None:
    data = json.loads((PAYLOADS / f"{name}.json").read_text())
    data["entry"][0]["time"] = at
    data["entry"][0]["changes"][0]["value"] |= changes
    store(data)
    while ingest_once():
        pass


@pytest.mark.parametrize("name", ["account_removed", "account_removed_by_phone"])
def test_a_removed_account_is_disconnected(account, name):
    tell(name)

    account = BusinessAccount.objects.get()
    assert account.authorisation == BusinessAccount.DISCONNECTED
    assert account.cause == "access revoked"


def test_a_disabled_account_is_banned_until_it_is_reinstated(account):
    tell("account_disabled")
    assert Number.objects.get().is_banned

    tell("account_disabled", ban_info={"waba_ban_state": "REINSTATE"})

    assert not Number.objects.get().is_banned


def test_a_restriction_lasts_until_meta_says(account):
    tell("account_restricted")

    assert Number.objects.get().restricted_until.timestamp() == 1773230400


@pytest.mark.parametrize("name", ["capability_tier", "capability_integer"])
def test_the_portfolios_limit_comes_in_both_shapes(account, name):
    tell(name)

    assert Portfolio.objects.get().limit == 2000


def test_a_throughput_upgrade_is_for_the_number_it_names(account):
    tell("quality_throughput")

    assert Number.objects.get().limit_per_second == 1000
    assert Portfolio.objects.get().limit == 10_000


def test_a_paused_template_knows_until_when(account):
    tell("template_paused")

    template = Template.objects.get()
    assert template.status == "PAUSED"
    assert template.paused_until.timestamp() == AT + 3 * 3600


@pytest.mark.parametrize("event", ["REINSTATED", "UNARCHIVED", "APPROVED"])
def test_a_template_comes_back(account, event):
    tell("template_paused")
    tell("template_paused", at=AT + 60, event=event, other_info={"title": "UNPAUSE"})

    template = Template.objects.get()
    assert (template.status, template.paused_until) == ("APPROVED", None)


def test_an_older_word_about_a_template_changes_nothing(account):
    tell("template_rejected", at=AT + 60)
    tell("template_paused", at=AT)

    assert Template.objects.get().status == "REJECTED"


def test_quality_and_category_are_kept(account):
    tell("template_quality")
    tell("template_category")

    template = Template.objects.get()
    assert (template.quality, template.category) == ("YELLOW", "MARKETING")


def test_everything_is_on_the_timeline_once(account):
    data = json.loads((PAYLOADS / "security_pin.json").read_text())
    event = store(data)
    ingest_once()
    event.state, event.lease_until = "waiting", None
    event.save()
    ingest_once()

    found = NumberEvent.objects.get()
    assert found.kind == "security PIN_CHANGED"
    assert found.number == Number.objects.get()


def test_an_account_nobody_connected_is_only_counted(account):
    BusinessAccount.objects.update(meta_id="20999999")
    tell("security_pin")

    assert UnknownTarget.objects.get().meta_id == "20000001"
    assert not NumberEvent.objects.exists()


# --- account webhooks that change what a number's page shows -----------------------------


def say(account, field: str, value: dict, at: int = AT) -> None:
    change = {"field": field, "value": value}
    entry = {"id": account.meta_id, "time": at, "changes": [change]}
    store({"object": "whatsapp_business_account", "entry": [entry]})
    while ingest_once():
        pass


DISPLAY = {"display_phone_number": "442079460821"}


@pytest.mark.parametrize(
    ("field", "value", "column", "expected"),
    [
        (
            "phone_number_name_update",
            DISPLAY | {"decision": "REJECTED", "requested_verified_name": "New"},
            "name_status",
            "REJECTED",
        ),
        (
            "phone_number_name_update",
            DISPLAY | {"decision": "APPROVED", "requested_verified_name": "New"},
            "verified_name",
            "New",
        ),
        ("security", DISPLAY | {"event": "PIN_CHANGED"}, "has_pin", True),
        ("security", DISPLAY | {"event": "PIN_REQUEST_SUCCESS"}, "has_pin", False),
        (
            "phone_number_quality_update",
            DISPLAY | {"event": "FLAGGED", "current_limit": "TIER_250"},
            "quality",
            "RED",
        ),
        # Seen under the wrong field.
        (
            "account_update",
            DISPLAY | {"event": "UNFLAGGED", "current_limit": "TIER_250"},
            "quality",
            "GREEN",
        ),
    ],
)
def test_a_number_learns_what_meta_says_about_it(
    account, field, value, column, expected
):
    say(account, field, value)

    assert getattr(Number.objects.get(), column) == expected


@pytest.mark.parametrize(
    ("field", "value", "column", "expected"),
    [
        (
            "account_review_update",
            {"decision": "REJECTED"},
            "review_status",
            "REJECTED",
        ),
        (
            "account_update",
            {
                "event": "ACCOUNT_VIOLATION",
                "violation_info": {"violation_type": "SPAM"},
            },
            "violation",
            "spam",
        ),
        (
            "account_update",
            {
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [
                    {"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}
                ],
            },
            "restriction",
            "add phone number action",
        ),
        ("account_update", {"event": "ACCOUNT_OFFBOARDED"}, "cause", "access revoked"),
    ],
)
def test_an_account_learns_what_meta_says_about_it(
    account, field, value, column, expected
):
    say(account, field, value)

    assert getattr(BusinessAccount.objects.get(), column) == expected


def test_edited_words_of_a_template_are_kept(account):
    value = {"message_template_id": 30000001, "message_template_element": "New words"}

    say(account, "message_template_components_update", value)

    assert Template.objects.get().components[0]["text"] == "New words"


def test_the_self_test_is_seen_on_its_number_and_not_on_the_timeline(account):
    metadata = {"phone_number_id": "10000001"}

    say(account, SELF_TEST, {"metadata": metadata, "event": SELF_TEST})

    number = Number.objects.get()
    assert number.last_event_at
    assert timeline.of_number(number) == []


@pytest.mark.parametrize("event", sorted(timeline.TELLERS))
def test_every_event_is_told_in_words_even_when_it_is_empty(account, event):
    made = timeline.note(account, event, {})

    told = timeline.entry(made)

    assert told.words
    assert told.level in ("pass", "info", "warn", "fail", "off")
