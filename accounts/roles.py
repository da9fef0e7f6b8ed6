"""Who may do what: one table, asked by views and by the send decision."""

OWNER, ADMIN, AGENT, VIEWER = "owner", "admin", "agent", "viewer"
ROLES = [(OWNER, "Owner"), (ADMIN, "Admin"), (AGENT, "Agent"), (VIEWER, "Viewer")]

# act → the roles that may do it. An act not listed here does not exist.
MAY = {
    "read": {OWNER, ADMIN, AGENT, VIEWER},
    "reply": {OWNER, ADMIN, AGENT},
    "organise": {OWNER, ADMIN, AGENT},  # assign, tag, close, snooze, take over
    "edit_contacts": {OWNER, ADMIN, AGENT},
    "export_contacts": {OWNER, ADMIN},
    "import_contacts": {OWNER, ADMIN},
    "erase_contacts": {OWNER, ADMIN},
    "set_dnd": {OWNER, ADMIN, AGENT},
    "lift_dnd": {OWNER, ADMIN},
    "lift_do_not_send": {OWNER, ADMIN, AGENT},
    "manage_numbers": {OWNER, ADMIN},
    "retire_numbers": {OWNER},
    "edit_flows": {OWNER, ADMIN},
    "start_flows": {OWNER, ADMIN, AGENT},
    "manage_team": {OWNER, ADMIN},
    "manage_owners": {OWNER},
    "manage_workspace": {OWNER, ADMIN},
    "manage_machines": {OWNER, ADMIN},  # API keys and webhooks
    "read_audit": {OWNER, ADMIN},
    "export": {OWNER},
    "broadcast": {OWNER, ADMIN},
    "set_ladders": {OWNER},
}


def may(role: str, act: str) -> bool:
    return role in MAY[act]


def roles_that(act: str) -> list[str]:
    return [name for role, name in ROLES if role in MAY[act]]
