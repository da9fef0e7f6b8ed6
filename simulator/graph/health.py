"""`health_status`: whether Meta would let messages through, entity by entity."""

from simulator.world import BusinessAccount, PhoneNumber

ORDER = ("AVAILABLE", "LIMITED", "BLOCKED")


def describe_health(sim, node) -> dict:
    entities = []
    account = node
    if isinstance(node, PhoneNumber):
        entities.append(_describe_number(node))
        account = sim.world.accounts[node.waba_id]
    entities.append(_describe_account(account))
    entities.append(_entity("BUSINESS", sim.world.business_id))
    entities.append(_entity("APP", sim.options.app_id))
    worst = max(entities, key=lambda entity: ORDER.index(entity["can_send_message"]))
    return {"can_send_message": worst["can_send_message"], "entities": entities}


def _describe_number(number: PhoneNumber) -> dict:
    if not number.registered:
        return _blocked(
            "PHONE_NUMBER",
            number.id,
            141000,
            "The phone number is not registered.",
            "Register the number with the Cloud API.",
        )
    if number.status in ("BANNED", "RESTRICTED", "RATE_LIMITED"):
        return _blocked(
            "PHONE_NUMBER",
            number.id,
            141001,
            f"The phone number is {number.status.lower()}.",
            "See Account Quality in Business Suite.",
        )
    if number.name_status not in ("APPROVED", "AVAILABLE_WITHOUT_REVIEW"):
        entity = _entity("PHONE_NUMBER", number.id, "LIMITED")
        entity["additional_info"] = ["Your display name has not been approved yet."]
        return entity
    return _entity("PHONE_NUMBER", number.id)


def _describe_account(account: BusinessAccount) -> dict:
    if account.locked:
        return _blocked(
            "WABA",
            account.id,
            141006,
            "The account is disabled.",
            "Request a review in Business Suite.",
        )
    if account.payment_missing:
        return _blocked(
            "WABA",
            account.id,
            141010,
            "There is no valid payment method.",
            "Add a payment method in Business Suite.",
        )
    if account.restrictions:
        entity = _entity("WABA", account.id, "LIMITED")
        entity["additional_info"] = [
            f"Restricted: {restriction['restriction_type']}"
            for restriction in account.restrictions
        ]
        return entity
    return _entity("WABA", account.id)


def _entity(kind: str, entity_id: str, can_send: str = "AVAILABLE") -> dict:
    return {"entity_type": kind, "id": entity_id, "can_send_message": can_send}


def _blocked(kind: str, entity_id: str, code: int, text: str, cure: str) -> dict:
    error = {"error_code": code, "error_description": text, "possible_solution": cure}
    return {**_entity(kind, entity_id, "BLOCKED"), "errors": [error]}
