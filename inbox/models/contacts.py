"""People who write to us, every name Meta has for them, and their tags."""

import uuid

from django.db import models
from django.utils import timezone

from accounts.models import User, Workspace


class ContactQuerySet(models.QuerySet):
    def present(self):
        """Without those that became part of somebody else."""
        return self.filter(merged_into=None)


class Contact(models.Model):
    """A person. May have no phone number at all: WhatsApp has usernames."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(
        max_length=200, blank=True, help_text="As a teammate saved it."
    )
    profile_name = models.CharField(
        max_length=200, blank=True, help_text="As the person calls themselves."
    )
    profile_at = models.DateTimeField(null=True)
    phone_name = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text="As the address book of the phone app has them; empty: not there.",
    )
    phone_name_at = models.DateTimeField(null=True)
    country = models.CharField(max_length=2, blank=True)
    fields = models.JSONField(default=dict, blank=True)
    blocked_at = models.DateTimeField(null=True)
    # Meta's marketing opt-out (131050, user_preferences); not the same as `dnd`.
    refuses_marketing = models.BooleanField(default=False)
    marketing_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.CASCADE,
        related_name="absorbed",
        help_text="They are part of this contact; nothing new arrives here.",
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")),
                name="contact_is_not_its_own_part",
            )
        ]
        indexes = [models.Index(fields=["workspace", "name"], name="contact_by_name")]

    def __str__(self):
        return self.title

    @property
    def own_name(self) -> str:
        """What somebody calls them; empty when nobody does."""
        return self.name.strip() or self.profile_name.strip()

    @property
    def title(self) -> str:
        return self.own_name or "Unnamed contact"

    @property
    def first_name(self) -> str:
        return self.title.split()[0]


class Identity(models.Model):
    """One name Meta uses for a person. The first event that knows two joins them."""

    WA_ID, USER_ID, USERNAME, IGSID = "wa_id", "user_id", "username", "igsid"
    KINDS = [
        (WA_ID, "Phone number"),
        (USER_ID, "WhatsApp user"),
        (USERNAME, "Username"),
        (IGSID, "Instagram"),
    ]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="identities"
    )
    kind = models.CharField(max_length=8, choices=KINDS)
    scope = models.CharField(
        max_length=40,
        blank=True,
        default="",
        help_text="Portfolio of a user_id, account of an igsid.",
    )
    value = models.CharField(max_length=160)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "scope", "value"], name="identity_once"
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.value}"


class MergeProposal(models.Model):
    """One event named two contacts: perhaps they are one person. Only people merge."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        related_name="proposals",
        help_text="The one with the phone number: what Meta sends goes here.",
    )
    other = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="proposed_for"
    )
    proposed_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "other"], name="merge_proposed_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(contact=models.F("other")),
                name="merge_proposes_two",
            ),
        ]

    def __str__(self):
        return f"{self.contact} = {self.other}?"


class Tag(models.Model):
    """`dnd` and `do-not-send` are rules with a code, not labels."""

    DND, DO_NOT_SEND = "dnd", "do-not-send"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    code = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="tag_once"),
            models.CheckConstraint(
                condition=models.Q(code="", name__regex=r"^(?!dnd$|do-not-send$)")
                | models.Q(code=models.F("name"), code__in=["dnd", "do-not-send"]),
                name="tag_reserved",
            ),
        ]

    def __str__(self):
        return self.name


class ContactTag(models.Model):
    """Who set it, when, why. Meta's time decides between two that disagree."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="tagged"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
    set_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    set_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200, blank=True)
    source = models.ForeignKey(
        "inbox.Import",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The file that said so.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "tag"], name="contact_tag_once")
        ]
        indexes = [models.Index(fields=["workspace", "tag"], name="tag_members")]

    def __str__(self):
        return f"{self.contact}: {self.tag}"
