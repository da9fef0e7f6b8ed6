"""Sample media drawn here, byte by byte: a picture, a sticker, a one-page PDF.

Voice and film need an encoder; they are made with ffmpeg when the machine has it.
"""

import math
import shutil
import struct
import subprocess
import zlib
from colorsys import hls_to_rgb
from functools import cache


@cache
def make_picture(width: int = 360, height: int = 240) -> bytes:
    """Hills under an evening sky, as PNG."""
    return _draw_png(width, height, _paint_hills)


@cache
def draw_portrait(hue: int, size: int = 96) -> bytes:
    """A head and shoulders in one hue, as PNG."""
    light = tuple(int(255 * c) for c in hls_to_rgb(hue / 360, 0.86, 0.45))
    dark = tuple(int(255 * c) for c in hls_to_rgb(hue / 360, 0.42, 0.35))

    def paint(x: float, y: float) -> tuple[int, ...]:
        head = (x - 0.5) ** 2 + (y - 0.4) ** 2 < 0.035
        shoulders = ((x - 0.5) / 0.38) ** 2 + ((y - 1.02) / 0.36) ** 2 < 1
        return dark if head or shoulders else light

    return _draw_png(size, size, paint)


def _draw_png(width: int, height: int, paint) -> bytes:
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows.extend(paint(x / width, y / height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 6))
        + _chunk(b"IEND", b"")
    )


def _paint_hills(x: float, y: float) -> tuple[int, int, int]:
    near = 0.78 + 0.06 * math.sin(x * 7 + 1)
    far = 0.62 + 0.10 * math.sin(x * 4)
    if y > near:
        return (24, 66, 70)
    if y > far:
        return (58, 112, 108)
    if (x - 0.68) ** 2 * 2.25 + (y - 0.36) ** 2 < 0.011:
        return (255, 236, 190)
    return (int(250 - 90 * y), int(160 + 60 * y), int(130 + 110 * y))


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return (
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
    )


@cache
def make_sticker(size: int = 160) -> bytes:
    """A smiling face on nothing, as lossless WebP with two values per channel."""
    bits = _Bits()
    for value, width in ((0x2F, 8), (size - 1, 14), (size - 1, 14), (1, 1), (0, 3)):
        bits.add(value, width)
    bits.add(0, 3)  # no transform, no colour cache, no groups of codes
    for pair in ((70, 205), (80, 245), (40, 90), (0, 255), (0,)):
        _add_code(bits, pair)  # green, red, blue, alpha, distance
    for y in range(size):
        for x in range(size):
            face, dark = _draw_face(2 * x / size - 1, 2 * y / size - 1)
            for value in (not dark, not dark, not dark, face):
                bits.add(int(value), 1)
    stream = bits.take()
    stream += b"\0" * (len(stream) % 2)
    body = b"WEBPVP8L" + struct.pack("<I", len(stream)) + stream
    return b"RIFF" + struct.pack("<I", len(body)) + body


class _Bits:
    """Bits written from the least significant on."""

    def __init__(self) -> None:
        self.out = bytearray()
        self.value = self.width = 0

    def add(self, value: int, width: int) -> None:
        self.value |= value << self.width
        self.width += width
        while self.width >= 8:
            self.out.append(self.value & 255)
            self.value >>= 8
            self.width -= 8

    def take(self) -> bytes:
        return bytes(self.out) + (bytes([self.value]) if self.width else b"")


def _add_code(bits: _Bits, symbols: tuple[int, ...]) -> None:
    """A "simple" prefix code of one or two symbols."""
    bits.add(1, 1)
    bits.add(len(symbols) - 1, 1)
    bits.add(1, 1)
    for symbol in symbols:
        bits.add(symbol, 8)


def _draw_face(x: float, y: float) -> tuple[bool, bool]:
    face = x * x + y * y < 0.9
    eyes = (abs(x) - 0.32) ** 2 * 2 + (y + 0.25) ** 2 < 0.03
    mouth = abs(math.hypot(x, y - 0.05) - 0.5) < 0.06 and y > 0.2
    return face, face and (eyes or mouth)


@cache
def make_document(title: str = "Northwind order 20418") -> bytes:
    """One page with one line, as PDF."""
    safe = title.replace("\\", "").replace("(", "").replace(")", "")
    drawing = f"BT /F1 24 Tf 72 720 Td ({safe}) Tj ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return _bind_pages(objects)


def _bind_pages(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for n, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


@cache
def make_voice_note() -> bytes | None:
    """Two seconds of a gently wavering tone; None without ffmpeg."""
    tone = "aevalsrc=0.3*sin(2*PI*(220+40*sin(2*PI*3*t))*t)*(0.6+0.4*sin(9*t)):d=2"
    return _encode("-f lavfi -i", tone, "-ac 1 -c:a libopus -b:a 24k -f ogg")


@cache
def make_film() -> bytes | None:
    """Two seconds of moving colours with sound; None without ffmpeg."""
    return _encode(
        "-f lavfi -i",
        "testsrc2=size=320x240:rate=15:duration=2",
        "-f lavfi -i anullsrc=r=44100:cl=mono -shortest -pix_fmt yuv420p "
        "-c:v libx264 -c:a aac -movflags frag_keyframe+empty_moov -f mp4",
    )


def _encode(before: str, source: str, after: str) -> bytes | None:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return None
    command = [ffmpeg, "-v", "error", *before.split(), source, *after.split(), "-"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None
