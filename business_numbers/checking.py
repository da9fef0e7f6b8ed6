"""Running the diagnosis and keeping it: a row a run, the timeline told, the number updated."""

from dataclasses import asdict, replace
from datetime import timedelta

from business_numbers import doctor, timeline, tokens
from business_numbers.doctor_facts import Gathered, gather
from business_numbers.models import CheckRun, Number
from converge import clock

# A run that is older than this and has no end will never get one.
GIVE_UP_AFTER = timedelta(seconds=60)
KEEP_FOR = timedelta(days=90)


def begin(number: Number, reason: str, by: str = "") -> CheckRun:
    return CheckRun.objects.create(
        workspace_id=number.workspace_id,
        number=number,
        at=clock.now(),
        reason=reason,
        by=by,
    )


def finish(run_id: int) -> CheckRun | None:
    """Ask Meta, judge, keep. Safe twice: a run that has its end is left alone."""
    run = CheckRun.objects.select_related("number__account").filter(id=run_id).first()
    if run is None or run.ended_at:
        return run
    gathered = gather(run.number)
    if gathered.error:
        tokens.note_refusal(run.number.account, gathered.error, run.number)
    keep_phone(run.number, gathered)
    account = run.number.account  # the answers may just have changed it
    results = doctor.examine(
        replace(gathered.seen, authorisation=account.authorisation, cause=account.cause)
    )
    cause = doctor.cause_of(results)
    before = previous_cause(run)
    run.results = [
        asdict(result)
        | {"exchanges": [asdict(e) for e in gathered.exchanges if e.step == result.n]}
        for result in results
    ]
    run.cause = cause.n if cause else None
    run.is_complete = all(r.state != doctor.CANNOT for r in results)
    run.ended_at = clock.now()
    run.save()
    _tell(run, before, cause)
    return run


def check(number: Number, reason: str, by: str = "") -> CheckRun:
    """The whole run at once."""
    return finish(begin(number, reason, by).id)


def previous_cause(run: CheckRun) -> int | None:
    before = run.number.checks.telling().exclude(id=run.id).first()
    return before.cause if before else None


def keep_phone(number: Number, gathered: Gathered) -> None:
    """What the questions told about the phone on the way."""
    phone = gathered.phone
    if not phone:
        return
    number.meta_status = str(phone.get("status") or "")[:24]
    number.quality = str(phone.get("quality_rating") or "")[:12]
    number.name_status = str(phone.get("name_status") or "")[:24]
    number.is_verified = phone.get("code_verification_status") == "VERIFIED"
    number.has_pin = bool(phone.get("is_pin_enabled"))
    number.is_coexistence = bool(phone.get("is_on_biz_app"))
    number.checked_at = clock.now()
    number.save(
        update_fields=[
            "meta_status",
            "quality",
            "name_status",
            "is_verified",
            "has_pin",
            "is_coexistence",
            "checked_at",
        ]
    )


def _tell(run: CheckRun, before: int | None, cause: doctor.Result | None) -> None:
    """Only news goes on the timeline: another step broke, or all is well again."""
    if cause and cause.n != before:
        data = {"step": cause.n, "saw": cause.saw, "by": run.said_by}
        timeline.note(run.number.account, "check failed", data, number=run.number)
    elif before and not cause and run.is_complete:
        timeline.note(
            run.number.account, "check passed", {"by": run.said_by}, number=run.number
        )


def forget_old() -> int:
    deleted, _ = CheckRun.objects.filter(at__lt=clock.now() - KEEP_FOR).delete()
    return deleted
