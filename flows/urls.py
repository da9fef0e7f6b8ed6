from django.urls import path

from flows.views import (
    conversation,
    editing,
    moving,
    overview,
    publishing,
    running,
    testing,
)

app_name = "flows"
F, S = "<uuid:flow_id>/", "<uuid:flow_id>/steps/<int:step>/"
V = "<uuid:flow_id>/versions/<int:number>/"

urlpatterns = [
    path("", overview.flow_list, name="list"),
    path("new/", overview.new, name="new"),
    path("import/", moving.bring, name="import"),
    path("switch/", overview.switch, name="switch"),
    path("hours/", overview.hours, name="hours"),
    path("runs/<uuid:run_id>/", running.show, name="run"),
    path("runs/<uuid:run_id>/stop/", running.stop_one, name="stop_run"),
    path("of/<uuid:public_id>/", conversation.panel, name="of_conversation"),
    path("of/<uuid:public_id>/start/", conversation.start, name="start"),
    path(F, editing.editor, name="editor"),
    path(f"{F}trigger/", editing.save_trigger, name="save_trigger"),
    path(f"{F}add/", editing.add, name="add"),
    path(S, editing.save_step, name="save_step"),
    path(f"{S}move/", editing.move, name="move"),
    path(f"{S}copy/", editing.copy, name="copy"),
    path(f"{S}delete/", editing.delete, name="delete"),
    path(f"{F}undo/", editing.undo, name="undo"),
    path(f"{F}pause/", overview.pause, name="pause"),
    path(f"{F}archive/", overview.archive, name="archive"),
    path(f"{F}bring-back/", overview.bring_back, name="bring_back"),
    path(f"{F}duplicate/", overview.duplicate, name="duplicate"),
    path(f"{F}export/", moving.export, name="export"),
    path(f"{F}publish/", publishing.publish, name="publish"),
    path(f"{F}versions/", publishing.versions, name="versions"),
    path(V, publishing.compare, name="compare"),
    path(f"{V}restore/", publishing.restore, name="restore"),
    path(f"{F}runs/", running.run_list, name="runs"),
    path(f"{F}runs/stop/", running.stop_all, name="stop_runs"),
    path(f"{F}test/", testing.turn, name="test"),
    path(f"{F}tests/", testing.keep, name="keep_test"),
    path(f"{F}tests/<int:pk>/delete/", testing.drop, name="drop_test"),
]
