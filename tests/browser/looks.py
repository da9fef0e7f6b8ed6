"""The sizes and themes pages are looked at: all of them with BROWSER_FULL=1."""

import os

from tests.browser.screens import DESK, LAPTOP, PHONE

SIZES = {"desk": DESK, "laptop": LAPTOP, "phone": PHONE}
THEMES = ("light", "dark")
IS_FULL = os.environ.get("BROWSER_FULL") == "1"
LOOKS = [(size, theme) for size in SIZES for theme in THEMES]
USUAL_LOOKS = LOOKS if IS_FULL else [("desk", "light"), ("phone", "dark")]
