import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Status } from '../contract/status';
import { openDatabase } from '../development/database';
import { chart } from './chart';
import { readQuestions } from './questions';

const PATH = '.demo/report.html';
const QUESTIONS = join(__dirname, '..', '..', '..', 'docs', 'analytics.md');

/**
 * Writes a page with the answers to the questions of docs/analytics.md, drawn. It needs nothing but itself.
 * @returns its path; undefined where the destination is not a database
 */
export async function writeAnalytics(destination: string, status: Status): Promise<string | undefined> {
  const database = await openDatabase(destination);
  if (database === undefined) return undefined;
  const sections: string[] = [];
  try {
    for (const { title, text, sql } of readQuestions(QUESTIONS)) {
      const answer = await database.table(sql);
      sections.push(
        `<section><h2>${escape(title)}</h2><p>${proseOf(text)}</p>${chart(title, answer)}` +
          `<details><summary>Query</summary><pre>${escape(sql)}</pre></details></section>`,
      );
    }
  } finally {
    await database.close();
  }
  writeFileSync(PATH, page(status, sections));
  return PATH;
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2rem auto; padding: 0 1rem; color: #222; }
section { margin: 3rem 0; }
svg { width: 100%; height: auto; }
pre { overflow-x: auto; background: #f4f4f4; padding: 1rem; font-size: 13px; }
`;

function page({ subdomain, watermark, records }: Status, sections: readonly string[]): string {
  const account = escape(subdomain ?? '');
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>Tickets of ${account}</title><style>${STYLE}</style></head><body>`,
    `<h1>Tickets of ${account}</h1>`,
    `<p>${records} records, up to ${escape(watermark ?? 'the beginning')}. All times are UTC.</p>`,
    ...sections,
    '</body></html>',
    '',
  ].join('\n');
}

/** Code is all that the questions' Markdown has. */
function proseOf(markdown: string): string {
  return escape(markdown).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
