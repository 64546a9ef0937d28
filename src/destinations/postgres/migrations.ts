/** The oldest server that has `string_to_table` and column compression. */
export const MINIMUM_VERSION = 14;

/** Creates nothing when it is there: even `IF NOT EXISTS` would ask for the right to create. */
export const FIND_VERSION = `SELECT to_regclass('zendesk_export_version') IS NOT NULL AS found`;

export const CREATE_VERSION = `
CREATE TABLE zendesk_export_version (version integer NOT NULL);
INSERT INTO zendesk_export_version VALUES (0)`;

export const READ_VERSION = 'SELECT version FROM zendesk_export_version';

/** $1: version. */
export const WRITE_VERSION = 'UPDATE zendesk_export_version SET version = $1';

const FIRST = `
CREATE TABLE tickets (
  subdomain text NOT NULL,
  id bigint NOT NULL,
  generated_timestamp bigint NOT NULL,
  deleted boolean NOT NULL,
  url text,
  external_id text,
  created_at timestamptz,
  updated_at timestamptz,
  type text,
  subject text,
  raw_subject text,
  description text,
  priority text,
  status text,
  custom_status_id bigint,
  recipient text,
  requester_id bigint,
  submitter_id bigint,
  assignee_id bigint,
  organization_id bigint,
  group_id bigint,
  brand_id bigint,
  problem_id bigint,
  ticket_form_id bigint,
  forum_topic_id bigint,
  collaborator_ids bigint[],
  follower_ids bigint[],
  email_cc_ids bigint[],
  followup_ids bigint[],
  sharing_agreement_ids bigint[],
  has_incidents boolean,
  is_public boolean,
  allow_channelback boolean,
  allow_attachments boolean,
  from_messaging_channel boolean,
  due_at timestamptz,
  tags text[],
  custom_fields jsonb,
  satisfaction_rating jsonb,
  satisfaction_probability double precision,
  via jsonb,
  encoded_id text,
  support_type text,
  ticket jsonb NOT NULL,
  PRIMARY KEY (subdomain, id)
);
CREATE INDEX tickets_by_generated_timestamp ON tickets (subdomain, generated_timestamp);

CREATE TABLE export_pages (
  subdomain text NOT NULL,
  export_id text NOT NULL,
  epoch integer NOT NULL,
  page integer NOT NULL,
  position text NOT NULL,
  tickets integer NOT NULL,
  quarantined integer NOT NULL,
  first_generated bigint,
  last_generated bigint,
  written_at timestamptz NOT NULL,
  checkpoint text NOT NULL,
  PRIMARY KEY (subdomain, export_id, epoch, page)
);

CREATE TABLE quarantine (
  subdomain text NOT NULL,
  digest text NOT NULL,
  reason text NOT NULL,
  position text NOT NULL,
  record text NOT NULL,
  quarantined_at timestamptz NOT NULL,
  PRIMARY KEY (subdomain, digest)
);

CREATE TABLE users (
  subdomain text NOT NULL, id bigint NOT NULL, updated_at timestamptz, object jsonb NOT NULL, PRIMARY KEY (subdomain, id)
);
CREATE TABLE groups (LIKE users INCLUDING ALL);
CREATE TABLE organizations (LIKE users INCLUDING ALL);
CREATE TABLE sharing_agreements (LIKE users INCLUDING ALL);
CREATE TABLE ticket_forms (LIKE users INCLUDING ALL);
CREATE TABLE metric_sets (LIKE users INCLUDING ALL);

-- One bad record must not fail the statement that holds a thousand. Other errors, such as a lack of memory, may pass.
CREATE FUNCTION jsonb_or_null(value text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN value::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
  RETURN NULL;
END $$;

-- Only what starts like a date: 'now' and 'infinity' are times to PostgreSQL too.
CREATE FUNCTION timestamptz_or_null(value text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN CASE WHEN value ~ '^\\d{4}-' THEN value::timestamptz END;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;

-- Compressing is half the work of a page with pglz.
DO $$
BEGIN
  IF 'lz4' = ANY ((SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression')::text[]) THEN
    ALTER TABLE tickets
      ALTER ticket SET COMPRESSION lz4, ALTER description SET COMPRESSION lz4, ALTER custom_fields SET COMPRESSION lz4;
  END IF;
END $$;`;

const CUSTOM_FIELDS = `
CREATE TABLE ticket_fields (
  subdomain text NOT NULL,
  id bigint NOT NULL,
  title text NOT NULL,
  type text NOT NULL,
  active boolean NOT NULL,
  column_name text NOT NULL,
  column_type text NOT NULL,
  note text,
  read_at timestamptz NOT NULL,
  PRIMARY KEY (subdomain, id)
);
CREATE TABLE ticket_field_options (
  subdomain text NOT NULL, field_id bigint NOT NULL, value text NOT NULL, name text NOT NULL
);
CREATE INDEX ticket_field_options_by_field ON ticket_field_options (subdomain, field_id);

CREATE FUNCTION date_or_null(value text) RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN value::date;
EXCEPTION WHEN data_exception THEN
  RETURN NULL;
END $$;`;

/** Applied in this order, each once. What has been released is never changed: a change is a new entry. */
export const MIGRATIONS: readonly string[] = [FIRST, CUSTOM_FIELDS];

/** All of it again, but for what is still there: somebody has dropped some, or brought back a part. */
export const REMAKE: readonly string[] = MIGRATIONS.map((migration) =>
  migration
    .replace(/^CREATE (TABLE|INDEX) /gm, 'CREATE $1 IF NOT EXISTS ')
    .replace(/^CREATE FUNCTION /gm, 'CREATE OR REPLACE FUNCTION '),
);

/** $1: tables, $2: functions. */
export const FIND_MISSING = `
SELECT EXISTS (SELECT FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL)
  OR EXISTS (SELECT FROM unnest($2::text[]) AS name WHERE to_regprocedure(name) IS NULL) AS found`;
