"""Pages of a workspace's settings, below `/w/<slug>/settings/`."""

from django.urls import path

from accounts.views import api_keys, cases, settings, teams

urlpatterns = [
    path("", settings.overview, name="settings"),
    path("profile/", settings.profile, name="profile"),
    path("notifications/", settings.notifications, name="notifications"),
    path("workspace/", settings.workspace, name="workspace"),
    path("team/", settings.team, name="team"),
    path("team/<int:pk>/", settings.change_member, name="change_member"),
    path(
        "team/invitations/<int:pk>/revoke/",
        settings.revoke_invitation,
        name="revoke_invitation",
    ),
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:team_id>/", teams.edit, name="edit_team"),
    path("teams/<int:team_id>/delete/", teams.delete, name="delete_team"),
    path("api-keys/", api_keys.keys, name="api_keys"),
    path("api-keys/<int:key_id>/revoke/", api_keys.revoke, name="revoke_api_key"),
    path("cases/", cases.all_cases, name="cases"),
    path("cases/new/", cases.ask, name="ask_support"),
    path("cases/<str:reference>/", cases.show, name="case"),
    path("audit/", settings.audit_log, name="audit"),
]
