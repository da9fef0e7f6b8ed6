"""What every test may use: the people, a number, a real simulator beside the database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories
from tests.simulator.simulated import Simulated, find_free_port, wait_until

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages are drawn without a collected, hashed set of static files."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
    }


@pytest.fixture
def workspace(db):
    return factories.create_workspace()


@pytest.fixture
def alice(workspace):
    """Owns the workspace."""
    return factories.create_member(workspace, "Alice Owner", role="owner")


@pytest.fixture
def bob(workspace):
    """Her colleague, an agent."""
    return factories.create_member(workspace, "Bob Agent", role="agent")


@pytest.fixture
def charlie(db):
    """A stranger: owns another workspace."""
    other = factories.create_workspace(name="Elsewhere")
    return factories.create_member(other, "Charlie Stranger", role="owner")


@pytest.fixture
def number(workspace):
    return factories.create_number(workspace)


@pytest.fixture
def conversation(number):
    """Amina wrote a minute ago."""
    return factories.create_conversation(number)


@pytest.fixture(scope="session")
def _simulator(tmp_path_factory):
    port = find_free_port()
    command = [
        *(sys.executable, "-m", "simulator", "--quiet", "--port", str(port)),
        *("--product", "http://127.0.0.1:1"),
    ]
    environment = os.environ | {
        "META_APP_ID": "simulated-app",
        "META_APP_SECRET": "simulated-secret",
    }
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    simulated = Simulated(f"http://127.0.0.1:{port}", tmp_path_factory.mktemp("sim"))
    try:
        wait_until(simulated.is_listening)
        yield simulated
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def simulator(_simulator, settings):
    """Meta, as at its start; its webhooks go nowhere, tests hand them over themselves."""
    _simulator.reset()
    settings.GRAPH_URL = settings.INSTAGRAM_GRAPH_URL = _simulator.url
    settings.META_APP_SECRET = "simulated-secret"
    return _simulator
