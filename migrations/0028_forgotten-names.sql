-- Of whoever is gone it is not told any more what else they were called, and whom they became.
CREATE OR REPLACE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	names_the_gone boolean := OLD.action IN ('handle.changed', 'account.moved') AND EXISTS (
		SELECT FROM "person" WHERE "state" = 'deleted' AND "id" IN (OLD.person_id, (OLD.details ->> 'toId')::uuid));
BEGIN
	IF TG_OP = 'DELETE' AND OLD.at < now() - interval '360 days' THEN RETURN OLD; END IF;
	IF TG_OP = 'UPDATE' AND (NEW.id, NEW.at, NEW.action, NEW.actor_id, NEW.person_id) IS NOT DISTINCT FROM (OLD.id, OLD.at, OLD.action, OLD.actor_id, OLD.person_id)
		AND (NEW.details IS NOT DISTINCT FROM OLD.details OR (names_the_gone AND NEW.details = '{}')) THEN RETURN NEW; END IF;
	RAISE EXCEPTION 'audit entries are only ever added';
END $$;
