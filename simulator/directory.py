"""Who is meant by a number, a business-scoped user id or an Instagram id.

Any telephone number that could exist is somebody: strangers appear when first
written to, so that broadcasts to thousands need no preparation.
"""

import re

from simulator.people import Person

SEPARATORS = re.compile(r"[\s()+.-]")
COUNTRIES = {"1": "US", "44": "GB", "49": "DE", "55": "BR", "52": "MX", "33": "FR"}


class Directory:
    def __init__(self, people: dict[str, Person]) -> None:
        self.people = people
        self._by_address: dict[str, Person] = {}
        for person in people.values():
            self.index(person)

    def index(self, person: Person) -> None:
        for address in (person.wa_id, person.user_id, person.igsid, *person.aliases):
            if address:
                self._by_address[address] = person

    def find(self, text: str) -> Person | None:
        """By id, digits in any spelling, user id, Instagram id or username."""
        found = self.people.get(text) or self._by_address.get(text)
        return found or self._by_address.get(SEPARATORS.sub("", text))

    def find_or_invent(self, digits: str) -> Person:
        return self._by_address.get(digits) or self.invent(digits)

    def invent(self, digits: str, name: str = "") -> Person:
        person = Person(
            id=digits,
            name=name or f"Customer {digits[-4:]}",
            wa_id=digits,
            user_id=f"{_guess_country(digits)}.9{digits}",
        )
        self.people[person.id] = person
        self.index(person)
        return person


def read_digits(to: str, dial_code: str) -> str | None:
    """The digits Meta would dial; None when that is no telephone number.

    Without + and country code Meta puts the business number's own code in front.
    """
    digits = SEPARATORS.sub("", to)
    if not digits.isdecimal() or not digits.isascii():
        return None
    if not to.strip().startswith("+") and len(digits) <= 10:
        digits = dial_code + digits
    return digits if 7 <= len(digits) <= 15 else None


def _guess_country(digits: str) -> str:
    for length in (1, 2):
        if digits[:length] in COUNTRIES:
            return COUNTRIES[digits[:length]]
    return "ZZ"
