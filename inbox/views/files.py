"""Files of conversations, served from our own door: with a permission check and a type of ours."""

from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import Http404
from django.views.decorators.http import require_GET, require_safe

from accounts.access import member, public
from inbox import media_links
from inbox.access import attachment_for
from inbox.media import ENDINGS, UNTOLD
from inbox.models import Attachment
from inbox.views import ranges
from inbox.words import visible

# What a browser may show in place; everything else is a download.
INLINE = ("image/", "audio/", "video/", "application/pdf")


@require_GET
@member("read")
def attachment(request, attachment_id):
    found = attachment_for(request, attachment_id)
    if found.state != Attachment.STORED:
        raise Http404
    response = _serve(request, found, as_download=bool(request.GET.get("download")))
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@public
@require_safe
def shared(request, token, name):
    """For Meta alone, who shows no card: the link itself is the permission."""
    found = media_links.attachment_of(token)
    if found is None:
        raise Http404
    response = _serve(request, found)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _serve(request, found: Attachment, *, as_download: bool = False):
    is_shown = found.media_type.startswith(INLINE) and not as_download
    response = ranges.answer(
        request,
        default_storage.open(found.file),
        found.size,
        found.media_type or UNTOLD,
    )
    how = "inline" if is_shown else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(_name(found))}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _name(found: Attachment) -> str:
    """The sender's name for it, without tricks, with an ending that is true."""
    stem = visible(found.name).replace("/", "_").replace("\\", "_").strip(". ")
    ending = ENDINGS.get(found.media_type)
    stem = stem or found.kind
    if ending is None or stem.lower().endswith(f".{ending}"):
        return stem[:150]
    return f"{stem[:150]}.{ending}"
