import { z } from 'zod';
import type { Erasure } from '../destinations/erasure';
import { jsonOrUndefined } from '../json';
import { STREAMS, TABLE_NAMES, type StreamName } from '../streams';
import { JsonScanner } from '../zendesk/jsonScanner';
import { applyRulesToRecord } from '../zendesk/privacy/applyRules';
import type { Privacy } from '../zendesk/privacy/privacy';

/** Records that are the ticket itself, or are about nothing else: by the key that holds its id. */
const OF_TICKET: Partial<Record<StreamName, string>> = {
  tickets: 'id',
  ticket_events: 'ticket_id',
  ticket_metric_events: 'ticket_id',
  satisfaction_ratings: 'ticket_id',
  metric_sets: 'ticket_id',
  suspended_tickets: 'ticket_id',
};

/** The same of a user. */
const OF_USER: Partial<Record<StreamName, string>> = {
  users: 'id',
  user_identities: 'user_id',
  group_memberships: 'user_id',
  organization_memberships: 'user_id',
  satisfaction_ratings: 'requester_id',
};

/** Records that a user has to do with, by the keys that hold the id there. They stay, without what the user may have written. */
const BY_USER: Partial<Record<StreamName, ReadonlySet<string>>> = {
  tickets: new Set(['requester_id', 'submitter_id']),
  ticket_events: new Set(['updater_id', 'author_id', 'requester_id', 'submitter_id']),
};

/** What is taken out of those. */
const BLANKED: Privacy = {
  rules: {
    tickets: {
      drop: [
        'subject',
        'description',
        'recipient',
        'custom_fields',
        'satisfaction_rating.comment',
        'via.source',
      ],
      hash: [],
    },
    ticket_events: {
      drop: [
        ...['body', 'attachments', 'data', 'recipients', 'value', 'previous_value', 'via.source'].map(
          (key) => `child_events.${key}`,
        ),
        ...['via.source', 'system', 'metadata'],
      ],
      hash: [],
    },
  },
};

const object = z.record(z.string(), z.unknown());

/** A ticket with all that is about it. */
export function erasureOfTicket(subdomain: string, id: number): Erasure {
  const isAbout: Erasure['isAbout'] = (stream, json) => isOf(OF_TICKET[stream], json, id);
  return {
    ...{ subdomain, needle: String(id), isAbout },
    streams: TABLE_NAMES.filter((name) => name in OF_TICKET),
    judge: (stream, json) => (isAbout(stream, json) ? null : undefined),
  };
}

/** A user with all that is about that person alone; what the person has written is taken out of tickets and their events. */
export function erasureOfUser(subdomain: string, id: number): Erasure {
  const isPersons: Erasure['isAbout'] = (stream, json) => isOf(OF_USER[stream], json, id);
  const isByPerson: Erasure['isAbout'] = (stream, json) => {
    const { [stream]: keys } = BY_USER;
    return keys !== undefined && hasMember(jsonOrUndefined(json), keys, id);
  };
  return {
    ...{ subdomain, needle: String(id) },
    streams: TABLE_NAMES.filter((name) => name in OF_USER || name in BY_USER),
    isAbout: (stream, json) => isPersons(stream, json) || isByPerson(stream, json),
    judge: (stream, json) => {
      if (isPersons(stream, json)) return null;
      return isByPerson(stream, json) ? blanked(stream, json) : undefined;
    },
  };
}

function isOf(key: string | undefined, json: string, id: number): boolean {
  if (key === undefined) return false;
  const { data } = object.safeParse(jsonOrUndefined(json));
  // A quarantined record may have its id as a text.
  return data !== undefined && String(data[key]) === String(id);
}

/** Whether a record, or an object within it, has one of these keys with this value. Of a body that was parsed, so not too deep. */
function hasMember(value: unknown, keys: ReadonlySet<string>, id: number): boolean {
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, inner] of Object.entries(next)) {
      if (keys.has(key) && String(inner) === String(id)) return true;
      if (typeof inner === 'object') waiting.push(inner);
    }
  }
  return false;
}

/** @returns undefined when it has nothing of that any more */
function blanked(stream: StreamName, json: string): Buffer | undefined {
  const scanner = new JsonScanner(Buffer.from(json));
  const left = applyRulesToRecord(scanner, STREAMS[stream], BLANKED);
  return left === scanner.text ? undefined : left;
}
