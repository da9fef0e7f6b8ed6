"""Players ask for parts of a file; each gets exactly those bytes."""

import io

import pytest

from inbox.views import ranges

WHOLE = bytes(range(100)) * 10


def ask(rf, header: str | None):
    headers = {"Range": header} if header else {}
    request = rf.get("/", headers=headers)
    return ranges.answer(request, io.BytesIO(WHOLE), len(WHOLE), "audio/ogg")


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-99", WHOLE[:100]),
        ("bytes=990-", WHOLE[990:]),
        ("bytes=-10", WHOLE[-10:]),
        ("bytes=500-5000", WHOLE[500:]),
        ("bytes=-5000", WHOLE),
    ],
)
def test_a_part_is_given(rf, header, part):
    answer = ask(rf, header)

    assert answer.status_code == 206
    assert b"".join(answer) == part
    assert answer["Content-Length"] == str(len(part))
    assert answer["Content-Range"].endswith(f"/{len(WHOLE)}")


@pytest.mark.parametrize(
    "header", [None, "bytes=-", "bytes=0-1,5-9", "lines=1-2", "bytes=x-y"]
)
def test_whatever_is_no_single_part_gets_the_whole(rf, header):
    answer = ask(rf, header)

    assert answer.status_code == 200
    assert b"".join(answer) == WHOLE
    assert answer["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=2000-3000", "bytes=9-2"])
def test_what_is_not_there_is_said(rf, header):
    answer = ask(rf, header)

    assert (answer.status_code, answer["Content-Range"]) == (416, "bytes */1000")
