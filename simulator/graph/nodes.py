"""Finding the node a path begins with, and the account a token must cover for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class App:
    id: str
    kind = "app"


@dataclass(frozen=True, slots=True)
class Business:
    id: str
    name: str
    kind = "business"


@dataclass(frozen=True, slots=True)
class User:
    id: str
    name: str
    kind = "user"


def find_node(sim, node_id: str, token):
    """(node, owner id); (None, "") when there is none."""
    world = sim.world
    if node_id in world.numbers:
        return world.numbers[node_id], world.numbers[node_id].waba_id
    if node_id in world.accounts:
        return world.accounts[node_id], node_id
    if node_id in world.templates:
        return world.templates[node_id], world.templates[node_id].waba_id
    return _find_instagram(sim, node_id, token) or _find_ownerless(sim, node_id)


def _find_instagram(sim, node_id: str, token):
    """`me` is the Instagram account of an Instagram token, else the user."""
    for account in sim.world.instagram.values():
        if node_id in (account.id, account.user_id):
            return account, account.id
        if node_id == "me" and account.id in token.targets:
            return account, account.id
    if node_id == "me":
        return User(token.user_id, "Northwind system user"), ""
    person = sim.directory.find(node_id)
    if person and person.igsid == node_id:
        return person, ""
    return None


def _find_ownerless(sim, node_id: str):
    if node_id in sim.options.app_ids():
        return App(node_id), ""
    if node_id == sim.world.business_id:
        return Business(node_id, sim.world.business_name), ""
    if media := sim.media.find(node_id) or sim.media.find_upload(node_id):
        return media, ""
    message = sim.chats.find_by_history(node_id)
    return (message, _find_owner(sim, message)) if message else (None, "")


def _find_owner(sim, message) -> str:
    number = sim.world.numbers.get(message.business_id)
    return number.waba_id if number else message.business_id
