"""Finding numbers of the workspace one is in; everything else is not found."""

from django.shortcuts import get_object_or_404

from business_numbers.models import BusinessAccount, Number


def number_for(request, number_id: int) -> Number:
    """Retired ones, too: their page says so and keeps the history."""
    numbers = Number.objects.select_related("account__portfolio", "workspace")
    return get_object_or_404(numbers, id=number_id, workspace=request.workspace)


def account_for(request, account_id) -> BusinessAccount:
    return get_object_or_404(
        BusinessAccount, id=account_id, workspace=request.workspace
    )
