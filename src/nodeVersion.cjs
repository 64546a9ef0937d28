'use strict';
// Plain JavaScript that any Node reads: it speaks before something else breaks.

/** Older ones lack what the program's libraries use. */
const OLDEST = [20, 19];

/** When a version gets its last fix: https://github.com/nodejs/release#release-schedule */
const ENDS = {
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
  26: '2029-04-30',
};

const ADVICE = 'use 24 or 26';

/**
 * What is wrong with a version of Node.
 * @param {string} version as `process.versions.node` says it
 * @param {number} now Unix milliseconds
 * @returns {{ readonly refused: boolean, readonly text: string } | undefined}
 */
function nodeProblem(version, now) {
  const [major, minor] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    const text = `Node ${version} is too old: this program needs ${OLDEST.join('.')} or newer; ${ADVICE}.`;
    return { refused: true, text };
  }
  const end = ENDS[major];
  if (end === undefined || now < Date.parse(end)) return undefined;
  const text = `Node ${major} is past its end (${end}) and gets no fixes any more; ${ADVICE}.`;
  return { refused: false, text };
}

/** Ends this process with a sentence where Node is too old. */
function refuseOldNode() {
  const problem = nodeProblem(process.versions.node, Date.now());
  if (problem === undefined || !problem.refused) return;
  process.stderr.write(`${problem.text}\n`);
  process.exit(1);
}

module.exports = { nodeProblem, refuseOldNode };
