"""`@name` in a note: who is meant, who is told, and what of it is new for somebody.

A full name, or a first name that only one member has. What could mean two people tells
nobody; the author hears that at once.
"""

import re
from dataclasses import dataclass, field

from accounts.models import Membership, User
from converge import bulk
from converge.live import nudge
from inbox import team
from inbox.models import Mention, Note

COUNTED_MAX = 100


@dataclass(frozen=True)
class Called:
    """The people a text names, and the names that fit more than one of them."""

    people: list[User] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def called(text: str, members: list[User]) -> Called:
    names = _names(members)
    found = [_fitting(names, m) for m in _pattern(names).finditer(text)]
    people = {people[0].id: people[0] for people in found if len(people) == 1}
    unclear = {people[0].first_name for people in found if len(people) > 1}
    return Called(list(people.values()), sorted(unclear))


def pieces(text: str, members: list[User]) -> list[tuple[str, bool]]:
    """The text in order; True is a name of somebody who was meant."""
    if "@" not in text:
        return [(text, False)]
    names, cut, end = _names(members), [], 0
    for match in _pattern(names).finditer(text):
        if len(_fitting(names, match)) == 1:
            cut += [(text[end : match.start()], False), (match.group(), True)]
            end = match.end()
    return [(part, is_name) for part, is_name in [*cut, (text[end:], False)] if part]


def _names(members: list[User]) -> dict[str, list[User]]:
    """Full and first names, without regard to case → the people they fit."""
    names: dict[str, list[User]] = {}
    for user in members:
        for name in {_folded(user.name.strip()), _folded(user.first_name)} - {""}:
            names.setdefault(name, []).append(user)
    return names


def _folded(name: str) -> str:
    """To a pattern that ignores case the Turkish letters are an i, too."""
    return name.casefold().replace("ı", "i").replace("i\u0307", "i")


def _fitting(names: dict[str, list[User]], match: re.Match) -> list[User]:
    return names.get(_folded(match.group(1)), [])


def _pattern(names: dict) -> re.Pattern:
    """The longest name wins: `@Ana Ribeiro` is not `@Ana`."""
    longest = sorted(names, key=len, reverse=True)
    alternatives = "|".join(re.escape(name) for name in longest) or r"(?!)"
    return re.compile(rf"(?<![\w@.])@({alternatives})(?!\w)", re.IGNORECASE)


def offers(membership: Membership) -> list[tuple[User, str]]:
    """The others, each with the shortest text that means nobody else."""
    everybody = team.team(membership)
    names = _names(everybody)
    return [
        (user, f"@{_shortest(user, names)} ")
        for user in everybody
        if user.id != membership.user_id and user.name.strip()
    ]


def _shortest(user: User, names: dict) -> str:
    is_only = len(names[user.first_name.casefold()]) == 1
    return user.first_name if is_only else user.name.strip()


def tell(note: Note) -> list[str]:
    """Remember who is meant, and let their pages know; the names that were unclear.

    Only who belongs to the workspace now, and nobody of their own words.
    """
    if "@" not in note.body:
        return []
    found = called(note.body, team.members(note.workspace_id))
    others = [user for user in found.people if user.id != note.author_id]
    Mention.objects.bulk_create(
        [
            Mention(workspace_id=note.workspace_id, note=note, user=user, at=note.at)
            for user in others
        ],
        ignore_conflicts=True,
    )
    nudge(note.workspace_id, [user.id for user in others])
    return found.unclear


def unclear_words(names: list[str]) -> str:
    """What the author of a note is told about names that fit several people."""
    said = " and ".join(f"@{name}" for name in names)
    return f"{said} could be more than one person. Write the full name to tell them."


def count(membership: Membership) -> int:
    """What is new for this person, up to a hundred."""
    ((found,),) = bulk.fetch(
        COUNT, [membership.user_id, membership.workspace_id, COUNTED_MAX]
    )
    return found


COUNT = """
SELECT count(*) FROM (
  SELECT FROM inbox_mention
  WHERE user_id = %s AND workspace_id = %s AND read_at IS NULL LIMIT %s) AS few
"""
