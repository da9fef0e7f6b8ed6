"""The small decisions of a start: what is shown, what is drawn, what is refused."""

import sys

import pytest

from converge.start import output
from converge.start.__main__ import main
from converge.start.environment import chosen_ports, run_environment
from converge.start.once import Once
from converge.start.problems import StartProblem
from converge.start.proving import find_chromium
from converge.start.welcome import box, read_login


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["connected", '{"email": "a@example.com"}'], {"email": "a@example.com"}),
        (["connected", "{no JSON"], {}),
        ([], {}),
    ],
)
def test_the_login_is_read_from_what_the_demo_printed(lines, expected):
    assert read_login(lines) == expected


def test_the_box_has_straight_sides():
    lines = box("http://127.0.0.1:8000", "http://127.0.0.1:8001/phone/", {}).split("\n")

    assert len({len(line) for line in lines}) == 1


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain words", "plain words"),
        ('{"not": "ours"}', '{"not": "ours"}'),
        ("{broken", "{broken"),
        (
            '{"at": "2026-11-22T10:00:00+00:00", "level": "warning", "logger": "x",'
            ' "event": "database away", "error": "gone"}',
            "WARNING database away error=gone",
        ),
    ],
)
def test_lines_for_machines_are_made_readable(line, expected):
    assert output.readable(line).endswith(expected)


def test_the_ports_reach_every_address(tmp_path):
    environment = run_environment(tmp_path, 9100, 9101)

    assert environment["PUBLIC_URL"] == "http://127.0.0.1:9100"
    assert environment["GRAPH_URL"] == "http://127.0.0.1:9101"


def test_a_port_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("PORT", "eight")

    with pytest.raises(StartProblem, match="PORT"):
        chosen_ports()


def test_a_second_start_hears_where_the_first_one_is(tmp_path):
    with Once(tmp_path) as once:
        once.note("http://127.0.0.1:9100", [])

        with pytest.raises(
            StartProblem, match=r"already running at http://127\.0\.0\.1:9100"
        ):
            Once(tmp_path).__enter__()


def test_a_missing_browser_is_said_with_its_remedy(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("CHROMIUM", raising=False)

    with pytest.raises(StartProblem, match="apt-get install chromium"):
        find_chromium()


def test_an_unknown_command_shows_the_known_ones(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "reconfigure", lambda **_: None, raising=False)

    assert main(["fly"]) == 2
    assert "run|" in capsys.readouterr().err
