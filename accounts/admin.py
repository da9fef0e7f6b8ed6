"""People and workspaces for support staff. Passwords, second factors and invitation links stay unseen."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

from accounts import audit, cases
from accounts.models import (
    ApiKey,
    AuditEntry,
    Case,
    CaseEntry,
    Invitation,
    Membership,
    User,
    Workspace,
)


class ReadOnly(admin.ModelAdmin):
    """Looked at, never changed here."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "time_zone"]


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "slug"]
    inlines = [MembershipInline]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ["email", "workspace", "role", "expires_at", "accepted_at"]
    exclude = ["token_hash"]
    search_fields = ["email"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    list_display = ["name", "workspace", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["workspace"]
    exclude = ["token_hash"]
    search_fields = ["name", "token_start"]


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    list_display = ["at", "workspace", "actor", "act", "target"]
    search_fields = ["actor", "act", "target"]
    list_filter = ["act"]


class EntryInline(admin.TabularInline):
    """What was said stays; an answer is added, and the customer is mailed."""

    model = CaseEntry
    extra = 1
    fields = ["at", "by", "is_support", "text"]
    readonly_fields = ["at", "by", "is_support"]

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):
    list_display = ["reference", "subject", "workspace", "state", "opened_at"]
    list_filter = ["state"]
    list_select_related = ["workspace"]
    search_fields = ["reference", "subject"]
    date_hierarchy = "opened_at"
    fields = ["reference", "workspace", "subject", "state", "opened_by", "data"]
    readonly_fields = ["reference", "workspace", "subject", "opened_by", "data"]
    inlines = [EntryInline]

    def has_add_permission(self, request):
        return False

    def save_formset(self, request, form, formset, change):
        for entry in formset.save(commit=False):
            cases.answer(form.instance, str(request.user), entry.text)
            audit.record(
                request,
                "case answered",
                form.instance.reference,
                workspace=form.instance.workspace,
            )


admin.site.unregister([Authenticator, UserSession])


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnly):
    """Taken away when somebody lost their phone; its secret is on no page."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    search_fields = ["user__email", "user__name"]
    fields = list_display

    def has_delete_permission(self, request, obj=None):
        return True


@admin.register(UserSession)
class UserSessionAdmin(ReadOnly):
    """Ended when a device was lost; the session's key is on no page."""

    list_display = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    search_fields = ["user__email", "user__name", "ip"]
    fields = list_display

    def has_delete_permission(self, request, obj=None):
        return True
