import { Client } from 'pg';
import { until } from './until';

const APPLICATION = 'zendesk-ticket-export';

/** A look at the sessions of a worker in PostgreSQL, past whatever stands between them. */
export class Sessions {
  private constructor(private readonly client: Client) {}

  static async open(url: string): Promise<Sessions> {
    const client = new Client(url);
    // The server's end is a part of the faults.
    client.on('error', () => undefined);
    await client.connect();
    return new Sessions(client);
  }

  /** The pages that are written. */
  async pages(): Promise<number> {
    const { rows } = await this.client.query<{ there: boolean }>(
      "SELECT to_regclass('export_pages') IS NOT NULL AS there",
    );
    if (rows[0]?.there !== true) return 0;
    const { rows: counted } = await this.client.query<{ pages: number }>(
      'SELECT count(*)::int AS pages FROM export_pages',
    );
    return counted[0]?.pages ?? 0;
  }

  /**
   * Waits for a page in the middle of its transaction.
   * @param after at least so many are written
   * @returns the process of its session
   */
  async writing(after: number): Promise<number> {
    await until('pages', async () => ((await this.pages()) >= after ? true : undefined));
    return until('a page in its transaction', async () => this.writer());
  }

  /** The process of a session that has written records, and not yet committed them. */
  async writer(): Promise<number | undefined> {
    const { rows } = await this.client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE application_name = $1 AND backend_xid IS NOT NULL AND state <> 'idle' AND query LIKE '%INSERT INTO tickets%'`,
      [APPLICATION],
    );
    return rows[0]?.pid;
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
