"""What the job cluster runs for numbers. Each takes ids, reloads, and is safe twice."""

from datetime import timedelta

from django.db.models import Q

from business_numbers import checking, tokens, warnings
from business_numbers.models import CheckRun, Number
from converge import clock

CHECK_EVERY = timedelta(hours=6)
AT_ONCE = 20


def diagnose(run_id: int) -> None:
    checking.finish(run_id)


def watch_tokens() -> None:
    tokens.sweep()
    warnings.send_due()


def check_due_numbers() -> None:
    """Every number each six hours."""
    since = clock.now() - CHECK_EVERY
    recent = CheckRun.objects.filter(at__gt=since).exclude(ended_at=None)
    numbers = Number.objects.in_use().select_related("account")
    numbers = numbers.exclude(Q(status=Number.DRAFT) | Q(account__token=""))
    for number in numbers.exclude(id__in=recent.values("number"))[:AT_ONCE]:
        checking.check(number, CheckRun.BY_SCHEDULE)
    checking.forget_old()
