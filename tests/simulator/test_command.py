"""`python -m simulator` as a command, and what it may not lean on."""

import ast
import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.simulator.simulated import Simulated, find_free_port, wait_until

ROOT = Path(__file__).parents[2]
ALLOWED = {"simulator", "django", "httptools", "uvloop"}


def start(*arguments: str, **environment: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "simulator", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_leaves_cleanly_when_interrupted(number, tmp_path):
    port = find_free_port()
    nobody = f"http://127.0.0.1:{find_free_port()}"
    process = start("--port", str(port), "--product", nobody)
    simulated = Simulated(f"http://127.0.0.1:{port}", tmp_path)
    wait_until(simulated.is_listening)
    simulated.reset()
    for _ in range(50):
        simulated.write("that nobody will take")

    process.send_signal(number)
    output, errors = process.communicate(timeout=20)

    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}" in output
    assert errors == ""


def test_it_is_configured_by_environment(tmp_path):
    port = find_free_port()
    process = start(
        SIMULATOR_PORT=str(port),
        META_APP_ID="my-app",
        META_APP_SECRET="my-secret",
        PUBLIC_URL="http://127.0.0.1:9/",
    )
    try:
        wait_until(Simulated(f"http://127.0.0.1:{port}", tmp_path).is_listening)

        with urlopen(f"http://127.0.0.1:{port}/_/world") as answer:
            world = json.load(answer)

        assert world["app"]["id"] == "my-app"
        assert world["app"]["secret"] == "my-secret"
        assert world["tokens"][0]["app_id"] == "my-app"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_a_port_that_is_taken_is_named_in_one_line(simulated):
    port = simulated.url.rpartition(":")[2]

    process = start("--port", port)
    _, errors = process.communicate(timeout=20)

    assert process.returncode != 0
    assert port in errors
    assert "Traceback" not in errors


def test_webhooks_wait_for_a_product_that_starts_later(tmp_path, product):
    port = find_free_port()
    process = start(
        "--port", str(port), "--product", f"http://127.0.0.1:{find_free_port()}"
    )
    simulated = Simulated(f"http://127.0.0.1:{port}", tmp_path)
    try:
        wait_until(simulated.is_listening)
        simulated.reset()
        simulated.write()
        app = {
            "object": "whatsapp_business_account",
            "callback_url": f"{product.url}/webhooks/whatsapp",
            "verify_token": "simulated-verify-token",
        }

        waiting = simulated.control("GET", "webhooks/summary")["waiting"]
        token = "simulated-app|simulated-secret"
        changed = simulated.post("simulated-app/subscriptions", app, token=token)
        simulated.write()

        product.wait_for_count(1)
        assert waiting == 1
        assert changed.json() == {"success": True}
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_it_imports_nothing_of_the_product_and_few_libraries():
    imported = set()
    for path in (ROOT / "simulator").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])

    assert imported - set(sys.stdlib_module_names) <= ALLOWED
