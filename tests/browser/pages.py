"""Every page a member of Northwind can open, for the checks that hold on all of them."""

from tests.browser.northwind import INBOX, Northwind

SETTINGS = "/w/northwind/settings/"
NUMBER = "/w/northwind/numbers/1/"  # the first the demo connects
CONVERSATIONS = {
    "conversation": "camille",
    "conversation with every state": "amelia",
    "conversation from right to left": "layla",
    "failed message": "lukas",
    "location": "joao",
    "closed window": "ebba",
    "instagram": "juniper",
    "instagram after a day": "tomas",
}
BELOW_A_CONVERSATION = {
    "note": ("camille", "?mode=note"),
    "picker as a page": ("ebba", "template/"),
    "contact": ("camille", "contact/"),
    "row menu as a page": ("camille", "menu/"),
    "canned replies as a page": ("camille", "replies/"),
    "buttons as a page": ("camille", "arrange/buttons/"),
    "list as a page": ("camille", "arrange/list/"),
    "location as a page": ("camille", "arrange/location/"),
    "contact card as a page": ("camille", "arrange/contact/"),
}
ABOUT_A_CONTACT = {
    "contact's own page": ("camille", ""),
    "merge with": ("camille", "merge/?q=am"),
    "merge": ("camille", "merge/{other}/"),
    "erase a contact": ("camille", "erase/"),
}
ABOUT_A_MESSAGE = {"react": ("camille", "react/")}
FIXED = {
    "inbox": INBOX,
    "nothing found": f"{INBOX}?q=nobody-of-this-name",
    "search": f"{INBOX}search/",
    "search results": f"{INBOX}search/?q=order",
    "no search results": f"{INBOX}search/?q=nothing-says-this+is:closed",
    "mentions": f"{INBOX}mentions/",
    "saved views": f"{INBOX}views/",
    "save a view": f"{INBOX}views/?view=unassigned&window=closing",
    "new conversation": f"{INBOX}new/",
    "contacts": "/w/northwind/contacts/",
    "nobody of this name": "/w/northwind/contacts/?q=nobody-of-this-name",
    "add a contact": "/w/northwind/contacts/new/",
    "segments": "/w/northwind/contacts/segments/",
    "keep a segment": "/w/northwind/contacts/segments/new/?channel=whatsapp",
    "opt-outs": "/w/northwind/contacts/opt-outs/",
    "import contacts": "/w/northwind/contacts/import/",
    "flows": "/w/northwind/flows/",
    "business hours": "/w/northwind/flows/hours/",
    "import a flow": "/w/northwind/flows/import/",
    "numbers": "/w/northwind/numbers/",
    "connect": "/w/northwind/numbers/connect/",
    "connect with a token": "/w/northwind/numbers/connect/token/",
    "choose a number": "/w/northwind/numbers/connect/choose/",
    "feature unavailable": "/w/northwind/numbers/connect/feature-unavailable/",
    "inbound log": "/w/northwind/numbers/inbound/",
    "number": f"{NUMBER}",
    "past runs": f"{NUMBER}checks/",
    "timeline": f"{NUMBER}timeline/",
    "rename": f"{NUMBER}name/",
    "disconnect": f"{NUMBER}disconnect/",
    "new PIN": f"{NUMBER}pin/",
    "retire": f"{NUMBER}retire/",
    "recover": f"{NUMBER}recover/",
    "templates": "/w/northwind/templates/",
    "template": "/w/northwind/templates/1/",
    "platform whatsapp": f"{SETTINGS}platforms/whatsapp/",
    "platform instagram": f"{SETTINGS}platforms/instagram/",
    "reports now": "/w/northwind/reports/",
    "reports service": "/w/northwind/reports/service/",
    "reports delivery": "/w/northwind/reports/delivery/",
    "reports flows": "/w/northwind/reports/flows/",
    "cases": f"{SETTINGS}cases/",
    "ask support": f"{SETTINGS}cases/new/",
    "canned replies": f"{SETTINGS}replies/",
    "settings": SETTINGS,
    "profile": f"{SETTINGS}profile/",
    "notifications": f"{SETTINGS}notifications/",
    "workspace": f"{SETTINGS}workspace/",
    "team": f"{SETTINGS}team/",
    "teams": f"{SETTINGS}teams/",
    "audit": f"{SETTINGS}audit/",
    "export": f"{SETTINGS}export/",
    "assignment rules": f"{SETTINGS}assignment/",
    "webhooks": f"{SETTINGS}webhooks/",
    "API keys": f"{SETTINGS}api-keys/",
    "workspaces": "/workspaces/",
    "two-factor": "/accounts/2fa/",
    "sessions": "/accounts/sessions/",
    "kit": "/dev/kit/",
}
PUBLIC = {
    "sign in": "/accounts/login/",
    "forgot password": "/accounts/password/reset/",
    "status": "/status/",
    "help": "/help/",
    "help article": "/help/messages-stopped/",
}
NAMES = [
    *CONVERSATIONS,
    *BELOW_A_CONVERSATION,
    *ABOUT_A_CONTACT,
    *ABOUT_A_MESSAGE,
    *FIXED,
    *PUBLIC,
]


def path_of(name: str, northwind: Northwind) -> str:
    if name in CONVERSATIONS:
        return northwind.conversation_of(CONVERSATIONS[name]).path
    if name in BELOW_A_CONVERSATION:
        person, rest = BELOW_A_CONVERSATION[name]
        return northwind.conversation_of(person).path + rest
    if name in ABOUT_A_CONTACT:
        person, rest = ABOUT_A_CONTACT[name]
        other = northwind.contact_of("layla").rstrip("/").rpartition("/")[2]
        return northwind.contact_of(person) + rest.format(other=other)
    if name in ABOUT_A_MESSAGE:
        person, rest = ABOUT_A_MESSAGE[name]
        conversation = northwind.conversation_of(person)
        return f"{INBOX}m/{northwind.inbound_of(conversation)}/{rest}"
    return (FIXED | PUBLIC)[name]


def reader_of(name: str) -> str | None:
    """Who opens it: Ana, or nobody yet."""
    return None if name in PUBLIC else "ana"
