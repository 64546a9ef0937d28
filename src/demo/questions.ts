import { readFileSync } from 'node:fs';

/** What people ask of their tickets. */
export interface Question {
  readonly title: string;
  /** What its answer means, as Markdown. */
  readonly text: string;
  /** Understood by DuckDB and PostgreSQL. */
  readonly sql: string;
}

/** A heading, some text, and a query. */
const QUESTION = /^### (.+)\n\n([^#]*?)\n\n```sql\n([^]*?)^```$/gm;

/** @param document docs/analytics.md */
export function readQuestions(document: string): Question[] {
  const found = readFileSync(document, 'utf8').matchAll(QUESTION);
  return [...found].map(([, title = '', text = '', sql = '']) => ({ title, text, sql }));
}
