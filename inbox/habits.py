"""How many messages came in, number by number, in some spans of time: what a habit is read from."""

from datetime import datetime

from converge import bulk


def count_inbound(
    numbers: list[int], spans: list[tuple[datetime, datetime]]
) -> dict[int, list[int]]:
    """Per number, in the order of the spans; one question however many there are."""
    if not numbers:
        return {}
    starts, ends = zip(*spans, strict=True)
    found = {number: [0] * len(spans) for number in numbers}
    for number, place, count in bulk.fetch(COUNT, [list(starts), list(ends), numbers]):
        found[number][place - 1] = count
    return found


COUNT = """
SELECT m.number_id, s.place, count(*)
FROM unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY AS s(begins, ends, place)
JOIN inbox_message m ON m.at >= s.begins AND m.at < s.ends
WHERE m.direction = 'in' AND m.number_id = ANY(%s::bigint[])
GROUP BY m.number_id, s.place
"""
