"""Addresses with anything where a number belongs are answered, never with an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converge import asked
from tests import factories

HOSTILE = ("²", "٣", "-1", "9" * 40, "nan_1", "inf_2", "1e999_3", "1e300_4", "1_²", "")
PAGES = (
    "inbox/?after=",
    "inbox/?sort=waiting&after=",
    "inbox/search/?q=hello&after=",
    "inbox/mentions/?before=",
    "contacts/?before=",
    "contacts/segments/?after=",
    "broadcasts/?before=",
    "numbers/?before=",
)


@pytest.mark.django_db
@pytest.mark.parametrize("value", HOSTILE)
def test_a_list_takes_any_key(client, workspace, alice, conversation, value):
    factories.create_sent(conversation)
    client.force_login(alice)
    thread = f"inbox/c/{conversation.public_id}/?before="

    for path in (*PAGES, thread, thread.replace("?", "older/?")):
        answer = client.get(f"/w/{workspace.slug}/{path}{value}")
        assert answer.status_code in (200, 404), path


@pytest.mark.django_db
@pytest.mark.parametrize("value", HOSTILE)
def test_a_form_takes_any_number(client, workspace, alice, conversation, value):
    client.force_login(alice)
    base = f"/w/{workspace.slug}/inbox/c/{conversation.public_id}/"

    assert client.post(f"{base}read/", {"seq": value}).status_code == 204
    assert client.post(f"{base}assign/", {"to": value}).status_code < 500
    form = {"act": f"assign:{value}", "id": conversation.public_id}
    assert client.post(f"/w/{workspace.slug}/inbox/act/", form).status_code < 500


@given(st.text())
def test_a_number_is_one_a_column_holds(text):
    found = asked.number(text)

    assert found is None or 0 <= found < 2**63


@given(st.integers(0, 2**63 - 1))
def test_every_number_we_write_is_read(number):
    assert asked.number(str(number)) == number


@given(st.text() | st.floats().map(str))
def test_a_moment_is_one_postgresql_knows(text):
    found = asked.seconds(text)

    assert found is None or 0 <= found < asked.LATEST
