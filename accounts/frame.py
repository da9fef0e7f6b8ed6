"""What every signed-in page's frame shows: the rail, the workspace, the shortcuts."""

from dataclasses import dataclass

from django.urls import reverse

from converge import clock

# icon, label, key after `g`, URL name, page of its path
PAGES = (
    ("inbox", "Inbox", "i", "inbox:inbox", "inbox"),
    ("users", "Contacts", "c", "contacts:list", "contacts"),
    ("flows", "Flows", "f", "flows:list", "flows"),
    ("megaphone", "Broadcasts", "b", "broadcasts:list", "broadcasts"),
    ("templates", "Templates", "t", "numbers:templates", "templates"),
    ("numbers", "Numbers", "n", "numbers:list", "numbers"),
    ("reports", "Reports", "r", "reports:now", "reports"),
    ("settings", "Settings", "s", "settings", "settings"),
)
ON_BAR = "icbn"
SHORTCUTS = (
    (("?",), "This list"),
    (("/",), "Search"),
    (("g", "i"), "Go to Inbox"),
    (("g", "c"), "Go to Contacts"),
    (("g", "b"), "Go to Broadcasts"),
    (("g", "f"), "Go to Flows"),
    (("g", "t"), "Go to Templates"),
    (("g", "n"), "Go to Numbers"),
    (("g", "r"), "Go to Reports"),
    (("g", "s"), "Go to Settings"),
    (("g", "m"), "Go to Mentions"),
    (("j",), "Next conversation"),
    (("k",), "Previous conversation"),
    (("Enter", "o"), "Open the conversation"),
    (("1", "2", "3"), "Mine, Unassigned, All"),
    (("f",), "Filters"),
    ((".",), "Update the order of the list"),
    (("x",), "Select a conversation"),
    (("X",), "Select up to this conversation"),
    (("J", "K"), "Extend the selection down or up"),
    (("z",), "Undo the last act"),
    (("r",), "Write a reply"),
    (("n",), "Write a note"),
    (("t",), "Choose a template"),
    (("a",), "Assign"),
    (("i",), "Assign to me"),
    (("l",), "Add a tag"),
    (("h",), "Human takeover on or off"),
    (("s",), "Snooze"),
    (("e",), "Close or reopen"),
    (("u",), "Mark unread"),
    (("]",), "Show or hide the contact"),
    (("m",), "First unread message"),
    (("M",), "Newest message"),
    (("Enter",), "Send (in the composer)"),
    (("Shift", "Enter"), "New line (in the composer)"),
    (("Ctrl", "Shift", "Enter"), "Send and close (in the composer)"),
    (("Ctrl", "Enter"), "Send (in the composer)"),
    (("Alt", "N"), "Change to a note (in the composer)"),
    (("Alt", "R"), "Change to a reply (in the composer)"),
    (("Esc",), "Leave the composer"),
)


@dataclass(frozen=True)
class NavItem:
    icon: str
    label: str
    key: str
    url: str
    is_current: bool

    @property
    def is_on_bar(self) -> bool:
        """A phone's bar has room for four; the rest stands under More."""
        return self.key in ON_BAR


def frame(request):
    membership = getattr(request, "membership", None)
    if membership is None:
        return {}
    workspace = request.workspace
    page = request.path.split("/")[3] if request.path.startswith("/w/") else ""
    nav = [
        NavItem(icon, label, key, reverse(name, args=[workspace.slug]), page == own)
        for icon, label, key, name, own in PAGES
    ]
    words = workspace.name.split()
    return {
        "workspace": workspace,
        "membership": membership,
        "nav": nav,
        "nav_current": next((i.label for i in nav if i.is_current), ""),
        "shortcuts": SHORTCUTS,
        "now": clock.now(),
        "workspace_initials": "".join(w[0] for w in words[:2]).upper(),
    }
