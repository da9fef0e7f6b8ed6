"""Numbers and accounts. The package cannot be called `numbers` (decision 0001)."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "business_numbers"
    label = "numbers"
    verbose_name = "Numbers"
