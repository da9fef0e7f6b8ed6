"""The control page: faults, clock, numbers, templates, tokens, events, logs."""

from simulator.control.presets import PRESETS
from simulator.exchange import Request, Response, redirect_to
from simulator.faults import AFTER_ACCEPTING, BEFORE_ACCEPTING, ON_WEBHOOKS
from simulator.graph.access import STATES
from simulator.pages.control_acts import ACTS
from simulator.pages.formatting import format_duration, format_moment, format_seconds
from simulator.pages.phone import describe_world
from simulator.pages.render import render
from simulator.settings import TIERS

ROWS = 40
JUMPS = (
    ("+1 h", 3600),
    ("+23 h 50 min", 85_800),
    ("+24 h", 86_400),
    ("+7 d", 604_800),
)
TEMPLATE_ACTS = (
    ("APPROVED", "Approve"),
    ("PAUSED", "Pause"),
    ("DISABLED", "Disable"),
    ("REJECTED", "Reject"),
)
TOKEN_WORDS = {
    "valid": "Works",
    "expired": "Expired",
    "revoked": "Revoked",
    "password_changed": "Password changed",
    "app_removed": "App removed",
    "checkpoint": "Login check",
    "unconfirmed": "Unconfirmed",
    "logged_out": "Logged out",
    "lost_permission": "Permission lost",
    "lost_asset": "Asset lost",
    "blocked": "Blocked (368)",
}


def show(sim, request: Request) -> Response:
    context = {
        "at": "control",
        "notice": sim.notices.pop() if sim.notices else "",
        "faults": _describe_faults(sim),
        "scope": sim.faults.scope,
        "seed": sim.faults.seed,
        "held": len(sim.sender.disorder.held),
        "jumps": JUMPS,
        "now": format_moment(sim.clock.now()),
        "shift": format_duration(sim.clock.offset) if sim.clock.offset else "",
        "numbers": list(sim.world.numbers.values()),
        "accounts": list(sim.world.accounts.values()),
        "tier": sim.world.tier,
        "tiers": list(TIERS),
        "templates": _list_templates(sim),
        "template_acts": TEMPLATE_ACTS,
        "tokens": [_describe_token(sim, t) for t in sim.world.tokens.values()],
        "token_states": [(state, TOKEN_WORDS[state]) for state in STATES],
        "presets": [(name, preset.words) for name, preset in PRESETS.items()],
        "settings": sim.settings,
        "refused_at_once": sim.settings.window_refusal == "sync",
        "profile_is_advanced": sim.settings.public_profile == "advanced",
        **describe_world(sim),
        **_describe_logs(sim),
    }
    return render("control.html", context)


def show_part(sim, request: Request, name: str) -> Response:
    """The logs alone, asked for again and again."""
    described = _describe_logs(sim)
    if request.query.get("version") == described["version"]:
        return Response(204, content_type="text/html")
    return render("_logs.html", described)


def act(sim, request: Request) -> Response:
    fields = request.read_fields()
    name = str(fields.get("act", ""))
    do = ACTS.get(name)
    if do is None:
        raise ValueError(f"there is no button {name!r}")
    notice = do(sim, fields)
    if hasattr(notice, "__await__"):
        return _finish_later(sim, fields, notice)
    return _finish(sim, fields, notice)


async def _finish_later(sim, fields: dict, awaitable) -> Response:
    return _finish(sim, fields, await awaitable)


def _finish(sim, fields: dict, notice: str) -> Response:
    sim.notices.append(notice)
    return redirect_to(f"/control/#{fields.get('section', 'faults')}")


def _describe_faults(sim) -> list[dict]:
    groups = (
        ("Sends, before they are accepted", BEFORE_ACCEPTING),
        ("Sends, after they were accepted", AFTER_ACCEPTING),
        ("Webhooks and answers", ON_WEBHOOKS),
    )
    return [
        {
            "title": title,
            "items": [
                _describe_fault(sim, name, words) for name, words in names.items()
            ],
        }
        for title, names in groups
    ]


def _describe_fault(sim, name: str, words: str) -> dict:
    rule = sim.faults.rules.get(name)
    state = ""
    if rule:
        state = f"next {rule.next}" if rule.next else f"{rule.probability:.0%}"
    return {"name": name, "words": words, "state": state}


def _list_templates(sim) -> list[dict]:
    return [
        {"template": template, "chip": _choose_chip(template.status)}
        for template in sim.world.templates.values()
    ]


def _choose_chip(status: str) -> str:
    if status == "APPROVED":
        return "chip-ok"
    return "chip-bad" if status in ("REJECTED", "DISABLED") else "chip-warn"


def _describe_token(sim, token) -> dict:
    left = token.expires_at - sim.clock.now()
    return {
        "value": token.value,
        "short": f"{token.value[:14]}…{token.value[-4:]}",
        "type": token.type.replace("_", " ").lower(),
        "state": token.state,
        "words": TOKEN_WORDS[token.state],
        "expiry": f"in {format_duration(left)}" if token.expires_at else "never",
        "is_over": bool(token.expires_at) and left <= 0,
        "targets": ", ".join(token.targets),
    }


def _describe_logs(sim) -> dict:
    entries = sim.journal.entries
    log = sim.sender.log
    deliveries = log.read_newest(ROWS)
    summary = log.summarise()
    calls = list(sim.journal.calls)[-ROWS:][::-1]
    attempts = sum(summary["answers"].values())
    return {
        "journal": [_describe_entry(sim, entry) for entry in entries[-ROWS:][::-1]],
        "accepted": len(entries),
        "deliveries": [_describe_delivery(delivery) for delivery in deliveries],
        "summary": summary,
        "not_sent": dict(sim.sender.unsent),
        "calls": [{**call, "time": format_seconds(call["at"])} for call in calls],
        "version": f"{len(entries)}-{summary['deliveries']}-{attempts}-{sim.journal.called}",
    }


def _describe_entry(sim, entry) -> dict:
    message = sim.chats.find(entry.wamid)
    return {
        "n": entry.n,
        "time": format_seconds(entry.at),
        "to": entry.to,
        "type": entry.type,
        "callback": entry.callback or "",
        "status": message.status if message else "",
        "answered": entry.answered,
    }


def _describe_delivery(delivery) -> dict:
    answers = [str(answer) for _, answer in delivery.attempts]
    about = delivery.about[0] if delivery.about else "raw"
    more = len(delivery.about) - 1
    return {
        "n": delivery.n,
        "time": format_seconds(delivery.made_at),
        "about": about,
        "more": f"and {more} more" if more > 0 else "",
        "state": delivery.state,
        "bytes": len(delivery.body),
        "answers": ", ".join(answers[-3:]),
        "tries": len(answers),
    }
