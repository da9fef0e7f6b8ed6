"""A simulator of its own for these tests, and a stand-in for the product it calls."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.simulator.product import Product
from tests.simulator.simulated import Simulated, find_free_port, wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def _product():
    product = Product()
    yield product
    product.close()


@pytest.fixture(scope="session")
def _simulated(_product, tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    port = find_free_port()
    command = [
        *(sys.executable, "-m", "simulator", "--quiet", "--port", str(port)),
        *("--product", _product.url, "--data", str(folder)),
    ]
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("META_", "INSTA"))
    }
    process = subprocess.Popen(command, cwd=ROOT, env=clean)
    simulated = Simulated(f"http://127.0.0.1:{port}", folder)
    try:
        wait_until(simulated.is_listening)
        yield simulated
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def product(_product):
    _product.forget()
    return _product


@pytest.fixture
def simulated(_simulated, product):
    """As at the start, and quick: statuses without delay, retries a hundredth."""
    _simulated.reset()
    product.forget()
    return _simulated


@pytest.fixture
def http():
    with requests.Session() as session:
        yield session
