"""Canned replies: chosen for a conversation, and kept in the settings."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import audit
from accounts.access import is_scripted, member
from converge.forms import save_unless_taken
from inbox import canned, words
from inbox.access import conversation_for
from inbox.composer import TEXT_MAX
from inbox.models import CannedReply

REPLY_MAX = TEXT_MAX["whatsapp"]
NAME_TAKEN = "There is a canned reply of this name."


class ReplyForm(forms.ModelForm):
    body = forms.CharField(
        label="Text",
        max_length=REPLY_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="{{first_name|there}} is the customer's first name, or “there”. "
        "{{name}}, {{phone}} and your own fields work the same.",
    )

    class Meta:
        model = CannedReply
        fields = ["name", "body"]
        help_texts = {"name": "What your team types after / to find it."}

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        others = CannedReply.objects.filter(
            workspace=self.instance.workspace, name__iexact=name
        ).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError(NAME_TAKEN)
        return name


@require_GET
@member("reply")
def offered(request, public_id):
    """What may be put into the box: a list for the script, a page without it."""
    conversation = conversation_for(request, public_id)
    q = request.GET.get("q", "")[:80]
    context = {
        "conversation": conversation,
        "name": words.visible(conversation.contact.title),
        "offers": canned.offers(conversation, q),
        "q": q,
    }
    template = "_replies.html" if is_scripted(request) else "replies.html"
    return render(request, f"inbox/{template}", context)


@require_http_methods(["GET", "POST"])
@member("read")
def replies(request):
    """All of them; a new one is written below the list."""
    may_edit = request.membership.may("organise")
    reply = CannedReply(workspace=request.workspace)
    form = ReplyForm(
        request.POST if request.method == "POST" and may_edit else None, instance=reply
    )
    if form.is_valid() and save_unless_taken(form, NAME_TAKEN):
        audit.record(request, "canned reply added", reply.name)
        messages.info(request, f"“{reply.name}” is saved.")
        return redirect("replies:list", slug=request.workspace.slug)
    return _list(request, form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@member("organise")
def edit(request, reply_id):
    reply = _own(request, reply_id)
    form = ReplyForm(request.POST or None, instance=reply)
    if form.is_valid() and save_unless_taken(form, NAME_TAKEN):
        audit.record(request, "canned reply changed", reply.name)
        messages.info(request, f"“{reply.name}” is saved.")
        return redirect("replies:list", slug=request.workspace.slug)
    status = 422 if form.is_bound else 200
    return render(
        request, "replies/edit.html", {"form": form, "reply": reply}, status=status
    )


@require_POST
@member("organise")
def delete(request, reply_id):
    """Gone at once; the page that follows can put it back."""
    reply = _own(request, reply_id)
    reply.delete()
    audit.record(request, "canned reply deleted", reply.name)
    form = ReplyForm(instance=CannedReply(workspace=request.workspace))
    return _list(request, form, gone=reply)


def _own(request, reply_id: int) -> CannedReply:
    return get_object_or_404(CannedReply, workspace=request.workspace, pk=reply_id)


def _list(request, form: ReplyForm, *, gone=None, status: int = 200):
    found = CannedReply.objects.filter(workspace=request.workspace).order_by("name")
    context = {
        "replies": found,
        "form": form,
        "gone": gone,
        "may_edit": request.membership.may("organise"),
    }
    return render(request, "replies/list.html", context, status=status)
