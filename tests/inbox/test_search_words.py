"""How a search is read, how a text becomes words, and which part of it is shown."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox import search, tokens
from inbox.excerpts import SHOWN_MAX, excerpt
from inbox.finding import COMMON, RARE, worth_asking
from inbox.looking import Sample, ask
from inbox.search import Term, parse


def words_of(query: search.Query) -> list[str]:
    return [" ".join(term.words) for term in query.terms]


@pytest.mark.parametrize(
    ("typed", "words", "operators"),
    [
        ("late order", ["late", "order"], ()),
        ("from:amina order", ["order"], (("from", "amina"),)),
        ('tag:"late payer"', [], (("tag", "late payer"),)),
        ("IS:Unread", [], (("is", "unread"),)),
        ("window:closing has:media", [], (("window", "closing"), ("has", "media"))),
        ("https://example.org/a", ["https example org a"], ()),
        ("AB-1234", ["AB 1234"], ()),
        ("12:30", ["12 30"], ()),
        ("colour:red", ["colour red"], ()),
        ('"late order" now', ["late order", "now"], ()),
        ('"never closed', ["never closed"], ()),
        ("from:", [], ()),
        ("is:asleep late", ["late"], ()),
        ("don't", ["don t"], ()),
        ("order order", ["order"], ()),
        ("Café MÜNCHEN İzmir", ["Cafe", "MUNCHEN", "Izmir"], ()),
        ("'; DROP \\ & | ! :* \0 %_", ["DROP"], ()),
        ("👍🏽 - -- \"\" ''", [], ()),
        ("", [], ()),
    ],
)
def test_a_query_is_words_and_operators(typed, words, operators):
    query = parse(typed)

    assert (words_of(query), query.operators) == (words, operators)


def test_a_minus_leaves_a_word_out_and_names_nobody():
    query = parse("order -refund")

    assert [(t.words, t.is_excluded) for t in query.terms] == [
        (("order",), False),
        (("refund",), True),
    ]
    assert query.text == "order"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("is:asleep", "There are is:unread, is:waiting, is:closed."),
        ("colour:red", "There is no operator colour:"),
        ("tag:", "nothing stands behind it"),
        ("-tag:vip", "A minus leaves out words"),
        (" ".join(f"word{n}" for n in range(1000)), "Only the first 12 words"),
    ],
)
def test_what_is_not_understood_is_told_in_one_sentence(typed, said):
    (sentence,) = parse(typed).advice

    assert said in sentence


@pytest.mark.parametrize("typed", ["https://example.org", "at 12:30", "plain words"])
def test_what_only_looks_like_an_operator_is_no_mistake(typed):
    assert parse(typed).advice == ()


def test_a_query_can_be_typed_without_one_of_its_operators():
    query = parse('order tag:"late payer" -refund is:closed "so late"')

    assert query.without("is") == 'order -refund "so late" tag:"late payer"'


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("refun", "'7:refun':*"),
        ("my refun", "'7:my' & '7:refun':*"),
        ('"refun"', "'7:refun'"),
        ("AB-1234", "'7:AB' & '7:1234':*"),
        ("-refund", "!('7:refund':*)"),
        ("退款", "'7:退款':*"),
    ],
)
def test_words_are_beginnings_unless_they_are_short_or_quoted(typed, asked):
    assert ask(7, parse(typed).terms) == asked


# --- The same words in Python and in PostgreSQL --------------------------------------


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=60))
def test_python_and_the_database_split_alike(text):
    text = text.replace("\0", " ")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inbox_plain(%s), lower(%s)", [text, " ".join(tokens.split(text))]
        )
        in_database, asked = cursor.fetchone()

    assert in_database == asked


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["", "?!  ?!", "🎉 🎉", "\n\n", "x" * 5000, "é" * 70_000, "a " * 60_000]
)
def test_no_text_is_refused(body):
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(inbox_words(7, %s, '{7:#in}'))", [body])

        assert 1 <= cursor.fetchone()[0] <= 2


# --- Excerpts ------------------------------------------------------------------------


def marked(text: str, typed: str) -> str:
    pieces = excerpt(text, parse(typed).terms)
    return "".join(f"[{p.text}]" if p.is_match else p.text for p in pieces)


@pytest.mark.parametrize(
    ("text", "typed", "shown"),
    [
        ("Where is my Order?", "ord", "Where is my [Order]?"),
        ("Order AB-1234, AB", "AB-123", "Order [AB-1234], AB"),
        ("late? The late order", '"late order"', "late? The [late order]"),
        ("a cafe, un CAFÉ", "café", "a [cafe], un [CAFÉ]"),
        ("İstanbul’dan ıspanak", "istanbul", "[İstanbul]’dan ıspanak"),
        ("أين طلبي؟", "طلب", "أين [طلبي]؟"),
        ("order orders", '"order"', "[order] orders"),
        ("no refund", "no -refund", "[no] refund"),
        ("Danke🎉schön", "schon", "Danke🎉[schön]"),
        ("nothing of it", "else", "nothing of it"),
        ("", "else", ""),
    ],
)
def test_what_was_found_is_marked(text, typed, shown):
    assert marked(text, typed) == shown


def test_a_long_text_is_cut_around_the_match():
    text = "before " * 300 + "the needle stands here " + "after " * 300

    shown = marked(text, "need")

    assert shown.startswith("…before") and shown.endswith("after…")
    assert "the [needle] stands here" in shown
    assert len(shown) <= SHOWN_MAX + 4


def test_a_text_without_spaces_is_cut_too():
    assert len(marked("長" * 4000, "zzz")) <= SHOWN_MAX + 1


# --- Which way to look ----------------------------------------------------------------

LATE, ORDER, NOT = (
    Term(("late",)),
    Term(("order",)),
    Term(("refund",), is_excluded=True),
)


@pytest.mark.parametrize(
    ("together", "late", "order", "asked"),
    [
        (0, 0, 0, [LATE, ORDER]),
        (RARE, COMMON, COMMON + 1, [LATE]),
        (RARE, COMMON + 1, COMMON + 1, []),
        (RARE + 1, COMMON, COMMON, []),
    ],
)
def test_the_index_is_asked_for_rare_words_alone(together, late, order, asked):
    sample = Sample(edge=None, together=together, terms=(late, order, 0))

    assert worth_asking((LATE, ORDER, NOT), sample) == asked
