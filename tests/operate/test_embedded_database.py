"""The embedded PostgreSQL with its real programs."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from converge import processes
from converge.database import DatabaseProblem, EmbeddedPostgres, account, binaries
from converge.database.sockets import LONGEST
from tests.operate.waiting import PATIENCE, processes_in, wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
AS_ROOT = os.geteuid() == 0


@pytest.fixture
def make(tmp_path):
    made = []

    def make(name: str = "here", **options) -> EmbeddedPostgres:
        made.append(EmbeddedPostgres(tmp_path / name, **options))
        return made[-1]

    yield make
    for database in made:
        database.stop()
        if database.account.is_lent:
            shutil.rmtree(database.home, ignore_errors=True)


def ask(url: str, query: str):
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else None


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    database = EmbeddedPostgres(tmp_path_factory.mktemp("running"), throwaway=True)
    database.start()
    yield database
    database.stop()


def test_it_answers_at_the_address_it_gives(running):
    [(version, checksums, fsync, addresses)] = ask(
        running.url(),
        "SELECT current_setting('server_version_num')::int / 10000,"
        " current_setting('data_checksums'), current_setting('fsync'),"
        " current_setting('listen_addresses')",
    )

    assert (version, checksums, fsync, addresses) == (18, "on", "on", "")


def test_the_role_of_the_product_is_no_superuser(running):
    rows = ask(
        running.url(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    )

    assert rows == [(False,)]


def test_nobody_gets_in_without_the_password(running):
    password = running.url().split(":")[2].split("@")[0]

    with pytest.raises(
        psycopg.OperationalError, match="password authentication failed"
    ):
        psycopg.connect(running.url().replace(password, "guessed"))


def test_its_secrets_are_for_its_owner_alone(running):
    modes = [
        path.stat().st_mode & 0o777
        for path in (running.data, running.home / "pg18.password")
    ]

    assert modes == [0o700, 0o600]


def test_rows_outlive_a_stop_and_a_crash(make):
    database = make()
    ask(database.start(), "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
    database.stop()
    url = database.start()
    ask(url, "INSERT INTO kept VALUES (2)")

    database.restart(immediate=True)

    assert ask(url, "SELECT n FROM kept ORDER BY n") == [(1,), (2,)]


@pytest.mark.parametrize(
    "name",
    [
        "with spaces",
        "Große Wörter & 'quotes'",
        "comma, and so on",
        "deep/" + "x" * LONGEST,
    ],
)
def test_the_folder_may_have_any_name(make, name):
    url = make(name).start()

    assert ask(url, "SELECT 1") == [(1,)]


def test_a_second_launcher_is_turned_away(make):
    make().start()

    with pytest.raises(DatabaseProblem, match="already running"):
        make().start()


def test_a_throwaway_one_leaves_nothing_but_its_lock(make):
    database = make(throwaway=True)
    database.start()

    database.stop()

    assert [path.name for path in database.root.iterdir()] == ["pg18.lock"]
    assert database.home == database.root or not database.home.exists()


def test_a_throwaway_one_begins_empty_after_a_killed_run(make):
    kept = make()
    ask(kept.start(), "CREATE TABLE old (n int)")
    kept.stop()

    url = make(throwaway=True).start()

    assert ask(url, "SELECT to_regclass('old')") == [(None,)]


def test_a_creation_cut_short_is_begun_again(make):
    database = make()
    database.start()
    database.stop()
    (database.home / "pg18.password").unlink()

    url = database.start()

    assert ask(url, "SELECT 1") == [(1,)]


def test_a_pid_file_that_names_another_program_is_stale(make):
    database = make()
    database.start()
    pid_file = database.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    database.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    url = database.start()

    assert ask(url, "SELECT 1") == [(1,)]


LAUNCHER = [sys.executable, "-m", "converge.database"]


def test_a_killed_launcher_leaves_no_server(make):
    database = make()
    launcher = subprocess.Popen(
        [*LAUNCHER, database.root], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    url = launcher.stdout.readline().strip()
    ask(url, "CREATE TABLE kept (n int)")

    launcher.kill()
    launcher.communicate(timeout=PATIENCE)

    wait_until(lambda: processes_in(database.data) == [])
    assert ask(database.start(), "SELECT count(*) FROM kept") == [(0,)]


def test_interrupting_the_launcher_stops_the_server(make):
    database = make()
    launcher = subprocess.Popen(
        [*LAUNCHER, database.root], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True
    )
    launcher.stdout.readline()

    launcher.send_signal(signal.SIGINT)
    launcher.communicate(timeout=PATIENCE)

    assert launcher.returncode == 0
    assert processes_in(database.data) == []


def test_a_folder_that_cannot_be_written_is_named(make):
    with pytest.raises(DatabaseProblem, match=r"Cannot write to .*set DATABASE_URL"):
        EmbeddedPostgres(Path("/proc/nowhere")).start()


def test_a_machine_without_the_wheel_hears_what_to_do(make, monkeypatch):
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")

    with pytest.raises(DatabaseProblem, match="set DATABASE_URL"):
        make().start()


def test_a_program_for_another_system_is_no_riddle(make, monkeypatch, tmp_path):
    package = tmp_path / "foreign_package"
    program = package / "pginstall18" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    program.write_text("#!/no/such/loader\n")
    program.chmod(0o755)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(binaries, "PACKAGE", "foreign_package")

    with pytest.raises(DatabaseProblem, match="glibc"):
        make().start()


@pytest.mark.skipif(not AS_ROOT, reason="only root lends an account")
def test_root_runs_it_as_another_account(make):
    database = make()
    database.start()

    server = processes.PROC / str(database.server.child.pid)

    assert server.stat().st_uid == database.account.uid != 0
    assert database.home.parent == account.ROOT_DATA


@pytest.fixture
def lent_folder(monkeypatch):
    """Where a lent account can reach it: temporary folders of tests are private."""
    folder = Path(tempfile.mkdtemp(dir="/var/lib", prefix="converge-test-"))
    folder.chmod(0o755)
    monkeypatch.setattr(account, "ROOT_DATA", folder)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(not AS_ROOT, reason="only root lends an account")
def test_programs_the_account_cannot_reach_are_copied(
    lent_folder, monkeypatch, tmp_path, capfd
):
    wheel = binaries.find_binaries().parents[1]
    hidden = tmp_path / wheel.name
    shutil.copytree(wheel.with_suffix(".libs"), hidden.with_suffix(".libs"))
    shutil.copytree(wheel / "pginstall18", hidden / "pginstall18", symlinks=True)
    (hidden / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    with EmbeddedPostgres(tmp_path / "here") as url:
        rows = ask(url, "SELECT 1")

    assert rows == [(1,)]
    assert "Copying PostgreSQL" in capfd.readouterr().err
    assert list(lent_folder.glob("postgresql-18.*"))


@pytest.mark.skipif(not AS_ROOT, reason="only root lends an account")
def test_a_container_that_forbids_other_users_is_said_with_the_way_out(monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(account.subprocess, "run", refuse)

    with pytest.raises(DatabaseProblem, match=r"forbids.*set DATABASE_URL"):
        account.choose_account()
