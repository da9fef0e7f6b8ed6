"""One JSON object a line. Secrets and message bodies are cut out here, whoever logs them."""

import json
import logging
import re
from datetime import UTC, datetime

PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
}
HIDDEN_KEYS = re.compile(
    r"token|secret|password|\bpin\b|authorization|cookie|proof|signature|body|text",
    re.I,
)
SECRETS = re.compile(
    r"([?&]code=|[?&]state=|Bearer\s+|access_token=|appsecret_proof=|client_secret=|input_token=|sha256=)[^\s&\"',]+"
    r"|\b(EAA|IGAA?)[A-Za-z0-9_-]{12,}"
)
PHONES = re.compile(r"\+?\d{7,11}(?=\d{4}\b)")


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": redact(record.getMessage()),
        }
        for key, value in record.__dict__.items():
            if key not in PLAIN:
                line[key] = "•••" if HIDDEN_KEYS.search(key) else redact(value)
        if record.exc_info:
            line["trace"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def redact(value):
    """Tokens become `•••`, phone numbers keep their last four digits."""
    if not isinstance(value, str):
        return value
    value = SECRETS.sub(lambda m: (m.group(1) or "") + "•••", value)
    return PHONES.sub("•••", value)
