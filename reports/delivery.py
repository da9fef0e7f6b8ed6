"""What became of the messages that left, over a period: by day, number, template, reason."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Workspace
from business_numbers.errors import meaning
from business_numbers.models import Number, Template
from converge import bulk
from inbox.states import ACCEPTED, ARRIVED, IN_FLIGHT, State
from reports import facts, periods
from reports.periods import Period

NO_TEMPLATE, NO_CODE = 0, -1
SEEN = (State.READ, State.PLAYED)


@dataclass
class Figures:
    """Messages by state; every message is in exactly one."""

    states: Counter = field(default_factory=Counter)

    def add(self, state: str, messages: int) -> None:
        self.states[state] += messages

    def _sum(self, states) -> int:
        return sum(self.states[state] for state in states)

    @property
    def messages(self) -> int:
        return self.states.total()

    @property
    def accepted(self) -> int:
        return self._sum(ACCEPTED)

    @property
    def delivered(self) -> int:
        return self._sum(ARRIVED)

    @property
    def read(self) -> int:
        return self._sum(SEEN)

    @property
    def failed(self) -> int:
        return self.states[State.FAILED]

    @property
    def silent(self) -> int:
        return self.states[State.SILENT]

    @property
    def unknown(self) -> int:
        return self.states[State.UNKNOWN]

    @property
    def waiting(self) -> int:
        return self._sum(IN_FLIGHT)

    @property
    def taken_back(self) -> int:
        return self.states[State.CANCELLED]

    @property
    def only_sent(self) -> int:
        return self._sum((State.SENT, State.HELD))

    @property
    def unread(self) -> int:
        return self.delivered - self.read

    @property
    def others(self) -> int:
        """Of which nobody can say yet whether they arrived, and those taken back."""
        return self.unknown + self.waiting + self.taken_back


@dataclass(frozen=True)
class Reason:
    code: int | None
    words: str
    messages: int


@dataclass(frozen=True)
class Delivery:
    total: Figures
    by_part: list[tuple[date, Figures]]
    by_number: list[tuple[str, Figures]]
    by_template: list[tuple[str, Figures]]
    reasons: list[Reason]


def load(workspace: Workspace, period: Period, number: int | None) -> Delivery:
    params = {
        **facts.of_day(workspace, periods.today(workspace)),
        "first": period.first,
        "last": period.last,
        "number": number,
        "by_week": period.is_by_week,
    }
    total, codes = Figures(), Counter()
    parts, numbers, templates = (defaultdict(Figures) for _ in range(3))
    for part, number_id, template, state, code, messages in bulk.fetch(FIGURES, params):
        groups = [total, parts[part], numbers[number_id]]
        if template != NO_TEMPLATE:
            groups.append(templates[template])
        for group in groups:
            group.add(state, messages)
        if state == State.FAILED:
            codes[code] += messages
    labels = dict(Number.objects.filter(id__in=numbers).values_list("id", "label"))
    return Delivery(
        total,
        [(part, parts.get(part, Figures())) for part in period.parts()],
        _largest(numbers, labels, "A number that is gone"),
        _largest(templates, _template_names(templates), "A deleted template"),
        _reasons(codes),
    )


def _largest(groups: dict, names: dict, otherwise: str) -> list[tuple[str, Figures]]:
    named = [(names.get(pk, otherwise), found) for pk, found in groups.items()]
    return sorted(named, key=lambda row: (-row[1].messages, row[0]))


def _template_names(ids) -> dict[int, str]:
    found = Template.objects.filter(id__in=ids).values_list("id", "name", "language")
    return {pk: f"{name} ({language})" for pk, name, language in found}


def _reasons(codes: Counter) -> list[Reason]:
    """Most frequent first."""
    in_order = sorted(codes.items(), key=lambda item: (-item[1], -item[0]))
    return [Reason(*_words(code), messages) for code, messages in in_order]


def _words(code: int) -> tuple[int | None, str]:
    if code == NO_CODE:
        return None, "No code of Meta: Converge gave it up, or Meta gave no reason."
    return code, meaning(code, is_sync=False).words


FIGURES = f"""
WITH today AS ({facts.DELIVERED})
SELECT CASE WHEN %(by_week)s THEN date_trunc('week', date)::date ELSE date END,
  number_id, template, state, code, sum(messages)::bigint
FROM (
  SELECT date, number_id, template, state, code, messages FROM reports_deliveredday
  WHERE workspace_id = %(workspace)s AND date >= %(first)s AND date <= %(last)s
    AND date < %(day)s
  UNION ALL SELECT * FROM today WHERE date >= %(first)s AND date <= %(last)s) AS days
WHERE %(number)s::bigint IS NULL OR number_id = %(number)s
GROUP BY 1, 2, 3, 4, 5
"""
