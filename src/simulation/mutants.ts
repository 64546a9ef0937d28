import type { StoreName } from './stores';

/** A fault that is planted by a patch of the code under test. */
export interface Mutant {
  readonly name: string;
  /** The file of the sources. */
  readonly file: string;
  /** Its exact text, there once, and what it becomes. */
  readonly before: string;
  readonly after: string;
  /** Why it is a fault. */
  readonly why: string;
  /** Where only one store can show it. */
  readonly store?: StoreName;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'boundary forgotten',
    file: 'src/export/exportPage.ts',
    before: 'const before = await boundaryBefore(destination, request);',
    after: 'const before: Boundary = { second: null, versions: new Map(), rejected: new Set() };',
    why: 'What comes again with the last second is written and counted twice.',
  },
  {
    name: 'boundary of one page alone',
    file: 'src/export/boundary.ts',
    before: 'const continues = second === before.second;',
    after: 'const continues = false;',
    why: 'Of a second that spans several pages all but the last page is forgotten.',
  },
  {
    name: 'boundary by id',
    file: 'src/export/boundary.ts',
    before: 'written !== undefined && written === short(record.json)',
    after: 'written !== undefined',
    why: 'A second version of one second is taken for the first.',
  },
  {
    name: 'epoch ignored',
    file: 'workflows/incremental.ts',
    before: 'if (asked.key.epoch !== stream.epoch || before === undefined)',
    after: 'if (before === undefined)',
    why: 'A page that was under way when an operator reset the cursor moves the new position.',
  },
  {
    name: 'epoch ignored by a sweep',
    file: 'workflows/sweep.ts',
    before: "if (asked.key.epoch !== stream.epoch || sweep === null || position.endpoint !== 'list')",
    after: "if (sweep === null || position.endpoint !== 'list')",
    why: 'A page of a sweep that was given up moves the new one.',
  },
  {
    name: 'a second too far',
    file: 'workflows/position.ts',
    before: "return { endpoint: isPinned ? 'cursor' : 'time', startTime };",
    after: "return { endpoint: isPinned ? 'cursor' : 'time', startTime: startTime + 1 };",
    why: 'The rest of the last second is skipped.',
  },
  {
    name: 'watermark beyond the page',
    file: 'workflows/position.ts',
    before: 'return Math.max(watermark, reached ?? 0);',
    after: 'return Math.max(watermark, (reached ?? 0) + 1);',
    why: 'The watermark promises a second of which some is missing.',
  },
  {
    name: 'watermark of the last range',
    file: 'workflows/streamState.ts',
    before: 'range.watermark < first.watermark ? range : first',
    after: 'range.watermark > first.watermark ? range : first',
    why: 'The watermark promises what earlier ranges have not read yet.',
  },
  {
    name: 'watermark unsettled',
    file: 'workflows/incremental.ts',
    before: 'Math.min(Math.floor(askedAt / 1000) - SETTLED_SECONDS, endTime)',
    after: 'Math.min(Math.floor(askedAt / 1000), endTime)',
    why: 'The watermark promises changes that Zendesk still holds back.',
  },
  {
    name: 'end taken from the number of records',
    file: 'src/zendesk/parsePage.ts',
    before: 'return { ...page, endOfStream: said ?? isLastUnsaid(page, asked, head) };',
    after: 'return { ...page, endOfStream: said === true || read.records.length < asked.perPage / 2 };',
    why: 'A page that is not full is taken for the end of the stream.',
  },
  {
    name: 'end seen too early',
    file: 'workflows/incremental.ts',
    before: '(ranges.length > 1 || poll.askedAlone || (open?.watermark ?? 0) >= endTime)',
    after: 'true',
    why: 'What moves to the end while ranges are read is left out by an export that ends.',
  },
  {
    name: 'endTime exclusive',
    file: 'src/export/select.ts',
    before: 'records.filter(({ version }) => version <= until)',
    after: 'records.filter(({ version }) => version < until)',
    why: 'The last second of a range is left out.',
  },
  {
    name: 'endTime forgotten',
    file: 'workflows/pageRequest.ts',
    before: 'const until = sweep === null ? untilOf(range, request) : undefined;',
    after: 'const until = sweep === null ? (range.until ?? undefined) : undefined;',
    why: 'What was generated after endTime is written, too.',
  },
  {
    name: 'pinned second not noticed',
    file: 'src/export/pinnedSecond.ts',
    before: "return position.endpoint === 'time' && !endOfStream && endTime === position.startTime;",
    after: 'return endOfStream && endTime === -1 && position.startTime === -1;',
    why: 'A second of more records than a page is asked for again and again.',
  },
  {
    name: 'pinned second skipped',
    file: 'workflows/position.ts',
    before: 'const isPinned = hasCursor && (page.pinned || wouldRepeat(page, perPage));',
    after:
      "const isPinned = false as boolean;\n    if (page.pinned && hasCursor) return { endpoint: 'time', startTime: startTime + (perPage > 0 ? 1 : 0) };",
    why: 'The rest of a crowded second is left out.',
  },
  {
    name: 'sweep that marks after every page',
    file: 'src/export/exportPage.ts',
    before: 'isComplete: hasAll && hasGaps !== true',
    after: 'isComplete: hasAll || hasGaps !== true',
    why: 'What the rest of the list holds is marked as deleted.',
  },
  {
    name: 'sweep that marks in spite of gaps',
    file: 'src/export/exportPage.ts',
    before: 'isComplete: hasAll && hasGaps !== true',
    after: 'isComplete: hasAll',
    why: 'What could not be stored is marked as deleted.',
  },
  {
    name: 'sweep that marks after an interruption',
    file: 'workflows/sweep.ts',
    before: '    position: beginningOf(now, sweepOf(range)),\n',
    after:
      "    position: { ...beginningOf(now, sweepOf(range)), after: range.position.endpoint === 'list' ? range.position.after : null },\n",
    why: 'A sweep that begins in the middle of the list marks what lies before.',
  },
  {
    name: 'gaps of a sweep forgotten',
    file: 'workflows/sweep.ts',
    before: 'quarantined: sweep.quarantined + page.quarantined,',
    after: 'quarantined: 0 * page.quarantined,',
    why: 'What could not be stored on an earlier page is marked as deleted.',
  },
  {
    name: 'marks by sweeps of any age, in memory',
    file: 'src/simulation/memoryDestination.ts',
    before: 'began !== undefined && (isGone ? began <= sweptAt : began < sweptAt)',
    after: 'false',
    why: 'A page of an old sweep that lands late brings back what is gone.',
    store: 'memory',
  },
  {
    name: 'checkpoint before the records, in memory',
    file: 'src/simulation/memoryDestination.ts',
    before: '    // Read as a whole before anything is written.\n',
    after:
      '    this.checkpoints.set(nameOf(page.subdomain, page.key), page.checkpoint({ unstorable: 0, swept: 0 }));\n',
    why: 'A page that fails half-way counts as written.',
    store: 'memory',
  },
  {
    name: 'checkpoint outside the transaction, in DuckDB',
    file: 'src/destinations/duckdb/writeBatch.ts',
    before: '  const { subdomain, rejected, position, released = [] } = page;\n',
    after: `  const { subdomain, rejected, position, released = [] } = page;
  await runPrepared(connection, shared.LOG_PAGE, shared.pageRow(page, { unstorable: 0, swept: 0 }));
  await connection.run('COMMIT');
  await connection.run('BEGIN');
`,
    why: 'A page that fails half-way counts as written.',
    store: 'duckdb',
  },
  {
    name: 'manifest before the files',
    file: 'src/destinations/files/filesDestination.ts',
    before: '    const { files, quarantined, unstorable } = filesOf(page);\n',
    after: `    await this.store.put(
      manifestKey(page.subdomain, page.key),
      Buffer.from(\`\${manifestOf(page, 0, [])}\\n\`),
    );
    const { files, quarantined, unstorable } = filesOf(page);
`,
    why: 'A page that fails half-way counts as written.',
    store: 'ndjson',
  },
  {
    name: 'older versions win, in memory',
    file: 'src/simulation/memoryDestination.ts',
    before: 'if (stored === undefined || record.version >= stored.version) rows.set(record.id, record);',
    after: 'rows.set(record.id, record);',
    why: 'A page that lands late brings back an older version.',
    store: 'memory',
  },
  {
    name: '> for >= in the version guard, in memory',
    file: 'src/simulation/memoryDestination.ts',
    before: 'record.version >= stored.version',
    after: 'record.version > stored.version',
    why: 'The second change of one second is lost.',
    store: 'memory',
  },
  {
    name: 'older versions win, in DuckDB',
    file: 'src/destinations/sql.ts',
    before: '(excluded.${version.column} > ${name}.${version.column}',
    after: '(excluded.${version.column} <> ${name}.${version.column}',
    why: 'A page that lands late brings back an older version.',
    store: 'duckdb',
  },
  {
    name: 'equal versions never win, in DuckDB',
    file: 'src/destinations/sql.ts',
    before: 'OR (excluded.${version.column} = ${name}.${version.column} AND ${isOther(stream, sweep)}))`',
    after: 'OR (false AND ${isOther(stream, sweep)}))`',
    why: 'What changes without its time is never stored.',
    store: 'duckdb',
  },
  {
    name: 'the last page wins, in files',
    file: 'src/destinations/files/newestSql.ts',
    before: 'arg_max(filename, (version, sweep, filename))',
    after: 'arg_max(filename, (sweep, filename))',
    why: 'The order of pages is not that of versions.',
    store: 'ndjson',
  },
  {
    name: 'quota window a second early',
    file: 'workflows/pace.ts',
    before:
      'return { ...pace, endsBy: Math.min(pace.endsBy, endsBy), used, quota: { total, remaining: least } };',
    after:
      'return { ...pace, endsBy: Math.min(pace.endsBy, endsBy) - 1000, used, quota: { total, remaining: least } };',
    why: 'The first request of the next minute is refused.',
  },
  {
    name: 'pages under way not counted',
    file: 'workflows/pace.ts',
    before: 'quota.remaining - keptFree(quota, bounds) - bounds.underway',
    after: 'quota.remaining - keptFree(quota, bounds)',
    why: 'Ranges that are read side by side ask for more than is left.',
  },
  {
    name: 'a second between two ranges',
    file: 'workflows/ranges.ts',
    before: 'return [{ ...range, until: startTime - 1 }, later];',
    after: 'return [{ ...range, until: startTime - 2 }, later];',
    why: 'A second belongs to neither part.',
  },
  {
    name: 'a range that is never read',
    file: 'workflows/ranges.ts',
    before: "if (outcome === 'ended') return [...earlier, { ...range, until: null }];",
    after: "if (outcome === 'ended') return [{ ...range, until: null }];",
    why: 'Where the stream ends in one range, those before are dropped.',
  },
  {
    name: 'quarantine forgotten, in memory',
    file: 'src/simulation/memoryDestination.ts',
    before: "return [{ stream, reason: 'not storable', json: textOf(version.json) }];",
    after: 'return [];',
    why: 'A record that cannot be stored is nowhere.',
    store: 'memory',
  },
  {
    name: 'boundary lost when a run is continued',
    file: 'workflows/carried.ts',
    before: 'if (path === undefined) return { state: migrated as ExportState };',
    after: `if (path === undefined)
    return {
      state: JSON.parse(JSON.stringify(migrated), (key, value) =>
        key === 'ranges' && Array.isArray(value) ? value.map((range) => ({ ...range, previous: null })) : value,
      ) as ExportState,
    };`,
    why: 'The first page of the next run counts the last second twice.',
  },
  {
    name: 'pause lost when a run is continued',
    file: 'workflows/carried.ts',
    before: 'if (path === undefined) return { state: migrated as ExportState };',
    after: 'if (path === undefined) return { state: { ...(migrated as ExportState), paused: false } };',
    why: 'A paused export continues by itself.',
  },
  {
    name: 'pages under way lost when a run is continued',
    file: 'workflows/exportStreams.ts',
    before: 'if (host.mustContinue()) await this.finishPages();',
    after: 'if (host.mustContinue()) work.check();',
    why: 'The next run waits for pages that nobody brings.',
  },
  {
    name: 'retry that does not look back',
    file: 'src/export/exportPage.ts',
    before: 'if (attempt.number > 1) {',
    after: 'if (attempt.number > 1000) {',
    why: 'A page that was written before its worker died is asked for again.',
  },
  {
    name: 'checkpoint of another request',
    file: 'src/export/checkpoint.ts',
    before: 'const isAnswer = data?.of === attempt.of && isDeepStrictEqual(data.request, asJson(request));',
    after: 'const isAnswer = data !== undefined && request.key.page >= 0;',
    why: 'What an earlier request brought is taken for the answer to another one.',
  },
  {
    name: 'poll that reads nothing',
    file: 'workflows/poll.ts',
    before: 'records: 0, idleMs: 0, reachedEnd: false, askedAlone: true',
    after: 'records: 0, idleMs: 0, reachedEnd: bounds.from > 0 && bounds.before > 0, askedAlone: true',
    why: 'Changes are not asked for.',
  },
  {
    name: 'polls twice as often',
    file: 'workflows/step.ts',
    before: 'const pollAt = stream.poll.startedAt + follow.everySeconds * 1000;',
    after: 'const pollAt = stream.poll.startedAt + follow.everySeconds * 500;',
    why: 'The quota of others is used up.',
  },
  {
    name: 'changes after everything else',
    file: 'workflows/step.ts',
    before: 'return hasWaited ? [first, ...following, ...others] : [...following, first, ...others];',
    after: 'return [first, ...others, ...following];',
    why: 'While one stream is read for the first time, the others are not followed.',
  },
  {
    name: 'an answer that goes back',
    file: 'src/export/fetchPage.ts',
    before: 'if (contradiction !== undefined) throw',
    after: 'if (contradiction === request.key.exportId) throw',
    why: 'A page that cannot be true is written, and moves the position.',
  },
  {
    name: 'too recent, whatever was asked',
    file: 'src/export/fetchPage.ts',
    before: 'if (contradiction === undefined) return undefined;',
    after: 'if (contradiction !== request.key.exportId) return undefined;',
    why: 'An export that has just begun counts as caught up.',
  },
];
