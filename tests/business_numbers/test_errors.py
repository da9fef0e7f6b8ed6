"""Every code Meta documents has the class our facts about Meta give it."""

import pytest

from business_numbers.errors import (
    MEANINGS,
    PAIRS,
    UNCERTAIN_WHEN_SYNC,
    Verdict,
    is_known,
    meaning,
    token_cause,
)

CLASSES = {
    "SOON": Verdict.SOON,
    "HOURS": Verdict.HOURS,
    "COOL": Verdict.COOLDOWN,
    "NEVER-R": Verdict.NEVER_PERSON,
    "NEVER-C": Verdict.NEVER_CONTENT,
    "REAUTH": Verdict.REAUTHORISE,
    "ACCT": Verdict.ACCOUNT,
    "SLOW": Verdict.SLOW,
    "PAIR": Verdict.PAIR,
    "UNC": Verdict.UNCERTAIN,
}
# Meta's error codes page (2026): what a call is answered with.
ANSWERED = """
REAUTH  0 3 10 102 131005 190
UNC     1 2 131000 131016
SLOW    4 17 32 341 613 80007 80008 130429 131048
PAIR    131056
ACCT    33 101 104 368 131030 131031 131037 131042 131044 131045 131063 131064
ACCT    133000 133005 133006 133008 133009 133010 133016 134011 134102 2388019
ACCT    2593079 2593085
SOON    131053 131057 133004 133015 134101 2494100
HOURS   132015 132069 2388039
NEVER-R 130403 130497 131021 131050 137000
NEVER-C 100 506 131001 131002 131006 131008 131009 131020 131041 131051 131055 131062
NEVER-C 131201 131215 132000 132001 132005 132007 132008 132012 132016 132018 132068
NEVER-C 134100 135000 139000 139001 139002 139003 139004 2388023 2388024 2388040
NEVER-C 2388047 2388072 2388073 2388293 2388299 2494164 2494179
"""
# What a `failed` status says; there is nothing uncertain about a report.
REPORTED = """
SOON    131000 131014 131016 131053
HOURS   131043
COOL    131049
NEVER-R 130403 130472 130497 131026 131050
NEVER-C 131009 131047 131051 131052 135000
ACCT    131031 131042 131045 131064
SLOW    130429 131048
PAIR    131056
"""
# Instagram: code/subcode.
INSTAGRAM = """
NEVER-C 10/2534022 10/2018278 100/2534015 100/2534025 100/2018047 100/2018074
NEVER-C 100/2018109 100/2018294 36000/0 9000001/0
HOURS   10/2018108
REAUTH  10/2534077 100/33 100/2534013 190/463 190/460
ACCT    10/1893063 100/2534029 100/2534037 100/2018300 200/2534041 200/2018028 36103/0
NEVER-R 10/2018336 100/2534014 100/2018001 100/2534001 551/0 551/1545041 200/1545041
SOON    100/2018008
SLOW    613/2534040 613/2018338 4/0
UNC     1/99 1/1357046 2/0 2/1545133
"""


def rows(table: str) -> list[tuple[str, str]]:
    lines = [line.split() for line in table.strip().splitlines()]
    return [(name, code) for name, *codes in lines for code in codes]


@pytest.mark.parametrize(("name", "code"), rows(ANSWERED))
def test_an_answer_with_a_code_means_what_meta_says(name, code):
    assert meaning(int(code), is_sync=True).verdict is CLASSES[name]


@pytest.mark.parametrize(("name", "code"), rows(REPORTED))
def test_a_report_with_a_code_means_what_meta_says(name, code):
    assert meaning(int(code), is_sync=False).verdict is CLASSES[name]


@pytest.mark.parametrize(("name", "pair"), rows(INSTAGRAM))
def test_instagrams_subcodes_mean_what_meta_says(name, pair):
    code, subcode = map(int, pair.split("/"))

    assert meaning(code, subcode or None, is_sync=True).verdict is CLASSES[name]


@pytest.mark.parametrize("code", [200, 201, 230, 299])
def test_the_permission_codes_ask_for_a_new_authorisation(code):
    assert meaning(code, is_sync=True).verdict is Verdict.REAUTHORISE
    assert token_cause(code, None) == "permission missing"


@pytest.mark.parametrize("code", sorted(UNCERTAIN_WHEN_SYNC))
def test_the_same_code_is_uncertain_as_an_answer_and_certain_as_a_report(code):
    assert not meaning(code, is_sync=True).is_certain
    assert meaning(code, is_sync=False).is_certain


@pytest.mark.parametrize("is_sync", [True, False])
def test_a_code_nobody_knows_is_not_tried_again(is_sync):
    assert meaning(987654, is_sync=is_sync).verdict is Verdict.NEVER_CONTENT
    assert not is_known(987654, None)


@pytest.mark.parametrize(
    ("code", "subcode", "cause"),
    [
        (190, 458, "access revoked"),
        (190, 459, "login check"),
        (190, 460, "password changed"),
        (190, 463, "expired"),
        (190, 464, "login check"),
        (190, 467, "logged out"),
        (190, 492, "role missing"),
        (190, None, "access revoked"),
        (0, None, "access revoked"),
        (10, None, "permission missing"),
        (131005, None, "permission missing"),
        (100, 33, "asset lost"),
    ],
)
def test_a_lost_authorisation_has_its_cause_in_words(code, subcode, cause):
    assert token_cause(code, subcode) == cause


@pytest.mark.parametrize("found", [*MEANINGS.values(), *PAIRS.values()])
def test_every_meaning_has_words_for_people(found):
    assert found.words.endswith((".", ")."))
    assert not any(word in found.words for word in ("OAuth", "API", "code"))
