"""Pages ask the database a fixed number of questions, however much there is to show."""

import pytest
from django.urls import reverse

from inbox.states import State
from tests import factories

pytestmark = pytest.mark.django_db
LIST_MOST, SWITCH_MOST, WHOLE_MOST = 9, 13, 18


@pytest.fixture
def page(client, workspace, bob, number, settings):
    """`page(name, …)` asks for an address as Bob; the caches are warm."""
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    client.force_login(bob)

    def get(name: str, *args, **headers):
        path = reverse(f"inbox:{name}", args=[workspace.slug, *args])
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        return answer

    for n in range(30):
        conversation = factories.create_conversation(number)
        factories.create_sent(conversation, State.FAILED if n % 2 else State.READ)
    get("inbox")
    return get


def test_the_list_asks_at_most_nine(page, django_assert_max_num_queries):
    with django_assert_max_num_queries(LIST_MOST):
        page("inbox")


def test_the_lists_rows_ask_at_most_nine(page, django_assert_max_num_queries):
    with django_assert_max_num_queries(LIST_MOST):
        page("inbox", HX_Request="true", HX_Target="conversations")


def test_another_conversation_asks_at_most_thirteen(
    page, conversation, django_assert_max_num_queries
):
    for n in range(40):
        factories.create_sent(conversation, body=f"message {n}")

    with django_assert_max_num_queries(SWITCH_MOST):
        page(
            "conversation",
            conversation.public_id,
            HX_Request="true",
            HX_Target="conversation",
        )


def test_a_conversation_beside_its_list_asks_at_most_eighteen(
    page, conversation, django_assert_max_num_queries
):
    with django_assert_max_num_queries(WHOLE_MOST):
        page("conversation", conversation.public_id)
