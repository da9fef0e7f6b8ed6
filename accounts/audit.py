"""Writing to the audit log: one call beside every act worth answering for."""

from accounts.models import AuditEntry


def record(request, act: str, target: str = "", *, workspace=None, **data) -> None:
    """Note what the signed-in person of `request` did. `data` must hold no secrets."""
    user = request.user if request.user.is_authenticated else None
    AuditEntry.objects.create(
        workspace=workspace or getattr(request, "workspace", None),
        user=user,
        actor=str(user) if user else "nobody",
        act=act,
        target=target[:200],
        data=data,
        address=request.META.get("REMOTE_ADDR") or None,
    )


def record_system(act: str, target: str = "", *, workspace=None, **data) -> None:
    """Note what Converge did by itself."""
    AuditEntry.objects.create(
        workspace=workspace, actor="Converge", act=act, target=target[:200], data=data
    )
