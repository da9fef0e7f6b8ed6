"""The pure parts: ladders, obstacles, bursts, days, hours, files."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcasts import files, preflight, retries, watch, zones
from broadcasts.models import FileRow
from business_numbers import phone_cells
from business_numbers.errors import MEANINGS, Verdict
from converge import csv_files

AT = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)
UNUSED = {retries.CAP: 0, retries.HOURS: 0}


@pytest.mark.parametrize(
    ("code", "used", "days"),
    [(131049, 0, 7), (131049, 1, 8), (131049, 2, 9), (131049, 3, None)],
)
def test_metas_limit_per_person_waits_seven_eight_and_nine_days(code, used, days):
    again = retries.next_try(code, UNUSED | {retries.CAP: used}, AT, retries.USUAL)

    assert (again and again.at) == (AT + timedelta(days=days) if days else None)


@pytest.mark.parametrize("code", [131026, 131047, 131050, 132000, 132001, 130472, None])
def test_what_waiting_does_not_mend_is_never_tried_again(code):
    assert retries.next_try(code, UNUSED, AT, retries.USUAL) is None


@pytest.mark.parametrize("code", [131000, 131016, 130429, 131056, 132015, 131043])
def test_temporary_trouble_is_tried_again_in_hours(code):
    again = retries.next_try(code, UNUSED, AT, retries.USUAL)

    assert again == retries.Again(AT + timedelta(hours=1), retries.HOURS)


@given(code=st.sampled_from(sorted(MEANINGS)), steps=st.integers(0, 10))
def test_no_ladder_is_endless(code, steps):
    used = {retries.CAP: steps, retries.HOURS: steps}

    again = retries.next_try(code, used, AT, retries.USUAL)

    assert again is None or (steps < 3 and again.at > AT)


@pytest.mark.parametrize(
    ("kind", "waits", "is_fine"),
    [
        (retries.CAP, [168, 192, 216], True),
        (retries.CAP, [], True),
        (retries.CAP, [23], False),
        (retries.CAP, [24, 24, 24, 24], False),
        (retries.CAP, [216, 192], False),
        (retries.HOURS, [1, 48], True),
        (retries.HOURS, [0], False),
        (retries.HOURS, [49], False),
    ],
)
def test_an_owner_may_change_a_ladder_within_bounds(kind, waits, is_fine):
    assert (retries.problem(kind, waits) == "") == is_fine


@pytest.mark.parametrize(
    ("codes", "found"),
    [
        ([], None),
        ([None] * 50, None),
        ([131026] * 50, None),
        ([131042] * 2, None),
        ([131042] * 3 + [None] * 47, (watch.ERRORS, 131042)),
        ([132012] * 9, None),
        ([132012] * 10, (watch.ERRORS, 132012)),
        ([132012] * 10 + [None] * 40, None),
        ([None] * 49 + [131048], (watch.SPAM, 131048)),
        ([None] * 50 + [131042] * 50, None),
    ],
)
def test_a_burst_of_what_is_not_the_persons_stops_a_broadcast(codes, found):
    assert watch.burst(codes) == found


def standing(**changes):
    account = SimpleNamespace(authorisation="connected", id=1)
    number = SimpleNamespace(
        account=account, account_id=1, retired_at=None, is_banned=False,
        deregistered_at=None, status="active", quality="GREEN",
    )  # fmt: skip
    template = SimpleNamespace(
        account_id=1, deleted_at=None, status="APPROVED", quality="GREEN",
        is_marketing=True,
    )  # fmt: skip
    broadcast = SimpleNamespace(number=number, template=template, accepts_red=False)
    for path, value in changes.items():
        *way, last = path.split("__")
        place = broadcast
        for name in way:
            place = getattr(place, name)
        setattr(place, last, value)
    return broadcast


@pytest.mark.parametrize(
    ("changes", "obstacle"),
    [
        ({}, ""),
        ({"number__deregistered_at": AT}, watch.NUMBER),
        ({"number__is_banned": True}, watch.NUMBER),
        ({"number__account__authorisation": "disconnected"}, watch.RECONNECT),
        ({"number__account__authorisation": "reauth"}, ""),
        ({"template": None}, watch.UNUSABLE),
        ({"template__deleted_at": AT}, watch.UNUSABLE),
        ({"template__account_id": 2}, watch.UNUSABLE),
        ({"template__status": "PAUSED"}, watch.TEMPLATE),
        ({"template__status": "DISABLED"}, watch.UNUSABLE),
        ({"number__quality": "RED"}, watch.QUALITY),
        ({"template__quality": "RED"}, watch.QUALITY),
        ({"number__quality": "RED", "template__is_marketing": False}, ""),
        ({"number__quality": "RED", "accepts_red": True}, ""),
    ],
)
def test_what_stands_in_the_way(changes, obstacle):
    assert watch.obstacle(standing(**changes)) == obstacle


@pytest.mark.parametrize(
    ("people", "limit", "used", "days"),
    [
        (1116, 250, 34, (216, 250, 250, 250, 150)),
        (100, 250, 0, (100,)),
        (250, 250, 0, (250,)),
        (10, 250, 250, (0, 10)),
        (10, 250, 300, (0, 10)),
        (0, 250, 0, (0,)),
    ],
)
def test_a_broadcast_larger_than_the_limit_takes_days(people, limit, used, days):
    assert preflight.spread(people, limit, used) == days


@given(st.integers(0, 10_000), st.integers(1, 3_000), st.integers(0, 5_000))
def test_the_days_add_up_and_none_is_above_the_limit(people, limit, used):
    days = preflight.spread(people, limit, used)

    assert sum(days) == people
    assert all(0 <= day <= limit for day in days)


def test_an_hour_the_clocks_jump_over_does_not_exist():
    with pytest.raises(zones.NoSuchTime):
        zones.moment(datetime.fromisoformat("2026-03-29T01:30"), "Europe/London")


def test_an_hour_that_comes_twice_is_its_first():
    local = datetime.fromisoformat("2026-10-25T01:30")

    assert zones.is_doubled(local, "Europe/London")
    assert zones.moment(local, "Europe/London").utcoffset() == timedelta(hours=1)


def test_the_same_hour_elsewhere_is_another_moment():
    at = zones.moment(datetime.fromisoformat("2026-11-03T09:00"), "Europe/London")

    assert zones.same_hour(at, "Europe/London", "IN") == at - timedelta(
        hours=5, minutes=30
    )
    assert zones.same_hour(at, "Europe/London", "US") is None  # several zones


@pytest.mark.parametrize(
    ("typed", "verdict", "digits"),
    [
        ("+44 7700 900118", FileRow.GOOD, "447700900118"),
        ("07700 900118", FileRow.GOOD, "447700900118"),
        ("447700900118", FileRow.GOOD, "447700900118"),
        ("'+447700900118", FileRow.GOOD, "447700900118"),
        ('="+447700900118"', FileRow.GOOD, "447700900118"),
        ("4.47701E+11", FileRow.SHORTENED, ""),
        ("4,47701E+11", FileRow.SHORTENED, ""),
        ("", FileRow.EMPTY, ""),
        ("n/a", FileRow.MALFORMED, ""),
        ("12", FileRow.MALFORMED, ""),
        ("=1+1", FileRow.MALFORMED, ""),
    ],
)
def test_what_stands_in_the_phone_column_is_judged(typed, verdict, digits):
    assert phone_cells.read(typed, "GB") == (digits, verdict.removeprefix("good"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_files_writing_is_found_out(encoding, delimiter):
    rows = [["Name", "Phone", "City"], ["José", "+447700900118", "Málaga"]]
    body = "\n".join(delimiter.join(row) for row in rows).encode(encoding)

    shape = csv_files.look_at(body)

    assert shape.columns == rows[0]
    assert shape.sample == [rows[1]]
    assert phone_cells.column(shape.columns, shape.sample) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"phone\n", "no line below"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not a text file"),
        (b"phone\n" + b"1\n" * 100_001, "100,001 lines"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(body, says):
    with pytest.raises(csv_files.NotUsable, match=says):
        csv_files.look_at(body)


def test_a_file_that_is_too_large_says_how_large_one_may_be():
    with pytest.raises(csv_files.NotUsable, match=r"26 MB\. A file may have 25 MB"):
        csv_files.refuse_large("a.csv", 26 * csv_files.MEGABYTE, files.MOST_BYTES)


def test_what_an_account_did_wrong_is_not_the_persons_fault():
    assert retries.ladder_of(131042) == retries.HOURS
    assert MEANINGS[131042].verdict is Verdict.ACCOUNT
