import type { Destination } from '../../src/destinations/destination';
import { exportPage } from '../../src/export/exportPage';
import type { PageRequest } from '../../src/contract/page';
import type { VerifiedStream } from '../../src/contract/verification';
import type { ZendeskClient } from '../../src/zendesk/client';

/** Exports all records of a stream of `acme`, page after page. */
export async function exportInto(
  destination: Destination,
  zendesk: ZendeskClient,
  endpoint: 'time' | 'cursor' = 'time',
  stream: VerifiedStream = 'tickets',
): Promise<void> {
  await destination.prepare();
  let position: PageRequest['position'] = { endpoint, startTime: 0 };
  for (let page = 1; ; page += 1) {
    const request: PageRequest = {
      ...{ subdomain: 'acme', stream, range: 0, perPage: 1000, include: [] },
      ...{ supportTypeScope: 'all', excludeDeleted: false },
      key: { exportId: `export-${stream}`, epoch: 0, page },
      position,
    };
    const tools = { zendesk, destination, now: () => Date.now() / 1000 };
    const attempt = { of: `page ${page}`, number: 1 };
    const result = await exportPage(tools, request, attempt, new AbortController().signal);
    if (result.endOfStream) return;
    const { endTime, afterCursor } = result;
    if (endTime !== null) position = { endpoint, startTime: endTime };
    else if (afterCursor !== null) position = { endpoint: 'cursor', cursor: afterCursor };
  }
}
