"""The customers of the little world: invented people with numbers nobody owns.

Telephone numbers come from ranges kept for fiction where a country has one
(+44 7700 900xxx, +1 ... 555 01xx, +49 171 39200xx, +33 6 39 98 xx xx, +61 491 570 xxx,
+46 70 174 06xx), else they are made of fives.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Person:
    """Someone with a phone: on WhatsApp by `wa_id`, on Instagram by `igsid`."""

    id: str
    name: str
    wa_id: str = ""
    user_id: str = ""  # business-scoped user id, "GB.1234…"
    username: str = ""
    igsid: str = ""
    country: str = ""
    aliases: tuple[str, ...] = ()  # other spellings Meta resolves to wa_id
    hides_number: bool = False  # webhooks and answers omit every phone field
    note: str = ""
    # what the person set on the phone
    phone_off: bool = False
    read_receipts: bool = True
    marketing_stopped: bool = False
    blocked: frozenset[str] = frozenset()  # business ids this person blocked
    blocked_by: frozenset[str] = frozenset()  # numbers that blocked them

    kind = "person"

    @property
    def phone_is_on(self) -> bool:
        return not self.phone_off

    @property
    def hears_offers(self) -> bool:
        return not self.marketing_stopped

    @property
    def address(self) -> str:
        """What this person is called on the wire when nothing hides it."""
        return self.igsid or self.wa_id or self.user_id


def make_people() -> list[Person]:
    return [Person(**known) for known in (*CUSTOMERS, *FOLLOWERS)]


CUSTOMERS: list[dict] = [
    {
        "id": "amelia",
        "name": "Amelia Okafor",
        "wa_id": "447700900112",
        "user_id": "GB.20417833650112",
        "country": "United Kingdom",
    },
    {
        "id": "lukas",
        "name": "Lukas Brandt",
        "wa_id": "491713920012",
        "user_id": "DE.20417833650119",
        "country": "Germany",
    },
    {
        "id": "joao",
        "name": "João Nascimento",
        "wa_id": "551155501234",
        "user_id": "BR.20417833650127",
        "country": "Brazil",
        "aliases": ("5511955501234",),
        "note": "Brazil: +55 11 9… is answered with a wa_id without the ninth digit",
    },
    {
        "id": "valeria",
        "name": "Valeria Montes",
        "wa_id": "5215555500147",
        "user_id": "MX.20417833650133",
        "country": "Mexico",
        "aliases": ("525555500147",),
        "note": "Mexico: +52 55… is answered with a wa_id that has a 1 after 52",
    },
    {
        "id": "layla",
        "name": "ليلى حداد",
        "wa_id": "971505550142",
        "user_id": "AE.20417833650141",
        "country": "United Arab Emirates",
        "note": "writes from right to left",
    },
    {
        "id": "hikari",
        "name": "佐藤 ひかり",
        "wa_id": "819055500163",
        "user_id": "JP.20417833650158",
        "country": "Japan",
    },
    {
        "id": "maya",
        "name": "Maya Lindqvist",
        "wa_id": "12125550143",
        "user_id": "US.20417833650166",
        "country": "United States",
        "note": "marketing templates to US numbers fail with 131049",
    },
    {
        "id": "camille",
        "name": "Camille Perrin",
        "wa_id": "33639981207",
        "user_id": "FR.20417833650172",
        "country": "France",
    },
    {
        "id": "noah",
        "name": "Noah Whitlam",
        "wa_id": "61491570156",
        "user_id": "AU.20417833650184",
        "country": "Australia",
    },
    {
        "id": "ebba",
        "name": "Ebba Nordström",
        "wa_id": "46701740635",
        "user_id": "SE.20417833650193",
        "username": "ebba.nord",
        "country": "Sweden",
        "note": "has a username and shows the number",
    },
    {
        "id": "rohan",
        "name": "Rohan Mehta",
        "wa_id": "919555550187",
        "user_id": "IN.20417833650207",
        "country": "India",
    },
    {
        "id": "kit",
        "name": "Kit Marlow",
        "wa_id": "447700900131",
        "user_id": "GB.20417833650215",
        "username": "kit.marlow",
        "country": "United Kingdom",
        "hides_number": True,
        "note": "username: webhooks carry no phone number at all",
    },
    {
        "id": "sol",
        "name": "Sol Arden",
        "user_id": "US.20417833650229",
        "username": "sol_arden",
        "country": "United States",
        "hides_number": True,
        "note": "known by business-scoped user id only",
    },
]

FOLLOWERS: list[dict] = [
    {
        "id": "juniper",
        "name": "Juniper Lane",
        "username": "juniper.lane",
        "igsid": "6817700900501",
    },
    {
        "id": "tomas",
        "name": "Tomás Rivera",
        "username": "tomas.rivera",
        "igsid": "6817700900502",
    },
    {
        "id": "hana",
        "name": "Hana Mori",
        "username": "hana_mori",
        "igsid": "6817700900503",
    },
    {
        "id": "idris",
        "name": "Idris Vale",
        "username": "idrisvale",
        "igsid": "6817700900504",
    },
]
