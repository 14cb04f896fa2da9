"""Row-level security and the history's triggers, as SQL for migrations.

The settings are those of app/scope.py: "*" is all, "" or unset is none, else ids between commas. Each is read
in a sub-select, so that PostgreSQL evaluates it once per statement and not once per row.
"""

from __future__ import annotations

PORTAL_ROLE = "portail_app"


def create_role() -> str:
    """The role the portal works under, and the owner's right to take it."""
    return f"""
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{PORTAL_ROLE}') THEN
        CREATE ROLE {PORTAL_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
      END IF;
      IF NOT pg_has_role(current_user, '{PORTAL_ROLE}', 'MEMBER') THEN
        EXECUTE format('GRANT {PORTAL_ROLE} TO %I', current_user);
      END IF;
    END $$;
    GRANT USAGE ON SCHEMA public TO {PORTAL_ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {PORTAL_ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {PORTAL_ROLE};
    """


def _inside(column: str, setting: str) -> str:
    # "*" is no array, and the sub-select that reads one may run whatever stands before OR: after waiting for a
    # row that somebody else changed, PostgreSQL runs every sub-select before it judges the row again.
    read = f"current_setting('{setting}', true)"
    ids = f"string_to_array(nullif(nullif({read}, ''), '*'), ',')::int[]"
    return f"((SELECT {read}) = '*' OR {column} = ANY ((SELECT {ids})::int[]))"


def protect(
    table: str,
    owner: str = "organiser_id",
    facility: str | None = None,
    dossier: str = "",
    optional: bool = False,
) -> str:
    """Enable and force row-level security on a table."""
    reading = writing = _inside(owner, "app.organisers")
    if facility:
        inside = _inside(facility, f"app.facilities_{dossier}" if dossier else "app.facilities")
        reading += f" AND ({facility} IS NULL OR {inside})" if optional else f" AND {inside}"
        writing += f" AND {inside}"
    policies = f"CREATE POLICY scope ON {table} USING ({writing}) WITH CHECK ({writing});"
    if optional:
        # A row of no facility is read by everyone of the organiser, written by who has all facilities.
        policies += f"CREATE POLICY reading ON {table} FOR SELECT USING ({reading});"
    return _enforced(table, policies)


def protect_person(table: str) -> str:
    """The same for rows of one person (`PersonOwned`)."""
    own = _inside("user_id", "app.person")
    return _enforced(table, f"CREATE POLICY scope ON {table} USING ({own}) WITH CHECK ({own});")


def _enforced(table: str, policies: str) -> str:
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    {policies}
    """


def protect_journal(table: str) -> str:
    """Read inside the scope (the platform's chain: by the all-seeing only); written by `journal_add` alone."""
    organisers = _inside("organiser_id", "app.organisers")
    facilities = _inside("facility_id", "app.facilities")
    return f"""
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY reading ON {table} FOR SELECT TO {PORTAL_ROLE} USING (
      CASE WHEN organiser_id IS NULL THEN (SELECT current_setting('app.organisers', true)) = '*'
           ELSE {organisers} AND {facilities} END);
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {PORTAL_ROLE};
    """


JOURNAL_FUNCTIONS = f"""
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON journal_head FROM {PORTAL_ROLE};
ALTER TABLE journal_head ENABLE ROW LEVEL SECURITY;
CREATE POLICY reading ON journal_head FOR SELECT TO {PORTAL_ROLE}
  USING ({_inside("chain", "app.organisers")});

-- One entry with its changes, [[type, id, field, old, new], …] as JSON: a save waits for little else, so that nothing
-- is looked up or planned twice. The lock on the chain's head is taken late and held until the end.
CREATE FUNCTION journal_add(
  p_organiser integer, p_user integer, p_actor text, p_door text, p_action text, p_type text, p_object bigint,
  p_facility integer, p_summary text, p_changes text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  head journal_head;
  v_chain integer := coalesce(p_organiser, 0);
  v_scope text := coalesce(current_setting('app.organisers', true), '');
  v_digest text := '';
  v_id bigint;
  v_at timestamptz;
  v_hash text;
BEGIN
  IF p_organiser IS NOT NULL AND v_scope <> '*'
     AND NOT coalesce(p_organiser = ANY (string_to_array(nullif(v_scope, ''), ',')::int[]), false) THEN
    RAISE EXCEPTION 'entry outside the scope';
  END IF;
  IF p_changes <> '[]' THEN
    v_digest := encode(sha256(convert_to(p_changes, 'UTF8')), 'hex');
  END IF;
  v_id := nextval('public.journal_entry_id_seq');
  SELECT * INTO head FROM journal_head WHERE chain = v_chain FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO journal_head (chain, seq, hash) VALUES (v_chain, 0, '') ON CONFLICT (chain) DO NOTHING;
    SELECT * INTO head FROM journal_head WHERE chain = v_chain FOR UPDATE;
  END IF;
  v_at := clock_timestamp();
  v_hash := encode(sha256(convert_to(json_build_array(
    head.hash, v_chain, head.seq + 1,
    to_char(v_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), p_user, p_actor, p_door,
    p_action, p_type, p_object, p_facility, p_summary, v_digest)::text, 'UTF8')), 'hex');
  INSERT INTO journal_entry (id, organiser_id, seq, at, user_id, actor, door, action, object_type, object_id,
      facility_id, summary, digest, previous, hash)
    OVERRIDING SYSTEM VALUE
    VALUES (v_id, p_organiser, head.seq + 1, v_at, p_user, p_actor, p_door, p_action, p_type, p_object,
      p_facility, p_summary, v_digest, head.hash, v_hash);
  UPDATE journal_head SET seq = head.seq + 1, hash = v_hash WHERE chain = v_chain;
  IF v_digest <> '' THEN
    INSERT INTO journal_change (entry_id, organiser_id, facility_id, object_type, object_id, field, old, new)
      SELECT v_id, p_organiser, p_facility, c->>0, (c->>1)::bigint, c->>2, c->>3, c->>4
      FROM json_array_elements(p_changes::json) WITH ORDINALITY AS given(c, position)
      ORDER BY position;
  END IF;
  RETURN v_id;
END $$;

CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_entry
  FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_change
  FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON journal_entry EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON journal_change EXECUTE FUNCTION journal_refuse();
CREATE FUNCTION journal_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.chain = OLD.chain AND NEW.seq = OLD.seq + 1 THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_head
  FOR EACH ROW EXECUTE FUNCTION journal_head_forward();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON journal_head EXECUTE FUNCTION journal_refuse();
"""

#: Notices and mails are written by the function below alone.
NOTICES_CLOSED = f"""
REVOKE INSERT, TRUNCATE ON notice FROM {PORTAL_ROLE};
REVOKE INSERT, TRUNCATE ON mail FROM {PORTAL_ROLE};
"""

#: A notice is for somebody else than who acts: this function leaves it there, as the person's preferences say, and
#: e-mails with it. Nobody writes into others' rows otherwise. What is of an organiser is announced at the address that
#: this organiser has, so that none learns from its mailbox that another knows the person; the rest at each of them, and
#: at the account's own for who acts for no organiser.
NOTICE_FUNCTION = """
CREATE FUNCTION notice_add(p_user integer, p_kind text, p_title text, p_path text, p_organiser integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET app.person = '*' SET app.organisers = '*' AS $$
DECLARE
  v_channel text;
  v_id integer;
BEGIN
  SELECT CASE p_kind WHEN 'securite' THEN 'courriel' WHEN 'flash' THEN flash ELSE notices END INTO v_channel
    FROM preferences WHERE user_id = p_user;
  v_channel := coalesce(v_channel, 'courriel');
  IF v_channel = 'aucun' THEN
    RETURN NULL;
  END IF;
  INSERT INTO notice (user_id, kind, title, path, at) VALUES (p_user, p_kind, p_title, p_path, now())
    RETURNING id INTO v_id;
  IF v_channel = 'courriel' THEN
    INSERT INTO mail (user_id, organiser_id, state, created_at, due_at, attempts, failure)
      SELECT p_user, one.organiser_id, 'a-envoyer', now(), now(), 0, ''
      FROM (
        SELECT organiser_id FROM membership
          WHERE user_id = p_user AND state = 'actif' AND (p_organiser IS NULL OR organiser_id = p_organiser)
        UNION ALL
        SELECT NULL WHERE NOT EXISTS (SELECT FROM membership WHERE user_id = p_user AND state = 'actif')
          OR p_organiser IS NULL AND EXISTS (SELECT FROM ab_user_role WHERE user_id = p_user)
      ) one
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN v_id;
END $$;
"""

#: A submitted version is never edited, not even by the portal.
SUBMISSION_TRIGGERS = """
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON attendance_submission
  FOR EACH ROW EXECUTE FUNCTION journal_refuse();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON attendance_submission EXECUTE FUNCTION journal_refuse();
"""

#: Whatever disables a person (a service, a generated page, SQL) ends their sessions for good: the epoch moves, and
#: it never goes back, so that none of them comes to life again when the person is enabled.
EPOCH_TRIGGER = """
CREATE FUNCTION move_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.epoch := greatest(NEW.epoch, OLD.epoch);
  IF (OLD.active AND NEW.active IS NOT TRUE OR NEW.password IS DISTINCT FROM OLD.password
      OR NEW.niss_hash IS DISTINCT FROM OLD.niss_hash) AND NEW.epoch = OLD.epoch THEN
    NEW.epoch := OLD.epoch + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER move_epoch BEFORE UPDATE ON ab_user FOR EACH ROW EXECUTE FUNCTION move_epoch();
"""

RIGHTS_TRIGGERS = """
INSERT INTO rights_version (id, version) VALUES (1, 1);
CREATE FUNCTION bump_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rights_version SET version = version + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER bump_rights AFTER INSERT OR DELETE OR UPDATE OF active, epoch, first_name, last_name ON ab_user
  FOR EACH STATEMENT EXECUTE FUNCTION bump_rights();
CREATE TRIGGER bump_rights AFTER UPDATE OF name ON organiser FOR EACH STATEMENT EXECUTE FUNCTION bump_rights();
""" + "\n".join(
    f"CREATE TRIGGER bump_rights AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION bump_rights();"
    for table in ("ab_user_role", "ab_role", "ab_permission_view_role", "membership", "facility_grant")
)

REFERENCE_TRIGGERS = """
CREATE FUNCTION bump_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rights_version SET reference = reference + 1;
  RETURN NULL;
END $$;
""" + "\n".join(
    f"CREATE TRIGGER bump_reference AFTER INSERT OR UPDATE OR DELETE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION bump_reference();"
    for table in ("facility", "opening_hours", "closure", "holiday", "parameter")
)
