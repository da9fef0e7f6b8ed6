"""A narrow table of words beside messages and notes, kept by the database itself."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

MARKS = r"\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670\ufe00-\ufe0f"
BETWEEN = (
    r"\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7"
    r"\u060c\u061b\u061f\u06d4\u0964\u0965\u2000-\u206f\u2190-\u2bff\u3000-\u303f"
    r"\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff"
)
# `inbox_plain` is a text as words with one space between them, for phrases. Each function
# is one expression, which PL/pgSQL evaluates without planning a query: 15 µs a message.
WORDS = f"""
CREATE FUNCTION inbox_plain(body text)
RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN btrim(regexp_replace(
    CASE WHEN body ~ '^[\\u0001-\\u007f]*$' THEN lower(left(body, 4096))
    ELSE lower(regexp_replace(normalize(left(body, 4096), NFKD), '[{MARKS}]+', '', 'g'))
    END, '[{BETWEEN}]+', ' ', 'g'));
END $$;
CREATE FUNCTION inbox_words(workspace bigint, body text, facts text[])
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN array_to_tsvector(array_remove(facts || string_to_array(ltrim(replace(
    regexp_replace(nullif(' ' || inbox_plain(body), ' '), '([^ ]{{60}})[^ ]+', '\\1', 'g'),
    ' ', ' ' || workspace || ':')), ' '), NULL));
END $$;
CREATE FUNCTION inbox_message_words(
  workspace bigint, direction text, author bigint, kind text, body text)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN inbox_words(workspace, body, ARRAY[
    CASE WHEN direction = 'in' THEN workspace || ':#in' END,
    CASE WHEN author IS NOT NULL THEN workspace || ':#u' || author END,
    CASE WHEN kind IN ('image', 'video', 'audio', 'document', 'sticker')
      THEN workspace || ':#media' END]);
END $$;
CREATE FUNCTION inbox_note_words(workspace bigint, author bigint, body text)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN inbox_words(workspace, body, ARRAY[
    CASE WHEN author IS NOT NULL THEN workspace || ':#u' || author END]);
END $$;
"""
# Every ending of every word of a name. It calls nothing of ours, so that an index over
# it can be restored from a backup.
ENDINGS = f"""
CREATE FUNCTION inbox_endings(workspace bigint, name text)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
BEGIN
  RETURN array_to_tsvector(ARRAY(
    SELECT workspace || ':' || substr(word, n, 30)
    FROM string_to_table(regexp_replace(lower(regexp_replace(
      normalize(name, NFKD), '[{MARKS}]+', '', 'g')), '[{BETWEEN}]+', ' ', 'g'), ' ') AS word,
      generate_series(1, greatest(length(word) - 1, 1)) AS n WHERE word <> ''));
END $$;
CREATE INDEX contact_endings ON inbox_contact
  USING gin (inbox_endings(workspace_id, name || ' ' || profile_name));
CREATE INDEX identity_endings ON inbox_identity
  USING gin (inbox_endings(workspace_id, value));
"""
FORGET_ENDINGS = "DROP INDEX contact_endings, identity_endings; DROP FUNCTION inbox_endings"
MESSAGE = "inbox_message_words({0}workspace_id, {0}direction, {0}author_id, {0}kind, {0}body)"
NOTE = "inbox_note_words({0}workspace_id, {0}author_id, {0}body)"
# What was deleted says nothing any more, not even that there was a file.
KEPT = f"CASE WHEN {{0}}deleted_at IS NULL THEN {MESSAGE} ELSE ''::tsvector END"
WATCHED = ("body", "at", "conversation_id")
FILL = """
INSERT INTO inbox_searchable (id, workspace_id, conversation_id, at, is_note, words)
SELECT id, workspace_id, conversation_id, at, {is_note}, {words} FROM {rows};
"""
TRIGGERS = """
CREATE FUNCTION {table}_say() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {fill}
  RETURN NULL;
END $$;
CREATE FUNCTION {table}_say_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE inbox_searchable SET words = {words_again}, at = NEW.at,
    conversation_id = NEW.conversation_id WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE FUNCTION {table}_unsay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM inbox_searchable s USING gone WHERE s.id = gone.id;
  RETURN NULL;
END $$;
CREATE TRIGGER {table}_said AFTER INSERT ON {table}
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {table}_say();
CREATE TRIGGER {table}_said_again
  AFTER UPDATE OF {watched} ON {table} FOR EACH ROW
  WHEN (({old}) IS DISTINCT FROM ({new}))
  EXECUTE FUNCTION {table}_say_again();
CREATE TRIGGER {table}_unsaid AFTER DELETE ON {table}
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION {table}_unsay();
"""
FORGET = """
DROP TRIGGER {table}_said ON {table};
DROP TRIGGER {table}_said_again ON {table};
DROP TRIGGER {table}_unsaid ON {table};
DROP FUNCTION {table}_say(), {table}_say_again(), {table}_unsay();
"""
# What waits to be put into the index is read by every search: little of it.
PENDING = "ALTER INDEX searchable_words SET (gin_pending_list_limit = 1024)"


def _triggers(table: str, words: str, words_again: str, *columns: str) -> str:
    is_note = "true" if table == "inbox_note" else "false"
    return TRIGGERS.format(
        table=table,
        fill=FILL.format(is_note=is_note, words=words.format(""), rows="fresh"),
        words_again=words_again.format("NEW."),
        watched=", ".join(columns),
        old=", ".join(f"OLD.{column}" for column in columns),
        new=", ".join(f"NEW.{column}" for column in columns),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_cases"),
        ("inbox", "0004_merge_proposals"),
    ]
    operations = [
        migrations.CreateModel(
            name="Searchable",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("is_note", models.BooleanField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "conversation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="inbox.conversation",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="accounts.workspace",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            WORDS,
            "DROP FUNCTION inbox_message_words, inbox_note_words, inbox_words, inbox_plain",
        ),
        migrations.RunSQL(
            [
                _triggers("inbox_message", MESSAGE, KEPT, *WATCHED, "deleted_at"),
                _triggers("inbox_note", NOTE, NOTE, *WATCHED),
            ],
            [FORGET.format(table="inbox_message"), FORGET.format(table="inbox_note")],
        ),
        migrations.RunSQL(
            [
                FILL.format(is_note="false", words=KEPT.format(""), rows="inbox_message"),
                FILL.format(is_note="true", words=NOTE.format(""), rows="inbox_note"),
            ],
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="searchable",
            index=models.Index(
                fields=["workspace", "-at", "-id"], name="searchable_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="searchable",
            index=models.Index(
                fields=["conversation", "-at"], name="searchable_thread"
            ),
        ),
        migrations.AddIndex(
            model_name="searchable",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["words"], name="searchable_words"
            ),
        ),
        migrations.RunSQL(PENDING, migrations.RunSQL.noop),
        migrations.RunSQL(ENDINGS, FORGET_ENDINGS),
    ]
