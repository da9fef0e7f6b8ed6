"""What flows keep about a person who is erased: that they ran stays, what was said goes."""

from flows.models import Run, RunStep


def forget(contacts: list[int], digits: list[str]) -> None:
    del digits  # runs know people by their contact alone
    RunStep.objects.filter(run__contact__in=contacts).update(detail="", decision={})
    Run.objects.filter(contact__in=contacts).update(variables={}, detail="")
