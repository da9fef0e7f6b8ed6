"""One log stream for many programs: every line gets its program's name, in its colour."""

import json
import sys
from datetime import datetime

WIDTH = 10
PLAIN_KEYS = {"at", "level", "logger", "event", "trace"}
COLOURS = {
    "converge": 36,
    "web": 32,
    "worker": 33,
    "simulator": 35,
    "postgres": 34,
    "migrate": 34,
    "demo": 34,
}


def say(text: str) -> None:
    write("converge", text)


def write(name: str, line: str) -> None:
    prefix = f"{name:<{WIDTH}}│ "
    if sys.stdout.isatty():
        prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
    sys.stdout.write(f"{prefix}{readable(line)}\n")
    sys.stdout.flush()


def readable(line: str) -> str:
    """Our programs log JSON for machines; here a person reads."""
    if not line.startswith("{"):
        return line
    try:
        record = json.loads(line)
        at = datetime.fromisoformat(record["at"]).astimezone()
        event = record["event"]
    except (ValueError, KeyError, TypeError):
        return line
    level = record.get("level", "info")
    loud = "" if level == "info" else f"{level.upper()} "
    details = [f"{k}={v}" for k, v in record.items() if k not in PLAIN_KEYS]
    text = " ".join([f"{at:%H:%M:%S} {loud}{event}", *details])
    return f"{text}\n{record['trace']}" if record.get("trace") else text
