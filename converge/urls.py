"""Every address of Converge. Pages live below their workspace; short paths lead there."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings as django_settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts.views import joining, session
from accounts.views import settings as account_settings
from broadcasts.erasing import forget as forget_in_broadcasts
from business_numbers.views.connecting import come_back
from business_numbers.views.registering import retire
from business_numbers.views.templates import show_template
from converge import demo_clock, guide, health, kit, status, support
from converge.exporting import TASK
from flows.erasing import forget as forget_in_flows
from inbox import export_urls
from inbox.affected import open_conversations
from inbox.gaps import mark_gap
from inbox.usable import usable
from inbox.views.erasing import erase
from inbox.views.files import shared

# Staff sign in through the same door as everybody, second factor included.
admin.site.login = secure_admin_login(admin.site.login)
# Programs get their errors as JSON, whatever goes wrong.
handler500 = "converge.failing.server_error"
admin.site.site_header = admin.site.site_title = "Converge support"

SHORT = "inbox|contacts|numbers|templates|flows|broadcasts|reports|settings"

urlpatterns = [
    path("", RedirectView.as_view(url="/inbox/")),
    re_path(r"^healthz/?$", health.healthz),
    re_path(r"^readyz/?$", health.readyz),
    re_path(r"^statusz/?$", health.statusz),
    re_path(r"^metrics/?$", health.metrics),
    path("status/", status.status, name="status"),
    path("help/", guide.index, name="help"),
    path("help/api.md", guide.for_programs, name="help_for_programs"),
    path("help/<slug:slug>/", guide.article, name="help_article"),
    path("accounts/password/reset/", session.forgot, name="account_reset_password"),
    path("accounts/", include("allauth.urls")),
    path("admin/find/", support.staff(support.find), name="support_find"),
    path(
        "admin/find/<int:number_id>/",
        support.staff(support.number),
        name="support_number",
    ),
    path("admin/", admin.site.urls),
    path("workspaces/", account_settings.workspaces, name="workspaces"),
    path("no-workspace/", session.no_workspace, name="no_workspace"),
    path("first-run/<str:token>/", joining.first_run, name="first_run"),
    path("join/<str:token>/", joining.accept_invitation, name="accept_invitation"),
    re_path(rf"^(?P<page>{SHORT})/(?P<rest>.*)$", session.go_to),
    path("api/v1/", include("inbox.api.urls")),
    path("media/<str:token>/<str:name>", shared, name="shared_file"),
    path("w/<slug:slug>/inbox/", include("inbox.urls")),
    path("w/<slug:slug>/contacts/segments/", include("broadcasts.segment_urls")),
    path("w/<slug:slug>/contacts/", include("inbox.contact_urls")),
    path(
        "w/<slug:slug>/contacts/<uuid:contact_id>/erase/",
        erase,
        {"also": (forget_in_flows, forget_in_broadcasts)},
        name="erase_contact",
    ),
    path("w/<slug:slug>/broadcasts/", include("broadcasts.urls")),
    path("w/<slug:slug>/flows/", include("flows.urls")),
    path("w/<slug:slug>/reports/", include("reports.urls")),
    path("w/<slug:slug>/", include("business_numbers.urls")),
    path(
        "w/<slug:slug>/numbers/<int:number_id>/retire/",
        retire,
        {"affects": (open_conversations,)},
        name="retire_number",
    ),
    path(
        "w/<slug:slug>/templates/<int:template_id>/",
        show_template,
        {"usable": usable},
        name="template",
    ),
    path("connect/<str:kind>/", come_back, {"mark_gap": mark_gap}, name="come_back"),
    path("w/<slug:slug>/settings/assignment/", include("inbox.assignment_urls")),
    path("w/<slug:slug>/settings/replies/", include("inbox.reply_urls")),
    path("w/<slug:slug>/settings/webhooks/", include("inbox.webhook_urls")),
    path("w/<slug:slug>/settings/export/", include(export_urls.urlpatterns_for(TASK))),
    path("w/<slug:slug>/settings/", include("accounts.urls")),
    path(
        "w/<slug:slug>/second-factor/",
        joining.second_factor_needed,
        name="second_factor_needed",
    ),
]

if django_settings.DEMO or django_settings.DEBUG:
    urlpatterns += [
        path("dev/clock/", demo_clock.set_clock),
        path("dev/kit/", kit.show_kit),
    ]
