'use strict';
// `npm run build`: compiles into `lib` and bundles the workflows, unless `lib` was built of just these sources.
const { refuseOldNode } = require('./nodeVersion.cjs');

refuseOldNode();

const { execFileSync } = require('child_process');
const { createHash } = require('crypto');
const { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('fs');
const { join } = require('path');

const INPUTS = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'activities',
  'src',
  'workflows',
];
const STAMP = join('lib', '.built-of');

process.chdir(join(__dirname, '..'));
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== digest()) build();

function build() {
  rmSync(STAMP, { force: true });
  const began = Date.now();
  const sources = digest();
  run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
  run('lib/src/temporal/bundleWorkflows.js');
  // What an earlier build left of sources that have moved. Not before: a worker may be running from it.
  for (const file of filesIn('lib')) if (statSync(file).mtimeMs < began - 2000) rmSync(file);
  writeFileSync(STAMP, sources);
}

function run(...args) {
  try {
    execFileSync(process.execPath, args, { stdio: 'inherit' });
  } catch (error) {
    // It has said itself what is wrong.
    process.exit(error.status || 1);
  }
}

function digest() {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap(filesIn))
    hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
