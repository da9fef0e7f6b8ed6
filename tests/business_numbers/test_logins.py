"""Coming back from Meta: the state, the code and the ids are each proved, or nothing is kept."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from business_numbers.models import BusinessAccount, Number
from tests import factories

pytestmark = pytest.mark.django_db
BACK = "/connect/whatsapp/"


@pytest.fixture(autouse=True)
def app(simulator, settings):
    settings.META_APP_ID = "simulated-app"
    settings.META_CONFIG_ID = ""
    settings.FACEBOOK_DIALOG_URL = simulator.url


@pytest.fixture
def ana(client, alice):
    client.force_login(alice)
    return client


def begin(client, workspace, **query) -> str:
    """The state Meta would send back."""
    path = reverse("numbers:login", args=[workspace.slug])
    place = client.get(path, query)["Location"]
    asked = parse_qs(urlsplit(place).query)
    assert asked["redirect_uri"][0].endswith(BACK)
    return asked["state"][0]


def code_of(simulator, settings, **fields) -> str:
    wanted = {"redirect_uri": f"{settings.PUBLIC_URL}{BACK}"} | fields
    return simulator.control("POST", "code", wanted)["code"]


def come_back(client, **query):
    answer = client.get(BACK, query)
    said = [str(m) for m in get_messages(answer.wsgi_request)]
    return answer, " ".join(said)


def test_a_login_ends_at_the_choice_of_a_number(ana, workspace, simulator, settings):
    state = begin(ana, workspace)

    answer, _ = come_back(ana, state=state, code=code_of(simulator, settings))

    assert answer["Location"] == reverse("numbers:choose", args=[workspace.slug])
    account = BusinessAccount.objects.get(meta_id=simulator.waba)
    assert account.authorisation == "connected"
    assert account.authorised_by == "Alice Owner"
    assert not Number.objects.exists()


def test_a_persons_token_is_made_long_at_once(ana, workspace, simulator, settings):
    state = begin(ana, workspace)
    code = code_of(simulator, settings, type="USER", token_lives_for=7200)

    come_back(ana, state=state, code=code)

    account = BusinessAccount.objects.first()
    assert account.token_kind == "user"
    assert (account.token_expires_at - account.created_at).days > 50


def test_a_state_is_good_once(ana, workspace, simulator, settings):
    state = begin(ana, workspace)
    come_back(ana, state=state, code=code_of(simulator, settings))

    answer, said = come_back(ana, state=state, code=code_of(simulator, settings))

    assert "Nothing was changed" in said
    assert answer["Location"] == reverse("workspaces")


def test_a_state_of_somebody_else_is_nobodys(
    ana, client, workspace, charlie, simulator, settings
):
    state = begin(ana, workspace)
    ana.logout()
    ana.force_login(charlie)

    _, said = come_back(ana, state=state, code=code_of(simulator, settings))

    assert "does not belong to the one begun here" in said
    assert not BusinessAccount.objects.exists()


def test_somebody_who_lost_their_role_meanwhile_connects_nothing(
    ana, alice, workspace, simulator, settings
):
    state = begin(ana, workspace)
    alice.memberships.update(role="agent")

    answer, _ = come_back(ana, state=state, code=code_of(simulator, settings))

    assert answer.status_code == 404
    assert not BusinessAccount.objects.exists()


def test_a_login_of_ten_minutes_ago_is_too_late(ana, workspace, simulator, settings):
    state = begin(ana, workspace)
    session = ana.session
    session["meta_login:whatsapp"]["at"] -= 700
    session.save()

    _, said = come_back(ana, state=state, code=code_of(simulator, settings))

    assert "more than ten minutes" in said


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("made-up", "good for 30 seconds and once"),
        ("late", "good for 30 seconds and once"),
        ("of another address", "does not know the address"),
        ("", "cancelled at Meta"),
    ],
)
def test_a_code_that_is_not_taken_is_said_and_nothing_is_kept(
    ana, workspace, simulator, settings, code, words
):
    state = begin(ana, workspace)
    if code == "late":
        code = code_of(simulator, settings)
        simulator.advance(seconds=31)
    elif code == "of another address":
        code = code_of(simulator, settings, redirect_uri="https://other.example.org/")

    _, said = come_back(ana, state=state, code=code)

    assert words in said
    assert not BusinessAccount.objects.exists()


def test_meta_being_away_is_said_and_nothing_is_kept(ana, workspace, settings):
    state = begin(ana, workspace)
    settings.GRAPH_URL = "http://127.0.0.1:1"

    _, said = come_back(ana, state=state, code="whatever")

    assert "Meta did not answer. Nothing was changed." in said
    assert not BusinessAccount.objects.exists()


def test_a_number_of_another_workspace_is_shown_with_the_reason(
    ana, workspace, charlie, simulator, settings
):
    other = charlie.memberships.get().workspace
    factories.create_number(other, meta_id=simulator.number)
    state = begin(ana, workspace)
    come_back(ana, state=state, code=code_of(simulator, settings))
    path = reverse("numbers:choose", args=[workspace.slug])

    page = ana.get(path).content.decode()
    assert "A number can be in one workspace only." in page
    assert other.name not in page

    assert "Connect this number" in page  # the account has another one

    account = BusinessAccount.objects.get(workspace=workspace, meta_id=simulator.waba)
    answer = ana.post(path, {"number": f"{account.id}:{simulator.number}"})

    assert answer.status_code == 422
    assert not Number.objects.filter(workspace=workspace).exists()


def test_where_nothing_can_be_chosen_the_page_says_what_to_do(ana, workspace, charlie):
    other = charlie.memberships.get().workspace
    factories.create_number(other, meta_id="100200300")
    account = factories.create_account(workspace)
    account.offered = [{"id": "100200300", "display_phone_number": "+44 20 7946 0821"}]
    account.save()

    page = ana.get(reverse("numbers:choose", args=[workspace.slug])).content.decode()

    assert "None of these can be connected here." in page
    assert "Log in at Meta again" in page
    assert "Connect this number" not in page


def test_a_foreign_number_cannot_be_chosen(ana, workspace, simulator, settings):
    state = begin(ana, workspace)
    come_back(ana, state=state, code=code_of(simulator, settings))
    account = BusinessAccount.objects.get(meta_id=simulator.waba)
    path = reverse("numbers:choose", args=[workspace.slug])

    for value in (f"{account.id}:123456", "", "nonsense", f"{account.id}:"):
        assert ana.post(path, {"number": value}).status_code in (404, 422)

    assert not Number.objects.exists()


def test_malformed_pins_never_reach_meta(ana, workspace, simulator):
    number = factories.create_number(workspace, status=Number.DRAFT, has_pin=True)
    path = reverse("numbers:setup", args=[workspace.slug, number.id])

    for pin in ("", "12345", "abcdef", "1234567", "12 456"):
        answer = ana.post(path, {"pin": pin})
        assert answer.status_code == 422
        assert pin == "" or f'value="{pin}"' not in answer.content.decode()

    assert not number.registrations.exists()
