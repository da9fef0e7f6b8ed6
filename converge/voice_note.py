"""A recording from a browser → a voice note: Ogg and Opus for WhatsApp, or MP4 and AAC.

Runs as a process of its own, `python -m converge.voice_note ogg < recording > note`, with
little memory and time: what it reads comes from outside and FFmpeg's code is large.
"""

import io
import resource
import sys

import av
from av.audio.resampler import AudioResampler

# By its first bytes and nothing else: a list of other files is also a format to FFmpeg.
FORMATS = {b"\x1a\x45\xdf\xa3": "matroska", b"OggS": "ogg"}
# (container of FFmpeg's, codec, bits a second); `ipod` is MP4 that says it is audio.
KINDS = {"ogg": ("ogg", "libopus", 24_000), "mp4": ("ipod", "aac", 64_000)}
RATE = 48_000
LONGEST = 15 * 60  # seconds
CPU_SECONDS, MEMORY = 60, 1 << 30
CANNOT_READ, TOO_LONG, SILENT = 3, 4, 5


class Refused(Exception):
    def __init__(self, status: int):
        self.status = status


def main() -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        note = convert(sys.stdin.buffer.read(), sys.argv[1])
    except Refused as why:
        return why.status
    except (av.FFmpegError, ValueError, MemoryError):
        return CANNOT_READ
    sys.stdout.buffer.write(note)
    return 0


def convert(recording: bytes, kind: str = "ogg") -> bytes:
    container, codec, bits = KINDS[kind]
    made = io.BytesIO()
    with av.open(io.BytesIO(recording), format=_format(recording)) as source:
        if not source.streams.audio:
            raise Refused(CANNOT_READ)
        with av.open(made, "w", format=container) as target:
            stream = target.add_stream(codec, rate=RATE, layout="mono", bit_rate=bits)
            heard = _carry(source, target, stream)
    if not heard:
        raise Refused(SILENT)
    return made.getvalue()


def _format(recording: bytes) -> str:
    if recording[4:8] == b"ftyp":
        return "mov"
    if recording[:4] not in FORMATS:
        raise Refused(CANNOT_READ)
    return FORMATS[recording[:4]]


def _carry(source, target, stream) -> int:
    """How many samples there were. Encoded anew, so that it is always the same kind."""
    resampler = AudioResampler(stream.format.name, "mono", RATE, stream.frame_size or 0)
    heard = 0
    for frame in source.decode(audio=0):
        for part in resampler.resample(frame):
            heard += part.samples
            part.pts = None
            target.mux(stream.encode(part))
        if heard > LONGEST * RATE:
            raise Refused(TOO_LONG)
    for part in resampler.resample(None):
        target.mux(stream.encode(part))
    target.mux(stream.encode(None))
    return heard


if __name__ == "__main__":
    sys.exit(main())
