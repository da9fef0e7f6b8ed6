"""Asking support: a case is opened with what is needed to answer it, and both sides are told."""

import secrets

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from accounts.models import Case, CaseEntry, User, Workspace

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
    transaction.on_commit(lambda: _tell_support(case))
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


def _tell_support(case: Case) -> None:
    if settings.SUPPORT_EMAIL:
        send_mail(
            f"{case.reference}: {case.subject}",
            f"{case.workspace}\n{settings.PUBLIC_URL}"
            f"{reverse('admin:accounts_case_change', args=[case.id])}\n",
            None,
            [settings.SUPPORT_EMAIL],
        )
