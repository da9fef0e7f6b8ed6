"""An Instagram account that can really send to the simulator, and Juniper who wrote to it."""

from inbox.models import Conversation, Identity
from tests import factories


def create_conversation(simulator, workspace) -> tuple[Conversation, str]:
    """With the mid of what she wrote a minute ago."""
    account = factories.create_account(
        workspace, "instagram", token=simulator.instagram_token
    )
    account.meta_id = simulator.instagram
    account.save()
    number = factories.create_number(
        workspace, "instagram", account=account, meta_id=simulator.instagram
    )
    people = simulator.world["instagram_people"]
    juniper = next(p for p in people if p["id"] == "juniper")
    mid = simulator.write("Lovely", person="juniper", number=simulator.instagram)
    contact = factories.create_contact(workspace, "Juniper")
    Identity.objects.create(
        workspace=workspace,
        contact=contact,
        kind=Identity.IGSID,
        scope=account.meta_id,
        value=juniper["igsid"],
    )
    return factories.create_conversation(number, contact), mid
