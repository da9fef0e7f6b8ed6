"""Segments: a filter over contacts with a name, counted, and an audience."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from broadcasts import audience, preflight, segments
from broadcasts.models import Broadcast, Segment
from converge import clock
from inbox.models import Contact, ContactTag, Tag
from tests import factories
from tests.broadcasts import mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def vip(workspace):
    return Tag.objects.create(workspace=workspace, name="VIP")


@pytest.fixture
def people(workspace, vip):
    """Three people; the first two are VIP."""
    found = mailing.create_people(workspace, 3)
    for contact in found[:2]:
        ContactTag.objects.create(workspace=workspace, contact=contact, tag=vip)
    return found


def path(workspace, name: str, **values) -> str:
    return reverse(f"segments:{name}", kwargs={"slug": workspace.slug, **values})


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def create(workspace, name="VIPs", **rule) -> Segment:
    return Segment.objects.create(
        workspace=workspace, name=name, rules=[{"kind": "people", **rule}]
    )


def keep(client, workspace, query: str, name: str):
    return client.post(
        f"{path(workspace, 'keep')}?{query}", {"name": name}, follow=True
    )


def test_a_filter_of_the_list_is_kept_under_a_name(owner, workspace, people, vip):
    page = text(owner.get(f"{path(workspace, 'keep')}?tag={vip.id}"))
    assert "Tag VIP</b>: 2 people now" in page

    page = text(keep(owner, workspace, f"tag={vip.id}&channel=whatsapp", "Best"))

    assert "Kept as the segment “Best”." in page
    assert Segment.objects.get().rules == [
        {"kind": "people", "tag": str(vip.id), "channel": "whatsapp"}
    ]
    assert "Tag VIP, On WhatsApp" in page


def test_who_is_in_it_is_asked_anew(workspace, people, vip):
    segment = create(workspace, tag=str(vip.id))
    assert segments.count(segment) == 2

    ContactTag.objects.create(workspace=workspace, contact=people[2], tag=vip)

    assert segments.count(segment) == 3


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"q": "Person 1"}, 1),
        ({"q": "nobody of this name"}, 0),
        ({"channel": "whatsapp"}, 3),
        ({"channel": "instagram"}, 0),
        ({"rule": "blocked"}, 1),
        ({"rule": "blocked", "q": "Person 1"}, 0),
    ],
)
def test_every_filter_of_the_list_works(workspace, people, rule, found):
    Contact.objects.filter(id=people[0].id).update(blocked_at=clock.now())

    assert segments.count(create(workspace, **rule)) == found


def test_those_who_became_part_of_somebody_are_not_counted(workspace, people, vip):
    Contact.objects.filter(id=people[0].id).update(merged_into=people[1])

    assert segments.count(create(workspace, tag=str(vip.id))) == 1


def test_a_deleted_tag_leaves_nobody_instead_of_everybody(workspace, people, vip):
    segment = create(workspace, tag=str(vip.id))
    vip.delete()

    assert segments.count(segment) == 0
    tags, others = segments.names(workspace)
    assert segments.describe(segment, tags, others) == "Tag that was deleted"


def test_a_segment_is_an_audience_and_leaves_people_out(number, people, vip):
    segment = create(number.workspace, tag=str(vip.id))
    rule = {"kind": "segment", "id": segment.id}

    sent_to = mailing.create_broadcast(number, include=[rule])
    left_out = mailing.create_broadcast(number, sent_to.template, exclude=[rule])

    assert preflight.count(sent_to).will_go == 2
    assert preflight.count(left_out).will_go == 1


def test_a_tag_of_another_workspace_names_nobody(workspace, charlie, vip, people):
    other = charlie.memberships.get().workspace
    segment = create(other, tag=str(vip.id))

    assert segments.count(segment) == 0


def test_without_a_filter_there_is_nothing_to_keep(owner, workspace, people):
    page = text(keep(owner, workspace, "", "All"))

    assert "Choose a filter first" in page
    assert not Segment.objects.exists()


@pytest.mark.parametrize("query", ["tag=999999", "channel=pigeon"])
def test_a_filter_that_does_not_exist_is_not_kept(owner, workspace, people, query):
    keep(owner, workspace, query, "Nonsense")

    assert not Segment.objects.exists()


def test_two_segments_have_two_names(owner, workspace, people, vip):
    keep(owner, workspace, f"tag={vip.id}", "VIPs")
    answer = keep(owner, workspace, "channel=whatsapp", "VIPs")

    assert answer.status_code == 422
    assert "There is a segment of that name already." in text(answer)


def test_its_people_are_listed_and_its_filter_is_a_link(owner, workspace, people, vip):
    segment = create(workspace, tag=str(vip.id))

    page = text(owner.get(path(workspace, "show", segment_id=segment.id)))

    assert "Person 0" in page
    assert "Person 2" not in page
    assert f"?tag={vip.id}" in page


def test_people_are_paged_by_key(workspace):
    mailing.create_people(workspace, 60)
    segment = create(workspace, channel="whatsapp")

    first, following = segments.page(segment, "")
    second, end = segments.page(segment, following)

    assert (len(first), len(second), end) == (50, 10, "")
    assert len({row.contact.id for row in first + second}) == 60


def test_segments_are_paged_by_name(owner, workspace):
    for n in range(30):
        create(workspace, name=f"Segment {n:02}", channel="whatsapp")

    page = owner.get(path(workspace, "list"))
    rest = owner.get(path(workspace, "list"), {"after": page.context["after"]})

    names = [r["segment"].name for r in page.context["rows"] + rest.context["rows"]]
    assert names == [f"Segment {n:02}" for n in range(30)]
    assert rest.context["after"] is None


def test_a_broadcast_begins_with_a_segment(owner, number, people, vip):
    segment = create(number.workspace, tag=str(vip.id))

    begin = reverse("broadcasts:new", args=[number.workspace.slug])
    owner.post(begin, {"segment": segment.id})

    broadcast = Broadcast.objects.get()
    assert broadcast.include == [{"kind": "segment", "id": segment.id}]
    query, params = audience.contacts(broadcast)
    assert query.count("%s") == len(params)


def test_a_segment_of_a_planned_broadcast_stays(owner, number, people, vip):
    segment = create(number.workspace, tag=str(vip.id))
    rule = {"kind": "segment", "id": segment.id}
    mailing.create_broadcast(
        number, include=[rule], state=Broadcast.SCHEDULED, starts_at=clock.now()
    )

    remove = path(number.workspace, "remove", segment_id=segment.id)
    page = text(owner.post(remove, follow=True))

    assert "is planned with this segment" in page
    assert Segment.objects.filter(id=segment.id).exists()


def test_a_segment_is_removed_and_its_people_stay(owner, workspace, people, vip):
    segment = create(workspace, tag=str(vip.id))

    remove = path(workspace, "remove", segment_id=segment.id)
    page = text(owner.post(remove, follow=True))

    assert "Its people stay." in page
    assert Contact.objects.count() == 3


def test_the_list_of_segments_asks_little(
    owner, workspace, people, settings, django_assert_max_num_queries
):
    settings.DEMO = settings.DEBUG = False  # a demo also asks for its clock
    for n in range(5):
        create(workspace, name=f"Segment {n}", channel="whatsapp")
    owner.get(path(workspace, "list"))

    with django_assert_max_num_queries(8 + 2 * 5):
        owner.get(path(workspace, "list"))


def test_a_segment_of_fewer_people_is_not_more_than_it_says(number):
    contact = factories.create_contact(number.workspace, "Zoë")
    segment = create(number.workspace, q="Zoë")

    rows, _ = segments.page(segment, "")

    assert [row.contact for row in rows] == [contact]


def edit(client, segment, **given):
    address = path(segment.workspace, "edit", segment_id=segment.id)
    return client.post(address, given, follow=True)


def test_a_segment_gets_another_name_and_other_rules(owner, workspace, people, vip):
    segment = create(workspace, tag=str(vip.id))
    page = text(owner.get(path(workspace, "edit", segment_id=segment.id)))
    assert "Tag VIP</b>: 2 people now" in page

    answer = edit(owner, segment, name="Everyone here", channel="whatsapp")

    segment.refresh_from_db()
    assert segment.name == "Everyone here"
    assert segment.rules == [{"kind": "people", "channel": "whatsapp"}]
    assert "“Everyone here” is saved." in text(answer)
    entry = AuditEntry.objects.get(act="segment changed")
    assert entry.data["before"]["name"] == "VIPs"


def test_other_rules_are_counted_before_they_are_saved(owner, workspace, people, vip):
    segment = create(workspace, tag=str(vip.id))

    page = text(edit(owner, segment, name="VIPs", channel="whatsapp", look="1"))

    assert "On WhatsApp</b>: 3 people now" in page
    segment.refresh_from_db()
    assert segment.rules == [{"kind": "people", "tag": str(vip.id)}]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": ""}, "Give the segment a name"),
        ({"name": "Taken"}, "There is a segment of that name already"),
        ({"tag": "", "channel": ""}, "Choose at least one filter"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(owner, workspace, vip, given, says):
    create(workspace, "Taken", tag=str(vip.id))
    segment = create(workspace, tag=str(vip.id))

    answer = edit(owner, segment, **{"name": "VIPs", "tag": vip.id} | given)

    assert answer.status_code == 422
    assert says in text(answer)
    segment.refresh_from_db()
    assert segment.rules == [{"kind": "people", "tag": str(vip.id)}]


def test_what_uses_a_segment_is_said_before_it_changes(owner, workspace, number, vip):
    segment = create(workspace, tag=str(vip.id))
    named = {"kind": "segment", "id": segment.id}
    create(workspace, "Unrelated", tag=str(vip.id))
    both = Segment.objects.create(
        workspace=workspace, name="Both", rules=[named, {"kind": "everyone"}]
    )
    for name, state in (("Soon", "scheduled"), ("Idea", "draft")):
        Broadcast.objects.create(
            workspace=workspace,
            name=name,
            include=[named],
            state=state,
            starts_at=clock.now() if state == "scheduled" else None,
        )

    page = text(owner.get(path(workspace, "edit", segment_id=segment.id)))

    assert "The broadcast <bdi>“Soon”</bdi>, planned for" in page
    assert "The draft of a broadcast <bdi>“Idea”</bdi>" in page
    assert "The segment <bdi>“Both”</bdi>" in page
    assert "Unrelated" not in page
    page = text(owner.get(path(workspace, "edit", segment_id=both.id)))
    assert "another name only" in page


def test_rules_that_are_no_filter_stay_when_it_is_renamed(owner, workspace):
    rules = [{"kind": "wrote", "days": 7}, {"kind": "everyone"}]
    segment = Segment.objects.create(workspace=workspace, name="Old", rules=rules)

    edit(owner, segment, name="New", channel="whatsapp")

    segment.refresh_from_db()
    assert (segment.name, segment.rules) == ("New", rules)
