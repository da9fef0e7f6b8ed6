"""Who is who changes between two batches, never within one."""

import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from inbox import turns
from inbox.apply import apply
from inbox.beginning import conversation_with

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def somebody_alone():
    """Another process changes people, and takes its time."""
    is_alone, may_end = threading.Event(), threading.Event()

    def change():
        with transaction.atomic():
            turns.take_alone()
            is_alone.set()
            may_end.wait(60)
        connections.close_all()

    thread = threading.Thread(target=change)
    thread.start()
    assert is_alone.wait(60)
    yield
    may_end.set()
    thread.join(60)


@pytest.fixture
def impatient():
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    connection.close()


def test_a_batch_waits_for_whoever_changes_people(somebody_alone, impatient):
    with pytest.raises(OperationalError, match="lock timeout"):
        apply([])


def test_a_conversation_that_begins_waits_too(somebody_alone, impatient, number):
    with pytest.raises(OperationalError, match="lock timeout"):
        conversation_with(number, "447700900112")


def test_batches_do_not_wait_for_one_another():
    with transaction.atomic():
        turns.share()
        done = threading.Event()

        def batch():
            apply([])
            done.set()
            connections.close_all()

        thread = threading.Thread(target=batch)
        thread.start()
        thread.join(60)
        assert done.is_set()
