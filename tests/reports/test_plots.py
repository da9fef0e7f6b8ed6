"""Bars as numbers: inside the plot, the second series never above the first."""

from datetime import date, timedelta

import pytest

from reports import plots, words

FIRST = date(2026, 3, 1)


def rows(*pairs):
    return [(FIRST + n * timedelta(days=1), *pair) for n, pair in enumerate(pairs)]


@pytest.mark.parametrize("draw", [plots.counted, plots.parted, plots.timed])
@pytest.mark.parametrize("count", [1, 2, 28, 45])
def test_bars_stay_inside(draw, count):
    plot = draw(rows(*[(n * 37, n * 11) for n in range(count)]))

    assert all(b.x >= 0 and b.x + b.width <= 100.001 for b in plot.bars)
    assert all(b.y >= plots.TOP and b.y + b.height <= plot.base + 1 for b in plot.bars)
    assert len(plot.days) <= plots.LABELS_MOST


def test_what_is_small_is_still_seen_and_nothing_is_not_drawn():
    plot = plots.counted(rows((10_000, 1), (0, 0)))

    assert [b.height >= 1 for b in plot.bars] == [True, True]


@pytest.mark.parametrize(
    ("value", "top"), [(0, 2), (3, 4), (9, 10), (11, 12), (130, 160), (2001, 3000)]
)
def test_the_top_is_a_plain_number_with_a_plain_half(value, top):
    assert plots.round_up(value) == top
    assert top % 2 == 0


def test_a_wait_of_days_does_not_flatten_one_of_minutes():
    plot = plots.timed(rows((3 * 86400, 0), (300, 120)))

    assert [line.text for line in plot.lines] == ["1 m", "10 m", "1 h", "6 h", "1 d"]
    assert all(bar.height > 15 for bar in plot.bars)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (0, "0 s"),
        (59, "59 s"),
        (90, "2 m"),
        (3599, "1 h"),
        (7800, "2 h 10 m"),
        (90000, "1 d 1 h"),
    ],
)
def test_spans_are_said_shortly(seconds, said):
    assert words.span(seconds) == said
