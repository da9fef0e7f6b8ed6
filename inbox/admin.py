"""Support staff's look into the inbox: replay what was put aside, find a message by its id.

Message texts are the customers'; staff see ids, states and errors.
"""

import uuid

from django.contrib import admin, messages

from accounts import audit
from accounts.admin import ReadOnly
from business_numbers.models import QuarantinedUpdate
from inbox.ingest import replay
from inbox.models import Attempt, ParkedStatus


@admin.register(QuarantinedUpdate)
class QuarantineAdmin(ReadOnly):
    list_display = ["event", "index", "at", "error", "replayed_at"]
    list_filter = ["replayed_at"]
    search_fields = ["error", "event__id"]
    actions = ["replay_chosen"]

    def has_change_permission(self, request, obj=None):
        return obj is None and request.user.is_staff

    @admin.action(description="Replay the chosen updates")
    def replay_chosen(self, request, chosen):
        done = 0
        for quarantined in chosen.select_related("event"):
            done += replay(quarantined)
            target = f"{quarantined.event_id}/{quarantined.index}"
            audit.record(request, "update replayed", target)
        left = chosen.filter(replayed_at=None).count()
        messages.info(request, f"{done} applied, {left} still cannot be.")


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    list_display = ["id", "number", "started_at", "state", "wamid", "error_code"]
    search_fields = ["=id", "=wamid"]
    list_filter = ["state"]
    show_full_result_count = False

    def get_search_results(self, request, queryset, search_term):
        """By our id or the wamid, whole: only an index may answer among ten millions."""
        if not search_term:
            return queryset, False
        try:
            return queryset.filter(id=uuid.UUID(search_term)), False
        except ValueError:
            return queryset.known_as(search_term), False


@admin.register(ParkedStatus)
class ParkedStatusAdmin(ReadOnly):
    list_display = ["number", "wamid", "state", "at", "parked_at", "is_external"]
    list_filter = ["is_external", "state"]
