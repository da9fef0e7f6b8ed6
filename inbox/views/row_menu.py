"""What can be done with a row of the list without opening it: a menu, or a page of its own."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import is_scripted, member
from converge import clock
from inbox import snoozing, words
from inbox.access import conversation_for
from inbox.team import team


@require_GET
@member("read")
def row_menu(request, public_id):
    conversation = conversation_for(request, public_id)
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "name": words.visible(conversation.contact.title),
        "may_organise": request.membership.may("organise"),
        "team": team(request.membership),
        "snoozes": snoozing.choices(clock.now()),
    }
    template = "inbox/_row_menu.html" if is_scripted(request) else "inbox/row_menu.html"
    return render(request, template, context)
