"""The people of a workspace as a list: which ones, in what order, and what a row shows."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django import forms
from django.db.models import Exists, OuterRef, Q

from business_numbers import phones
from business_numbers.models import BusinessAccount
from converge import asked, clock
from inbox import words
from inbox.facts import window_of
from inbox.models import Contact, ContactTag, Conversation, Identity, Tag
from inbox.naming import named

PAGE = 50
RULES = [
    ("", "Everybody"),
    (Tag.DND, "Opted out (dnd)"),
    (Tag.DO_NOT_SEND, "Unreachable (do-not-send)"),
    ("marketing", "No marketing (said to WhatsApp)"),
    ("blocked", "Blocked"),
]
CHANNELS = [("", "Every channel"), *BusinessAccount.KINDS]
NAMES_OF = {
    BusinessAccount.WHATSAPP: (Identity.WA_ID, Identity.USER_ID),
    BusinessAccount.INSTAGRAM: (Identity.IGSID,),
}


class ContactFilter(forms.Form):
    """Every filter is a GET parameter, so that a list has an address."""

    q = forms.CharField(max_length=80, required=False)
    tag = forms.ChoiceField(required=False)
    rule = forms.ChoiceField(choices=RULES, required=False)
    channel = forms.ChoiceField(choices=CHANNELS, required=False)

    def __init__(self, data, *, workspace):
        super().__init__(data)
        self.workspace = workspace
        names = Tag.objects.filter(workspace=workspace, code="").order_by("name")
        self.fields["tag"].choices = [
            ("", "Every tag"),
            *((str(pk), name) for pk, name in names.values_list("id", "name")),
        ]

    def chosen(self) -> dict:
        self.is_valid()
        return {k: v for k, v in self.cleaned_data.items() if v}

    def filter(self, contacts):
        chosen = self.chosen()
        if "q" in chosen:
            called = named(self.workspace.pk, chosen["q"], "inbox_contact.id")
            contacts = contacts.filter(called)
        if "tag" in chosen:
            contacts = contacts.filter(_tagged(tag=chosen["tag"]))
        if "rule" in chosen:
            contacts = contacts.filter(_under(chosen["rule"]))
        if "channel" in chosen:
            known_there = Identity.objects.filter(
                contact=OuterRef("id"), kind__in=NAMES_OF[chosen["channel"]]
            )
            contacts = contacts.filter(Exists(known_there))
        return contacts


def _tagged(**wanted) -> Exists:
    return Exists(ContactTag.objects.filter(contact=OuterRef("id"), **wanted))


def _under(rule: str) -> Q | Exists:
    if rule == "marketing":
        return Q(refuses_marketing=True)
    if rule == "blocked":
        return Q(blocked_at__isnull=False)
    return _tagged(tag__code=rule)


@dataclass
class Row:
    contact: Contact
    name: str
    initials: str
    hue: int
    number: str = ""
    channels: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    rules: list[tuple[str, str]] = field(default_factory=list)
    last_at: datetime | None = None
    window: dict | None = None


def everybody(form: ContactFilter):
    return form.filter(Contact.objects.present().filter(workspace=form.workspace))


def page(form: ContactFilter, before: str) -> tuple[list[Row], str]:
    """Newest first, by key; the second part is the key the next page continues from."""
    found = everybody(form)
    if (last := asked.number(before)) is not None:
        found = found.filter(id__lt=last)
    contacts = list(found.order_by("-id")[: PAGE + 1])
    following = str(contacts[PAGE - 1].id) if len(contacts) > PAGE else ""
    return draw(contacts[:PAGE]), following


def draw(contacts: list[Contact]) -> list[Row]:
    rows = {c.id: _row(c) for c in contacts}
    _add_identities(rows)
    _add_tags(rows)
    _add_conversations(rows)
    return list(rows.values())


def _row(contact: Contact) -> Row:
    name = words.visible(contact.title)
    rules = []
    if contact.refuses_marketing:
        rules.append(("info", "no marketing"))
    if contact.blocked_at:
        rules.append(("off", "blocked"))
    return Row(contact, name, words.initials(name), words.hue(contact.id), rules=rules)


def _add_identities(rows: dict[int, Row]) -> None:
    found = Identity.objects.filter(contact__in=rows).order_by("-id")
    for identity in found:
        row, kind = rows[identity.contact_id], identity.kind
        if kind == Identity.WA_ID:
            row.number = phones.shown(identity.value)
        elif kind == Identity.USERNAME and not row.number:
            row.number = f"@{identity.value}"
        for channel, kinds in NAMES_OF.items():
            if kind in kinds and channel not in row.channels:
                row.channels.append(channel)


def _add_tags(rows: dict[int, Row]) -> None:
    found = ContactTag.objects.filter(contact__in=rows).select_related("tag")
    flags = {
        Tag.DND: ("bell-off", "opted out"),
        Tag.DO_NOT_SEND: ("number-off", "unreachable"),
    }
    for tagged in found.order_by("tag__name"):
        row, code = rows[tagged.contact_id], tagged.tag.code
        if code:
            row.rules.append(flags[code])
        else:
            row.tags.append(tagged.tag.name)


def _add_conversations(rows: dict[int, Row]) -> None:
    """The newest of each contact says when and whether one may write freely."""
    found = Conversation.objects.filter(contact__in=rows).select_related("number")
    newest: dict[int, list[Conversation]] = defaultdict(list)
    for conversation in found.newest_first():
        newest[conversation.contact_id].append(conversation)
    now = clock.now()
    for contact, conversations in newest.items():
        rows[contact].last_at = conversations[0].last_at
        best = max(conversations, key=lambda c: c.last_inbound_at or c.opened_at)
        rows[contact].window = words.window_chip(window_of(best), now)
