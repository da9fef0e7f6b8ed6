"""The forecast is the plan: the audience frozen, everybody with what was decided."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadcasts import filling, kinds, people, planning, preflight
from broadcasts.models import Broadcast, File, FileRow, Recipient, Segment
from business_numbers.template_values import missing_values
from converge import bulk, clock
from inbox.models import Contact, Identity, Tag
from inbox.reasons import Reason
from inbox.states import State
from tests import factories
from tests.broadcasts import mailing

pytestmark = pytest.mark.django_db


def planned(broadcast) -> dict[str, str]:
    planning.plan(broadcast, starts_at=clock.now())
    return mailing.states(broadcast)


def test_everybody_who_may_get_it_waits_for_it(number):
    mailing.create_people(number.workspace, 3)

    assert set(planned(mailing.create_broadcast(number)).values()) == {"waiting"}


@pytest.fixture
def crowd(number):
    """One person for every reason to be left out, and one who gets it."""
    workspace = number.workspace
    named = {
        name: factories.create_contact(workspace, name)
        for name in (
            "fine", "opted out", "unreachable", "blocked", "stopped", "capped",
        )
    }  # fmt: skip
    factories.create_contact(workspace, "american", wa_id="12125550123")
    Contact.objects.create(workspace=workspace, profile_name="nowhere")
    mailing.tag(named["opted out"], Tag.DND)
    mailing.tag(named["unreachable"], Tag.DO_NOT_SEND)
    Contact.objects.filter(id=named["blocked"].id).update(blocked_at=clock.now())
    Contact.objects.filter(id=named["stopped"].id).update(refuses_marketing=True)
    closed = factories.create_conversation(number, named["capped"], wrote_ago=None)
    attempt = factories.create_sent(closed, State.FAILED)
    attempt.error_code = 131049
    attempt.save()
    return named


def test_who_is_left_out_is_left_out_for_the_gates_reason(number, crowd):
    assert planned(mailing.create_broadcast(number)) == {
        "fine": "waiting",
        "opted out": f"skipped {Reason.DND.name}",
        "unreachable": f"skipped {Reason.DO_NOT_SEND.name}",
        "blocked": f"skipped {Reason.BLOCKED.name}",
        "stopped": f"skipped {Reason.MARKETING_OPT_OUT.name}",
        "capped": f"skipped {Reason.CAPPED.name}",
        "american": f"skipped {Reason.US_MARKETING.name}",
        "nowhere": f"skipped {Reason.NO_IDENTITY.name}",
    }


def test_a_utility_template_reaches_who_refuses_marketing(number, crowd):
    template = factories.create_template(number.account, "order", mailing.HELLO)
    broadcast = mailing.create_broadcast(number, template)

    reached = {name for name, state in planned(broadcast).items() if state == "waiting"}

    assert reached == {"fine", "stopped", "capped", "american"}


def test_the_forecast_counts_what_the_plan_makes(number, crowd):
    broadcast = mailing.create_broadcast(number)
    forecast = preflight.count(broadcast)

    found = planned(broadcast)

    assert forecast.match == len(found)
    assert forecast.will_go == list(found.values()).count("waiting")
    assert sum(forecast.skipped.values()) == forecast.match - forecast.will_go


def test_somebody_without_a_value_is_left_out_unless_there_is_a_fallback(number):
    mailing.create_people(number.workspace, 1)
    Contact.objects.update(fields={"city": "Lisbon"}, profile_name="with")
    factories.create_contact(number.workspace, "without")
    source = {"source": "field", "value": "city", "fallback": ""}
    broadcast = mailing.create_broadcast(number, variables={"body.1": source})
    forecast = preflight.count(broadcast)
    assert forecast.missing == {"Body: value 1": 1}

    assert planned(broadcast) == {
        "with": "waiting",
        "without": f"skipped {Reason.TEMPLATE_VALUES.name}",
    }
    planning.undo(broadcast)
    broadcast.variables = {"body.1": source | {"fallback": "your city"}}
    assert planned(broadcast) == {"with": "waiting", "without": "waiting"}


VALUES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x00"),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(
    name=VALUES,
    field=VALUES | st.integers() | st.none(),
    fallback=VALUES,
    source=st.sampled_from(["text", "first_name", "name", "field", "column", ""]),
)
@example(name="", field=None, fallback="\x1f", source="first_name")
@example(name="\u200bAna\x85", field=" 1", fallback="\u2028", source="field")
def test_sql_and_python_agree_on_what_is_missing(name, field, fallback, source):
    workspace = factories.create_workspace()
    number = factories.create_number(workspace)
    contact = factories.create_contact(workspace, name)
    Contact.objects.filter(id=contact.id).update(fields={"x": field})
    contact.refresh_from_db()
    mapping = {"body.1": {"source": source, "value": "x", "fallback": fallback}}
    broadcast = mailing.create_broadcast(number, variables=mapping)

    filled = filling.fill(broadcast.template, mapping, contact, None)
    ((kind, _, _),) = kinds.count(broadcast)

    assert bool(kind.missing) == bool(missing_values(broadcast.template, filled))


def test_a_plan_takes_the_same_few_queries_for_any_number_of_people(number):
    def queries(people: int) -> int:
        mailing.create_people(number.workspace, people, first=people)
        broadcast = mailing.create_broadcast(number)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            planning.plan(broadcast, starts_at=clock.now())
        return len(seen)

    assert max(queries(2), queries(40)) <= 9


def test_rules_join_and_leave_out(number):
    a, b, c, _ = mailing.create_people(number.workspace, 4)
    for contact in (a, b):
        mailing.tag(contact, "vip")
    mailing.tag(c, "newsletter")
    mailing.tag(b, "complaint")
    ids = dict(Tag.objects.values_list("name", "id"))
    broadcast = mailing.create_broadcast(
        number,
        include=[{"kind": "tags", "ids": [ids["vip"], ids["newsletter"]]}],
        exclude=[{"kind": "tags", "ids": [ids["complaint"]]}],
    )

    assert set(planned(broadcast)) == {a.profile_name, c.profile_name}


def test_all_of_several_tags_means_all(number):
    a, b = mailing.create_people(number.workspace, 2)
    for contact, names in ((a, ("vip", "uk")), (b, ("vip",))):
        for name in names:
            mailing.tag(contact, name)
    rule = {"kind": "tags", "ids": list(Tag.objects.values_list("id", flat=True))}
    broadcast = mailing.create_broadcast(number, include=[rule | {"all": True}])

    assert set(planned(broadcast)) == {a.profile_name}


def test_who_got_a_broadcast_this_week_can_be_left_out(number):
    a, b = mailing.create_people(number.workspace, 2)
    earlier = mailing.create_broadcast(number, name="Earlier")
    Recipient.objects.create(
        workspace=number.workspace, broadcast=earlier, contact=a,
        state=Recipient.GIVEN, given_at=clock.now(),
    )  # fmt: skip
    broadcast = mailing.create_broadcast(number, exclude=[{"kind": "got", "days": 7}])

    assert set(planned(broadcast)) == {b.profile_name}
    assert preflight.overlaps(mailing.create_broadcast(number)) != []


def test_a_segment_is_its_members_or_its_rules(number):
    a, _ = mailing.create_people(number.workspace, 2)
    segment = Segment.objects.create(workspace=number.workspace, name="Friends")
    segment.members.create(workspace=number.workspace, contact=a)
    broadcast = mailing.create_broadcast(
        number, include=[{"kind": "segment", "id": segment.id}]
    )

    assert set(planned(broadcast)) == {a.profile_name}


def test_an_audience_of_nobody_starts_nothing(number):
    with pytest.raises(planning.CannotStart, match="Nobody is left"):
        planning.plan(mailing.create_broadcast(number), starts_at=clock.now())


@pytest.mark.parametrize("status", ["REJECTED", "DISABLED", "PENDING"])
def test_a_template_that_cannot_be_sent_starts_nothing(number, status):
    mailing.create_people(number.workspace, 1)
    broadcast = mailing.create_broadcast(number)
    broadcast.template.status = status

    with pytest.raises(planning.CannotStart, match="not approved"):
        planning.plan(broadcast, starts_at=clock.now())

    assert not Recipient.objects.exists()


def test_only_the_first_of_them_when_that_was_chosen(number):
    mailing.create_people(number.workspace, 5)
    broadcast = mailing.create_broadcast(number, only_first=2)

    states = list(planned(broadcast).values())

    assert states.count("waiting") == 2
    assert states.count("skipped ONLY_FIRST") == 3


def of_file(number, *digits: str, **fields):
    """A broadcast to the people of a file, each with an order."""
    file = File.objects.create(
        workspace=number.workspace, name="a.csv", body=b"", encoding="utf-8",
        delimiter=",", state=File.READY,
    )  # fmt: skip
    for line, wa_id in enumerate(digits, 2):
        FileRow.objects.create(
            workspace=number.workspace, file=file, line=line, wa_id=wa_id,
            country="GB", verdict=FileRow.GOOD, values={"order": f"N{line}"},
        )  # fmt: skip
    source = {"source": "column", "value": "order", "fallback": ""}
    rules = [{"kind": "file", "id": file.id}]
    return mailing.create_broadcast(
        number, **{"include": rules, "variables": {"body.1": source}} | fields
    )


def test_people_of_a_file_become_contacts_when_it_starts(number):
    known = factories.create_contact(number.workspace, "Known", wa_id="447700900001")
    broadcast = of_file(number, "447700900001", "447700900002")

    planning.plan(broadcast, starts_at=clock.now())

    assert Contact.objects.count() == 2
    assert Identity.objects.filter(contact=known).count() == 1
    assert Recipient.objects.filter(state="waiting", row__isnull=False).count() == 2


def test_the_forecast_counts_who_is_in_a_file_and_no_contact_yet(number):
    factories.create_contact(number.workspace, "Known", wa_id="447700900001")
    broadcast = of_file(number, "447700900001", "447700900002", "14155550100")

    forecast = preflight.count(broadcast)

    assert (forecast.match, forecast.will_go) == (3, 2)
    assert forecast.skipped == {"US_MARKETING": 1}
    assert Contact.objects.count() == 1
    planning.plan(broadcast, starts_at=clock.now())
    assert broadcast.forecast["will_go"] == 2
    assert Recipient.objects.filter(state="waiting").count() == 2


def test_a_newcomer_of_two_files_is_counted_once(number):
    first = of_file(number, "447700900002")
    second = of_file(number, "447700900002", template=first.template)
    second.include = first.include + second.include

    assert preflight.count(second).will_go == 1
    planning.plan(second, starts_at=clock.now())
    assert Recipient.objects.filter(broadcast=second).count() == 1


def test_who_wrote_in_since_the_file_was_read_is_counted_as_who_they_are(number):
    broadcast = of_file(
        number, "447700900001", include=[{"kind": "everyone"}], variables={}
    )
    file = File.objects.get()
    broadcast.include = [{"kind": "everyone"}, {"kind": "file", "id": file.id}]
    broadcast.variables = {"body.1": {"source": "first_name"}}
    person = factories.create_contact(number.workspace, "Late", wa_id="447700900001")
    mailing.tag(person, Tag.DND)

    forecast = preflight.count(broadcast)

    assert (forecast.match, forecast.will_go) == (1, 0)
    assert forecast.skipped == {"DND": 1}


def test_the_lines_of_the_sum_list_newcomers_after_contacts(number, monkeypatch):
    monkeypatch.setattr(people, "PAGE", 2)
    for n in range(3):
        factories.create_contact(number.workspace, f"P{n}", f"44770090010{n}")
    broadcast = of_file(
        number, *(f"44770090000{n}" for n in range(3)), variables={"body.1": {
            "source": "first_name", "fallback": "friend"}},
    )  # fmt: skip
    broadcast.include.append({"kind": "everyone"})

    names, after = [], ""
    while page := people.of_reason(broadcast, "", after):
        names += [person.name or person.wa_id for person in page[:2]]
        after = page[1].key if len(page) > 2 else "r9999"

    assert names == ["P0", "P1", "P2", *(f"44770090000{n}" for n in range(3))]


def test_the_message_is_looked_at_through_a_newcomer_too(number):
    broadcast = of_file(number, "447700900001")

    (sample,) = people.samples(broadcast)

    assert sample.name == "+447700900001"
    assert sample.row == {"order": "N2"}


def test_the_database_allows_one_row_a_person(number):
    mailing.create_people(number.workspace, 2)
    broadcast = mailing.create_broadcast(number)
    planning.plan(broadcast, starts_at=clock.now())

    again = bulk.execute(
        "INSERT INTO broadcasts_recipient (workspace_id, broadcast_id, contact_id,"
        " state, reason, detail, due_at, cap_retries, hour_retries)"
        " SELECT workspace_id, broadcast_id, contact_id, state, reason, detail, due_at,"
        " 0, 0 FROM broadcasts_recipient ON CONFLICT DO NOTHING",
        [],
    )

    assert again == 0
    assert Broadcast.objects.get().state == Broadcast.SENDING
