import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../docs/markdown';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/** Of every package that runs in production, by what the lock file says: `name version`, by licence. */
export function licences(): Map<string, string[]> {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  const found = new Map<string, string[]>();
  for (const [path, { version = '', license = 'unknown', dev, devOptional }] of Object.entries(packages)) {
    if (path === '' || dev === true || devOptional === true) continue;
    const [name = path] = path.split('node_modules/').slice(-1);
    found.set(license, [...new Set([...(found.get(license) ?? []), `${name} ${version}`])].sort());
  }
  return new Map([...found].sort(([one], [other]) => one.localeCompare(other)));
}

export function licencesPage(): string {
  const sections = [...licences()].map(
    ([licence, names]) => `## ${licence}\n\n${names.map((name) => `- ${name}`).join('\n')}\n`,
  );
  return `# Licences of what runs in production

The packages that are installed with \`npm ci --omit=dev\`, by the licence that they state. Written by
\`WRITE=yes npx jest test/release\` from package-lock.json; development alone needs more.

${sections.join('\n')}`;
}
