import fc from 'fast-check';
import { parsePageRequest } from '../../activities/pageRequest';
import { startSimulator } from '../../src/simulator';
import { readState } from '../../workflows/carried';
import { toWireRequest } from '../../src/contract/wire';
import { checkReset } from '../../workflows/messages';
import { renderDetails } from '../../workflows/details';
import { pageRequest } from '../../workflows/pageRequest';
import { searchAttributesOf } from '../../workflows/searchAttributes';
import { pause, rejectSignal, reset, resume } from '../../workflows/actions';
import { end, withStream, type ExportState, type Progress } from '../../workflows/state';
import { startPoll } from '../../workflows/incremental';
import { startSweep } from '../../workflows/sweep';
import { statusOf } from '../../workflows/status';
import { nextStep } from '../../workflows/step';
import { MemoryDestination } from '../../src/simulation/memoryDestination';
import { json, replaced } from '../support/mutations';
import { Clock } from '../../src/simulation/clock';
import { Drive } from '../../src/simulation/drive';
import { holds, PATIENCE_MS } from './property';

const LATEST = Date.parse('9999-12-31T23:59:59Z');

/** States that an export goes through. */
async function trueStates(): Promise<ExportState[]> {
  const clock = new Clock();
  const simulator = await startSimulator({
    tickets: 200,
    to: clock.seconds - 120,
    clock: () => clock.seconds,
  });
  const states: ExportState[] = [];
  for (const input of [
    { pagination: 'cursor', ranges: 3 },
    { endTime: clock.seconds - 5000 },
    { streams: ['tickets', 'groups', 'tags'], lists: { everySeconds: 300 } },
  ]) {
    const drive = new Drive({
      url: simulator.url,
      destination: new MemoryDestination(),
      clock,
      input: { startTime: 0, perPage: 20, follow: { everySeconds: 60 }, requestsPerMinute: 60, ...input },
    });
    for (let turn = 0; turn < 30; turn += 1) {
      if (turn === 9) simulator.fault({ kind: 'status', status: 403 });
      if (turn === 12) drive.act((state) => reset(state, 'tickets', { startTime: 1_740_000_000 }, clock.now));
      if (turn === 14)
        drive.act((state) => rejectSignal(pause(state, clock.now), 'pausee', 'unknown', clock.now));
      if (turn === 16) drive.act((state) => resume(state, clock.now));
      await drive.turn();
      if (drive.state.underway.length === 0) states.push(drive.state);
    }
  }
  await simulator.close();
  return states;
}

/** Everything that a run does with its state. */
function use(state: ExportState, now: number): void {
  const status = statusOf(state, now);
  JSON.stringify(status);
  renderDetails(status, 'now');
  searchAttributesOf(status);
  const step = nextStep(state, now);
  if ('until' in step) expect(step.until).toBeLessThanOrEqual(LATEST);
  // Nothing is under way that could come back.
  expect(step.kind).not.toBe('underway');
  if (step.kind === 'exportPage')
    parsePageRequest(
      JSON.parse(JSON.stringify(toWireRequest(pageRequest(step.progress, step.stream, step.range, 'run')))),
    );
}

/** What may happen to it next. */
function successors(state: ExportState, now: number): ExportState[] {
  return [
    state,
    pause(state, now),
    resume(pause(state, now), now + 5000),
    reset(state, 'tickets', { startTime: 1_700_000_000 }, now),
    reset(state, 'groups', null, now),
    end(state, 'failed'),
    ...(state.progress === null ? [] : [{ ...state, progress: polled(state.progress, now) }]),
  ];
}

function polled(progress: Progress, now: number): Progress {
  const polling = withStream(progress, 'tickets', (stream) => startPoll(stream, now));
  return withStream(polling, 'groups', (stream) => startSweep(stream, now));
}

describe('the state of an earlier run', () => {
  let states: ExportState[];
  const { now } = new Clock();
  beforeAll(async () => {
    states = await trueStates();
  });

  test(
    'with a part replaced is refused by the name of that part, or is good for everything',
    async () => {
      const example = fc.record({ state: fc.nat(), part: fc.nat(), odd: json, isMissing: fc.boolean() });
      await holds(example, 10_000, async ({ state, part, odd, isMissing }) => {
        const whole = states[state % states.length];
        const { value, path } = replaced(whole, part, odd, isMissing);
        const bad = readState(value).problem;
        if (bad !== undefined) {
          expect(path === '' || path.startsWith(bad) || bad.startsWith(path)).toBe(true);
          return;
        }
        for (const next of successors(value as ExportState, now)) use(next, now);
      });
    },
    PATIENCE_MS,
  );

  test(
    'may be any JSON',
    async () => {
      await holds(json, 1000, async (value) => {
        expect(readState(value).problem).toBeDefined();
      });
    },
    PATIENCE_MS,
  );

  const payloads = [
    { startTime: '2024-01-01T00:00:00Z' },
    { startTime: 1_704_067_200, dryRun: true },
    { cursor: 'MTc0OTk5MDAwMC4wfHw0N3w=', dryRun: false },
  ];

  test(
    'takes of all that can be sent to resetCursor what leads to a page, and says what is wrong with the rest',
    async () => {
      const sent = fc.oneof(
        json,
        fc
          .record({ payload: fc.constantFrom(...payloads), part: fc.nat(), odd: json })
          .map(({ payload, part, odd }) => replaced(payload, part, odd).value),
        fc.dictionary(fc.constantFrom('startTime', 'cursor', 'dryRun', 'x', '__proto__'), json),
      );
      await holds(sent, 10_000, async (payload) => {
        const checked = checkReset(payload, ['tickets'], Math.floor(now / 1000));
        if (!checked.ok) {
          expect(checked.problem.length).toBeLessThan(300);
          return;
        }
        for (const state of states.slice(-2)) {
          const next = reset(state, 'tickets', checked.value.target, now);
          expect(readState(next).problem).toBeUndefined();
          use(next, now);
        }
      });
    },
    PATIENCE_MS,
  );
});
