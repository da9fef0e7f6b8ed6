"""Who a broadcast is for: saved segments, and files with one row a person."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import User, Workspace
from inbox.models import Contact


class Segment(models.Model):
    """People by rules that are asked anew each time, or a list that was made once."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    rules = models.JSONField(default=list, help_text="Empty: the members are a list.")
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="segment_once")
        ]

    def __str__(self):
        return self.name


class SegmentMember(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="members"
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "contact"], name="segment_member_once"
            )
        ]

    def __str__(self):
        return f"{self.contact_id} in {self.segment_id}"


class File(models.Model):
    """A CSV somebody uploaded. It is read in steps, so a restart goes on where it was."""

    UPLOADED, READING, READY, REFUSED = "uploaded", "reading", "ready", "refused"
    STATES = [
        (UPLOADED, "Uploaded"),
        (READING, "Being read"),
        (READY, "Ready"),
        (REFUSED, "Not usable"),
    ]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    name = models.CharField(max_length=240)
    body = models.BinaryField()
    encoding = models.CharField(max_length=12)
    delimiter = models.CharField(max_length=1)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list, help_text="The first rows, to map by.")
    phone_column = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=STATES, default=UPLOADED)
    problem = models.CharField(max_length=300, blank=True, default="")
    row_count = models.PositiveIntegerField(default=0)
    read_count = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["state"],
                condition=Q(state="reading"),
                name="file_being_read",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def encoding_name(self) -> str:
        return self.encoding.removesuffix("-sig").upper()


class FileRow(models.Model):
    """One line of a file, and whether it names somebody."""

    GOOD, TWICE, MALFORMED, SHORTENED, EMPTY = (
        "good",
        "twice",
        "malformed",
        "shortened",
        "empty",
    )
    VERDICTS = [
        (GOOD, "Fine"),
        (TWICE, "Same person twice"),
        (MALFORMED, "Not a phone number"),
        (SHORTENED, "Shortened by a spreadsheet"),
        (EMPTY, "No phone number"),
    ]

    id = models.BigAutoField(primary_key=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    typed = models.CharField(max_length=60, blank=True, default="")
    wa_id = models.CharField(max_length=20, blank=True, default="")
    # The spelling that is the same account (Brazil, Mexico, Argentina).
    also = models.CharField(max_length=20, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL)
    new_id = models.UUIDField(
        default=uuid.uuid4, help_text="Public id of the contact it may become."
    )
    values = models.JSONField(default=dict)
    verdict = models.CharField(max_length=9, choices=VERDICTS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "line"], name="file_line_once"),
            models.UniqueConstraint(
                fields=["file", "wa_id"],
                condition=Q(verdict="good"),
                name="file_person_once",
            ),
        ]
        indexes = [
            models.Index(fields=["file", "verdict", "line"], name="file_verdicts"),
            # Whatever the statistics of a file just read say, a person's line is found.
            models.Index(
                fields=["file", "contact"],
                condition=Q(verdict="good"),
                name="file_people",
            ),
        ]

    def __str__(self):
        return f"{self.file_id}:{self.line}"
