// Plants many bugs in one copy of a file, each behind a switch that is off: `__mutant(K)` says whether bug K is on, and notes that its
// place was reached. So one copy serves the whole run, and one run without a bug tells which tests reach which place. Pure.

/**
 * @param {string} text TypeScript
 * @param {readonly { id: number, operator: string, start: number, end: number, becomes: string }[]} mutants of that text
 */
export function switched(text, mutants) {
  // Outer ones first; of one place, in their order.
  const sorted = [...mutants].sort((a, b) => a.start - b.start || b.end - a.end || a.id - b.id);
  let at = 0;
  const render = (start, end) => {
    let out = '';
    let from = start;
    while (at < sorted.length && sorted[at].start >= from && sorted[at].end <= end) {
      const mutant = sorted[at];
      at += 1;
      out += text.slice(from, mutant.start) + placed(mutant, render(mutant.start, mutant.end));
      from = mutant.end;
    }
    return out + text.slice(from, end);
  };
  return render(0, text.length);
}

function placed({ id, operator, becomes }, was) {
  const isOn = `__mutant(${id})`;
  // In a block of its own, or an else behind it would belong to this if.
  if (operator === 'drop statement') return `{ if (!${isOn}) { ${was} } }`;
  if (operator === 'return early') return becomes.replace('{ ', `{ if (${isOn}) `);
  return `(${isOn} ? (${becomes}) : (${was}))`;
}

/** What a test file of the copy does first: which bug is on, and which places it reaches. Plain TypeScript without imports. */
export const preamble = `
const { MUTANT, MUTATION_HITS } = process.env;
const on = Number(MUTANT ?? '-1');
const reached = ((globalThis as any).__reached ??= new Set<number>());
(globalThis as any).__mutant = (id: number): boolean => {
  if (MUTATION_HITS !== undefined) reached.add(id);
  return id === on;
};
`;
/** And last. */
export const epilogue = `
if (MUTATION_HITS !== undefined) {
  const { afterAll, expect } = await import('vitest');
  const { writeFileSync } = await import('node:fs');
  const { testPath = '' } = expect.getState();
  afterAll(() =>
    writeFileSync(MUTATION_HITS + '/' + encodeURIComponent(testPath), JSON.stringify({ testPath, reached: [...reached] })),
  );
}
`;
