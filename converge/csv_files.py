"""CSV as people and spreadsheets make it: read whatever the encoding and the separator,
and written so that no cell starts a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.http import StreamingHttpResponse

MOST_ROWS = 100_000
MEGABYTE = 1024 * 1024
DELIMITERS = ",;\t|"
SAMPLE_ROWS = 5
# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class NotUsable(Exception):
    """What is wrong with a file, in a sentence."""


@dataclass(frozen=True)
class Shape:
    """How a file is written."""

    encoding: str
    delimiter: str
    columns: list[str]
    sample: list[list[str]]
    row_count: int


def look_at(body: bytes) -> Shape:
    """Pure: the shape of a file, or NotUsable."""
    if not body.strip():
        raise NotUsable("The file is empty.")
    encoding, text = _decode(body)
    delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    sample: list[list[str]] = []
    count = 0
    try:
        columns = _names(next(rows, []))
        for count, row in enumerate(_filled(rows), 1):
            if count <= SAMPLE_ROWS:
                sample.append([cell[:80] for cell in row])
    except csv.Error as error:
        raise NotUsable(f"This is not a CSV file: {error}.") from error
    if not count:
        raise NotUsable("The file has a head, but no line below it.")
    if count > MOST_ROWS:
        raise NotUsable(
            f"The file has {count:,} lines. One file may have {MOST_ROWS:,}; "
            "split it into several."
        )
    return Shape(encoding, delimiter, columns, sample, count)


def with_head(body: bytes, is_data: Callable[[str], bool]) -> bytes:
    """A file whose first line is data already gets a head, so that no line is lost."""
    if not body.strip():
        return body
    _, text = _decode(body)
    delimiter = _delimiter(text)
    try:
        first = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise NotUsable(f"This is not a CSV file: {error}.") from error
    if not any(is_data(cell) for cell in first):
        return body
    head = delimiter.join(f"Column {n}" for n in range(1, len(first) + 1))
    return f"{head}\n{text}".encode()


def refuse_large(name: str, size: int, most: int) -> None:
    if size > most:
        raise NotUsable(
            f"{name} is {size / MEGABYTE:.0f} MB. A file may have "
            f"{most // MEGABYTE} MB; split it into several."
        )


def _decode(body: bytes) -> tuple[str, str]:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        order = ("utf-16",)
    else:
        order = ("utf-8-sig", "cp1252")
    for encoding in order:
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return encoding, text
    raise NotUsable(
        "This is not a text file. Save it as CSV (UTF-8) and upload it again."
    )


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(DELIMITERS, key=head.count)


def _names(head: list[str]) -> list[str]:
    """Every column has a name of its own."""
    names: list[str] = []
    for place, cell in enumerate(head, 1):
        name = cell.strip()[:60] or f"Column {place}"
        while name in names:
            name += " (2)"
        names.append(name)
    return names


def lines(body: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    """Every line below the head that says something."""
    text = bytes(body).decode(encoding)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(rows, None)
    return list(_filled(rows))


def _filled(rows) -> Iterator[list[str]]:
    return (row for row in rows if any(cell.strip() for cell in row))


class _Echo:
    """What csv writes to: it gives each line back."""

    def write(self, text: str) -> str:
        return text


def answer(name: str, head: Iterable, rows: Iterable) -> StreamingHttpResponse:
    """A download, written while it is read."""
    response = StreamingHttpResponse(
        written(head, rows), content_type="text/csv; charset=utf-8"
    )
    plain = "".join(c if c.isalnum() else "-" for c in name.casefold())[:40]
    response["Content-Disposition"] = f'attachment; filename="{plain}.csv"'
    return response


def written(head: Iterable, rows: Iterable) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([harmless(cell) for cell in head])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
