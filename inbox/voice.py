"""Voice notes: what a browser recorded, made into what WhatsApp plays as a voice note."""

import subprocess
import sys

from django.conf import settings
from django.core.files.base import ContentFile, File

from inbox.uploads import MEGABYTE, Unsendable

NAMES = {"ogg": "Voice message.ogg", "mp4": "Voice message.m4a"}
RECORDED_MOST = 16 * MEGABYTE
PATIENCE = 60.0  # seconds; a quarter of an hour takes two
# What the process says instead of a note. It is not imported: FFmpeg stays outside.
TOO_LONG, SILENT = 4, 5
WHY = {
    TOO_LONG: "A voice message may last 15 minutes here. Nothing was sent.",
    SILENT: "There is nothing in this recording. Nothing was sent.",
}
UNREADABLE = "This recording cannot be read. Record it again. Nothing was sent."


def note(recording: File, *, for_whatsapp: bool = True) -> File:
    """Ogg, Opus, one channel: WhatsApp plays nothing else as a voice note. Instagram
    takes no Ogg, so for it MP4 with AAC."""
    if recording.size > RECORDED_MOST:
        raise Unsendable(WHY[TOO_LONG])
    kind = "ogg" if for_whatsapp else "mp4"
    command = [sys.executable, "-m", "converge.voice_note", kind]
    try:
        done = subprocess.run(
            command,
            input=recording.read(),
            capture_output=True,
            cwd=settings.BASE_DIR,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unsendable(UNREADABLE) from None
    if done.returncode or not done.stdout:
        raise Unsendable(WHY.get(done.returncode, UNREADABLE))
    return ContentFile(done.stdout, name=NAMES[kind])
