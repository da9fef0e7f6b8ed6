"""What broadcasts keep about a person who is erased: that they were a recipient stays, the
lines of uploaded files about them go."""

from broadcasts.models import FileRow
from inbox.models import Contact


def forget(contacts: list[int], digits: list[str]) -> None:
    workspace = Contact.objects.filter(id__in=contacts).values("workspace")[:1]
    rows = FileRow.objects.filter(workspace=workspace)
    for about in (rows.filter(contact__in=contacts), rows.filter(wa_id__in=digits)):
        about.delete()
