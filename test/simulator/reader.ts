import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator';

export interface ExportedTicket {
  readonly id: number;
  readonly generated_timestamp: number;
  readonly updated_at: string;
  readonly created_at: string;
  readonly status: string;
  readonly subject: string;
  readonly [key: string]: unknown;
}

/** Either endpoint's envelope. */
export interface Page {
  readonly tickets: ExportedTicket[];
  readonly end_of_stream: boolean;
  readonly count?: number;
  readonly end_time?: number | null;
  readonly next_page?: string;
  readonly after_cursor?: string | null;
  readonly after_url?: string | null;
  readonly [key: string]: unknown;
}

export const now = 1_750_000_000;
export const from = now - 1_000_000;
export const to = now - 1_000;

const started: Simulator[] = [];

/** A simulator whose clock stands at `now` until it is advanced; closed after the test. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ tickets: 100, from, to, clock: () => now, ...options });
  started.push(simulator);
  return simulator;
}

export async function closeAll(): Promise<void> {
  await Promise.all(started.splice(0).map((simulator) => simulator.close()));
}

export async function get(
  simulator: Simulator,
  path: string,
  authorization = 'Bearer any',
): Promise<Response> {
  return fetch(`${simulator.url}${path}`, { headers: { authorization } });
}

export async function getJson(simulator: Simulator, path: string, authorization?: string): Promise<unknown> {
  return (await get(simulator, path, authorization)).json();
}

export async function timePage(simulator: Simulator, query: string): Promise<Page> {
  return (await getJson(simulator, `/api/v2/incremental/tickets?support_type_scope=all&${query}`)) as Page;
}

export async function cursorPage(simulator: Simulator, query: string): Promise<Page> {
  return (await getJson(
    simulator,
    `/api/v2/incremental/tickets/cursor?support_type_scope=all&${query}`,
  )) as Page;
}

/** Every page of the time-based export, by following `end_time` until the end of the stream. */
export async function timePages(simulator: Simulator, startTime: number, perPage: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next = startTime; ;) {
    const page = await timePage(simulator, `start_time=${next}&per_page=${perPage}`);
    pages.push(page);
    if (page.end_of_stream) return pages;
    next = page.end_time ?? next;
  }
}

/** Every page of the cursor-based export. */
export async function cursorPages(simulator: Simulator, startTime: number, perPage: number): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next = `start_time=${startTime}`; ;) {
    const page = await cursorPage(simulator, `${next}&per_page=${perPage}`);
    pages.push(page);
    if (page.end_of_stream) return pages;
    next = `cursor=${encodeURIComponent(page.after_cursor ?? '')}`;
  }
}

export const ids = (page: Page): number[] => page.tickets.map(({ id }) => id);
export const seconds = (page: Page): number[] => page.tickets.map((ticket) => ticket.generated_timestamp);
