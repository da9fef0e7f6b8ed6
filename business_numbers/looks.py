"""The three truths as glyph, word and colour; and the small pictures of a number's page."""

from collections.abc import Iterable
from dataclasses import dataclass

import qrcode

from business_numbers.models import BusinessAccount, CheckRun, Number

OK, WARN, BAD, OFF = "pass", "warn", "fail", "off"
ICONS = {"warn": "warning", "unknown": "help"}
META = {
    "CONNECTED": (OK, "Connected"),
    "FLAGGED": (WARN, "Flagged"),
    "RESTRICTED": (WARN, "Restricted"),
    "RATE_LIMITED": (WARN, "Rate limited"),
    "PENDING": (WARN, "Pending"),
    "UNVERIFIED": (WARN, "Not verified"),
    "DISCONNECTED": (BAD, "Disconnected"),
    "BANNED": (BAD, "Banned"),
    "DELETED": (BAD, "Deleted"),
    "MIGRATED": (BAD, "Moved away"),
}
RESULTS = {
    "pass": (OK, "Pass"),
    "fail": (BAD, "Fail"),
    "consequence": (WARN, "Consequence"),
    "cannot": ("unknown", "Cannot check"),
    "skipped": (OFF, "Skipped"),
    "later": (OFF, "Not needed yet"),
}
ANSWERS = {"yes": OK, "limited": WARN, "no": BAD, "unknown": "unknown"}


@dataclass(frozen=True)
class Look:
    kind: str
    word: str

    @property
    def icon(self) -> str:
        return ICONS.get(self.kind, self.kind)


def answer(verdict) -> Look:
    return Look(ANSWERS[verdict.answer], verdict.word)


def authorisation(account: BusinessAccount) -> Look:
    kind = {"connected": OK, "reauth": WARN}.get(account.authorisation, BAD)
    return Look(kind, account.get_authorisation_display())


def status(number: Number) -> Look:
    if number.retired_at:
        return Look(OFF, "Retired")
    kind = {"active": OK, "draft": WARN}.get(number.status, BAD)
    return Look(kind, number.get_status_display())


def meta_status(number: Number) -> Look:
    if not number.is_whatsapp:
        return Look(OFF, "Does not apply to Instagram")
    known = META.get(number.meta_status)
    return Look(*known) if known else Look(OFF, "Not known yet")


def result(row: dict) -> dict:
    kind, word = RESULTS[row["state"]]
    if row["n"] == 6 and row["state"] == "later" and "Everything" in row["saw"]:
        word = "Live test next"
    return row | {"look": Look(kind, word)}


@dataclass(frozen=True)
class Code:
    """A QR code as one SVG path over a square of `size` modules."""

    size: int
    path: str


def qr(text: str) -> Code:
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    dots = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return Code(len(rows), "".join(dots))


@dataclass(frozen=True)
class Stripe:
    """One past run in the row of bars."""

    x: int
    outcome: str
    words: str


def stripes(runs: Iterable[CheckRun], width: int = 5) -> list[Stripe]:
    return [
        Stripe(n * width, run.outcome, f"{run.at:%d %b %H:%M}: {run.outcome}")
        for n, run in enumerate(runs)
    ]
