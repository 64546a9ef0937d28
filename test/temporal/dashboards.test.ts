import type { Status } from '../../src/contract/status';
import { eventually, expectWholeAccount, setStage, type Stage } from './stage';
import { DuckDBInstance } from '@duckdb/node-api';

let stage: Stage;
afterEach(async () => stage.close());

const withViews = (): Record<string, string> => ({
  EXPORT_DESTINATION: `duckdb:${stage.database}?views=zendesk_{subdomain}`,
});

test('the worker makes the views, with the custom fields that it reads', async () => {
  stage = await setStage({ tickets: 200 });
  stage.startWorker(withViews());
  const handle = await stage.startExport();
  expect(await handle.result()).toMatchObject({ state: 'completed', customFields: { problem: null } });
  await expectWholeAccount(stage);
  const [found] = await stage.query(
    'SELECT count(*)::INTEGER AS tickets, count(custom_custom_field_1_tagger)::INTEGER AS plans FROM zendesk_acme.ticket',
  );
  expect(found?.['tickets']).toBe(200);
  expect(Number(found?.['plans'])).toBeGreaterThan(0);
});

test('where it cannot, the export completes, and its status and log say why', async () => {
  stage = await setStage({ tickets: 200 });
  const instance = await DuckDBInstance.create(stage.database);
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA zendesk_acme; CREATE VIEW zendesk_acme.ticket AS SELECT 1 AS mine');
  connection.closeSync();
  instance.closeSync();
  const worker = stage.startWorker(withViews());
  const handle = await stage.startExport();
  const { state, tickets, customFields } = (await handle.result()) as Status;
  expect({ state, tickets }).toEqual({ state: 'completed', tickets: 200 });
  expect(customFields?.problem).toMatch(/There is a zendesk_acme\.ticket that the export did not make/);
  await expectWholeAccount(stage);
  expect(await stage.query('SELECT mine FROM zendesk_acme.ticket')).toEqual([{ mine: 1 }]);
  await eventually(
    () => worker.output().includes('the views for dashboards are not up to date') || undefined,
    'word of the views',
  );
});
