"""What every page's frame says about numbers: how many need somebody, and the gravest."""

from django.core.cache import caches
from django.utils.functional import SimpleLazyObject

from business_numbers.models import BusinessAccount, Number

KEPT_FOR = 10  # seconds; a frame is drawn far more often than a number breaks


def alerts(request):
    """Lazily, so that fragments without a frame ask nothing."""
    workspace = getattr(request, "workspace", None)
    if workspace is None or getattr(request, "membership", None) is None:
        return {}
    return {"number_alerts": SimpleLazyObject(lambda: _alerts(workspace.id))}


def _alerts(workspace_id: int) -> list[dict]:
    key = f"number-alerts:{workspace_id}"
    found = caches["process"].get(key)
    if found is None:
        found = _find(workspace_id)
        caches["process"].set(key, found, KEPT_FOR)
    return found


def _find(workspace_id: int) -> list[dict]:
    numbers = Number.objects.in_use().filter(workspace=workspace_id)
    numbers = numbers.exclude(
        account__authorisation=BusinessAccount.CONNECTED
    ).select_related("account")
    return [
        {
            "id": n.id,
            "label": n.label,
            "is_dead": n.account.authorisation == BusinessAccount.DISCONNECTED,
            "at": n.account.authorisation_changed_at,
            "ends_at": n.account.token_expires_at,
        }
        for n in numbers.order_by("label")
    ]
