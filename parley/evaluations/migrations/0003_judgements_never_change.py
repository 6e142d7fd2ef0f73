"""What a model answered never changes, whoever tries; and evaluations that were ready before are not told of again."""

from django.db import migrations

GUARD = """
CREATE FUNCTION evaluations_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a judgement never changes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'judgement_never_changes';
END
$$;
CREATE TRIGGER judgement_never_changes BEFORE UPDATE ON evaluations_judgement
    FOR EACH ROW EXECUTE FUNCTION evaluations_refuse_change();
"""
WITHOUT = """
DROP TRIGGER judgement_never_changes ON evaluations_judgement;
DROP FUNCTION evaluations_refuse_change();
"""
TOLD = """
UPDATE evaluations_evaluation SET ready_at = updated_at, wanted_at = created_at WHERE state <> 'needs_ratings';
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_judgements")]

    operations = [migrations.RunSQL(GUARD, WITHOUT), migrations.RunSQL(TOLD, migrations.RunSQL.noop)]
