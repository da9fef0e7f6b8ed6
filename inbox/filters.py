"""Which conversations a list shows, as a form: every filter is a GET parameter."""

from django import forms
from django.core.cache import caches
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership, Team
from business_numbers.models import Number
from converge import clock
from inbox.models import Conversation, Draft, Message
from inbox.naming import named
from inbox.states import TROUBLED
from inbox.window import CLOSING, DAY

VIEWS = [("mine", "Mine"), ("unassigned", "Unassigned"), ("all", "All")]
SORTS = {
    "newest": ("Newest activity", ("-last_at", "-id")),
    "waiting": ("Longest waiting", ("waiting_since", "id")),
    "closing": ("Window closing soonest", ("last_inbound_at", "id")),
}
ANY = [("", "Any")]
KEPT_FOR = 30


class ConversationFilter(forms.Form):
    view = forms.ChoiceField(choices=VIEWS, required=False)
    sort = forms.ChoiceField(
        choices=[(k, v[0]) for k, v in SORTS.items()], required=False
    )
    status = forms.ChoiceField(
        choices=[
            ("", "Open"),
            ("snoozed", "Snoozed"),
            ("closed", "Closed"),
            ("any", "Any"),
        ],
        required=False,
    )
    channel = forms.ChoiceField(
        choices=[*ANY, ("whatsapp", "WhatsApp"), ("instagram", "Instagram")],
        required=False,
    )
    number = forms.ChoiceField(choices=ANY, required=False)
    window = forms.ChoiceField(
        choices=[
            *ANY,
            ("open", "Open"),
            ("closing", "Closing within 2 h"),
            ("closed", "Closed"),
        ],
        required=False,
    )
    team = forms.ChoiceField(choices=ANY, required=False)
    unread = forms.BooleanField(label="Unread only", required=False)
    waiting = forms.BooleanField(label="Waiting for a reply", required=False)
    trouble = forms.BooleanField(
        label="Has a failed or unknown message", required=False
    )
    takeover = forms.BooleanField(label="Human takeover is on", required=False)
    draft = forms.BooleanField(label="Has a draft of mine", required=False)
    q = forms.CharField(max_length=80, required=False)

    def __init__(self, data, *, workspace, user):
        super().__init__(data)
        self.workspace, self.user = workspace, user
        self.fields["number"].choices = [*ANY, *number_choices(workspace)]
        teams = team_choices(workspace)
        self.fields["team"].choices = [*ANY, *teams]
        if not teams:
            del self.fields["team"]

    def chosen(self) -> dict:
        """What was asked, without what makes no sense."""
        self.is_valid()
        return {k: v for k, v in self.cleaned_data.items() if v}

    @property
    def whose(self) -> str:
        return self.chosen().get("view") or "all"

    @property
    def order(self) -> str:
        return self.chosen().get("sort") or "newest"

    @property
    def count(self) -> int:
        return len([k for k in self.chosen() if k not in ("view", "sort", "q")])

    @property
    def is_narrow(self) -> bool:
        """More was asked than whose conversations."""
        return bool(self.count or self.order != "newest" or self.chosen().get("q"))

    def filter(self, conversations):
        """`conversations` of this workspace that match, in order."""
        chosen = self.chosen()
        found = conversations.filter(self._state(chosen), self._people())
        found = found.filter(in_window(chosen.get("window")))
        for key, condition in self._simple().items():
            if key in chosen:
                found = found.filter(condition)
        if chosen.get("q"):
            theirs = "inbox_conversation.contact_id"
            found = found.filter(named(self.workspace.pk, chosen["q"], theirs))
        if chosen.get("number"):
            found = found.filter(number=chosen["number"])
        if chosen.get("team"):
            mates = Membership.objects.filter(teams=chosen["team"])
            found = found.filter(assignee__in=mates.values("user"))
        if self.order == "waiting":
            found = found.filter(waiting_since__isnull=False)
        if self.order == "closing":
            found = found.filter(last_inbound_at__gt=clock.now() - DAY)
        return found.order_by(*SORTS[self.order][1])

    def _state(self, chosen) -> Q:
        status = chosen.get("status")
        if status == "any" or (chosen.get("q") and not status):
            return Q()
        return Q(state=status or Conversation.OPEN)

    def _people(self) -> Q:
        if self.whose == "mine":
            return Q(assignee=self.user)
        return Q(assignee=None) if self.whose == "unassigned" else Q()

    def _simple(self) -> dict:
        own = OuterRef("id")
        trouble = Message.objects.filter(
            conversation=own, state__in=TROUBLED, dismissed_at=None
        )
        drafts = Draft.objects.filter(conversation=own, user=self.user).exclude(body="")
        channel = self.chosen().get("channel")
        return {
            "channel": Q(number__kind=channel),
            "unread": Q(last_inbound_seq__gt=F("seen_seq")),
            "waiting": Q(waiting_since__isnull=False),
            "trouble": Exists(trouble),
            "takeover": Q(takeover=True),
            "draft": Exists(drafts),
        }


def in_window(phase: str | None) -> Q:
    """Conversations whose window is open, closing or closed; all of them without one."""
    opened = clock.now() - DAY
    if phase == "open":
        return Q(last_inbound_at__gt=opened)
    if phase == "closing":
        return Q(last_inbound_at__range=(opened, opened + CLOSING))
    if phase == "closed":
        return Q(last_inbound_at=None) | Q(last_inbound_at__lte=opened)
    return Q()


def number_choices(workspace) -> list[tuple[str, str]]:
    own = Number.objects.filter(workspace=workspace).order_by("label")
    return _kept(f"numbers-{workspace.id}", own.values_list("id", "label"))


def team_choices(workspace) -> list[tuple[str, str]]:
    own = Team.objects.filter(workspace=workspace).order_by("name")
    return _kept(f"teams-{workspace.id}", own.values_list("id", "name"))


def _kept(key: str, found) -> list[tuple[str, str]]:
    """Kept for some seconds, because every list offers them."""
    kept = caches["process"]
    choices = kept.get(key)
    if choices is None:
        choices = [(str(pk), label) for pk, label in found]
        kept.set(key, choices, KEPT_FOR)
    return choices
