"""The people of a broadcast: a table by outcome, one person's timeline, and the file."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import member
from broadcasts import outcomes, people, words
from broadcasts.access import broadcast_for, recipient_for
from broadcasts.models import Broadcast, Recipient
from business_numbers import phones
from converge import asked, clock, csv_files
from inbox.models import Attempt
from inbox.words import failure, visible

LABELS = {
    "read": "Read", "delivered": "Delivered, not read", "sent": "Sent",
    "quiet": "No report yet", "silent": "Failed without a reason",
    "unknown": "We do not know", "again": "Trying again later", "failed": "Failed",
    "skipped": "Skipped by us", "stopped": "Stopped", "waiting": "Waiting to be sent",
}  # fmt: skip
COLUMNS = (
    "name", "phone", "outcome", "reason", "error_code", "tries", "sent_at",
    "next_try_at", "message_id",
)  # fmt: skip
AT_ONCE = 2_000


@require_GET
@member("read")
def table(request, broadcast_id):
    broadcast = broadcast_for(request, broadcast_id)
    chosen = _chosen(request)
    before = asked.number(request.GET.get("before", ""), 0)
    found = people.lines(broadcast, chosen, before=before)
    context = {
        "broadcast": broadcast,
        "rows": [_drawn(line) for line in found[: people.PAGE]],
        "before": found[people.PAGE - 1].id if len(found) > people.PAGE else None,
        "outcome": request.GET.get("outcome", ""),
        "labels": LABELS.items(),
        "query": _query(request),
        "now": clock.now(),
    }
    return render(request, "broadcasts/people.html", context)


def _chosen(request) -> dict:
    chosen: dict = {}
    outcome = request.GET.get("outcome", "")
    if outcome in outcomes.GROUPS:
        chosen["outcomes"] = [outcome]
    elif outcome == "unreported":
        chosen["outcomes"] = [outcomes.QUIET, outcomes.SILENT]
    code = asked.number(request.GET.get("code", "")[:9])
    if code is not None:
        chosen["code"] = code
    if request.GET.get("reason"):
        chosen["reason"] = request.GET["reason"][:40]
    return chosen


def _query(request) -> str:
    kept = request.GET.copy()
    kept.pop("before", None)
    return kept.urlencode()


def _drawn(line: people.Line) -> dict:
    phone = phones.shown(line.wa_id) if line.wa_id else ""
    return {
        "line": line,
        "name": visible(line.name) or phone or "Unnamed contact",
        "phone": phone if line.name else "",
        "label": LABELS[line.outcome],
        "why": _why(line),
    }


def _why(line: people.Line) -> str:
    if line.outcome == outcomes.SKIPPED:
        return words.skipped(line.reason, line.detail)[2]
    if line.outcome in (outcomes.FAILED, outcomes.AGAIN):
        return failure(line.code, "It could not be sent.")
    return ""


@require_GET
@member("read")
def timeline(request, broadcast_id, recipient_id):
    """Everything that was tried for one person, and what comes next and why."""
    broadcast = broadcast_for(request, broadcast_id)
    recipient = recipient_for(broadcast, recipient_id)
    line = people.line(recipient)
    attempts = Attempt.objects.filter(message=recipient.message_id).order_by("n")
    context = {
        "broadcast": broadcast,
        "recipient": recipient,
        "row": _drawn(line),
        "attempts": [_attempt(a) for a in attempts] if recipient.message_id else [],
        "is_again": recipient.state == Recipient.WAITING
        and recipient.message_id is not None,
        "stopped_why": _ended(recipient),
        "may_act": request.membership.may("broadcast"),
        "now": clock.now(),
    }
    return render(request, "broadcasts/timeline.html", context)


def _attempt(attempt: Attempt) -> dict:
    return {
        "attempt": attempt,
        "words": failure(attempt.error_code, "") if attempt.state == "failed" else "",
    }


def _ended(recipient: Recipient) -> str:
    """Why there is no next try although the last one failed."""
    if recipient.state == Recipient.STOPPED:
        return "Somebody stopped the tries for this person."
    if recipient.state == Recipient.ENDED and recipient.reason:
        return words.skipped(recipient.reason, recipient.detail)[2]
    return ""


@require_GET
@member("read")
def export(request, broadcast_id):
    """Every person with everything known, as a CSV that starts no formula."""
    broadcast = broadcast_for(request, broadcast_id)
    rows = _rows(broadcast, _chosen(request))
    return csv_files.answer(broadcast.name, COLUMNS, rows)


def _rows(broadcast: Broadcast, chosen: dict):
    before = 0
    while True:
        found = people.lines(broadcast, chosen, before=before, most=AT_ONCE)
        for line in found:
            yield _cells(line)
        if len(found) < AT_ONCE:
            return
        before = found[-1].id


def _cells(line: people.Line) -> tuple:
    return (
        visible(line.name),
        line.wa_id,
        LABELS[line.outcome],
        _why(line),
        line.code or "",
        line.tries,
        line.at.isoformat() if line.at else "",
        line.next_at.isoformat() if line.next_at else "",
        line.wamid,
    )
