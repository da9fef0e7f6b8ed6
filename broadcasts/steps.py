"""The side list of the wizard: where we are, and what was answered."""

from broadcasts.models import Broadcast

STEPS = (
    ("message", "Message"),
    ("audience", "Audience"),
    ("when", "When"),
    ("check", "Check and send"),
)


def steps(broadcast: Broadcast, current: str, people: int | None = None) -> list[dict]:
    done = {
        "message": bool(broadcast.number_id and broadcast.template_id),
        "audience": bool(broadcast.include),
        "when": bool(broadcast.timing),
        "check": False,
    }
    said = {
        "message": str(broadcast.template or "Not chosen"),
        "audience": _audience(broadcast, people),
        "when": broadcast.get_timing_display() or "Not chosen",
        "check": "",
    }
    return [
        {
            "name": name,
            "url": f"broadcasts:{name}",
            "label": label,
            "said": said[name],
            "is_current": name == current,
            "is_done": done[name],
        }
        for name, label in STEPS
    ]


def _audience(broadcast: Broadcast, people: int | None) -> str:
    if people is not None:
        return f"{people:,} {'person' if people == 1 else 'people'}"
    return "Chosen" if broadcast.include else "Not chosen"
