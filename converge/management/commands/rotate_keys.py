"""Seals every stored secret again with the first key of ENCRYPTION_KEYS."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from business_numbers.models import BusinessAccount
from inbox.models import OutgoingWebhook

BATCH = 100
SECRETS = ((BusinessAccount, "token"), (OutgoingWebhook, "secret"))


class Command(BaseCommand):
    help = "After a new key was put first: re-encrypt, so that the old one can go."

    def handle(self, **options):
        newest = next(iter(settings.ENCRYPTION_KEYS))
        done = 0
        for model, column in SECRETS:
            while found := self._batch(model, column, newest):
                done += found
        self.stdout.write(f"{done} secrets sealed with {newest}; the others had it.")

    @transaction.atomic
    def _batch(self, model, column: str, newest: str) -> int:
        old = model.objects.select_for_update(skip_locked=True).exclude(**{column: ""})
        old = old.exclude(**{f"{column}__startswith": f"v1|{newest}|"})[:BATCH]
        for row in old:
            setattr(row, column, getattr(row, column).open())
            row.save(update_fields=[column])
        return len(old)
