"""`manage.py web`: becomes the server that answers pages, webhooks and live streams."""

import os

from django.core.management.base import BaseCommand

from converge import web


class Command(BaseCommand):
    help = "Serve pages, webhooks and live streams on one port."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument(
            "--web-processes",
            type=int,
            default=1,
            help="processes that share the port; about one for each core",
        )

    def handle(self, *, host, port, web_processes, **options):
        os.environ["CONVERGE_ROLE"] = "web"
        command = web.command(host=host, port=port, processes=web_processes)
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
