"""People and workspaces for support staff. Passwords, second factors and invitation links stay unseen."""

from django.contrib import admin

from accounts.models import AuditEntry, Invitation, Membership, User, Workspace


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


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    list_display = ["at", "workspace", "actor", "act", "target"]
    search_fields = ["actor", "act", "target"]
    list_filter = ["act"]
