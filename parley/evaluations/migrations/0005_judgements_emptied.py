"""One change of a judgement is allowed: its words go, where what was said is deleted. Its level and its figures stay."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION evaluations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    words text[] := '{system,user,raw,reason,found,refused}';
BEGIN
    IF NEW.system = '' AND NEW."user" = '' AND NEW.raw = '' AND NEW.reason = ''
        AND NEW.found = '[]' AND NEW.refused = '[]' AND to_jsonb(NEW) - words = to_jsonb(OLD) - words
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a judgement never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'judgement_never_changes';
END
$$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION evaluations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a judgement never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'judgement_never_changes';
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0004_requests")]

    operations = [migrations.RunSQL(GUARD, BEFORE)]
