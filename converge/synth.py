"""A believable team's year in any size, for tests of scale. PostgreSQL writes it itself.

Rows are written in order of time, as a real year would: what is said in one conversation
lies scattered over the table, and some people have written for a year, most a few times.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import connection, transaction

from accounts import roles
from accounts.models import Membership, User, Workspace
from business_numbers.models import BusinessAccount, Number, Pace, Portfolio
from converge import clock, synth_words
from inbox.models import ReadMark, Tag

PASSWORD = "synth-demo"  # noqa: S105  (of people who do not exist)
TEAM = (
    ("Ines Carvalho", roles.OWNER),
    ("Tom Becker", roles.AGENT),
    ("Leila Haddad", roles.AGENT),
    ("Noor de Vries", roles.AGENT),
)
NUMBERS = (("Support UK", "whatsapp"), ("Shop DE", "whatsapp"), ("Shop", "instagram"))
TAGS = ("vip", "wholesale", "complaint", "returns", "press")
YEAR = timedelta(days=365)
STEP = 50_000
SENTENCES = 5_000


def fill(
    workspaces: int, conversations: int, messages: int, told: Callable = print
) -> User:
    """Write them, spread over so many workspaces; gives the owner of all of them.

    Every conversation begins with a message of its customer, so there are at least as
    many messages. `told` hears a line for every step.
    """
    messages = max(messages, conversations)
    with transaction.atomic():
        team = _team()
        numbers = [_workspace(n, team) for n in range(1, workspaces + 1)]
    _fill_people(conversations, numbers, told)
    _fill_messages(conversations, messages, [user.id for user in team], told)
    _finish(conversations, [user.id for user in team], told)
    _mark_read(team, messages)
    _settle()
    return team[0]


def _team() -> list[User]:
    return [
        User.objects.create_user(
            f"{name.split()[0].lower()}@synth.example", PASSWORD, name=name
        )
        for name, _ in TEAM
    ]


def _workspace(n: int, team: list[User]) -> list[int]:
    """The ids of its numbers."""
    workspace = Workspace.objects.create(name=f"Synth {n}", slug=f"synth-{n}")
    for user, (_, role) in zip(team, TEAM, strict=True):
        Membership.objects.create(workspace=workspace, user=user, role=role)
    Tag.objects.bulk_create(Tag(workspace=workspace, name=name) for name in TAGS)
    return [_number(workspace, n, place, *what) for place, what in enumerate(NUMBERS)]


def _number(workspace: Workspace, n: int, place: int, label: str, kind: str) -> int:
    whatsapp = kind == Number.WHATSAPP
    meta_id = f"99{n:06}{place}"
    account = BusinessAccount.objects.create(
        workspace=workspace,
        kind=kind,
        meta_id=f"98{n:06}{place}",
        name=workspace.name,
        portfolio=Portfolio.objects.create(meta_business_id=meta_id)
        if whatsapp
        else None,
    )
    number = Number.objects.create(
        workspace=workspace,
        account=account,
        kind=kind,
        meta_id=meta_id,
        display=f"+999 {n:03} {place:03}" if whatsapp else f"@synth{n}",
        label=label,
        status=Number.ACTIVE,
        meta_status="CONNECTED" if whatsapp else "",
    )
    Pace.objects.create(number=number)
    return number.id


def _steps(rows: int) -> Iterator[tuple[int, int]]:
    """First and last of each piece, counted from 0."""
    for first in range(0, rows, STEP):
        yield first, min(first + STEP, rows) - 1


def _fill_people(conversations: int, numbers: list[list[int]], told: Callable) -> None:
    chance = random.Random(7)  # noqa: S311  (the same world every time)
    names = synth_words.names(chance)
    flat = list(itertools.chain(*numbers))
    for first, last in _steps(conversations):
        chosen = [chance.choice(names) for _ in range(first, last + 1)]
        _run(PEOPLE, flat=flat, names=chosen, first=first, last=last)
        told(f"{last + 1:,} people")


def _fill_messages(
    conversations: int, messages: int, team: list[int], told: Callable
) -> None:
    chance = random.Random(8)  # noqa: S311
    sentences = [synth_words.sentence(chance) for _ in range(SENTENCES)]
    given = {
        "sentences": sentences,
        "team": team,
        "conversations": conversations,
        "per": messages / conversations,
        "began": clock.now() - YEAR,
        "gap": YEAR / messages,
    }
    for first, last in _steps(messages):
        _run(MESSAGES, first=first, last=last, **given)
        told(f"{last + 1:,} messages")


def _finish(conversations: int, team: list[int], told: Callable) -> None:
    """Each conversation's row as its messages leave it."""
    now = clock.now()
    for first, last in _steps(conversations):
        _run(LAST_WORDS, first=first, last=last, team=team, now=now)
        _run(AROUND, first=first, last=last, team=team)
        told(f"{last + 1:,} conversations")


def _mark_read(team: list[User], messages: int) -> None:
    """What is older than a week or so everybody has seen."""
    seen = int(messages * 0.98)
    ReadMark.objects.bulk_create(
        ReadMark(workspace_id=workspace, user=user, seq=seen)
        for workspace in Workspace.objects.values_list("id", flat=True)
        for user in team
    )


def _settle() -> None:
    """What comes next gets ids of its own, and the planner knows what there is."""
    with connection.cursor() as cursor:
        for table in ("inbox_contact", "inbox_conversation"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                f" FROM {table}"
            )
        cursor.execute(
            "VACUUM ANALYZE" if not connection.in_atomic_block else "ANALYZE"
        )


def _run(sql: str, **given) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(sql, given)


# Two in five are of the first number of their workspace, three of a hundred of Instagram.
PEOPLE = """
WITH rows AS MATERIALIZED (
  SELECT n, (%(names)s::text[])[n - %(first)s + 1] AS name,
    (%(flat)s::bigint[])[
      3 * (n %% (array_length(%(flat)s::bigint[], 1) / 3)) + 1
      + CASE WHEN n %% 100 < 3 THEN 2 WHEN n %% 5 < 2 THEN 0 ELSE 1 END] AS number
  FROM generate_series(%(first)s, %(last)s) n),
people AS (
  INSERT INTO inbox_contact (id, public_id, workspace_id, name, profile_name, country,
    fields, refuses_marketing, created_at)
  OVERRIDING SYSTEM VALUE
  SELECT rows.n + 1, gen_random_uuid(), w.workspace_id, '', rows.name, '',
    '{}', false, now()
  FROM rows JOIN numbers_number w ON w.id = rows.number ORDER BY rows.n
  RETURNING id, workspace_id),
named AS (
  INSERT INTO inbox_identity (workspace_id, contact_id, kind, scope, value, created_at)
  SELECT people.workspace_id, people.id,
    CASE w.kind WHEN 'whatsapp' THEN 'wa_id' ELSE 'igsid' END,
    CASE w.kind WHEN 'whatsapp' THEN '' ELSE w.meta_id END,
    '999' || lpad(people.id::text, 9, '0'), now()
  FROM people JOIN rows ON rows.n + 1 = people.id
  JOIN numbers_number w ON w.id = rows.number)
INSERT INTO inbox_conversation (id, public_id, workspace_id, contact_id, number_id, state,
  last_inbound_seq, opened_at, takeover, takeover_reason, generation, last_at, last_seq,
  last_kind, last_text, last_origin, version)
OVERRIDING SYSTEM VALUE
SELECT people.id, gen_random_uuid(), people.workspace_id, people.id, rows.number, 'open',
  0, now(), false, '', 0, now(), 0, '', '', '', 0
FROM people JOIN rows ON rows.n + 1 = people.id ORDER BY people.id
"""

# Somebody new every `per` messages; in between those who began, the newer the likelier,
# and one message in fifty in one of twenty conversations that never end.
MESSAGES = """
WITH drawn AS MATERIALIZED (
  SELECT n, %(began)s::timestamptz + n * %(gap)s::interval AS at,
    floor(n / %(per)s)::bigint AS newest,
    n = 0 OR floor(n / %(per)s) > floor((n - 1) / %(per)s) AS is_first,
    random() AS who, random() AS back, random() AS side, random() AS what,
    random() AS fate, floor(random() * 1000)::int AS teammate,
    floor(random() * array_length(%(sentences)s::text[], 1))::int AS words
  FROM generate_series(%(first)s, %(last)s) n),
said AS (
  INSERT INTO inbox_message (id, workspace_id, conversation_id, contact_id, number_id,
    direction, origin, author_id, kind, body, payload, wamid, reply_to, at, seq, created_at,
    state, decision, error_code, error_text, priority, generation, tries)
  SELECT gen_random_uuid(), c.workspace_id, c.id, c.contact_id, c.number_id,
    CASE WHEN m.is_in THEN 'in' ELSE 'out' END, m.origin,
    CASE m.origin WHEN 'agent' THEN
      (%(team)s::bigint[])[d.teammate %% array_length(%(team)s::bigint[], 1) + 1] END,
    m.kind, CASE WHEN d.what < 0.06 THEN '' ELSE (%(sentences)s::text[])[d.words + 1]
      || CASE WHEN d.words %% 10 = 0 THEN ' Order ' || 100000 + d.n ELSE '' END END,
    '{}', 'wamid.synth' || d.n, '', d.at, d.n + 1, d.at,
    CASE WHEN m.is_in THEN 'received' WHEN d.fate < 0.03 THEN 'failed'
      WHEN d.fate < 0.3 THEN 'delivered' ELSE 'read' END,
    '{}', CASE WHEN NOT m.is_in AND d.fate < 0.03 THEN 131026 END, '', 0, 0,
    CASE WHEN m.is_in THEN 0 ELSE 1 END
  FROM drawn d
  CROSS JOIN LATERAL (SELECT d.is_first OR d.side < 0.55 AS is_in) i
  CROSS JOIN LATERAL (SELECT i.is_in,
    CASE WHEN i.is_in THEN 'customer' WHEN d.side < 0.87 THEN 'agent'
      WHEN d.side < 0.96 THEN 'flow' ELSE 'broadcast' END AS origin,
    CASE WHEN d.what < 0.05 THEN 'image' WHEN d.what < 0.06 THEN 'document'
      ELSE 'text' END AS kind) m
  JOIN inbox_conversation c ON c.id = 1 + LEAST(%(conversations)s - 1, CASE
    WHEN d.is_first THEN d.newest
    WHEN d.who < 0.02 THEN LEAST(d.newest, floor(d.back * 20)::bigint)
    ELSE d.newest - floor(d.newest * power(d.back, 4))::bigint END)
  ORDER BY d.n
  RETURNING id, workspace_id, number_id, contact_id, direction, kind, wamid, state, at),
files AS (
  INSERT INTO inbox_attachment (id, workspace_id, message_id, number_id, position,
    media_id, url, kind, claimed_type, media_type, name, sha256, file, state, tries, error)
  SELECT gen_random_uuid(), workspace_id, id, number_id, 0, '', '', kind,
    CASE kind WHEN 'image' THEN 'image/jpeg' ELSE 'application/pdf' END, '', '', '', '',
    'gone', 0, '' FROM said WHERE kind <> 'text')
INSERT INTO inbox_attempt (id, message_id, workspace_id, number_id, contact_id, n,
  started_at, state, wamid, error_code, error, status_at, sent_at, delivered_at, read_at,
  failed_at)
SELECT gen_random_uuid(), id, workspace_id, number_id, contact_id, 1, at, state, wamid,
  CASE state WHEN 'failed' THEN 131026 END, '{}', at, at,
  CASE WHEN state <> 'failed' THEN at END, CASE state WHEN 'read' THEN at END,
  CASE state WHEN 'failed' THEN at END
FROM said WHERE direction = 'out'
"""

# A week or two later nearly everything is closed.
LAST_WORDS = """
UPDATE inbox_conversation c SET
  last_at = l.at, last_seq = l.seq, last_kind = l.kind, last_text = left(l.body, 160),
  last_origin = l.origin, last_author_id = l.author_id, opened_at = f.at,
  last_inbound_at = i.at, last_inbound_seq = i.seq,
  last_reply_at = CASE l.direction WHEN 'out' THEN l.at END,
  waiting_since = CASE WHEN s.state <> 'closed' AND l.direction = 'in' THEN l.at END,
  state = s.state,
  snoozed_until = CASE s.state WHEN 'snoozed' THEN %(now)s::timestamptz + interval '1 day' END,
  assignee_id = CASE WHEN c.id %% 5 < 2 THEN
    (%(team)s::bigint[])[c.id / 5 %% array_length(%(team)s::bigint[], 1) + 1] END
FROM generate_series(%(first)s + 1, %(last)s + 1) AS ids(id)
CROSS JOIN LATERAL (SELECT * FROM inbox_message m WHERE m.conversation_id = ids.id
  ORDER BY m.at DESC, m.seq DESC, m.id DESC LIMIT 1) l
CROSS JOIN LATERAL (SELECT at FROM inbox_message m WHERE m.conversation_id = ids.id
  ORDER BY m.at, m.seq, m.id LIMIT 1) f
CROSS JOIN LATERAL (SELECT at, seq FROM inbox_message m
  WHERE m.conversation_id = ids.id AND m.direction = 'in' ORDER BY m.seq DESC LIMIT 1) i
CROSS JOIN LATERAL (SELECT CASE
  WHEN l.at < %(now)s::timestamptz - interval '10 days' AND ids.id %% 50 <> 0 THEN 'closed'
  WHEN ids.id %% 100 = 7 THEN 'snoozed' ELSE 'open' END AS state) s
WHERE c.id = ids.id
"""

# Notes in one conversation of fifty, a tag on one person in ten.
AROUND = """
WITH notes AS (
  INSERT INTO inbox_note (id, workspace_id, conversation_id, author_id, body, at)
  SELECT gen_random_uuid(), workspace_id, id,
    (%(team)s::bigint[])[id / 50 %% array_length(%(team)s::bigint[], 1) + 1],
    'Called back, wants to decide next week', last_at FROM inbox_conversation
  WHERE id BETWEEN %(first)s + 1 AND %(last)s + 1 AND id %% 50 = 3)
INSERT INTO inbox_contacttag (workspace_id, contact_id, tag_id, set_at, reason)
SELECT c.workspace_id, c.id, t.id, c.created_at, ''
FROM inbox_contact c
JOIN LATERAL (SELECT id FROM inbox_tag t WHERE t.workspace_id = c.workspace_id
  ORDER BY t.name OFFSET c.id / 10 %% 5 LIMIT 1) t ON true
WHERE c.id BETWEEN %(first)s + 1 AND %(last)s + 1 AND c.id %% 10 = 4
"""
