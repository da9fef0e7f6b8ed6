"""What the operators of a search mean: conversations, facts, and conditions on a message."""

from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from business_numbers.models import Number
from inbox import naming, reading, tokens
from inbox.filters import in_window
from inbox.models import Contact, ContactTag, Conversation, Message
from inbox.search import Query, Term
from inbox.states import TROUBLED

STATES = {
    "unread": Q(last_inbound_seq__gt=F("seen_seq")),
    "waiting": Q(waiting_since__isnull=False),
    "closed": Q(state=Conversation.CLOSED),
}


@dataclass
class Narrowed:
    """`facts` are asked of the index like words; `conversations` is None for all of them.
    Whether they are few is found out, unless that would mean to look at every one.

    `writers`: for each name that teammates have, their ids and the customers' of it.
    """

    facts: list[Term] = field(default_factory=list)
    conversations: object = None
    writers: list[tuple] = field(default_factory=list)
    has_failed: bool = False
    is_counted: bool = True


def narrow(query: Query, membership: Membership) -> Narrowed:
    found = Narrowed(
        has_failed="failed" in query.values("has"),
        is_counted="unread" not in query.values("is"),
    )
    if "media" in query.values("has"):
        found.facts.append(Term((tokens.MEDIA,), is_whole=True))
    own = _about_conversations(query, membership)
    for name in query.values("from"):
        own = _written_by(name, membership, found, own)
    if found.has_failed:
        own = _all(membership, own).filter(Exists(_trouble()))
    found.conversations = own
    return found


def people(query: Query, membership: Membership):
    """Contacts of this name, these tags and these conversations; None: nobody was named."""
    if query.values("has") or not (
        query.text or query.values("tag") or query.values("from")
    ):
        return None
    found = Contact.objects.present().filter(workspace=membership.workspace_id)
    if name := query.text or " ".join(query.values("from")):
        called = naming.named(membership.workspace_id, name, "inbox_contact.id")
        found = found.filter(called)
    own = _about_conversations(query, membership)
    return found if own is None else found.filter(id__in=own.values("contact_id"))


def _all(membership: Membership, own):
    if own is not None:
        return own
    return Conversation.objects.filter(workspace=membership.workspace_id)


def _about_conversations(query: Query, membership: Membership):
    """Those that the operators tag, number, is and window leave; None without them."""
    conditions = [Exists(_tagged(name)) for name in query.values("tag")]
    conditions += [_of_number(name, membership) for name in query.values("number")]
    conditions += [STATES[state] for state in query.values("is")]
    conditions += [in_window(phase) for phase in query.values("window")]
    if not conditions:
        return None
    own = _all(membership, None)
    if "unread" in query.values("is"):
        own = reading.with_seen(own, membership)
    return own.filter(*conditions)


def _written_by(name: str, membership: Membership, found: Narrowed, own):
    if name.lower() == "me":
        fact = tokens.by(membership.user_id)
        found.facts.append(Term((fact,), is_whole=True))
        return own
    theirs = naming.named(
        membership.workspace_id, name, "inbox_conversation.contact_id"
    )
    team = Membership.objects.filter(
        workspace=membership.workspace_id, user__name__icontains=name
    )
    if authors := list(team.values_list("user_id", flat=True)):
        found.writers.append((authors, _all(membership, None).filter(theirs)))
        return own
    found.facts.append(Term((tokens.INBOUND,), is_whole=True))
    return _all(membership, own).filter(theirs)


def _tagged(name: str):
    return ContactTag.objects.filter(
        contact=OuterRef("contact"), tag__name__iexact=name
    )


def _of_number(name: str, membership: Membership) -> Q:
    """By a part of its name, or of its digits in whatever way they are typed."""
    called = Q(label__icontains=name) | Q(display__icontains=name)
    digits = "".join(filter(str.isdigit, name))
    if len(digits) >= 3:
        called |= Q(display__regex=r"\D*".join(digits))
    numbers = Number.objects.filter(called, workspace=membership.workspace_id)
    return Q(number__in=numbers)


def _trouble():
    return Message.objects.filter(
        conversation=OuterRef("id"), state__in=TROUBLED, dismissed_at=None
    )
