import { DestinationRefused } from '../destination';
import { LONGEST_NAME } from '../table';

const ACCOUNT = '{subdomain}';

/** Those that the stores use themselves, and the usual ones of the export's own tables: its names would meet those of the views. */
const TAKEN = /^(public|main|temp|system|information_schema|pg_.*)$/;

/**
 * What `?views=` says: the name of a schema, in which `{subdomain}` stands for the account. No capitals and nothing else that wants
 * quotes: every tool then finds the schema under the name that is written here.
 * @param own the schema of the export's tables, where it is named
 * @throws Error
 */
export function viewsOption(text: string, own: string | null = null): string {
  const name = text.replace(ACCOUNT, 'x');
  if (!/^[a-z_][a-z0-9_]*$/.test(name) || name.length > LONGEST_NAME)
    throw new Error(
      `views: must be a schema of lowercase letters, digits and _, such as zendesk or zendesk_${ACCOUNT}`,
    );
  if (TAKEN.test(text) || text === own)
    throw new Error(`views: the schema ${text} is taken; name one of its own, such as zendesk_views`);
  return text;
}

/**
 * Two accounts whose names become one are found out by what is in the schema.
 * @throws DestinationRefused where an account is called as a schema that is taken
 */
export function viewsSchema(option: string, subdomain: string): string {
  const name = option.replace(ACCOUNT, subdomain.toLowerCase().replace(/[^a-z0-9_]/g, '_'));
  if (TAKEN.test(name))
    throw new DestinationRefused(
      `The schema ${name} is taken. Name another one, such as ?views=zendesk_${ACCOUNT}.`,
    );
  return name.slice(0, LONGEST_NAME);
}
