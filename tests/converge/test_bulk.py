"""Many rows travel in one statement and come back as they were."""

import pytest

from converge import bulk
from inbox.models import Contact, Tag
from tests.factories import create_contact

pytestmark = pytest.mark.django_db


def rows(workspace, names) -> list[dict]:
    return [{"workspace_id": workspace.id, "name": n, "code": ""} for n in names]


def test_a_hundred_thousand_values_are_one_statement(
    workspace, django_assert_num_queries
):
    with django_assert_num_queries(1):
        made = bulk.insert(Tag, rows(workspace, map(str, range(34_000))))

    assert len(made) == 34_000


def test_what_is_there_already_is_left_and_not_returned(workspace):
    bulk.insert(Tag, rows(workspace, ["vip"]))

    made = bulk.insert(Tag, rows(workspace, ["vip", "new"]), returning="name")

    assert made == [("new",)]


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE x --", "%s", "käse 🧀", '{"a": 1}', "\\"]
)
def test_any_text_arrives_as_text(workspace, text):
    bulk.insert(Tag, rows(workspace, [text]))

    assert Tag.objects.get().name == text


def test_rows_are_updated_by_their_key(workspace):
    one, two = create_contact(workspace), create_contact(workspace)
    changes = [{"id": one.id, "name": "One"}, {"id": two.id, "name": "Two"}]

    bulk.update(Contact, changes, "name = r.name")

    names = Contact.objects.order_by("id").values_list("name", flat=True)
    assert list(names) == ["One", "Two"]


@pytest.mark.parametrize("act", [bulk.insert, bulk.update])
def test_no_rows_are_no_statement(act, django_assert_num_queries):
    extra = ["name = r.name"] if act is bulk.update else []

    with django_assert_num_queries(0):
        act(Tag, [], *extra)


def test_what_the_database_cannot_take_is_refused():
    with pytest.raises(TypeError, match="cannot send"):
        bulk.to_json([{"x": object()}])
