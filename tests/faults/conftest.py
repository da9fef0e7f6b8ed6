"""One running product for all fault tests, with short leases, a fast number, and a judge."""

import os

import pytest

from tests.faults.judge import Judge
from tests.running import Running, collect_static

# Small in `make test`, two thousand in `make faults`.
SENDS = int(os.environ.get("FAULT_SENDS", "300"))
LIMIT = 1000


@pytest.fixture(scope="session")
def _running(tmp_path_factory):
    running = Running(
        tmp_path_factory.mktemp("faults"),
        server_url=os.environ["DATABASE_URL"],
        name="faults",
        SEND_LEASE=3,
        INGEST_LEASE=3,
    )
    collect_static()  # for the pages some tests press buttons on
    running.create_database()
    try:
        running.start_simulator()
        running.begin("web")
        running.wait_for_web()
        running.demo()
        yield running
    finally:
        running.stop()


@pytest.fixture
def running(_running):
    """Empty of people and messages; ingest and deliver run."""
    _running.simulator.reset()
    _running.simulator.control(
        "POST", "settings", {"mps": LIMIT, "webhook_connections": 8}
    )
    _running.sql("TRUNCATE inbox_contact, numbers_webhookevent CASCADE")
    _running.sql("UPDATE numbers_number SET limit_per_second = %s", LIMIT)
    _running.sql("UPDATE numbers_pace SET slow_until = NULL, slow_count = 0")
    _running.sql("UPDATE numbers_businessaccount SET authorisation = 'connected'")
    # A clock that a test before moved; processes remember it for a second.
    if any(_running.sql("DELETE FROM converge_clock RETURNING seconds")):
        for name in {"ingest", "deliver"} & _running.processes.keys():
            _running.kill(name)
    for name in ("ingest", "deliver"):
        if name not in _running.processes:
            _running.begin_and_wait(name)
    return _running


@pytest.fixture
def judge(running):
    return Judge(running)


@pytest.fixture
def people(running):
    """As many customers as there are sends; each wrote once, so their window is open."""
    wanted = {
        "number": running.simulator.number,
        "customers": SENDS,
        "messages": SENDS,
        "batch": 100,
    }
    running.simulator.control("POST", "inbound/bulk", wanted)
    running.wait_for("SELECT count(*) = %s FROM inbox_conversation", SENDS)
    return SENDS
