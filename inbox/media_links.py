"""Links by which Meta fetches a file from us: signed, for one file, for an hour.

Instagram takes files no other way. A link is made when its message leaves, so that one
that waited for long has a fresh one.
"""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from django.urls import reverse

from inbox.models import Attachment

SALT = "inbox.media_links"
LASTS = timedelta(hours=1)


def link(attachment_id, name: str) -> str:
    """`name` tells Meta the kind by its ending; it says nothing about anybody."""
    token = signing.dumps(str(attachment_id), salt=SALT)
    path = reverse("shared_file", args=[token, quote(name)])
    return f"{settings.MEDIA_URL_STORE or settings.PUBLIC_URL}{path}"


def attachment_of(token: str) -> Attachment | None:
    """The file of a link that is ours and not too old, while we have it."""
    try:
        found = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return Attachment.objects.filter(id=found, state=Attachment.STORED).first()
