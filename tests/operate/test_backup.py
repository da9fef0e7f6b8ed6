"""A backup is only one if it can be restored: into a fresh database, here."""

import json
import socket
import subprocess
from contextlib import closing
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from converge.database import tools
from converge.heartbeat import beat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def backup(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "a").mkdir(parents=True)
    (settings.MEDIA_ROOT / "a" / "voice.ogg").write_bytes(b"sound")
    beat("kept")
    call_command("backup", to=tmp_path / "backups", stdout=StringIO())
    [folder] = (tmp_path / "backups").iterdir()
    return folder


@pytest.fixture
def empty_database():
    address = conninfo_to_dict(settings.DATABASE_URL)
    name = "converge_restored"
    with closing(psycopg.connect(settings.DATABASE_URL, autocommit=True)) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name}")
        admin.execute(f"CREATE DATABASE {name}")
        yield make_conninfo(**address | {"dbname": name})
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_backup_restores_into_a_fresh_database(backup, empty_database):
    pg_dump = tools.find_pg_dump(connection.pg_version // 10000)
    pg_restore = Path(pg_dump).with_name("pg_restore")

    subprocess.run(
        [
            *(pg_restore, "--no-owner", "--exit-on-error"),
            *("--dbname", empty_database, backup / "database.dump"),
        ],
        check=True,
    )

    with closing(psycopg.connect(empty_database)) as restored:
        kept = restored.execute("SELECT name FROM converge_heartbeat").fetchall()
        migrations = restored.execute(
            "SELECT count(*) FROM django_migrations"
        ).fetchone()
    assert kept == [(f"kept@{socket.gethostname()}",)]
    assert migrations[0] > 0


def test_a_backup_lists_the_media_files_with_their_sums(backup):
    listed = json.loads((backup / "media.json").read_text())

    assert [(entry["path"], entry["bytes"]) for entry in listed] == [("a/voice.ogg", 5)]


def test_a_backup_holds_the_names_of_the_keys_and_no_key(backup):
    key_ids = json.loads((backup / "keys.json").read_text())

    assert key_ids == list(settings.ENCRYPTION_KEYS)
    assert backup.stat().st_mode & 0o777 == 0o700


def test_a_server_newer_than_every_pg_dump_is_said():
    with pytest.raises(tools.NoFittingTool, match="postgresql-client-99"):
        tools.find_pg_dump(99)
