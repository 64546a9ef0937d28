import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { setStage, untilStatus, type Stage } from '../stage';

/** Takes the pictures in `docs/images` with a real browser: Debian's Chromium, or the one that `CHROMIUM` names. */
const IMAGES = join(__dirname, '..', '..', '..', 'docs', 'images');
const UI = process.env['TEMPORAL_UI'] ?? '';

let browser: Browser;
let page: Page;
let stage: Stage;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
});
afterAll(async () => browser.close());
afterEach(async () => stage.close());

async function picture(name: string, path: string, text: string, framed = false): Promise<void> {
  await page.goto(`${UI}/namespaces/default/workflows${path}`);
  // The UI renders Markdown in a frame of its own.
  const place = framed ? page.frameLocator('iframe') : page;
  await place.getByText(text).first().waitFor();
  await page.evaluate('document.fonts.ready');
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
}

test('an export on its way, paused and blocked', async () => {
  stage = await setStage({ tickets: 25_000, quota: { perMinute: 8, windowSeconds: 20 } }, { name: 'acme' });
  stage.startWorker();
  const handle = await stage.startExport();
  await untilStatus(handle, 'the quota to be used up', ({ state }) => state === 'waiting');
  const { runId } = await handle.describe();
  const path = `/${stage.workflowId}/${runId}`;
  await picture('running', `${path}/user-metadata`, 'quota used up until', true);
  await picture('history', `${path}/history`, 'page 8');
  await handle.executeUpdate('pause');
  await picture('paused', `${path}/user-metadata`, 'Waiting for: resume', true);
  stage.simulator.fault({ kind: 'status', status: 403, body: 'errorObject', times: 'always' });
  await handle.signal('resume');
  await untilStatus(handle, 'the block', ({ state }) => state === 'blocked');
  await picture('blocked', `${path}/user-metadata`, 'Last failure', true);
});
