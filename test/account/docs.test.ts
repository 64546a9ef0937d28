import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/account/config';

test('the example of docs/accounts.md is a configuration', () => {
  const text = readFileSync(join(__dirname, '../../docs/accounts.md'), 'utf8');
  const [, example = ''] = /^```json\n([^]*?)^```$/m.exec(text) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  try {
    for (const [, name = ''] of example.matchAll(/\/run\/secrets\/(\w+)/g)) {
      writeFileSync(join(folder, name), `secret-of-${name}\n`);
    }
    const file = join(folder, 'export.json');
    writeFileSync(file, example.replaceAll('/run/secrets', folder));
    const config = readConfig({
      EXPORT_CONFIG: file,
      WAREHOUSE_PASSWORD: 'hunter2',
      GLOBEX_CLIENT_SECRET: 's3cret',
    });
    const accounts = config
      .readAccounts()
      .map(({ account: { subdomain, credentials }, destination }) => [
        subdomain,
        credentials,
        destination.url,
      ]);
    const client = { kind: 'oauthClient', clientId: 'ticket_export' };
    const warehouse = 'postgres://export:hunter2@db.internal/zendesk';
    expect(accounts).toEqual([
      ['acme', { ...client, clientSecret: 'secret-of-acme' }, warehouse],
      ['globex', { ...client, clientSecret: 's3cret' }, warehouse],
      ['initech', { kind: 'oauthToken', token: 'secret-of-initech' }, 'file:/data/lake?format=parquet'],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
