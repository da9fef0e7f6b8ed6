"""What every page's frame says about this person: how many mentions are new."""

from django.utils.functional import SimpleLazyObject

from inbox import mentions


def bell(request):
    """Lazily, so that fragments without a frame ask nothing."""
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    return {"mentions_unread": SimpleLazyObject(lambda: mentions.count(membership))}
