"""Who an event is about: from Meta's ids to contacts, a whole batch at a time.

Ids of one event belong to one person. If two of them are known for two contacts, the
phone number wins and a merge is proposed; nothing is merged here.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Workspace
from business_numbers import phones
from business_numbers.models import Number
from business_numbers.webhook_facts import Person
from converge import bulk, clock
from inbox.models import Contact, Identity, MergeProposal

# Which id decides when they disagree, strongest first.
STRENGTH = (Identity.WA_ID, Identity.USER_ID, Identity.IGSID)


@dataclass(frozen=True, order=True)
class Key:
    """One identity: unique in the database over all four."""

    workspace: int
    kind: str
    scope: str
    value: str


@dataclass(frozen=True)
class Sighting:
    """A person as one event names them, and when it did (Meta's clock)."""

    number: Number
    person: Person
    at: datetime


def resolve(sightings: Iterable[Sighting]) -> dict[tuple[int, Person], int]:
    """(number id, person) → contact id; contacts and identities are made as needed."""
    sightings = list(sightings)
    wanted = {(s.number.id, s.person): keys_of(s.number, s.person) for s in sightings}
    known = _look_up({key for keys in wanted.values() for key in _spellings(keys)})
    groups = _strangers(wanted, known)
    if groups:
        _create(groups, sightings)
    found = {who: _choose(keys, known) for who, keys in wanted.items()}
    learned = _learn(wanted, found, known)
    if groups or learned:
        known = _look_up({key for keys in wanted.values() for key in _spellings(keys)})
        found = {who: _choose(keys, known) for who, keys in wanted.items()}
    _propose_merges(wanted, found, known)
    _update_profiles(sightings, found)
    return found


@transaction.atomic
def find_or_add(workspace: Workspace, digits: str) -> tuple[Contact, bool]:
    """The contact with a phone number, in whichever spelling; True when it is new."""
    keys = [Key(workspace.id, Identity.WA_ID, "", d) for d in phones.variants(digits)]
    known = _look_up(set(keys))
    if known:
        return Contact.objects.get(id=min(known.values())), False
    contact = Contact.objects.create(
        workspace=workspace, country=phones.country(digits)
    )
    row = _identity(keys[0], contact.id, clock.now())
    if bulk.insert(Identity, [row]):
        return contact, True
    contact.delete()  # somebody wrote in this very moment
    return Contact.objects.get(id=_look_up(set(keys))[keys[0]]), False


def keys_of(number: Number, person: Person) -> list[Key]:
    """The identities of a person, strongest first."""
    workspace, account = number.workspace_id, number.account
    keys = []
    if person.wa_id:
        keys.append(Key(workspace, Identity.WA_ID, "", person.wa_id))
    if person.user_id:
        scope = str(account.portfolio_id or account.meta_id)
        keys.append(Key(workspace, Identity.USER_ID, scope, person.user_id))
    if person.igsid:
        keys.append(Key(workspace, Identity.IGSID, account.meta_id, person.igsid))
    return keys


def _spellings(keys: list[Key]) -> Iterable[Key]:
    for key in keys:
        values = (
            phones.variants(key.value) if key.kind == Identity.WA_ID else (key.value,)
        )
        for value in values:
            yield Key(key.workspace, key.kind, key.scope, value)


def _choose(keys: list[Key], known: dict[Key, int]) -> int | None:
    for key in keys:
        for spelling in _spellings([key]):
            if spelling in known:
                return known[spelling]
    return None


def _look_up(keys: set[Key]) -> dict[Key, int]:
    if not keys:
        return {}
    rows = [
        {
            "workspace_id": k.workspace,
            "kind": k.kind,
            "scope": k.scope,
            "value": k.value,
        }
        for k in sorted(keys)
    ]
    query = (
        "SELECT i.workspace_id, i.kind, i.scope, i.value, i.contact_id"
        f" FROM {bulk.recordset(Identity, rows[0])} JOIN inbox_identity i"
        " USING (workspace_id, kind, scope, value)"
    )
    return {Key(*row[:4]): row[4] for row in bulk.fetch(query, [bulk.to_json(rows)])}


def _strangers(wanted, known) -> list[set[Key]]:
    """Groups of keys nobody has; persons of the batch that share a key are one."""
    groups: list[set[Key]] = []
    for keys in wanted.values():
        if _choose(keys, known) is not None:
            continue
        spelt = set(_spellings(keys))
        near = [group for group in groups if group & spelt]
        groups = [group for group in groups if not group & spelt]
        groups.append(spelt.union(*near))
    return groups


def _create(groups: list[set[Key]], sightings: list[Sighting]) -> None:
    """One contact a group. Whoever loses a race against another process gives way."""
    seen = {key: s for s in sightings for key in keys_of(s.number, s.person)}
    now = clock.now()
    contacts, identities = [], []
    for group in sorted(groups, key=min):
        real = sorted(group & seen.keys())
        public_id = uuid.uuid4()
        contacts.append(_new_contact(public_id, seen[real[0]], real, now))
        identities += [(key, public_id) for key in real]
    ids = dict(bulk.insert(Contact, contacts, returning="public_id, id"))
    rows = [_identity(key, ids[public_id], now) for key, public_id in identities]
    kept = bulk.insert(Identity, sorted(rows, key=_row_order), returning="contact_id")
    losers = set(ids.values()) - {contact for (contact,) in kept}
    if losers:
        Contact.objects.filter(id__in=losers).delete()


def _new_contact(public_id, sighting: Sighting, keys: list[Key], now) -> dict:
    digits = next((k.value for k in keys if k.kind == Identity.WA_ID), "")
    return {
        "public_id": public_id,
        "workspace_id": sighting.number.workspace_id,
        "name": "",
        "profile_name": sighting.person.name,
        "profile_at": sighting.at if sighting.person.name else None,
        "country": phones.country(digits) if digits else "",
        "fields": {},
        "refuses_marketing": False,
        "created_at": now,
    }


def _identity(key: Key, contact: int, now) -> dict:
    return {
        "workspace_id": key.workspace,
        "contact_id": contact,
        "kind": key.kind,
        "scope": key.scope,
        "value": key.value,
        "created_at": now,
    }


def _row_order(row: dict):
    """Inserting in one order everywhere keeps two processes from a deadlock."""
    return row["workspace_id"], row["kind"], row["scope"], row["value"]


def _learn(wanted, found, known) -> bool:
    """Store names seen for the first time: an alias, a user id, a username."""
    now = clock.now()
    rows = {}
    for who, keys in wanted.items():
        contact = found[who]
        if contact is None:
            continue
        number, person = keys[0].workspace, who[1]
        if person.username:
            keys = [*keys, Key(number, Identity.USERNAME, "", person.username)]
        for key in keys:
            if key not in known:
                rows[key] = _identity(key, contact, now)
    new = [row for key, row in rows.items()]
    return bool(bulk.insert(Identity, sorted(new, key=_row_order)))


def _propose_merges(wanted, found, known) -> None:
    """Ids of one event that belong to two contacts: a person decides whether they are one."""
    now = clock.now()
    pairs = {
        (keys[0].workspace, found[who], known[spelling])
        for who, keys in wanted.items()
        for spelling in _spellings(keys)
        if known.get(spelling, found[who]) != found[who]
    }
    rows = [
        {
            "workspace_id": workspace,
            "contact_id": contact,
            "other_id": other,
            "proposed_at": now,
        }
        for workspace, contact, other in sorted(pairs)
    ]
    bulk.insert(MergeProposal, rows)


def _update_profiles(sightings: list[Sighting], found) -> None:
    """The newest name wins, by Meta's clock."""
    newest: dict[int, Sighting] = {}
    for s in sightings:
        contact = found[s.number.id, s.person]
        if s.person.name and (contact not in newest or newest[contact].at < s.at):
            newest[contact] = s
    rows = [
        {"id": contact, "profile_name": s.person.name, "profile_at": s.at}
        for contact, s in sorted(newest.items())
    ]
    if rows:
        query = (
            "UPDATE inbox_contact t SET profile_name = r.profile_name,"
            " profile_at = r.profile_at"
            f" FROM {bulk.recordset(Contact, rows[0])}"
            " WHERE t.id = r.id AND t.profile_name <> r.profile_name"
            " AND (t.profile_at IS NULL OR t.profile_at <= r.profile_at)"
        )
        bulk.execute(query, [bulk.to_json(rows)])
