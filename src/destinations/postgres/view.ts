import { escapeLiteral, type ClientBase } from 'pg';
import { digest } from '../../digest';
import { DestinationRefused } from '../destination';

/** Names a view as ours, and its definition. */
const COMMENT = 'zendesk-ticket-export ';

/** Any number, as for the migrations: two accounts must not make a view at the same time. */
const VIEWS_LOCK = 7_391_846_251;

/** $1: the view's name. */
const FIND_VIEW = `
SELECT coalesce(obj_description(oid, 'pg_class'), '') AS comment,
  ARRAY(
    SELECT format('GRANT %s ON %I TO %s', privilege_type, $1::text, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
      || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM aclexplode(relacl) WHERE grantee <> relowner
  ) AS grants
FROM pg_class WHERE oid = to_regclass($1)`;

interface Found {
  readonly comment: string;
  readonly grants: readonly string[];
}

async function find(client: ClientBase, name: string): Promise<Found | undefined> {
  const { rows } = await client.query<Found>(FIND_VIEW, [name]);
  return rows[0];
}

export async function isThere(client: ClientBase, name: string): Promise<boolean> {
  return (await find(client, name)) !== undefined;
}

/** Until the end of the transaction. */
export async function lockViews(client: ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [VIEWS_LOCK]);
}

/**
 * Makes a view, or changes it. Only when that is another one: it waits for the view's readers.
 * @param way a view that keeps its columns is replaced in place: what others have made on top of it stays
 * @throws DestinationRefused when there is something of that name that the export did not make
 */
export async function makeView(
  client: ClientBase,
  name: string,
  select: string,
  way: 'drop' | 'replace',
): Promise<void> {
  const comment = `${COMMENT}${digest(select)}`;
  const existing = await find(client, name);
  if (existing?.comment === comment) return;
  if (existing !== undefined && !existing.comment.startsWith(COMMENT))
    throw new DestinationRefused(`There is a ${name} that the export did not make: rename it.`);
  // CREATE OR REPLACE can neither drop a column nor change its type; but it keeps what the view gives to others.
  const made =
    way === 'replace'
      ? [`CREATE OR REPLACE VIEW ${name} AS ${select}`]
      : [`DROP VIEW IF EXISTS ${name}`, `CREATE VIEW ${name} AS ${select}`, ...(existing?.grants ?? [])];
  await client.query([...made, `COMMENT ON VIEW ${name} IS ${escapeLiteral(comment)}`].join(';\n'));
}
