import { TABLE_NAMES, type StreamName } from '../streams';
import type { Account } from '../zendesk/account';
import { unknownPath } from '../zendesk/privacy/paths';
import type { StreamRules } from '../zendesk/privacy/privacy';
import type { Fact } from './fact';

/** What of an account's records is never written, and what its rules seem to forget. */
export function privacyFacts({ subdomain: about, privacy }: Account): readonly Fact[] {
  if (privacy === undefined) return [];
  const { rules } = privacy;
  const streams = TABLE_NAMES.flatMap((name) => {
    const own = rules[name];
    return own === undefined ? [] : [{ name, own }];
  });
  const unknown = streams.flatMap(({ name, own }) =>
    pathsOf(own).flatMap((path): Fact[] => {
      const why = unknownPath(name, path);
      return why === undefined
        ? []
        : [{ kind: 'warn', about, text: `privacy: ${name} ${path} is unknown: ${why}` }];
    }),
  );
  const counts = streams.map(
    ({ name, own }) => `${name} (${own.drop.length} dropped, ${own.hash.length} hashed)`,
  );
  return [
    { kind: 'ok', about, text: `privacy rules for ${counts.join(', ') || 'nothing'}` },
    ...unknown,
    ...forgotten(about, rules),
  ];
}

function pathsOf({ drop, hash }: StreamRules): readonly string[] {
  return [...drop, ...hash];
}

/** What one key holds, another one may hold as well. */
const COPIES: readonly (readonly [StreamName, string, StreamName, string])[] = [
  ['tickets', 'description', 'ticket_events', 'child_events.body'],
  ['tickets', 'subject', 'ticket_events', 'child_events.via.source.from.subject'],
  ['users', 'email', 'user_identities', 'value'],
  ['users', 'email', 'tickets', 'via.source.from.address'],
  ['users', 'name', 'tickets', 'via.source.from.name'],
  ['tickets', 'description', 'suspended_tickets', 'content'],
  ['tickets', 'subject', 'suspended_tickets', 'subject'],
  ['users', 'email', 'suspended_tickets', 'author.email'],
  ['users', 'name', 'suspended_tickets', 'author.name'],
];

function forgotten(about: string, rules: NonNullable<Account['privacy']>['rules']): readonly Fact[] {
  const has = (stream: StreamName, path: string): boolean => {
    const own = rules[stream];
    return own !== undefined && pathsOf(own).some((each) => covers(each, path));
  };
  return COPIES.filter(([stream, path, other, copy]) => has(stream, path) && !has(other, copy)).map(
    ([stream, path, other, copy]) => ({
      kind: 'warn',
      about,
      text: `privacy: ${stream} ${path} has a rule, and ${other} ${copy}, which may hold the same, has none`,
    }),
  );
}

function covers(rule: string, path: string): boolean {
  const keys = path.split('.');
  return rule.split('.').every((key, index) => key === '*' || key === keys[index]);
}
