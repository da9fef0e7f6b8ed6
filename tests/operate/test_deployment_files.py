"""What the deployment files say must be what the code reads and the commands are."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

CHECKOUT = Path(__file__).resolve().parents[2]
# Read by the launcher, by uvicorn and by the tests; the role is set by the commands.
ELSEWHERE = {"PORT", "SIMULATOR_PORT", "CHROMIUM", "FORWARDED_ALLOW_IPS"}
MANDATORY = {
    "DATABASE_URL": "postgresql://converge@localhost/converge",
    "SECRET_KEY": "s",
    "ENCRYPTION_KEYS": "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "PUBLIC_URL": "https://inbox.example.org",
    "META_APP_SECRET": "s",
    "META_VERIFY_TOKEN": "t",
}


def read(name: str) -> str:
    return (CHECKOUT / name).read_text()


def documented() -> dict[str, bool]:
    """Each setting of env.example, and whether it must be set."""
    found = re.findall(r"^(#?)([A-Z][A-Z_]+)=", read("env.example"), re.M)
    return {name: not mark for mark, name in found}


def test_every_setting_is_documented_and_every_documented_one_is_read():
    source = read("converge/settings.py")
    known = set(re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z_]+)\"""", source))

    assert set(documented()) == (known - {"CONVERGE_ROLE"}) | ELSEWHERE


def test_the_settings_without_a_default_are_marked_as_such():
    assert {name for name, must in documented().items() if must} == set(MANDATORY)


def load_settings(environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={
            "PATH": os.defpath,
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "DJANGO_SETTINGS_MODULE": "converge.settings",
            **environment,
        },
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_mandatory_settings_are_enough_to_start():
    loaded = load_settings(MANDATORY)

    assert loaded.returncode == 0, loaded.stderr


@pytest.mark.parametrize("name", MANDATORY)
def test_a_missing_setting_stops_the_start_with_a_line_that_names_it(name):
    loaded = load_settings({k: v for k, v in MANDATORY.items() if k != name})

    assert loaded.returncode != 0
    assert name in loaded.stderr.splitlines()[-1]


def commands_in(text: str) -> set[str]:
    return set(re.findall(r"manage\.py ([a-z_]+)", text))


@pytest.mark.parametrize("name", ["Procfile", "compose.yaml", "Dockerfile"])
def test_every_command_in_the_deployment_files_exists(name):
    known = set(get_commands())

    assert commands_in(read(name)) <= known


def test_every_command_in_the_operating_guide_exists():
    known = set(get_commands())

    assert commands_in(read("docs/operating.md")) <= known


def test_containers_get_time_to_end_and_a_first_process_that_reaps():
    services = yaml.safe_load(read("compose.yaml"))["services"]

    for name in ("web", "worker"):
        assert services[name]["init"] is True
        assert services[name]["stop_grace_period"] == "40s"
        assert services[name]["healthcheck"]["test"]


def test_every_target_of_the_makefile_is_explained():
    makefile = read("Makefile")
    targets = re.search(r"\.PHONY: (.*)", makefile)[1].split()

    explained = set(re.findall(r"^([a-z-]+):.*##", makefile, re.M))

    assert set(targets) - {"help"} == explained
