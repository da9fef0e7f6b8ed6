"""The diagnosis of one number on the terminal: six steps, both verdicts, one thing to do."""

from django.core.management.base import BaseCommand, CommandError

from business_numbers import checking, looks, standing
from business_numbers.models import CheckRun, Number
from business_numbers.verdicts import FIXES


class Command(BaseCommand):
    help = "Find the broken step of a number: doctor <phone number id>."

    def add_arguments(self, parser):
        parser.add_argument("meta_id", metavar="phone-number-id")

    def handle(self, meta_id, **options):
        number = (
            Number.objects.in_use()
            .select_related("account__portfolio", "workspace")
            .filter(meta_id=meta_id)
            .first()
        )
        if number is None:
            raise CommandError(f"There is no number in use with the id {meta_id}.")
        run = checking.check(number, CheckRun.BY_SUPPORT, "the command line")
        self.stdout.write(f"{number.label}  {number.display}  ({number.workspace})")
        for row in map(looks.result, run.results):
            word = row["look"].word
            self.stdout.write(f"{row['n']}  {word:<15}{row['title']}: {row['saw']}")
        found = standing.of_number(number).judgement
        for title, verdict in (("receive", found.receive), ("send", found.send)):
            self.stdout.write(f"Can {title}: {verdict.word}. {verdict.why}")
        if found.fix:
            self.stdout.write(f"Next: {FIXES[found.fix]}")
