"""What the control API says to a request it cannot follow."""

from simulator.exchange import Request


class BadRequest(ValueError):
    """Answered with 400 and this sentence."""


def read_object(request: Request) -> dict:
    content = request.read_json()
    if not isinstance(content, dict):
        raise BadRequest("the body must be a JSON object")
    return content


def need_business(sim, business_id: object):
    """A WhatsApp number or Instagram account by id."""
    found = sim.business(str(business_id or ""))
    if found is None:
        raise BadRequest(f"there is no number or account {business_id!r}")
    return found


def need_person(sim, text: object):
    """By id or Instagram id; a telephone number nobody has yet is somebody new."""
    text = str(text or "")
    person = sim.directory.find(text)
    if person:
        return person
    digits = text.lstrip("+")
    if digits.isdecimal() and 7 <= len(digits) <= 15:
        return sim.directory.invent(digits)
    raise BadRequest(f"there is nobody called {text!r}")


def need_one_of(table: dict, key: str, words: str):
    if key not in table:
        raise BadRequest(f"there is no {words} {key!r}")
    return table[key]
