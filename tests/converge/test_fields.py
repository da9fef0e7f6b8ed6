"""A sealed secret opens in its own row alone, and shows itself nowhere."""

import base64
import pickle

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from business_numbers.models import BusinessAccount
from converge.fields import Sealed, SealError, parse_keys, seal, unseal
from tests.factories import create_account, create_workspace
from tests.inbox.listening import create_webhook

pytestmark = pytest.mark.django_db
TOKEN = "EAAcanary0000000000000000token"
K1, K2 = (base64.b64encode(bytes([n] * 32)).decode() for n in (1, 2))


@pytest.fixture
def account(workspace):
    return create_account(workspace, token=TOKEN)


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM numbers_businessaccount")
        return cursor.fetchone()[0]


def test_what_was_sealed_opens_again(account):
    assert BusinessAccount.objects.get().token.open() == TOKEN


@pytest.mark.parametrize("plain", ["x", "käse 🧀", "v2|not|ours", "a" * 5000])
def test_any_text_comes_back(plain):
    assert unseal(seal(plain, "here"), "here") == plain


def test_the_same_secret_never_looks_the_same():
    assert seal(TOKEN, "here") != seal(TOKEN, "here")


def test_a_row_can_be_read_again(account):
    account.refresh_from_db()

    assert account.token.open() == TOKEN


def test_the_database_holds_no_plain_text(account):
    assert TOKEN not in stored()
    assert stored().startswith("v1|")


@pytest.mark.parametrize("move", ["row", "column", "workspace"])
def test_a_secret_does_not_open_elsewhere(account, move):
    table, column, row, workspace = (
        account._meta.get_field("token").place(account).split(":")
    )
    places = {
        "row": f"{table}:{column}:another:{workspace}",
        "column": f"{table}:other:{row}:{workspace}",
        "workspace": f"{table}:{column}:{row}:0",
    }

    with pytest.raises(SealError):
        Sealed(stored(), places[move]).open()


def test_a_stolen_column_does_not_open_in_another_account(account):
    other = create_account(create_workspace("Elsewhere"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE numbers_businessaccount SET token = %s WHERE id = %s",
            [account.__dict__["token"], other.id],
        )

    with pytest.raises(SealError):
        BusinessAccount.objects.get(id=other.id).token.open()


def test_a_changed_secret_does_not_open():
    version, key, encoded = seal(TOKEN, "here").split("|")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1

    with pytest.raises(SealError):
        unseal(f"{version}|{key}|{base64.b64encode(raw).decode()}", "here")


def test_it_shows_itself_nowhere(account):
    values = BusinessAccount.objects.values().get()

    for shown in (account.token, vars(account), values, [account]):
        assert TOKEN not in repr(shown)
    with pytest.raises(TypeError):
        pickle.dumps(account.token)


def test_it_is_not_written_past_its_row(account):
    other = create_account(account.workspace, token=TOKEN)

    with pytest.raises(SealError):
        BusinessAccount.objects.update(token="plain")
    with pytest.raises(SealError):
        account.token = other.token


def test_an_empty_secret_is_false(workspace):
    assert not BusinessAccount(workspace=workspace).token


def test_keys_are_changed_without_losing_anything(account, settings):
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = parse_keys(f"k2:{K2}") | old
    assert BusinessAccount.objects.get().token.open() == TOKEN

    call_command("rotate_keys", verbosity=0)
    settings.ENCRYPTION_KEYS = parse_keys(f"k2:{K2}")

    token = BusinessAccount.objects.get().token
    assert (token.open(), token.key_id) == (TOKEN, "k2")


def test_secrets_of_webhooks_are_changed_too(workspace, settings):
    webhook = create_webhook(workspace)
    settings.ENCRYPTION_KEYS = parse_keys(f"k2:{K2}") | settings.ENCRYPTION_KEYS

    call_command("rotate_keys", verbosity=0)
    settings.ENCRYPTION_KEYS = parse_keys(f"k2:{K2}")

    webhook.refresh_from_db()
    assert webhook.secret.open() == "whsec_test"


def test_without_its_key_a_secret_stays_shut(account, settings):
    settings.ENCRYPTION_KEYS = parse_keys(f"k9:{K1}")

    with pytest.raises(SealError, match="no key named"):
        BusinessAccount.objects.get().token.open()


@pytest.mark.parametrize(
    "text", ["", "k1", "k1:", "k1:short", f":{K1}", f"a|b:{K1}", "k1:!!!"]
)
def test_malformed_keys_stop_the_start_with_the_settings_name(text):
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        parse_keys(text)


def test_the_first_key_writes():
    assert list(parse_keys(f"k2:{K2}, k1:{K1}")) == ["k2", "k1"]
