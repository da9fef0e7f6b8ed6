"""An e-mail to who has not seen a mention: one for all of them, and one mention once.

It says who wrote and where to look. Neither the note nor the customer's name leaves the
house, where erasing a person could not reach them.
"""

import logging
from collections import defaultdict
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import Membership
from converge import clock
from inbox.models import Mention, Note, ReadMark

logger = logging.getLogger(__name__)

UNSEEN_FOR = timedelta(minutes=5)
# What is older is told by the bell alone: after an outage nobody wants yesterday's mail.
LATEST = timedelta(days=1)
AT_ONCE = 500
LINES_MAX = 20


def mail_due() -> int:
    """How many e-mails left. A mail server that does not answer costs nobody theirs."""
    if not settings.EMAIL_URL or not _due().exists():
        return 0
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        logger.warning("mail server away", extra={"error": type(error).__name__})
        return 0
    try:
        return sum(_send(own, connection) for own in _claim().values())
    finally:
        connection.close()


def _due():
    """Not seen: not opened, nothing read and nothing written there since."""
    now, there = clock.now(), OuterRef("note__conversation")
    read = ReadMark.objects.filter(
        user=OuterRef("user"), conversation=there, at__gt=OuterRef("at")
    )
    wrote = Note.objects.filter(
        author=OuterRef("user"), conversation=there, at__gt=OuterRef("at")
    )
    belongs = Membership.objects.filter(
        user=OuterRef("user"), workspace=OuterRef("workspace")
    )
    return Mention.objects.filter(
        Exists(belongs),
        ~Exists(read),
        ~Exists(wrote),
        read_at=None,
        mailed_at=None,
        at__lt=now - UNSEEN_FOR,
        at__gt=now - LATEST,
        user__is_active=True,
        user__mails_mentions=True,
    )


@transaction.atomic
def _claim() -> dict[tuple[int, int], list[Mention]]:
    """By person and workspace, oldest first. Marked before it leaves: of a mail that broke
    in the middle nobody knows whether it arrived, and it must not come twice."""
    due = list(
        _due()
        .select_related("user", "workspace", "note__author")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("id")[:AT_ONCE]
    )
    Mention.objects.filter(id__in=[m.id for m in due]).update(mailed_at=clock.now())
    own = defaultdict(list)
    for mention in due:
        own[mention.user_id, mention.workspace_id].append(mention)
    return own


def _send(own: list[Mention], connection) -> int:
    try:
        return _mail(own, connection).send()
    except (SMTPException, OSError) as error:
        logger.error(
            "mention not mailed",
            extra={"error": type(error).__name__, "mentions": [m.id for m in own]},
        )
        return 0


def _mail(own: list[Mention], connection) -> EmailMessage:
    user, workspace = own[0].user, own[0].workspace
    if len(own) == 1:
        subject = f"{_who(own[0])} mentioned you in a note in {workspace}"
    else:
        subject = f"{len(own)} notes in {workspace} mention you"
    lines = [f"{_who(m)} mentioned you:\n{_link(m)}" for m in own[:LINES_MAX]]
    if len(own) > LINES_MAX:
        lines.append(f"And {len(own) - LINES_MAX} more, under the bell.")
    page = reverse("notifications", args=[workspace.slug])
    lines.append(
        "You get this because you had not seen it within 5 minutes. Switch it off under "
        f"Settings, Notifications:\n{settings.PUBLIC_URL}{page}"
    )
    body = "\n\n".join(lines) + "\n"
    subject = " ".join(subject.split())  # a name may have a line break in it
    return EmailMessage(subject, body, None, [user.email], connection=connection)


def _who(mention: Mention) -> str:
    author = mention.note.author
    return author.name.strip() or author.email if author else "Somebody who left"


def _link(mention: Mention) -> str:
    path = reverse("inbox:open_mention", args=[mention.workspace.slug, mention.id])
    return settings.PUBLIC_URL + path
