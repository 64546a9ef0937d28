import { endpointOf } from '../contract/request';
import { isList, STREAM_NAMES, STREAMS, type StreamName } from '../streams';
import type { ZendeskClient } from '../zendesk/client';
import type { PageQuery } from '../zendesk/exportUrl';
import { ZendeskError } from '../zendesk/failure';
import type { Fact } from './fact';

/**
 * Which streams besides the tickets the role, the scopes and the plan let through; found out with a request for one record of
 * each.
 * @param startTime Unix seconds, not long ago: little is to be found there
 */
export async function streamFacts(
  zendesk: ZendeskClient,
  about: string,
  startTime: number,
): Promise<readonly Fact[]> {
  const others = STREAM_NAMES.filter((name) => name !== 'tickets');
  const found: (readonly [StreamName, string | undefined])[] = [];
  for (const name of others) found.push([name, await problemWith(zendesk, name, startTime)]);
  const readable = found.flatMap(([name, problem]) => (problem === undefined ? [name] : []));
  const facts: Fact[] = found.flatMap(([name, problem]) =>
    problem === undefined ? [] : [{ kind: 'warn', about, text: `${name} cannot be read: ${problem}` }],
  );
  return readable.length === 0
    ? facts
    : [{ kind: 'ok', about, text: `may also read ${readable.join(', ')}` }, ...facts];
}

async function problemWith(
  zendesk: ZendeskClient,
  stream: StreamName,
  startTime: number,
): Promise<string | undefined> {
  const query: PageQuery = {
    stream,
    position: isList(stream)
      ? { endpoint: 'list', sweep: startTime, after: null }
      : { endpoint: endpointOf(stream, null), startTime },
    perPage: 1,
    include: STREAMS[stream].sideloads.map(({ name }) => name),
    supportTypeScope: 'all',
    excludeDeleted: false,
  };
  try {
    (await zendesk.fetchPage(query, new AbortController().signal)).memory.release();
    return undefined;
  } catch (error) {
    if (!(error instanceof ZendeskError)) throw error;
    return error.failure.kind === 'tooRecent' ? undefined : error.message;
  }
}
