import { closeStages, stage } from './stage';

afterEach(closeStages);

it('a checkpoint that cannot be read is as good as none', async () => {
  const { simulator, destination, start } = await stage({ tickets: 50 });
  const drive = start({ perPage: 20 });
  await drive.run(() => drive.pages.length === 1);
  for (const name of destination.checkpoints.keys())
    destination.checkpoints.set(name, '{"of":"another version"}');
  expect(await drive.run()).toBe('end');
  expect(destination.tickets.size).toBe(simulator.size);
});

it('a page that was written before its worker died is not asked for again', async () => {
  const { simulator, start } = await stage({ tickets: 50 });
  const fates = ['diesAfterWriting', 'diesAfterWriting'] as const;
  let attempt = 0;
  const drive = start({ perPage: 1000 }, { fates: () => fates[attempt++] ?? 'lives' });
  expect(await drive.run()).toBe('end');
  expect(simulator.requests).toHaveLength(1);
  expect(drive.status).toMatchObject({ tickets: 50, pages: 1, requests: 1 });
});

it('a page that was not written before its worker died is asked for again', async () => {
  const { simulator, start } = await stage({ tickets: 50 });
  const fates = ['diesBeforeWriting', 'diesBeforeWriting'] as const;
  let attempt = 0;
  const drive = start({ perPage: 1000 }, { fates: () => fates[attempt++] ?? 'lives' });
  expect(await drive.run()).toBe('end');
  expect(simulator.requests).toHaveLength(3);
  expect(drive.status).toMatchObject({ tickets: 50, pages: 1, requests: 3 });
});
