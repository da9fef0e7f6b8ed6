"""Seals every stored secret again with the first key of ENCRYPTION_KEYS."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from business_numbers.models import BusinessAccount

BATCH = 100


class Command(BaseCommand):
    help = "After a new key was put first: re-encrypt, so that the old one can go."

    def handle(self, **options):
        newest = next(iter(settings.ENCRYPTION_KEYS))
        done = 0
        while found := self._batch(newest):
            done += found
        self.stdout.write(f"{done} secrets sealed with {newest}; the others had it.")

    @transaction.atomic
    def _batch(self, newest: str) -> int:
        old = BusinessAccount.objects.select_for_update(skip_locked=True).exclude(
            token=""
        )
        old = old.exclude(token__startswith=f"v1|{newest}|")[:BATCH]
        for account in old:
            account.token = account.token.open()
            account.save(update_fields=["token"])
        return len(old)
