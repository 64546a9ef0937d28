import { expectWholeAccount, setStage, statusOf, untilStatus, type Stage } from './stage';

let stage: Stage;
afterEach(async () => stage.close());

test('a query that waits for a worker while a timer rings changes nothing that the export does', async () => {
  stage = await setStage({ tickets: 1000, quota: { perMinute: 5, windowSeconds: 4 } });
  stage.startWorker();
  const handle = await stage.startExport({ perPage: 50, requestsPerMinute: undefined });
  const answers: string[] = [];
  for (let worker = 1; worker <= 2; worker += 1) {
    await untilStatus(handle, 'a wait for quota', ({ state }) => state === 'waiting');
    await stage.killWorkers();
    const answer = statusOf(handle).then(
      ({ state }) => state as string,
      (error: unknown) => String(error),
    );
    stage.startWorker();
    answers.push(await answer);
  }
  await stage.killWorkers();
  // This worker has to decide as those before have decided.
  stage.startWorker();
  expect(await handle.result()).toMatchObject({ state: 'completed', tickets: 1000 });
  for (const answer of answers) expect(answer).toMatch(/^waiting$|taking over this export: query it again/);
  await stage.killWorkers();
  await expectWholeAccount(stage);
});
