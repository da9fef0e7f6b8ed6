"""Names of people on Instagram: its webhooks carry none, so they are asked for once."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from business_numbers.graph import Grant, GraphError, call
from business_numbers.models import BusinessAccount
from converge import clock
from inbox.apply import tell
from inbox.models import Contact, Conversation, Identity

logger = logging.getLogger(__name__)

ASK_AGAIN_AFTER = timedelta(days=1)
AT_ONCE = 50


def nameless():
    """Instagram contacts nobody asked about lately."""
    return (
        Identity.objects.filter(kind=Identity.IGSID, contact__profile_name="")
        .filter(
            Q(contact__profile_at=None)
            | Q(contact__profile_at__lt=clock.now() - ASK_AGAIN_AFTER)
        )
        .select_related("contact")
        .order_by("id")
    )


def fetch_names() -> int:
    """Ask Instagram for the names of new people; how many were asked for."""
    found = list(nameless()[:AT_ONCE])
    for identity in found:
        _ask(identity)
    return len(found)


def _ask(identity: Identity) -> None:
    account = BusinessAccount.objects.filter(
        workspace=identity.workspace_id,
        kind=BusinessAccount.INSTAGRAM,
        meta_id=identity.scope,
    ).first()
    seen = {}
    try:
        if account and account.token:
            seen = call(
                Grant.of(account),
                "GET",
                identity.value,
                params={"fields": "name,username"},
            )
    except GraphError as error:
        # Somebody who blocked us, or never agreed, has no readable profile.
        logger.info("no profile", extra={"code": error.code})
    _keep(identity, str(seen.get("username") or ""), str(seen.get("name") or ""))


@transaction.atomic
def _keep(identity: Identity, username: str, name: str) -> None:
    now = clock.now()
    Contact.objects.filter(id=identity.contact_id).update(
        profile_name=(username or name)[:200], profile_at=now
    )
    if username:
        Identity.objects.get_or_create(
            workspace_id=identity.workspace_id,
            kind=Identity.USERNAME,
            scope=identity.scope,
            value=username[:160],
            defaults={"contact_id": identity.contact_id},
        )
    own = Conversation.objects.filter(contact=identity.contact_id)
    tell(set(own.values_list("id", flat=True)))
