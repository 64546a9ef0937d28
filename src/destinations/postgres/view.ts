import { escapeLiteral, type ClientBase } from 'pg';
import { digest } from '../../digest';
import { DestinationRefused } from '../destination';

/** Names a view as ours, and its definition. */
const COMMENT = 'zendesk-ticket-export ';

/** Any number, as for the migrations: two accounts must not make a view at the same time. */
const VIEWS_LOCK = 7_391_846_251;

/** $1: the view's name. */
const FIND_COMMENT = `
SELECT coalesce(obj_description(oid, 'pg_class'), '') AS comment FROM pg_class WHERE oid = to_regclass($1)`;

/** $1: the view's name, as SQL has it. */
const FIND_GRANTS = `
SELECT format('GRANT %s ON %s TO %s', privilege_type, $1::text, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
  || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS statement
FROM pg_class CROSS JOIN aclexplode(relacl)
WHERE oid = to_regclass($1) AND grantee <> relowner`;

async function commentOn(client: ClientBase, name: string): Promise<string | undefined> {
  const { rows } = await client.query<{ comment: string }>(FIND_COMMENT, [name]);
  return rows[0]?.comment;
}

/** Statements that give others the rights that they have on a view. */
export async function grantsOn(client: ClientBase, name: string): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(FIND_GRANTS, [name]);
  return rows.map(({ statement }) => statement);
}

export async function isThere(client: ClientBase, name: string): Promise<boolean> {
  return (await commentOn(client, name)) !== undefined;
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
  const existing = await commentOn(client, name);
  if (existing === comment) return;
  if (existing !== undefined && !existing.startsWith(COMMENT))
    throw new DestinationRefused(`There is a ${name} that the export did not make: rename it.`);
  // CREATE OR REPLACE can neither drop a column nor change its type; but it keeps what the view gives to others.
  const made =
    way === 'replace'
      ? [`CREATE OR REPLACE VIEW ${name} AS ${select}`]
      : [
          `DROP VIEW IF EXISTS ${name}`,
          `CREATE VIEW ${name} AS ${select}`,
          ...(await grantsOn(client, name)),
        ];
  await client.query([...made, `COMMENT ON VIEW ${name} IS ${escapeLiteral(comment)}`].join(';\n'));
}
