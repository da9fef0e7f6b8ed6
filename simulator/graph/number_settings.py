"""What hangs on a number beside messages: profile, settings, blocks, app sync."""

from simulator.directory import read_digits
from simulator.exchange import Request, Response, answer_json
from simulator.graph.errors import GraphError, missing
from simulator.webhooks import coexistence
from simulator.world import PhoneNumber, Token

PROFILE = (
    "about",
    "address",
    "description",
    "email",
    "websites",
    "vertical",
    "profile_picture_url",
)
DAY = 86_400


def read_profile(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    wanted = request.query.get("fields", ",".join(PROFILE)).split(",")
    known = {name: number.profile[name] for name in wanted if name in number.profile}
    return answer_json({"data": [{**known, "messaging_product": "whatsapp"}]})


def change_profile(
    sim, request: Request, number: PhoneNumber, token: Token
) -> Response:
    fields = request.read_fields()
    number.profile.update({k: v for k, v in fields.items() if k in PROFILE})
    return answer_json({"success": True})


def read_settings(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    return answer_json({"storage_configuration": {"status": "DEFAULT"}})


def change_settings(
    sim, request: Request, number: PhoneNumber, token: Token
) -> Response:
    return answer_json({"success": True})


def read_blocked(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    blocked = [
        {"messaging_product": "whatsapp", "wa_id": person.wa_id}
        for person in sim.world.people.values()
        if number.id in person.blocked_by
    ]
    return answer_json({"data": blocked})


def block(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    return _change_blocks(sim, request, number, blocked=True)


def unblock(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    return _change_blocks(sim, request, number, blocked=False)


def _change_blocks(sim, request: Request, number: PhoneNumber, *, blocked: bool):
    users = request.read_fields().get("block_users")
    if not isinstance(users, list) or not users:
        raise missing("block_users")
    done, failed = [], []
    for user in users:
        given = str(user.get("user") or user.get("user_id") or "")
        person = _find_person(sim, number, given)
        if person and (not blocked or _wrote_lately(sim, number, person)):
            others = person.blocked_by - {number.id}
            person.blocked_by = others | {number.id} if blocked else others
            done.append({"input": given, "wa_id": person.wa_id})
        else:
            failed.append(_describe_failure(given))
    return _answer_blocks(done, failed, "added_users" if blocked else "removed_users")


def _answer_blocks(done: list, failed: list, name: str) -> Response:
    lists = {"block_users": {name: done, "failed_users": failed}}
    if failed:
        raise GraphError(
            139100,
            extra={"error_data": {"details": "Some users failed."}, **lists},
        )
    return answer_json({"messaging_product": "whatsapp", "block_users": {name: done}})


def _describe_failure(given: str) -> dict:
    error = {"code": 139102, "message": "(#139102) The user did not write lately"}
    return {"input": given, "errors": [error]}


def _find_person(sim, number: PhoneNumber, given: str):
    digits = read_digits(given, number.dial_code)
    return sim.directory.find(digits) if digits else sim.directory.find(given)


def _wrote_lately(sim, number: PhoneNumber, person) -> bool:
    return sim.chats.open(number.id, person).is_window_open(sim.clock.now())


def sync_app_data(sim, request: Request, number: PhoneNumber, token: Token) -> Response:
    """`POST /{phone}/smb_app_data`: once each, within a day of onboarding."""
    if not number.is_on_biz_app:
        raise GraphError(100, message="(#100) The number is not used in the app.")
    kind = request.read_fields().get("sync_type")
    if kind not in ("smb_app_state_sync", "history"):
        raise missing("sync_type")
    if sim.clock.now() - number.onboarded_at > DAY:
        raise GraphError(2593108)
    if kind in number.syncs_used:
        raise GraphError(2593107)
    number.syncs_used.append(kind)
    sim.clock.call_after(0.5, lambda: coexistence.send_sync(sim, number, kind))
    return answer_json(
        {"messaging_product": "whatsapp", "request_id": sim.ids.make_number("77")}
    )
