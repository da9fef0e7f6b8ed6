"""May we send this? Every sender against every rule, as the design's table says it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inbox.gate import (
    Allow,
    Effect,
    Facts,
    Gone,
    Hold,
    Refuse,
    Sender,
    TemplateFacts,
    Wait,
    decide,
)
from inbox.reasons import Reason
from inbox.window import Window

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN = Window(NOW - HOUR)
CLOSED = Window(NOW - 25 * HOUR)
UTILITY = TemplateFacts()
MARKETING = TemplateFacts(is_marketing=True)
FIVE = ("agent", "flow", "api", "broadcast", "retry")

# What a word of the table means; `-` is: this sender never gets there.
WORDS = {
    "ok": lambda d, reason: d == Allow(),
    "warn": lambda d, reason: d == Allow((reason,)),
    "refuse": lambda d, reason: _is_refusal(d, reason, Effect.NONE),
    "end": lambda d, reason: _is_refusal(d, reason, Effect.END_RUN),
    "edge": lambda d, reason: _is_refusal(d, reason, Effect.ERROR_EDGE),
    "skip": lambda d, reason: _is_refusal(d, reason, Effect.SKIP),
    "cancel": lambda d, reason: _is_refusal(d, reason, Effect.CANCEL_RETRY),
    "pause": lambda d, reason: _is_refusal(d, reason, Effect.PAUSE),
    "wait": lambda d, reason: isinstance(d, Wait) and d.reason is reason,
}


def _is_refusal(decision, reason, effect):
    return (
        isinstance(decision, Refuse)
        and decision.reason is reason
        and decision.effect is effect
    )


def text(**fields) -> dict:
    return {"kind": "text", "window": OPEN} | fields


def template(facts: TemplateFacts = UTILITY, **fields) -> dict:
    return {"kind": "template", "window": CLOSED, "template": facts} | fields


R = Reason
SLOWED = Hold(R.SLOWED, NOW + HOUR)
# facts, reason, then agent, flow, API, broadcast, retry of a broadcast
TABLE = [
    # nothing against it
    (text(), None, "ok ok ok - -"),
    (template(), None, "ok ok ok ok ok"),
    (template(MARKETING), None, "ok ok ok ok ok"),
    (template(MARKETING, window=OPEN), None, "ok ok ok ok ok"),
    # 1 role, blocked
    (text(may_send=False), R.ROLE, "refuse refuse refuse - -"),
    (template(may_send=False), R.ROLE, "refuse refuse refuse refuse refuse"),
    (text(is_blocked=True), R.BLOCKED, "refuse edge refuse - -"),
    (template(is_blocked=True), R.BLOCKED, "refuse edge refuse skip cancel"),
    # 2 takeover, older generation
    (text(takeover=True), R.TAKEOVER, "ok end ok - -"),
    (template(takeover=True), R.TAKEOVER, "ok end ok ok ok"),
    (text(is_stale=True), R.GENERATION, "ok end ok - -"),
    (template(is_stale=True), R.GENERATION, "ok end ok ok ok"),
    # 3 an identity on this channel
    (text(has_identity=False), R.NO_IDENTITY, "refuse edge refuse - -"),
    (template(has_identity=False), R.NO_IDENTITY, "refuse edge refuse skip cancel"),
    # 4 a number that cannot send at all
    (text(gone=Gone.DRAFT), R.DRAFT, "refuse edge refuse - -"),
    (template(gone=Gone.DRAFT), R.DRAFT, "refuse edge refuse pause pause"),
    (template(gone=Gone.RETIRED), R.RETIRED, "refuse edge refuse pause pause"),
    (template(gone=Gone.BANNED), R.BANNED, "refuse edge refuse pause pause"),
    (
        template(gone=Gone.DEREGISTERED),
        R.DEREGISTERED,
        "refuse edge refuse pause pause",
    ),
    # 5 the kind exists on the channel
    (template(is_whatsapp=False), R.CHANNEL, "refuse edge refuse refuse refuse"),
    (
        text(kind="interactive", is_whatsapp=False),
        R.CHANNEL,
        "refuse edge refuse - -",
    ),
    (text(kind="wa_flow", is_whatsapp=False), R.CHANNEL, "refuse edge refuse - -"),
    (text(kind="image", is_whatsapp=False), None, "ok ok ok - -"),
    (text(kind="interactive"), None, "ok ok ok - -"),
    # 6 dnd
    (text(dnd=True), R.DND, "ok edge refuse - -"),
    (template(dnd=True), R.DND, "ok edge refuse skip cancel"),
    (template(MARKETING, dnd=True), R.DND, "warn edge refuse skip cancel"),
    # 7 do-not-send
    (text(do_not_send=True), R.DO_NOT_SEND, "warn warn warn - -"),
    (template(do_not_send=True), R.DO_NOT_SEND, "warn warn warn skip cancel"),
    # 8 the marketing opt-out
    (text(refuses_marketing=True), R.MARKETING_OPT_OUT, "ok ok ok - -"),
    (template(refuses_marketing=True), R.MARKETING_OPT_OUT, "ok ok ok ok ok"),
    (
        template(MARKETING, refuses_marketing=True),
        R.MARKETING_OPT_OUT,
        "warn edge refuse skip cancel",
    ),
    # 9 131049 in the last seven days, and numbers of the United States
    (text(capped_at=NOW - HOUR), R.CAPPED, "ok ok ok - -"),
    (template(capped_at=NOW - HOUR), R.CAPPED, "ok ok ok ok ok"),
    (
        template(MARKETING, capped_at=NOW - HOUR),
        R.CAPPED,
        "warn edge refuse skip ok",
    ),
    (
        template(MARKETING, capped_at=NOW - HOUR, window=OPEN),
        R.CAPPED,
        "ok ok ok ok ok",
    ),
    (
        template(MARKETING, capped_at=NOW - timedelta(days=7)),
        R.CAPPED,
        "ok ok ok ok ok",
    ),
    (
        template(MARKETING, is_us_number=True),
        R.US_MARKETING,
        "warn edge refuse skip cancel",
    ),
    (template(is_us_number=True), R.US_MARKETING, "ok ok ok ok ok"),
    # 10 the window
    (text(window=CLOSED), R.WINDOW, "refuse edge refuse - -"),
    (text(window=Window()), R.WINDOW, "refuse edge refuse - -"),
    (text(kind="image", window=CLOSED), R.WINDOW, "refuse edge refuse - -"),
    (text(kind="interactive", window=CLOSED), R.WINDOW, "refuse edge refuse - -"),
    (
        text(window=CLOSED, is_whatsapp=False),
        R.WINDOW_INSTAGRAM,
        "refuse edge refuse - -",
    ),
    (
        text(window=Window(NOW - 25 * HOUR, human_agent=True), is_whatsapp=False),
        R.WINDOW_INSTAGRAM,
        "ok edge refuse - -",
    ),
    (
        text(window=Window(NOW - 170 * HOUR, human_agent=True), is_whatsapp=False),
        R.WINDOW_INSTAGRAM,
        "refuse edge refuse - -",
    ),
    # the last five minutes belong to people
    (text(window=Window(NOW - 23.95 * HOUR)), R.WINDOW, "ok edge refuse - -"),
    # 11 the template
    (
        template(None),
        R.TEMPLATE_MISSING,
        "refuse edge refuse refuse refuse",
    ),
    (
        template(TemplateFacts(is_ours=False)),
        R.TEMPLATE_MISSING,
        "refuse edge refuse refuse refuse",
    ),
    *(
        (
            template(TemplateFacts(status=status)),
            R.TEMPLATE_STATUS,
            "refuse edge refuse refuse refuse",
        )
        for status in ("PENDING", "REJECTED", "DISABLED", "IN_APPEAL", "ARCHIVED")
    ),
    (
        template(TemplateFacts(status="PAUSED")),
        R.TEMPLATE_PAUSED,
        "refuse edge refuse wait wait",
    ),
    (
        template(TemplateFacts(missing=("1",))),
        R.TEMPLATE_VALUES,
        "refuse edge refuse skip cancel",
    ),
    # 12 the broadcast itself
    (template(broadcast_cancelled=True), R.BROADCAST_CANCELLED, "- - - cancel cancel"),
    (template(broadcast_paused=True), R.BROADCAST_PAUSED, "- - - wait wait"),
    # 13 a number that cannot send now: composing, then queued
    (text(hold=SLOWED), R.SLOWED, "refuse wait refuse - -"),
    (template(hold=SLOWED), R.SLOWED, "refuse wait refuse wait wait"),
    (template(hold=Hold(R.REAUTHORISE)), R.REAUTHORISE, "refuse wait refuse wait wait"),
    (text(hold=SLOWED, is_queued=True), R.SLOWED, "wait wait refuse - -"),
    (
        template(hold=Hold(R.REAUTHORISE), is_queued=True),
        R.REAUTHORISE,
        "wait wait refuse wait wait",
    ),
    (template(hold=Hold(R.SLOWED, NOW)), R.SLOWED, "ok ok ok ok ok"),
    (text(restricted_until=NOW + HOUR), R.RESTRICTED, "ok ok ok - -"),
    (
        template(restricted_until=NOW + HOUR),
        R.RESTRICTED,
        "refuse wait refuse wait wait",
    ),
    (
        template(restricted_until=NOW + HOUR, window=OPEN),
        R.RESTRICTED,
        "ok ok ok ok ok",
    ),
    (template(restricted_until=NOW - HOUR), R.RESTRICTED, "ok ok ok ok ok"),
    # 14 the tier
    (text(tier_free_at=NOW + HOUR), R.TIER, "ok ok ok - -"),
    (template(tier_free_at=NOW + HOUR), R.TIER, "refuse wait refuse wait wait"),
    (template(tier_free_at=NOW + HOUR, window=OPEN), R.TIER, "ok ok ok ok ok"),
    # 15 the pair's rate is the outbox's matter
    (text(pair_free_at=NOW + HOUR), R.PAIR, "ok ok ok - -"),
    (text(pair_free_at=NOW + HOUR, is_queued=True), R.PAIR, "wait wait wait - -"),
    (
        template(pair_free_at=NOW + HOUR, is_queued=True),
        R.PAIR,
        "wait wait wait wait wait",
    ),
    (text(pair_free_at=NOW, is_queued=True), R.PAIR, "ok ok ok - -"),
    (
        text(pair_free_at=NOW + HOUR, is_queued=True, is_whatsapp=False),
        R.PAIR,
        "ok ok ok - -",
    ),
    # an earlier attempt that may have arrived
    (text(has_unsettled=True), R.UNSETTLED, "ok edge refuse - -"),
    (template(has_unsettled=True), R.UNSETTLED, "ok edge refuse refuse refuse"),
]
CASES = [
    pytest.param(facts, reason, sender, word, id=f"{number}-{sender}-{word}")
    for number, (facts, reason, row) in enumerate(TABLE)
    for sender, word in zip(FIVE, row.split(), strict=True)
    if word != "-"
]


@pytest.mark.parametrize(("facts", "reason", "sender", "word"), CASES)
def test_every_sender_meets_every_rule_as_the_table_says(facts, reason, sender, word):
    decision = decide(Facts(now=NOW, sender=Sender(sender), **facts))

    assert WORDS[word](decision, reason), decision


@pytest.mark.parametrize("sender", FIVE)
def test_a_refusal_comes_before_any_wait(sender):
    waits = template(
        hold=SLOWED, is_queued=True, pair_free_at=NOW + HOUR, tier_free_at=NOW + HOUR
    )
    facts = Facts(now=NOW, sender=Sender(sender), **waits, is_blocked=True)

    assert decide(facts).reason is Reason.BLOCKED


# The rules in the order of the design; each must win over every later one.
REFUSALS = [
    ({"may_send": False}, R.ROLE),
    ({"is_blocked": True}, R.BLOCKED),
    ({"takeover": True}, R.TAKEOVER),
    ({"has_identity": False}, R.NO_IDENTITY),
    ({"gone": Gone.BANNED}, R.BANNED),
    ({"is_whatsapp": False}, R.CHANNEL),
    ({"dnd": True}, R.DND),
    ({"refuses_marketing": True}, R.MARKETING_OPT_OUT),
    ({"capped_at": NOW}, R.CAPPED),
    ({"template": replace(MARKETING, status="PENDING")}, R.TEMPLATE_STATUS),
]


@pytest.mark.parametrize("first", range(len(REFUSALS)))
def test_the_earlier_rule_gives_the_reason(first):
    changes = template(MARKETING)
    for fields, _ in REFUSALS[first:]:
        changes |= fields

    decision = decide(Facts(now=NOW, sender=Sender.FLOW, **changes))

    assert decision.reason is REFUSALS[first][1]


def test_warnings_are_kept_together():
    facts = template(
        MARKETING,
        dnd=True,
        do_not_send=True,
        refuses_marketing=True,
        capped_at=NOW,
    )

    decision = decide(Facts(now=NOW, sender=Sender.AGENT, **facts))

    assert decision == Allow(
        (R.DND, R.DO_NOT_SEND, R.MARKETING_OPT_OUT, R.CAPPED),
    )


@pytest.mark.parametrize(
    ("seconds", "word"), [(1, "ok"), (60, "ok"), (61, "refuse"), (900, "refuse")]
)
def test_the_composer_does_not_refuse_for_a_hold_of_a_minute(seconds, word):
    hold = Hold(R.SLOWED, NOW + timedelta(seconds=seconds))

    decision = decide(Facts(now=NOW, sender=Sender.AGENT, **text(hold=hold)))

    assert WORDS[word](decision, R.SLOWED)


@pytest.mark.parametrize("seconds", [1, 60])
def test_the_outbox_waits_even_a_short_hold(seconds):
    until = NOW + timedelta(seconds=seconds)
    facts = text(hold=Hold(R.SLOWED, until), is_queued=True)

    decision = decide(Facts(now=NOW, sender=Sender.AGENT, **facts))

    assert decision == Wait(R.SLOWED, until)


@pytest.mark.parametrize(
    ("sender", "patience"),
    [("agent", timedelta(minutes=15)), ("flow", HOUR)],
)
def test_patience_with_a_dead_number_ends(sender, patience):
    facts = Facts(
        now=NOW,
        sender=Sender(sender),
        **text(hold=Hold(R.REAUTHORISE), is_queued=True),
    )

    just_before = decide(replace(facts, waited=patience - timedelta(seconds=10)))
    over = decide(replace(facts, waited=patience))

    assert just_before == Wait(R.REAUTHORISE, NOW + timedelta(seconds=10))
    assert over.reason is R.WAITED_TOO_LONG
    assert over.effect is (Effect.NONE if sender == "agent" else Effect.ERROR_EDGE)


@pytest.mark.parametrize("sender", ["broadcast", "retry"])
def test_a_broadcast_waits_for_days(sender):
    until = NOW + timedelta(days=3)
    facts = template(tier_free_at=until, is_queued=True, waited=timedelta(days=20))

    decision = decide(Facts(now=NOW, sender=Sender(sender), **facts))

    assert decision == Wait(R.TIER, until)


def test_a_pause_that_should_be_over_is_looked_at_again_later():
    """A time that is past would bring the message back at once, for ever."""
    paused = TemplateFacts(status="PAUSED", paused_until=NOW - HOUR)

    decision = decide(Facts(now=NOW, sender=Sender.BROADCAST, **template(paused)))

    assert decision.until > NOW


def test_the_cap_says_until_when_it_lasts():
    facts = template(MARKETING, capped_at=NOW - HOUR)

    decision = decide(Facts(now=NOW, sender=Sender.BROADCAST, **facts))

    assert decision.until == NOW - HOUR + timedelta(days=7)


def test_missing_values_are_named():
    facts = template(TemplateFacts(missing=("1", "order")))

    assert decide(Facts(now=NOW, sender=Sender.AGENT, **facts)).detail == "1, order"


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_sentence(reason):
    assert reason.sentence.endswith(".")
    assert not reason.remedy or reason.remedy.endswith(".")
