"""An opt-out list taken back: its `dnd` goes where the list alone asks for it.

Whoever wrote STOP themselves, or stands in another file that says so, stays opted out.
"""

from django.db.models import Max
from django.db.models.functions import Length

from converge import bulk
from inbox.models import Event, Import, Message, Tag
from inbox.tags import is_stop_word

WORD_MAX = 40

# Somebody else set a rule for this person, or another file asks for it too.
# Parameters: the imports that are being undone, twice.
IS_ASKED_ELSEWHERE = f"""(EXISTS (
    SELECT FROM inbox_contacttag t JOIN inbox_tag g ON g.id = t.tag_id
    WHERE t.contact_id = {{0}} AND g.code <> ''
      AND (t.source_id IS NULL OR NOT t.source_id = ANY(%s::bigint[])))
  OR EXISTS (
    SELECT FROM inbox_importrow x JOIN inbox_import s ON s.id = x.source_id
    WHERE x.contact_id = {{0}} AND NOT x.source_id = ANY(%s::bigint[])
      AND x.tags @> '["{Tag.DND}"]' AND s.state IN ('{Import.IMPORTING}', '{Import.DONE}')
      AND x.verdict IN ('new', 'known')))"""


def take_back(source: Import, contacts: set[int]) -> set[int]:
    """Of these people, those who are no longer opted out."""
    own = sorted(contacts - _who_wrote_stop(contacts))
    query = f"""
      DELETE FROM inbox_contacttag d USING inbox_tag r
      WHERE d.source_id = %s AND r.id = d.tag_id AND r.code = '{Tag.DND}'
        AND d.contact_id = ANY(%s::bigint[])
        AND NOT {IS_ASKED_ELSEWHERE.format("d.contact_id")}
      RETURNING d.contact_id"""
    gone = bulk.fetch(query, [source.id, own, [source.id], [source.id]])
    return {contact for (contact,) in gone}


def _who_wrote_stop(contacts: set[int]) -> set[int]:
    """After the list they were opted out already, so nothing was noted of it."""
    lifted = dict(
        Event.objects.filter(kind="dnd_off", conversation__contact__in=contacts)
        .values_list("conversation__contact")
        .annotate(Max("at"))
    )
    said = (
        Message.objects.filter(conversation__contact__in=contacts, direction=Message.IN)
        .filter(kind__in=("text", "button"))
        .annotate(length=Length("body"))
        .filter(length__lte=WORD_MAX)
        .values_list("conversation__contact", "body", "at")
    )
    return {
        contact
        for contact, body, at in said
        if is_stop_word(body) and not (contact in lifted and at <= lifted[contact])
    }
