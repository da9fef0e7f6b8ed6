"""How reports say spans of time, and what each figure means."""

DEFINITIONS = {
    "opened": "Times a customer’s message began a conversation or brought back a closed "
    "one, and times a teammate reopened one.",
    "closed": "Times a conversation was closed, by a teammate or by a flow.",
    "first": "From the customer’s first message after a conversation opened to the first "
    "reply by a person, here or in the phone app. Counted on the day of the reply. "
    "Flows and broadcasts are no answer.",
    "every": "From the first message nobody had answered yet to the next reply by a "
    "person: each time, not only the first.",
    "tag": "By the tags a customer had when the day was counted; with two tags, once "
    "under each.",
    "heard": "Messages of customers, by the hour they were written, all weeks of the "
    "period together.",
    "office": "Waiting times count business hours only: a question of the night waits "
    "from the next opening. Closing hours are today’s for every day.",
    "missed": "Customers’ last messages that nobody and nothing answered, and nobody "
    "closed, in 24 hours. Counted on the day the window closed.",
    "median": "Half took at most this long.",
    "ninetieth": "Nine of ten took at most this long.",
    "accepted": "Messages WhatsApp or Instagram took, by the day they were written. "
    "What was delivered or read is among them. Instagram does not report deliveries.",
    "failed": "Messages that were refused, or reported as not delivered.",
    "silent": "Accepted, but in the time reports take nothing was said about them.",
    "others": "Waiting to be sent, taken back, or we do not know if they were sent.",
    "entered": "Times a flow began with somebody, by the day it began.",
    "finished": "Runs that came to an end of the flow.",
    "handed_over": "Runs that left the conversation to the team.",
    "stopped": "Runs somebody or something stopped before their end.",
    "run_failed": "Runs that ended by a problem: a message not delivered, a URL.",
    "alive": "Runs that wait for an answer or a time.",
    "online": "Looked at a conversation in the last minute and a half.",
}


def span(seconds: int | None) -> str:
    """`48 s`, `5 m`, `2 h 10 m`, `3 d 4 h`; a dash where nothing was measured."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return _two(days, "d", hours % 24, "h")
    return _two(hours, "h", minutes % 60, "m") if hours else f"{minutes} m"


def _two(more: int, unit: str, rest: int, smaller: str) -> str:
    return f"{more} {unit} {rest} {smaller}" if rest else f"{more} {unit}"
