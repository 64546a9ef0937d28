import { DatabaseError } from 'pg';
import { DestinationRefused, DestinationUnavailable, isBug } from '../destination';

/** What an operator can do, by SQLSTATE or the class that its first two characters name. */
const REMEDIES: Readonly<Record<string, string>> = {
  '28000': "Check the user, password and sslmode in EXPORT_DESTINATION, and the server's pg_hba.conf",
  '28P01': 'Check the user and password in EXPORT_DESTINATION',
  '3D000': 'Create the database, or name another one',
  '3F000': 'Create the schema, or name another one with ?schema=',
  '42501':
    'Grant the user CREATE on the schema and SELECT, INSERT, UPDATE on its tables, or name a schema with ?schema=',
  '25006': 'Name the primary server, and a user and database that may write',
  '53100': 'Free some space on the server',
  '42P07': "Something else has a table of that name there: name a schema of the export's own with ?schema=",
  '2BP01': 'Views of your own stand on tickets_wide, which cannot change its columns then: drop them',
  '42': 'The tables are not as the export made them: put them back, or name an empty schema with ?schema=',
  '22': 'The tables are not as the export made them: put them back, or name an empty schema with ?schema=',
  '23': 'A constraint or trigger that the export does not know refuses the page: remove it',
};

/** During a failover the address may lead to a replica for a while. */
const READ_ONLY = '25006';

/** An undefined table, column or function, or a schema that there is none of. */
const MISSING: ReadonlySet<string | undefined> = new Set(['42P01', '42703', '42883', '3F000']);

/** Whether it may help to make what is missing. */
export function isMissing(error: unknown): boolean {
  return error instanceof DatabaseError && MISSING.has(error.code);
}

/** Said before the server could answer, of a password or certificate that is missing, unreadable or not trusted. */
const NO_WAY_IN =
  /certificate|^(DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_|ERR_TLS_|CERT_)|sslmode|does not support SSL|password must be|, open '/i;

/**
 * What a failure means: an operator's business ({@link DestinationRefused}), or something that may pass.
 * @param server for people; without user and password
 */
export function toDestinationError(error: unknown, server: string): Error {
  if (error instanceof DestinationRefused || isBug(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof DatabaseError)) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const said = `${server}: ${message || code || 'connection failed'}`;
    if (!NO_WAY_IN.test(code) && !NO_WAY_IN.test(message)) return new DestinationUnavailable(said);
    return new DestinationRefused(
      `${said}. Check the password, sslmode and sslrootcert in EXPORT_DESTINATION, then resume.`,
    );
  }
  const { code = '' } = error;
  const state = code.slice(0, 2);
  // Messages of these classes quote values of the row.
  const what =
    state === '22' || state === '23'
      ? `SQLSTATE ${code} at ${error.constraint ?? error.column ?? error.table ?? 'a value'}`
      : message;
  const remedy = REMEDIES[code] ?? REMEDIES[state];
  return remedy === undefined
    ? new DestinationUnavailable(`${server}: ${what} (${code})`)
    : new DestinationRefused(`${server}: ${what}. ${remedy}, then resume.`, code === READ_ONLY);
}
