"""What the list of mini programs is searched and narrowed by: two functions, and one index of both.

To make 0001_initial anew, move this file away meanwhile.
"""

from typing import ClassVar

from django.db import migrations

# All ends of all words: who looks for what a word begins with finds what it holds anywhere, also
# in writing that puts no spaces between words. A name has at most 100 characters, an app_id 128.
# The cost says that this is not to be done anew for row after row where the index knows it.
WORDS = """
CREATE FUNCTION miniprograms_words(name text, app_id text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 10000 AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT substr(word, start))), ''::tsvector)
      FROM regexp_split_to_table(lower(name || ' ' || app_id), '[^[:alnum:]]+') AS word,
           generate_series(1, length(word)) AS start
$$
"""
# In PL/pgSQL, for one in SQL would be written out in each query, where PostgreSQL takes it to cost
# nothing and goes through all of a workspace for the few that fit.
FACETS = """
CREATE FUNCTION miniprograms_facets(
    workspace_id uuid, kind text, category text, archived_at timestamptz, live_on uuid[]
) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
BEGIN
    RETURN ARRAY[
        workspace_id::text, kind, 'category:' || category,
        CASE WHEN archived_at IS NULL THEN 'active' ELSE 'archived' END
    ] || live_on::text[];
END
$$
"""
INDEX = """
CREATE INDEX programs_by_words_and_facets ON miniprograms_miniprogram USING gin (
    miniprograms_facets(workspace_id, kind, category, archived_at, live_on),
    miniprograms_words(name, app_id)
)
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("miniprograms", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(WORDS, "DROP FUNCTION miniprograms_words"),
        migrations.RunSQL(FACETS, "DROP FUNCTION miniprograms_facets"),
        migrations.RunSQL(INDEX, "DROP INDEX programs_by_words_and_facets"),
    ]
