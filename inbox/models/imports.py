"""A CSV of contacts, or of people who opted out: uploaded, mapped, checked, brought in,
and perhaps taken back."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User, Workspace
from inbox.models.contacts import Contact


class Import(models.Model):
    """Worked on in steps; every step commits how far it is, so a restart goes on there."""

    UPLOADED, CHECKING, CHECKED = "uploaded", "checking", "checked"
    IMPORTING, DONE, UNDOING, UNDONE = "importing", "done", "undoing", "undone"
    STATES = [
        (UPLOADED, "Uploaded"),
        (CHECKING, "Being checked"),
        (CHECKED, "Checked"),
        (IMPORTING, "Being imported"),
        (DONE, "Imported"),
        (UNDOING, "Being undone"),
        (UNDONE, "Undone"),
    ]
    PEOPLE, OPT_OUTS = "people", "opt-outs"
    KINDS = [(PEOPLE, "Contacts"), (OPT_OUTS, "People who must be left alone")]
    BUSY = (CHECKING, IMPORTING, UNDOING)
    ADD, FILL, OVERWRITE = "add", "fill", "overwrite"
    POLICIES = [
        (ADD, "Only add new people"),
        (FILL, "Add new people, and fill in what is empty"),
        (OVERWRITE, "Add new people, and overwrite names and fields"),
    ]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    kind = models.CharField(max_length=8, choices=KINDS, default=PEOPLE)
    name = models.CharField(max_length=240)
    body = models.BinaryField(help_text="Emptied once it is imported.")
    encoding = models.CharField(max_length=12)
    delimiter = models.CharField(max_length=1)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list, help_text="The first rows, to map by.")
    row_count = models.PositiveIntegerField(default=0)
    country = models.CharField(max_length=2, blank=True, default="")
    consent = models.CharField(
        max_length=200,
        help_text="How these people agreed; of an opt-out list, where it is from.",
    )
    targets = models.JSONField(
        default=list, help_text="For each column: what it becomes."
    )
    policy = models.CharField(max_length=9, choices=POLICIES, default=FILL)
    state = models.CharField(max_length=9, choices=STATES, default=UPLOADED)
    # Rows checked, or brought in, or taken back: of whatever is under way.
    progress = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["state"],
                condition=Q(state__in=["checking", "importing", "undoing"]),
                name="import_busy",
            ),
            models.Index(fields=["workspace", "-id"], name="import_list"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_opt_outs(self) -> bool:
        return self.kind == self.OPT_OUTS


class ImportRow(models.Model):
    """One line of a file: what it is worth, and what became of it."""

    NEW, KNOWN, TWICE = "new", "known", "twice"
    MALFORMED, SHORTENED, EMPTY = "malformed", "shortened", "empty"
    VERDICTS = [
        (NEW, "New people"),
        (KNOWN, "People who are here already"),
        (TWICE, "Same person twice"),
        (MALFORMED, "Not a phone number"),
        (SHORTENED, "Shortened by a spreadsheet"),
        (EMPTY, "No phone number"),
    ]
    REFUSED = (TWICE, MALFORMED, SHORTENED, EMPTY)
    ADDED, CHANGED, SAME = "added", "changed", "same"
    REMOVED, RESTORED, STAYED = "removed", "restored", "stayed"
    OUTCOMES = [
        (ADDED, "Added"),
        (CHANGED, "Changed"),
        (SAME, "Left as they were"),
        (REMOVED, "Taken out again"),
        (RESTORED, "As before the import"),
        (STAYED, "Stayed as it is"),
    ]

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    typed = models.CharField(max_length=60, blank=True, default="")
    wa_id = models.CharField(max_length=20, blank=True, default="")
    # The spelling that is the same account (Brazil, Mexico, Argentina).
    also = models.CharField(max_length=20, blank=True, default="")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL)
    new_id = models.UUIDField(default=uuid.uuid4)
    cells = models.JSONField(default=list, help_text="As written, for the refused.")
    name = models.CharField(max_length=200, blank=True, default="")
    fields = models.JSONField(default=dict)
    tags = models.JSONField(default=list)
    asked_at = models.DateTimeField(
        null=True, help_text="Of an opt-out, if it was told."
    )
    why = models.CharField(max_length=200, blank=True, default="")
    verdict = models.CharField(max_length=9, choices=VERDICTS)
    outcome = models.CharField(max_length=8, blank=True, default="", choices=OUTCOMES)
    # What was there before: {"name": …, "fields": {…}} and the tags it brought.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "line"], name="import_line_once"),
            models.UniqueConstraint(
                fields=["source", "wa_id"],
                condition=Q(verdict__in=["new", "known"]),
                name="import_person_once",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "verdict", "line"], name="import_verdicts"),
        ]

    def __str__(self):
        return f"{self.source_id}:{self.line}"
