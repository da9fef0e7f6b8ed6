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


class Incident(models.Model):
    """A part of Converge that did not work for a while, as the status page tells it."""

    part = models.CharField(max_length=20)
    title = models.CharField(max_length=60)
    words = models.CharField(max_length=200)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["part"],
                condition=models.Q(ended_at=None),
                name="incident_one_open",
            )
        ]

    def __str__(self):
        return f"{self.title} {self.began_at:%Y-%m-%d %H:%M}"
