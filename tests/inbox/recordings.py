"""What browsers record: a tone in the containers they use."""

import array
import io
import math
from fractions import Fraction

import av

RATE, STEP = 48_000, 960


def record(kind: str, codec: str, layout: str = "mono", seconds: int = 1) -> bytes:
    made = io.BytesIO()
    channels = 2 if layout == "stereo" else 1
    with av.open(made, "w", format=kind) as target:
        stream = target.add_stream(codec, rate=RATE, layout=layout)
        for n in range(0, seconds * RATE, STEP):
            target.mux(stream.encode(_tone(n, layout, channels)))
        target.mux(stream.encode(None))
    return made.getvalue()


def _tone(start: int, layout: str, channels: int):
    frame = av.AudioFrame(format="s16", layout=layout, samples=STEP)
    wave = (
        8000 * math.sin(2 * math.pi * 440 * n / RATE)
        for n in range(start, start + STEP)
    )
    samples = array.array("h", (int(v) for v in wave for _ in range(channels)))
    frame.planes[0].update(samples.tobytes())
    frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
    return frame


def read(note: bytes) -> tuple[str, str, str, float]:
    """(container, codec, layout, seconds)."""
    with av.open(io.BytesIO(note)) as source:
        stream = source.streams.audio[0]
        length = float(stream.duration * stream.time_base)
        codec = stream.codec_context
        return source.format.name, codec.name, codec.layout.name, round(length, 1)
