"""What the installation itself remembers: who is alive, and the demo's clock."""

from django.db import models


class Heartbeat(models.Model):
    """One row a process and machine; `/statusz` and the supervisor read it."""

    name = models.CharField(primary_key=True, max_length=100)
    beat_at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "converge_heartbeat"

    def __str__(self):
        return self.name


class ClockOffset(models.Model):
    """The one row that moves business time in demos and tests; see clock.py."""

    id = models.BooleanField(primary_key=True, default=True)
    seconds = models.BigIntegerField(default=0)

    class Meta:
        db_table = "converge_clock"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=True), name="clock_one_row")
        ]

    def __str__(self):
        return f"{self.seconds} s"
