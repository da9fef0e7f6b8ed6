"""The page of saved views: save the present filters, rename, share, order, delete."""

from django import forms
from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from converge.forms import save_unless_taken
from inbox import saved_views
from inbox.filters import ConversationFilter
from inbox.models import SavedView

NAME_TAKEN = "There is a view of this name already."
FULL = f"There are {saved_views.MOST} already. Delete one you no longer use."


class ViewForm(forms.ModelForm):
    is_shared = forms.BooleanField(
        label="Everybody in this workspace sees it", required=False
    )

    class Meta:
        model = SavedView
        fields = ["name"]

    def __init__(self, *args, owner, **kwargs):
        super().__init__(*args, **kwargs)
        self.owner = owner
        if self.instance.pk:
            self.fields["is_shared"].initial = self.instance.is_shared

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self):
        """Where it will stand decides whose names it must differ from."""
        view, is_shared = self.instance, self.cleaned_data.get("is_shared")
        is_moved = view.pk is None or view.is_shared != is_shared
        view.user = None if is_shared else self.owner
        name = self.cleaned_data.get("name", "")
        others = saved_views.beside(view).exclude(pk=view.pk)
        if others.filter(name__iexact=name).exists():
            self.add_error("name", NAME_TAKEN)
        if is_moved and saved_views.is_full(view):
            self.add_error("name", FULL)
        if is_moved:
            saved_views.put_last(view)


@require_http_methods(["GET", "POST"])
@member("organise")
def views(request):
    """All a person sees; the filters of the address can be saved below them."""
    query = _query(request, request.GET.urlencode() or request.POST.get("query", ""))
    view = SavedView(workspace=request.workspace, query=query)
    data = request.POST if request.method == "POST" and query else None
    form = ViewForm(data, instance=view, owner=request.user)
    if form.is_valid() and save_unless_taken(form, NAME_TAKEN):
        audit.record(request, "view saved", view.name, shared=view.is_shared)
        messages.info(request, f"“{view.name}” is saved.")
        return redirect(f"{_inbox(request)}?{view.query}")
    return _page(request, form, query, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member("organise")
def edit(request, view_id):
    view = _own(request, view_id)
    name = view.name
    form = ViewForm(request.POST or None, instance=view, owner=request.user)
    if form.is_valid() and save_unless_taken(form, NAME_TAKEN):
        audit.record(request, "view changed", view.name, shared=view.is_shared)
        messages.info(request, f"“{view.name}” is saved.")
        return redirect("inbox:views", slug=request.workspace.slug)
    context = {"form": form, "name": name, "parts": _parts(request, view.query)}
    status = 422 if form.is_bound else 200
    return render(request, "inbox/view.html", context, status=status)


@require_POST
@member("organise")
def move(request, view_id):
    view = _own(request, view_id)
    saved_views.move(view, -1 if request.POST.get("to") == "up" else 1)
    return redirect("inbox:views", slug=request.workspace.slug)


@require_POST
@member("organise")
def delete(request, view_id):
    """Gone at once; the page that follows can put it back."""
    view = _own(request, view_id)
    view.delete()
    audit.record(request, "view deleted", view.name, shared=view.is_shared)
    form = ViewForm(instance=SavedView(workspace=request.workspace), owner=request.user)
    return _page(request, form, "", gone=view)


def _own(request, view_id: int) -> SavedView:
    return get_object_or_404(saved_views.of(request.membership), pk=view_id)


def _inbox(request) -> str:
    return reverse("inbox:inbox", args=[request.workspace.slug])


def _filter(request, query: str) -> ConversationFilter:
    return ConversationFilter(
        QueryDict(query), workspace=request.workspace, user=request.user
    )


def _query(request, query: str) -> str:
    return saved_views.query_of(_filter(request, query))[:500]


def _parts(request, query: str) -> list[str]:
    return saved_views.describe(_filter(request, query))


def _page(request, form: ViewForm, query: str, *, gone=None, status: int = 200):
    found = [(v, _parts(request, v.query)) for v in saved_views.of(request.membership)]
    context = {
        "groups": [
            ("Everybody’s", [pair for pair in found if pair[0].is_shared]),
            ("Only yours", [pair for pair in found if not pair[0].is_shared]),
        ],
        "has_views": bool(found),
        "form": form,
        "query": query,
        "parts": _parts(request, query),
        "gone": gone,
    }
    return render(request, "inbox/views.html", context, status=status)
