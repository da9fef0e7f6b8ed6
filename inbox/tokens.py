"""The words of a message as PostgreSQL indexes them: `12:hello`, with the workspace in front.

So a rare word stays rare however many others share the database. Python and SQL split
at the same characters; letters are made small by SQL on both sides.
"""

import re

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, Func, Value

INDEXED_MAX = 4096
WORD_MAX = 60
WORDS_MAX = 12
# What stands between words: signs, spaces and emoji, by number, so that it does not
# depend on the language of the database. Everything else is part of a word.
BETWEEN = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7"
    r"\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u2190-\u2bff\u3000-\u303f"
    r"\ufe00-\ufe0f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    r"\U0001f000-\U0001faff"
)
WORD = rf"[^{BETWEEN}]"
WORDS = re.compile(rf"{WORD}+")


class Tokens(Func):
    """`Tokens("workspace_id", "body")`. A word without end is cut, never refused."""

    output_field = SearchVectorField()
    arity = 2
    template = (
        "array_to_tsvector(array_remove(string_to_array(%(expressions)s, ' '), ''))"
    )

    def as_sql(self, compiler, connection, **options):
        workspace, body = self.source_expressions
        workspace_sql, workspace_params = compiler.compile(workspace)
        body_sql, body_params = compiler.compile(body)
        words = (
            f"regexp_replace(lower(left({body_sql}, {INDEXED_MAX})),"
            f" '[{BETWEEN}]*({WORD}{{1,{WORD_MAX}}}){WORD}*[{BETWEEN}]*',"
            f" ' ' || {workspace_sql} || ':\\1', 'g')"
        )
        sql = self.template % {"expressions": words}
        return sql, (*body_params, *workspace_params)


def says(workspace_id: int, words: list[str]) -> Func:
    """Whether a message says all these words, the last one perhaps unfinished."""
    found = " & ".join(f"'{workspace_id}:{word[:WORD_MAX]}'" for word in words)
    query = Func(Value(f"{found}:*"), template="lower(%(expressions)s)::tsquery")
    return Func(
        Tokens("workspace_id", "body"),
        query,
        template="(%(expressions)s)",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )


def split(text: str) -> list[str]:
    return WORDS.findall(text.replace("\0", ""))[:WORDS_MAX]
