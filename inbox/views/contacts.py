"""The people of a workspace: the list, one of them, and what a teammate writes about them."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import member
from business_numbers import phones
from converge import clock, csv_files
from inbox import contact_export, directory, merging, people, words
from inbox.access import contact_for
from inbox.apply import tell
from inbox.contact_forms import ContactForm, NewContactForm
from inbox.facts import window_of
from inbox.models import Contact, ContactTag, Conversation, Identity, Tag
from inbox.views import rules

KINDS = dict(Identity.KINDS)


@require_GET
@member("read")
def contacts(request):
    form = directory.ContactFilter(request.GET, workspace=request.workspace)
    rows, following = directory.page(form, request.GET.get("before", ""))
    kept = request.GET.copy()
    kept.pop("before", None)
    context = {
        "rows": rows,
        "following": following,
        "form": form,
        "is_filtered": bool(form.chosen()),
        "query": kept.urlencode(),
        "may_export": request.membership.may("export_contacts"),
    }
    return render(request, "contacts/list.html", context)


@require_GET
@member("export_contacts")
def export(request):
    """Everybody the list would show with this filter."""
    form = directory.ContactFilter(request.GET, workspace=request.workspace)
    fields = contact_export.field_names(request.workspace)
    audit.record(request, "contacts exported", filter=form.chosen())
    return csv_files.answer(
        "contacts",
        contact_export.head(fields),
        contact_export.lines(directory.everybody(form), fields),
    )


@require_http_methods(["GET", "POST"])
@member("edit_contacts")
def add(request):
    """A person nobody has written to yet. Who is here already is shown instead."""
    form = NewContactForm(request.POST or None, country=request.workspace.country)
    if request.method == "GET" or not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "contacts/new.html", {"form": form}, status=status)
    contact, is_new = people.find_or_add(request.workspace, form.cleaned_data["phone"])
    if is_new:
        contact.name = form.cleaned_data["name"]
        contact.save(update_fields=["name"])
        audit.record(request, "contact added", str(contact.public_id))
    else:
        messages.info(request, "This person is here already. Nothing was changed.")
    return _to(request, contact)


@require_http_methods(["GET", "POST"])
@member("read")
def contact(request, contact_id):
    found = contact_for(request, contact_id)
    if found.public_id != contact_id:
        return _to(request, found)
    may_edit = request.membership.may("edit_contacts")
    is_written = request.method == "POST" and may_edit
    form = ContactForm(request.POST if is_written else None, contact=found)
    if is_written and form.is_valid():
        _write(request, found, form)
        messages.info(request, "Saved.")
        return _to(request, found)
    context = _shown(found) | {
        "form": form,
        "may_edit": may_edit,
        "may_erase": request.membership.may("erase_contacts"),
    }
    status = 422 if form.is_bound else 200
    return render(request, "contacts/show.html", context, status=status)


@transaction.atomic
def _write(request, contact: Contact, form: ContactForm) -> None:
    contact.name, contact.fields = form.cleaned_data["name"], form.written()
    contact.save(update_fields=["name", "fields"])
    _tell(contact)
    audit.record(request, "contact edited", str(contact.public_id))


def _tell(contact: Contact) -> None:
    """Every open page that names this person."""
    tell(set(contact.conversations.values_list("id", flat=True)))


def _shown(contact: Contact) -> dict:
    now = clock.now()
    tagged = ContactTag.objects.filter(contact=contact).select_related("tag", "set_by")
    by_code = {t.tag.code: t for t in tagged if t.tag.code}
    conversations = [
        {"row": c, "chip": words.window_chip(window_of(c), now)}
        for c in contact.conversations.select_related("number").newest_first()
    ]
    return {
        "contact": contact,
        "name": words.visible(contact.title),
        "initials": words.initials(words.visible(contact.title)),
        "hue": words.hue(contact.id),
        "identities": _identities(contact),
        "conversations": conversations,
        "tags": [t for t in tagged if not t.tag.code],
        "merges": _merges(contact, now),
        "dnd": by_code.get(Tag.DND),
        "do_not_send": by_code.get(Tag.DO_NOT_SEND),
    }


def _merges(contact: Contact, now) -> list[dict]:
    found = contact.merges.filter(undone_at=None).select_related("other", "merged_by")
    return [
        {
            "row": merge,
            "name": words.visible(merge.other.title),
            "can_undo": merging.can_undo(merge, now),
        }
        for merge in found.order_by("-id")
    ]


def _identities(contact: Contact) -> list[tuple[str, str]]:
    found = [_named(i) for i in contact.identities.order_by("kind", "id")]
    if contact.phone_name and contact.phone_name != contact.name:
        found.append(("In the phone app", words.visible(contact.phone_name)))
    return found


def _named(identity: Identity) -> tuple[str, str]:
    value = identity.value
    if identity.kind == Identity.WA_ID:
        value = phones.shown(value)
    elif identity.kind == Identity.USERNAME:
        value = f"@{value}"
    return KINDS[identity.kind], value


@require_POST
@member("set_dnd")
def dnd(request, contact_id):
    found = contact_for(request, contact_id)
    problem = rules.switch_dnd(request, found, _newest(found))
    return _switched(request, found, problem)


@require_POST
@member("lift_do_not_send")
def do_not_send(request, contact_id):
    found = contact_for(request, contact_id)
    rules.switch_do_not_send(request, found)
    return _switched(request, found, None)


def _newest(contact: Contact) -> Conversation | None:
    return contact.conversations.newest_first().first()


def _switched(request, contact: Contact, problem: str | None):
    if problem:
        messages.error(request, problem)
    with transaction.atomic():
        _tell(contact)
    return _to(request, contact)


def _to(request, contact: Contact):
    return redirect(
        "contacts:show", slug=request.workspace.slug, contact_id=contact.public_id
    )
