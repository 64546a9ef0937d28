import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');

/** A Markdown file of the repository. */
export interface Page {
  /** Path from the root. */
  readonly path: string;
  readonly text: string;
}

const SKIPPED = /^(node_modules|lib|coverage|export|\..*)$/;

/** Every Markdown file that is ours. */
export function pages(folder = ''): Page[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.test(entry.name) ? [] : pages(path);
    return path.endsWith('.md') ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }] : [];
  });
}

export interface Block {
  readonly language: string;
  readonly text: string;
}

const FENCE = /^ *```(\w*)[^\n]*\n([^]*?)^ *```$/gm;

export function codeBlocks({ text }: Page): Block[] {
  return [...text.matchAll(FENCE)].map(([, language = '', block = '']) => ({ language, text: block }));
}

/** What stands between backticks outside of blocks. */
export function codeSpans({ text }: Page): string[] {
  return [...text.replace(FENCE, '').matchAll(/(`+)(.+?)\1/g)].map(([, , code = '']) => code);
}

/** Targets of links and pictures. */
export function links({ text }: Page): string[] {
  const prose = text.replace(FENCE, '').replace(/(`+).+?\1/g, 'code');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The anchors of its headings, as GitHub makes them. */
export function anchors({ text }: Page): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...text.replace(FENCE, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/ /g, '-'),
  );
  return new Set(
    headings.map((anchor) => {
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${before}`;
    }),
  );
}
