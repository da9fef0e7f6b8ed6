"""Who stands on an opt-out list gets no broadcast, also when nobody knew them before."""

import pytest

from broadcasts import preflight
from broadcasts.models import File, FileRow
from inbox import import_check, import_run, opt_out_columns, tasks
from inbox.models import Import
from inbox.opt_out_forms import OptOutForm
from tests.broadcasts import mailing

pytestmark = pytest.mark.django_db


def opt_out(workspace, numbers: str, by) -> None:
    form = OptOutForm({"pasted": numbers, "country": "BR", "source": "old tool"})
    assert form.is_valid(), form.errors
    source = form.store(workspace, by)
    import_check.begin(source, opt_out_columns.guess(source.columns, source.sample))
    tasks.work_on_imports()
    import_run.begin(source, Import.ADD)
    tasks.work_on_imports()


@pytest.mark.parametrize("is_read_before", [True, False])
def test_a_number_of_the_list_is_skipped_in_either_spelling(
    number, alice, is_read_before
):
    def read_file() -> File:
        file = File.objects.create(
            workspace=number.workspace, name="a.csv", body=b"", encoding="utf-8",
            delimiter=",", state=File.READY,
        )  # fmt: skip
        FileRow.objects.create(
            workspace=number.workspace, file=file, line=2, wa_id="551187654321",
            also="5511987654321", country="BR", verdict=FileRow.GOOD,
        )  # fmt: skip
        return file

    file = read_file() if is_read_before else None
    opt_out(number.workspace, "+55 11 98765-4321", alice)
    file = file or read_file()
    broadcast = mailing.create_broadcast(
        number, include=[{"kind": "file", "id": file.id}]
    )

    forecast = preflight.count(broadcast)

    assert (forecast.will_go, forecast.skipped) == (0, {"DND": 1})
