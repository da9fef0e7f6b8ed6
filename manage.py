#!/usr/bin/env python
"""Django's command line for Converge."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "converge.settings")
    # Processes differ in how they hold database connections; each says what it is
    # before settings load (see converge/settings.py, DATABASES).
    if len(sys.argv) > 1:
        os.environ.setdefault("CONVERGE_ROLE", sys.argv[1])
    execute_from_command_line(sys.argv)
