import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { chromium, type Browser, type Page } from 'playwright-core';
import { setStage, untilStatus, type Stage } from '../stage';

/** Takes the pictures in `docs/images` with a real browser: Debian's Chromium, or the one that `CHROMIUM` names. */
const IMAGES = join(__dirname, '..', '..', '..', 'docs', 'images');
const UI = process.env['TEMPORAL_UI'] ?? '';
const COLUMNS = ['Status', 'Workflow ID', 'ExportState', 'ExportWatermark', 'TicketsExported'];
const QUOTA = { perMinute: 10, windowSeconds: 60 };

let browser: Browser;
let page: Page;
const stages: Stage[] = [];

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  const columns = { default: COLUMNS.map((label, index) => ({ label, pinned: index < 2 })) };
  await page.addInitScript(
    `localStorage.setItem('namespace-workflow-table-columns', ${JSON.stringify(JSON.stringify(columns))})`,
  );
});
afterAll(async () => {
  await browser.close();
  await Promise.all(stages.map(async (stage) => stage.close()));
});

/** An export of the account `name`, at the pace of a real quota. */
async function begin(
  name: string,
  options: Parameters<typeof setStage>[0],
  input: Record<string, unknown> = {},
): Promise<{ stage: Stage; handle: WorkflowHandle }> {
  const stage = await setStage({ subdomain: name, quota: QUOTA, ...options }, { name });
  stages.push(stage);
  stage.startWorker({ ZENDESK_SUBDOMAIN: name });
  const handle = await stage.startExport({ subdomain: name, requestsPerMinute: undefined, ...input });
  return { stage, handle };
}

/** @param framed whether `text` is in the frame where the UI renders Markdown */
async function picture(name: string, path: string, text: string | RegExp, framed = false): Promise<void> {
  await page.goto(`${UI}/namespaces/default/workflows${path}`);
  const place = framed ? page.frameLocator('iframe') : page;
  await place.getByText(text).first().waitFor();
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
}

test('exports on their way, paused and blocked, and the list of them', async () => {
  const hooli = await begin('hooli', { tickets: 4200 });
  await untilStatus(hooli.handle, 'the end', ({ state }) => state === 'completed');
  const globex = await begin('globex', { tickets: 6100 }, { follow: { everySeconds: 300 } });
  await untilStatus(
    globex.handle,
    'a poll',
    ({ waitingFor }) => waitingFor?.startsWith('the next poll') === true,
  );

  const initech = await begin('initech', { tickets: 25_000, latencyMs: 300 });
  await untilStatus(initech.handle, 'some pages', ({ pages }) => pages >= 3);
  initech.stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
  await untilStatus(initech.handle, 'the block', ({ state }) => state === 'blocked');
  await picture('blocked', await pathOf(initech, 'user-metadata'), 'Forbidden', true);

  const umbrella = await begin('umbrella', { tickets: 25_000, latencyMs: 300 });
  await untilStatus(umbrella.handle, 'some pages', ({ pages }) => pages >= 5);
  await umbrella.handle.executeUpdate('pause');
  await picture('paused', await pathOf(umbrella, 'user-metadata'), 'Waiting for: resume', true);

  const acme = await begin('acme', { tickets: 25_000, latencyMs: 1500 });
  await untilStatus(acme.handle, 'some pages', ({ pages }) => pages >= 7);
  await picture('running', await pathOf(acme, 'user-metadata'), /ticket versions on \d+ pages/, true);
  await untilStatus(acme.handle, 'the quota to be used up', ({ state }) => state === 'waiting');
  await picture('history', await pathOf(acme, 'history'), 'page 10');

  const pied = await begin(
    'piedpiper',
    { tickets: 6000, latencyMs: 300, unavailable: { ticket_metric_events: 403 } },
    { streams: 'all' },
  );
  await untilStatus(pied.handle, 'some pages', ({ pages }) => pages >= 25);
  await page.setViewportSize({ width: 1280, height: 1500 });
  await picture('streams', await pathOf(pied, 'user-metadata'), /versions of records/, true);

  // The list shows what was true when the state changed last.
  const stark = await begin('stark', { tickets: 9000, latencyMs: 4000 });
  await untilStatus(stark.handle, 'some pages', ({ pages }) => pages >= 2);
  await stark.handle.executeUpdate('pause');
  await stark.handle.executeUpdate('resume');
  await page.setViewportSize({ width: 1280, height: 520 });
  await picture('list', '', 'stark');
});

async function pathOf({ handle }: { readonly handle: WorkflowHandle }, tab: string): Promise<string> {
  const { runId } = await handle.describe();
  return `/${handle.workflowId}/${runId}/${tab}`;
}
