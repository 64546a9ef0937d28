import { createRequire } from 'node:module';
import ts from 'typescript';
import { z } from 'zod';
import type { KubernetesObject } from './chart';

/** The Temporal Worker Controller's, as its definition has it; no package has its schema. */
const workerDeployment = z.strictObject({
  apiVersion: z.literal('temporal.io/v1alpha1'),
  kind: z.literal('WorkerDeployment'),
  metadata: z.unknown(),
  spec: z.strictObject({
    replicas: z.int(),
    workerOptions: z.strictObject({
      connectionRef: z.strictObject({ name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/) }),
      temporalNamespace: z.string().min(1),
    }),
    rollout: z.strictObject({
      strategy: z.enum(['AllAtOnce', 'Progressive', 'Manual']),
      steps: z
        .array(z.strictObject({ rampPercentage: z.int().min(1).max(99), pauseDuration: z.string() }))
        .optional(),
    }),
    sunset: z.strictObject({ scaledownDelay: z.string(), deleteDelay: z.string() }),
    template: z.unknown(),
  }),
});

export const connection = z.strictObject({
  apiVersion: z.literal('temporal.io/v1alpha1'),
  kind: z.literal('Connection'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({ hostPort: z.string().regex(/^[a-zA-Z0-9.-]+:[0-9]+$/) }),
});

/** An object, and the module that describes its kind. */
interface Described {
  readonly kind: string;
  readonly module: string;
  readonly content: object;
}

/** Packages of the operators' kinds, by their API group. */
const OPERATORS: Readonly<Record<string, string>> = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'keda.sh': '@kubernetes-models/keda',
};

function described(object: KubernetesObject): Described {
  const { apiVersion, kind } = object;
  if (kind === 'WorkerDeployment') {
    const { template } = workerDeployment.parse(object).spec;
    const content = z.looseObject({}).parse(template);
    return { kind: 'PodTemplateSpec', module: 'kubernetes-models/v1/PodTemplateSpec', content };
  }
  const [group = ''] = apiVersion.split('/');
  const { [group]: library = 'kubernetes-models' } = OPERATORS;
  return { kind, module: `${library}/${apiVersion}/${kind}`, content: object };
}

/** What is wrong with objects by the schemas of Kubernetes, and by its types, which refuse names that the schemas let pass. */
export function problemsOf(objects: readonly KubernetesObject[]): string[] {
  const all = objects.map(described);
  return [...all.flatMap(refusedBySchema), ...refusedByTypes(all)];
}

const load = createRequire(__filename);
type Model = new (content: object) => { validate(): void };

function refusedBySchema({ kind, module, content }: Described): string[] {
  const { [kind]: Kind } = load(module) as Record<string, Model>;
  if (Kind === undefined) return [`${module} has no ${kind}`];
  try {
    new Kind(content).validate();
    return [];
  } catch (error) {
    return [`${kind}: ${String(error)}`];
  }
}

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
};

function refusedByTypes(all: readonly Described[]): string[] {
  const source = all
    .map(
      ({ kind, module, content }, index) =>
        `import type { I${kind} as I${index} } from ${JSON.stringify(module)};\n` +
        `export const object${index}: I${index} = ${JSON.stringify(content, null, 1)};\n`,
    )
    .join('');
  const file = `${__dirname}/objects.ts`;
  const disk = ts.createCompilerHost(OPTIONS);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === file || disk.fileExists(name),
    getSourceFile: (name, ...more) =>
      name === file
        ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
        : disk.getSourceFile(name, ...more),
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], OPTIONS, host))
    .map(({ messageText, start = 0 }) => {
      const line = source.slice(0, start).split('\n').length - 1;
      return `${source.split('\n')[line] ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}
