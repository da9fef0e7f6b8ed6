"""The cases of a workspace: what was asked, what support answered."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import cases
from accounts.access import member
from accounts.forms import CaseForm, CaseReplyForm
from accounts.models import Case


@require_GET
@member("reply")
def all_cases(request):
    found = Case.objects.filter(workspace=request.workspace).order_by("-opened_at")
    return render(request, "accounts/cases.html", {"cases": found[:200]})


@require_http_methods(["GET", "POST"])
@member("reply")
def ask(request):
    """A question in one's own words, from wherever help is needed."""
    about = request.GET.get("about", "")[:160]
    form = CaseForm(request.POST or None, initial={"subject": about})
    if form.is_valid():
        data = form.cleaned_data
        case = cases.open_case(
            request.workspace, request.user, data["subject"], data["text"], {}
        )
        return redirect("case", slug=request.workspace.slug, reference=case.reference)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/ask.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@member("reply")
def show(request, reference):
    case = get_object_or_404(Case, workspace=request.workspace, reference=reference)
    form = CaseReplyForm(request.POST or None)
    if form.is_valid():
        cases.add(case, request.user.name, form.cleaned_data["text"])
        return redirect("case", slug=request.workspace.slug, reference=reference)
    context = {"case": case, "entries": case.entries.order_by("at"), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "accounts/case.html", context, status=status)
