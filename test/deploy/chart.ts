import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { helm } from '../support/helm';

export const DEPLOY = join(__dirname, '..', '..', 'deploy');
export const CHART = join(DEPLOY, 'helm', 'zendesk-ticket-export');

/** What of every Kubernetes object is looked at. */
const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  data: z.record(z.string(), z.string()).optional(),
  stringData: z.record(z.string(), z.string()).optional(),
  spec: z.unknown().optional(),
});
export type KubernetesObject = z.infer<typeof object>;

const program = helm();

/** The objects that the chart makes of a file of values, and of values that take the place of some in it. */
export function render(file: string, values: object = {}): KubernetesObject[] {
  const { status, stdout, stderr } = template(file, values);
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as unknown)
    .filter((content) => content !== null)
    .map((content) => object.parse(content));
}

/** What the chart says instead of making anything; undefined where it makes something. */
export function refusal(file: string, values: object): string | undefined {
  const { status, stderr } = template(file, values);
  return status === 0 ? undefined : stderr;
}

export function lint(file: string): string {
  return spawnSync(program, ['lint', '--strict', CHART, '--values', file], { encoding: 'utf8' }).stdout;
}

function template(file: string, values: object) {
  const options = ['--values', file, '--values', '-', '--namespace', 'zendesk'];
  return spawnSync(program, ['template', 'acme', CHART, ...options], {
    input: JSON.stringify(values),
    encoding: 'utf8',
  });
}
