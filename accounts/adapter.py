"""How django-allauth behaves here: no public sign-up, e-mails only where mail is set up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def send_mail(self, template_prefix, email, context):
        if settings.EMAIL_URL:
            super().send_mail(template_prefix, email, context)
