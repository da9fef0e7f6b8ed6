"""Who gets the conversations of a number, and who is there to get them."""

from django.db import models
from django.db.models import Q

from accounts.models import Team, User, Workspace
from business_numbers.models import Number


class AssignmentRule(models.Model):
    """A number without one assigns nobody.

    `turn` is the id of whoever got the last one: the next online member after it is next.
    """

    TURNS, PERSON = "turns", "person"
    KINDS = [(TURNS, "Online members by turns"), (PERSON, "Always one person")]

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    number = models.OneToOneField(
        Number, on_delete=models.CASCADE, related_name="assignment_rule"
    )
    kind = models.CharField(max_length=6, choices=KINDS)
    person = models.ForeignKey(
        User, null=True, on_delete=models.CASCADE, related_name="+"
    )
    team = models.ForeignKey(
        Team,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose members take turns; everybody's without one.",
    )
    turn = models.BigIntegerField(default=0)
    given_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="person", person__isnull=False, team=None)
                | Q(kind="turns", person=None),
                name="assignment_rule_fits_its_kind",
            )
        ]

    def __str__(self):
        return f"the rule of {self.number}"


class Online(models.Model):
    """When somebody was last seen with Converge open. Old rows mean nothing."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="online_once")
        ]

    def __str__(self):
        return f"{self.user} {self.seen_at}"
