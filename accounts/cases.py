"""Asking support: a case is opened with what is needed to answer it, and both sides are told."""

import logging
import secrets
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from accounts.models import Case, CaseEntry, User, Workspace

logger = logging.getLogger(__name__)

# Without letters and digits that are read aloud wrongly.
ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"


@transaction.atomic
def open_case(
    workspace: Workspace, user: User, subject: str, text: str, data: dict
) -> Case:
    """`data` holds ids and results, never a secret."""
    case = Case.objects.create(
        workspace=workspace,
        reference="C-" + "".join(secrets.choice(ALPHABET) for _ in range(6)),
        subject=subject[:160],
        data=data,
        opened_by=user,
    )
    say(case, user.name, text)
    transaction.on_commit(lambda: _tell_of(case))
    return case


def say(case: Case, by: str, text: str) -> CaseEntry:
    """The customer adds something: it waits for support again."""
    entry = CaseEntry.objects.create(
        workspace_id=case.workspace_id, case=case, by=by[:120], text=text[:4000]
    )
    if case.state != Case.OPEN:
        case.state = Case.OPEN
        case.save(update_fields=["state"])
    return entry


def answer(case: Case, by: str, text: str) -> CaseEntry:
    """Support answers; who asked gets a mail."""
    entry = CaseEntry.objects.create(
        workspace_id=case.workspace_id,
        case=case,
        by=by[:120],
        text=text[:4000],
        is_support=True,
    )
    case.state = Case.ANSWERED
    case.save(update_fields=["state"])
    if case.opened_by:
        path = reverse("case", args=[case.workspace.slug, case.reference])
        send_mail(
            f"{case.reference}: support answered",
            f"{case.subject}\n\n{settings.PUBLIC_URL}{path}\n",
            None,
            [case.opened_by.email],
        )
    return entry


def add(case: Case, by: str, text: str) -> CaseEntry:
    """What the customer adds later: said, and support hears of it."""
    entry = say(case, by, text)
    transaction.on_commit(lambda: _tell_of(case))
    return entry


def tell_support(title: str, workspace: Workspace, path: str) -> None:
    """A mail with a link into the admin, if an address is set. What it is about waits
    there all the same, so a mail server that is away is logged and stops nobody."""
    if not settings.SUPPORT_EMAIL:
        return
    try:
        send_mail(
            title,
            f"{workspace}\n{settings.PUBLIC_URL}{path}\n",
            None,
            [settings.SUPPORT_EMAIL],
        )
    except (SMTPException, OSError) as error:
        logger.warning("support was not told", extra={"error": type(error).__name__})


def _tell_of(case: Case) -> None:
    path = reverse("admin:accounts_case_change", args=[case.id])
    tell_support(f"{case.reference}: {case.subject}", case.workspace, path)
