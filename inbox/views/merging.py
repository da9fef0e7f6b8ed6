"""Two contacts that are one person: found, compared, merged, and parted again."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from inbox import directory, merging, naming, words
from inbox.access import contact_for
from inbox.merge_form import MergeForm
from inbox.models import Contact, Merge

FOUND_MAX = 20


@require_GET
@member("edit_contacts")
def choose(request, contact_id):
    """Who else this person is."""
    contact = contact_for(request, contact_id)
    text = request.GET.get("q", "").strip()[:80]
    found = []
    if text:
        called = naming.named(request.workspace.id, text, "inbox_contact.id")
        others = Contact.objects.present().filter(called, workspace=request.workspace)
        others = others.exclude(id=contact.id).order_by("-id")
        found = directory.draw(list(others[:FOUND_MAX]))
    context = {
        "contact": contact,
        "name": words.visible(contact.title),
        "text": text,
        "found": found,
    }
    return render(request, "contacts/merge_with.html", context)


@require_http_methods(["GET", "POST"])
@member("edit_contacts")
def merge(request, contact_id, other_id):
    """The two side by side and what moves; then it is done."""
    contact, other = contact_for(request, contact_id), _other_for(request, other_id)
    if contact.id in (other.id, other.merged_into_id):
        messages.info(request, "They are one contact already. Nothing was changed.")
        return _to(request, contact)
    form = MergeForm(
        request.POST if request.method == "POST" else None, kept=contact, other=other
    )
    if request.method == "GET" or not form.is_valid():
        return _show(request, form, contact, other)
    try:
        merging.merge(contact, other, form.chosen(), request.user)
    except merging.Refused as problem:
        form.add_error(None, str(problem))
        return _show(request, form, contact, other)
    audit.record(
        request, "contacts merged", str(contact.public_id), other=str(other.public_id)
    )
    return _to(request, contact)


def _other_for(request, other_id) -> Contact:
    return get_object_or_404(Contact, workspace=request.workspace, public_id=other_id)


def _show(request, form, contact: Contact, other: Contact):
    rows = {row.contact.id: row for row in directory.draw([contact, other])}
    context = {
        "form": form,
        "contact": contact,
        "other": other,
        "sides": [rows[contact.id], rows[other.id]],
        "preview": merging.preview(contact, other),
    }
    status = 422 if form.is_bound else 200
    return render(request, "contacts/merge.html", context, status=status)


@require_POST
@member("edit_contacts")
def undo(request, contact_id, merge_id):
    contact = contact_for(request, contact_id)
    record = get_object_or_404(
        Merge, workspace=request.workspace, contact=contact, public_id=merge_id
    )
    try:
        is_news = merging.undo(record, request.user)
    except merging.Refused as problem:
        messages.error(request, str(problem))
        return _to(request, contact)
    if is_news:
        audit.record(
            request,
            "contact merge undone",
            str(contact.public_id),
            other=str(record.other.public_id),
        )
    messages.info(
        request,
        f"{words.visible(record.other.title)} is a contact of their own again. What was"
        " written since in conversations they had shared stays here.",
    )
    return _to(request, contact)


def _to(request, contact: Contact):
    return redirect(
        "contacts:show", slug=request.workspace.slug, contact_id=contact.public_id
    )
