"""Arbitrary JSON at Meta's door: read, or `Unreadable`, and nothing else ever."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from business_numbers import instagram, parsing
from business_numbers.parsing import Unreadable
from tests.business_numbers.reading import PAYLOADS, names

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(10**305, 10**320)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(), max_size=8)
    | st.sampled_from(["text", "messages", "1772971200", "9" * 400, "image", "edit"])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "entry changes value field messages statuses message_echoes id type"
                " timestamp from text image reaction edit contacts profile errors"
                " messaging message mid sender recipient attachments postback"
                " user_preferences state_sync contact phone_number metadata phone_number_id".split()
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
READERS = [parsing, instagram]


def read_all(reader, data) -> None:
    try:
        updates = reader.split(data)
    except Unreadable:
        return
    for update in updates:
        try:
            reader.read(update)
        except Unreadable:
            continue


@pytest.mark.parametrize("reader", READERS)
@given(st.dictionaries(st.sampled_from(["entry", "object"]), anything))
def test_any_object_is_read_or_unreadable(reader, data):
    read_all(reader, data)


@settings(max_examples=300)
@given(st.sampled_from(names()), st.randoms(use_true_random=False), anything)
def test_a_real_payload_with_one_part_replaced_is_read_or_unreadable(name, rng, part):
    data = json.loads((PAYLOADS / f"{name}.json").read_text())
    holder, key = rng.choice(list(places(data)))
    holder[key] = part

    read_all(instagram if name.startswith("instagram_") else parsing, data)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_unreadable(body):
    try:
        assert isinstance(parsing.load(body), dict)
    except Unreadable:
        return


def places(value):
    """Every (container, key) inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)
