"""Magic recipients: the last three digits of +44 7700 900xxx choose what happens.

000-199 are ordinary people. README.md documents every other ending.
"""

from dataclasses import dataclass

from simulator.exchange import Manner

PREFIX = "447700900"


@dataclass(frozen=True, slots=True)
class Outcome:
    words: str = "ordinary"
    refuse: int = 0  # error code in the answer; nothing is accepted
    fail: int = 0  # error code of a failed status
    # (status, seconds after accepting) instead of the ordinary course
    course: tuple[tuple[str, float], ...] | None = None
    http: int = 0  # answer with this status instead of accepting
    manner: Manner = Manner.ANSWER
    accepts: bool = True  # False: the manner strikes before accepting
    held: bool = False  # held for quality assessment
    status_first: bool = False  # the first status overtakes the answer
    copies: int = 1  # of every status
    reply: str = ""  # the person answers by themselves


ORDINARY = Outcome()

BEHAVIOURS = {
    "201": Outcome("accepted, then no status ever", course=()),
    "202": Outcome("only sent", course=(("sent", 0.3),)),
    "203": Outcome("delivered 90 s later", course=(("sent", 0.3), ("delivered", 90))),
    "204": Outcome(
        "read, then delivered, then sent",
        course=(("read", 0.3), ("delivered", 0.9), ("sent", 1.5)),
    ),
    "205": Outcome("every status three times", copies=3),
    "206": Outcome("read without delivered", course=(("sent", 0.3), ("read", 1.0))),
    "207": Outcome(
        "failed after delivered (131026)",
        fail=131026,
        course=(("sent", 0.3), ("delivered", 0.6), ("failed", 1.5)),
    ),
    "208": Outcome("sent overtakes the answer", status_first=True),
    "209": Outcome("held for quality assessment, then released", held=True),
    "210": Outcome("held for quality assessment, then 132015", held=True, fail=132015),
    "211": Outcome(
        "failed (131026) overtakes the answer",
        fail=131026,
        status_first=True,
        course=(("failed", 0),),
    ),
    "212": Outcome(
        "delivered and read at once",
        course=(("sent", 0.2), ("delivered", 0.4), ("read", 0.8)),
    ),
    "213": Outcome("answers by themselves", reply="Thanks, got it!"),
    "214": Outcome("answers STOP", reply="STOP"),
    "215": Outcome(
        "failed (131049) after sent",
        fail=131049,
        course=(("sent", 0.3), ("failed", 1.5)),
    ),
    "500": Outcome("HTTP 500, not accepted", http=500),
    "502": Outcome("HTTP 502 with a page of HTML, not accepted", http=502),
    "503": Outcome("HTTP 503, not accepted", http=503),
    "429": Outcome("HTTP 429 without a code, not accepted", http=429),
    "504": Outcome("accepted, never answered", manner=Manner.STALL),
    "505": Outcome("accepted, connection reset", manner=Manner.RESET),
    "506": Outcome("accepted, half an answer", manner=Manner.HALF_BODY),
    "507": Outcome("not accepted, never answered", manner=Manner.STALL, accepts=False),
    "508": Outcome("not accepted, reset", manner=Manner.RESET, accepts=False),
    "509": Outcome("accepted, kept-alive socket closed", manner=Manner.CLOSE),
}

# 3xx: accepted, then a failed status with this code.
FAILURES = {
    "300": 131000,
    "303": 130403,
    "309": 131009,
    "315": 132015,
    "316": 131016,
    "326": 131026,
    "329": 130429,
    "331": 131031,
    "342": 131042,
    "347": 131047,
    "348": 131048,
    "349": 131049,
    "350": 131050,
    "351": 131051,
    "353": 131053,
    "356": 131056,
    "372": 130472,
    "397": 130497,
}

# 4xx: refused in the answer with this code.
REFUSALS = {
    "400": 131000,
    "401": 1,
    "402": 2,
    "403": 130403,
    "404": 132001,
    "405": 131005,
    "408": 131008,
    "409": 131009,
    "410": 10,
    "415": 132015,
    "416": 131016,
    "417": 132016,
    "421": 131021,
    "424": 4,
    "426": 131026,
    "428": 130429,
    "430": 131030,
    "431": 131031,
    "442": 131042,
    "447": 131047,
    "448": 131048,
    "450": 131050,
    "456": 131056,
    "457": 131057,
    "463": 131063,
    "464": 131064,
    "468": 368,
    "490": 190,
    "497": 130497,
}

MAGIC: dict[str, Outcome] = {
    **{
        end: Outcome(f"failed with {code}", fail=code) for end, code in FAILURES.items()
    },
    **{
        end: Outcome(f"refused with {code}", refuse=code)
        for end, code in REFUSALS.items()
    },
    **BEHAVIOURS,
}


def find_outcome(digits: str) -> Outcome:
    if digits.startswith(PREFIX) and len(digits) == len(PREFIX) + 3:
        return MAGIC.get(digits[-3:], ORDINARY)
    return ORDINARY
