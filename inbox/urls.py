from django.urls import path

from inbox.views import (
    files,
    fragments,
    organising,
    pages,
    picking,
    replying,
    searching,
    sending,
)

app_name = "inbox"
C, M = "c/<uuid:public_id>/", "m/<uuid:message_id>/"

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("search/", searching.search, name="search"),
    path("new/", picking.start, name="start"),
    path("rows/", fragments.changed_rows, name="changed_rows"),
    path(C, pages.conversation, name="conversation"),
    path(f"{C}contact/", pages.contact, name="contact"),
    path(f"{C}tail/", fragments.tail, name="tail"),
    path(f"{C}older/", fragments.older, name="older"),
    path(f"{C}messages/", sending.send, name="send"),
    path(f"{C}replies/", replying.offered, name="replies"),
    path(f"{C}notes/", organising.add_note, name="add_note"),
    path(f"{C}draft/", organising.save_draft, name="save_draft"),
    path(f"{C}read/", organising.read, name="read"),
    path(f"{C}unread/", organising.unread, name="unread"),
    path(f"{C}presence/", organising.presence, name="presence"),
    path(f"{C}close/", organising.close, name="close"),
    path(f"{C}snooze/", organising.snooze, name="snooze"),
    path(f"{C}reopen/", organising.reopen, name="reopen"),
    path(f"{C}assign/", organising.assign, name="assign"),
    path(f"{C}takeover/", organising.switch_takeover, name="takeover"),
    path(f"{C}tags/add/", organising.add_tag, name="add_tag"),
    path(f"{C}tags/remove/", organising.remove_tag, name="remove_tag"),
    path(f"{C}dnd/", organising.switch_dnd, name="dnd"),
    path(f"{C}do-not-send/", organising.switch_do_not_send, name="do_not_send"),
    path(f"{C}block/", organising.switch_block, name="block"),
    path(
        f"{C}not-the-same/<int:proposal_id>/",
        organising.dismiss_twin,
        name="dismiss_twin",
    ),
    path(f"{C}template/", picking.pick, name="pick"),
    path(f"{C}template/<int:template_id>/", picking.pick, name="pick_one"),
    path(f"{C}template/<int:template_id>/preview/", picking.preview, name="preview"),
    path(f"{C}template/<int:template_id>/send/", picking.send, name="send_template"),
    path(f"{M}", sending.details, name="details"),
    path(f"{M}ask-again/", sending.ask_again, name="ask_again"),
    path(f"{M}again/", sending.again, name="again"),
    path(f"{M}sent/", sending.mark_sent, name="mark_sent"),
    path(f"{M}check/", sending.check, name="check"),
    path(f"{M}discard/", sending.discard, name="discard"),
    path("files/<uuid:attachment_id>/", files.attachment, name="attachment"),
]
