"""What `check --deploy` refuses: settings that are only for trying Converge out."""

from django.conf import settings
from django.core.checks import Error


def nothing_of_a_demo(app_configs, **kwargs):
    refused = {
        "DEMO": settings.DEMO,
        "DEBUG": settings.DEBUG,
        "OUTGOING_PRIVATE_HOSTS": settings.OUTGOING_PRIVATE_HOSTS,
    }
    found = [
        Error(f"{name} is for trying Converge out; take it away.", id="converge.E001")
        for name, is_on in refused.items()
        if is_on
    ]
    if not settings.HTTPS:
        found.append(Error("PUBLIC_URL must begin with https://.", id="converge.E002"))
    return found
