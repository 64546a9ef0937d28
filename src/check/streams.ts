import { endpointOf } from '../contract/request';
import { STREAM_NAMES, STREAMS, type StreamName } from '../streams';
import { isList } from '../streams/stream';
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
  const readable: StreamName[] = [];
  /** Those that are refused alike, by what is refused: a token that is limited to tickets is refused twenty times. */
  const refused = new Map<
    ZendeskError['failure']['kind'],
    { readonly names: StreamName[]; readonly problem: string }
  >();
  for (const name of others) {
    const problem = await problemWith(zendesk, name, startTime);
    if (problem === undefined) readable.push(name);
    else {
      const { kind } = problem.failure;
      const alike = refused.get(kind) ?? { names: [], problem: problem.message };
      alike.names.push(name);
      refused.set(kind, alike);
    }
  }
  const facts: Fact[] = [...refused.values()].map(({ names, problem }) => ({
    kind: 'warn',
    about,
    text: `${names.join(', ')} cannot be read: ${problem}`,
  }));
  return readable.length === 0
    ? facts
    : [{ kind: 'ok', about, text: `may also read ${readable.join(', ')}` }, ...facts];
}

async function problemWith(
  zendesk: ZendeskClient,
  stream: StreamName,
  startTime: number,
): Promise<ZendeskError | undefined> {
  const query: PageQuery = {
    stream,
    position: isList(STREAMS[stream])
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
    return error.failure.kind === 'tooRecent' ? undefined : error;
  }
}
