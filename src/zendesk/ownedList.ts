import type { PageQuery } from './exportUrl';
import { streamNamed } from '../streams';
import type { ListPaging } from '../streams/stream';
import type { FetchedPage } from './fetchedPage';
import { ZendeskError } from './failure';

/**
 * A page of a list of which each record of another stream has one of its own: the whole list of one owner. They follow one another
 * by the ids of their owners, and the last one read is what the next page comes after.
 */
export async function fetchOwned(
  query: PageQuery,
  of: NonNullable<ListPaging['of']>,
  fetch: (query: PageQuery) => Promise<FetchedPage>,
): Promise<FetchedPage> {
  const { position } = query;
  if (position.endpoint !== 'list') throw new Error(`${query.stream} are a list`);
  const owners = await fetch({
    ...query,
    stream: streamNamed(of.stream),
    position: { ...position, after: null },
  });
  const ids = owners.records.map(({ id }) => Number(id)).sort((one, other) => one - other);
  const [owner, next] = ids.filter((id) => id > Number(position.after ?? 0));
  const nothing = { ...owners, records: [], afterCursor: null, endOfStream: true };
  if (owner === undefined) return nothing;
  const page = await fetchOf(owner);
  if (page !== nothing) owners.memory.release();
  return {
    ...page,
    // Of an owner that cannot be read, the list is not known either.
    rejected: [...owners.rejected, ...page.rejected],
    requests: owners.requests + page.requests,
    afterCursor: next === undefined ? null : String(owner),
    endOfStream: next === undefined,
  };

  async function fetchOf(id: number): Promise<FetchedPage> {
    try {
      return await fetch({ ...query, owner: id });
    } catch (error) {
      // It was deleted since.
      if (error instanceof ZendeskError && error.failure.kind === 'unknownAccount') return nothing;
      throw error;
    }
  }
}
