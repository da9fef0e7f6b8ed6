"""Figures as the pages draw them: the bar, the funnel, the forecast beside the fact."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from broadcasts import outcomes, preflight, words
from broadcasts.models import Broadcast
from broadcasts.outcomes import Group

GAP = 0.18  # percent of the bar's width between two parts
TOO_QUIET = 5.0  # percent of the accepted
# outcome(s) → label, colour; in the order of the bar. The first line always shows.
PARTS = (
    (("read",), "Read", "var(--accent)"),
    (("delivered",), "Delivered, not read", "var(--bar-2)"),
    (("sent",), "Sent", "var(--bar-3)"),
    (("quiet", "silent"), "No report", "var(--violet-text)"),
    (("unknown",), "We do not know", "var(--read)"),
    (("again",), "Trying again later", "var(--warn)"),
    (("failed",), "Failed", "var(--bad)"),
    (("skipped",), "Skipped by us", "var(--text-3)"),
    (("stopped",), "Stopped", "var(--border-strong)"),
    (("waiting",), "Waiting to be sent", "var(--surface-3)"),
)
ALWAYS = {"Read", "Delivered, not read", "Failed", "Skipped by us"}


@dataclass(frozen=True)
class Part:
    label: str
    people: int
    fill: str
    x: float
    width: float
    outcome: str


@dataclass(frozen=True)
class Step:
    label: str
    people: int
    percent: float
    fill: str


@dataclass(frozen=True)
class Compared:
    label: str
    forecast: str
    fact: str
    is_as_expected: bool
    words: str


@dataclass(frozen=True)
class Figures:
    """Everything the results page counts, from one statement's groups."""

    total: int
    counted: dict
    groups: list[Group]
    at: datetime

    @property
    def waiting(self) -> int:
        return self.counted[outcomes.WAITING]

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def again(self) -> int:
        return self.counted[outcomes.AGAIN]

    @property
    def accepted(self) -> int:
        return sum(group.accepted for group in self.groups)

    @property
    def reached(self) -> int:
        """Meta took it and has not said that it failed."""
        kinds = (outcomes.READ, outcomes.DELIVERED, outcomes.SENT, outcomes.QUIET)
        return sum(self.counted[kind] for kind in kinds)

    @property
    def replied(self) -> int:
        return sum(group.replied for group in self.groups)

    @property
    def unreported(self) -> int:
        return self.counted[outcomes.QUIET] + self.counted[outcomes.SILENT]

    @property
    def is_too_quiet(self) -> bool:
        return percent(self.unreported, self.accepted) > TOO_QUIET


def load(broadcast: Broadcast) -> Figures:
    groups, at = outcomes.groups(broadcast)
    counted = outcomes.by_outcome(groups)
    return Figures(sum(counted.values()), counted, groups, at)


def percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def bar(figures: Figures) -> list[Part]:
    parts, x = [], 0.0
    for names, label, fill in PARTS:
        people = sum(figures.counted[name] for name in names)
        if not people and label not in ALWAYS:
            continue
        width = 100 * people / figures.total if figures.total else 0
        is_last = x + width > 99.99
        drawn = width if is_last else max(0.0, width - GAP)
        parts.append(Part(label, people, fill, round(x, 3), round(drawn, 3), names[0]))
        x += width
    return parts


def funnel(figures: Figures) -> list[Step]:
    counted, accepted = figures.counted, figures.accepted
    delivered = counted["read"] + counted["delivered"]
    steps = (
        ("Accepted by WhatsApp", accepted, "var(--bar-3)"),
        ("Delivered", delivered, "var(--bar-2)"),
        ("Read", counted["read"], "var(--bar-1)"),
        ("Replied", figures.replied, "var(--accent)"),
    )
    return [Step(label, n, percent(n, accepted), fill) for label, n, fill in steps]


@dataclass(frozen=True)
class Try:
    """How far one more try brought it: of those tried at all, who had it by then."""

    n: int
    tried: int
    arrived: int
    percent: float  # all tries up to this one together


def recovery(figures: Figures) -> list[Try]:
    """What second chances brought; empty while nobody had one."""
    found, so_far = [], 0
    tried, arrived = Counter(), Counter()
    for group in figures.groups:
        tried[group.tries] += group.people
        if group.outcome in (outcomes.READ, outcomes.DELIVERED):
            arrived[group.tries] += group.people
    everybody = sum(people for tries, people in tried.items() if tries)
    for n in range(1, max(tried, default=0) + 1):
        so_far += arrived[n]
        at_least = sum(people for tries, people in tried.items() if tries >= n)
        found.append(Try(n, at_least, arrived[n], percent(so_far, everybody)))
    return found if len(found) > 1 else []


def compare(broadcast: Broadcast, figures: Figures) -> list[Compared]:
    """What was promised beside what is so, and why they differ."""
    promised = broadcast.forecast
    if "will_go" not in promised:
        return []
    skipped = figures.counted[outcomes.SKIPPED]
    left_out = promised["match"] - promised["will_go"]
    rows = [
        _same("People in it", promised["match"], figures.total, "fewer"),
        _same("Left out", left_out, skipped, "more opted out or changed since"),
        _same("Will be sent", promised["will_go"], figures.total - skipped, "fewer"),
    ]
    quiet = percent(figures.unreported, figures.accepted)
    said = "As expected"
    if quiet > TOO_QUIET - 1:
        said = "Over 5 %" if figures.is_too_quiet else "Near 5 %"
    is_fine = said == "As expected"
    rows.append(Compared("No report", "under 5 %", f"{quiet:g} %", is_fine, said))
    return rows


def _same(label: str, promised: int, found: int, more: str) -> Compared:
    is_same = promised == found
    said = "As expected" if is_same else f"{abs(promised - found):,} {more}"
    return Compared(label, f"{promised:,}", f"{found:,}", is_same, said)


def reasons(figures: Figures, waits: dict, now: datetime) -> list[dict]:
    """The table of those who did not get it, largest group first."""
    found: dict[str, dict] = {}
    for group in outcomes.of_any_try(figures.groups):
        line = words.why(group, waits, now)
        if line is None:
            continue
        row = found.setdefault(line.key, {"why": line, "people": 0, "group": group})
        row["people"] += group.people
    return sorted(found.values(), key=lambda row: -row["people"])


def finishes(broadcast: Broadcast, figures: Figures, now: datetime) -> str:
    """When the rest is out, if nothing comes in between."""
    if broadcast.state != Broadcast.SENDING or not figures.waiting:
        return ""
    speed = broadcast.number.limit_per_second
    tier = preflight.tier_of(broadcast, figures.waiting)
    if len(tier.days) > 1:
        return f"{speed} a second, finished in about {len(tier.days)} days"
    takes = preflight.takes(figures.waiting, speed)
    at = words.clock_time(now + takes, now)
    if takes < timedelta(minutes=1):
        return f"up to {speed} a second, finished in less than a minute"
    return f"up to {speed} a second, finished at about {at} (in {words.lasts(takes)})"
