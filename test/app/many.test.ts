// A key looks at as many findings in a long list as in a short one. Looks are counted: each member of a finding that is read.
import { expect, test } from 'vitest';
import { placesOf } from '../../src/app/state/current.ts';
import { hintsFor } from '../../src/app/state/keys/index.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { type Finding, findingId } from '../../src/model/finding.ts';
import type { ProblemReport } from '../../src/model/problem.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';

async function over(wanted: number, screen: string) {
  let looks = 0;
  const watched = (finding: Finding): Finding =>
    new Proxy(finding, {
      get(target, name) {
        looks += 1;
        return Reflect.get(target, name);
      },
    });
  const fake = fakeSession();
  const session: typeof fake = {
    ...fake,
    report(...given): ProblemReport {
      const report = fake.report(...given);
      const kinds = report.findings.filter(({ outcome }) => outcome === 'fail');
      const findings = Array.from({ length: wanted }, (_, at): Finding => {
        const like = kinds[at % kinds.length] as Finding;
        const where = `${ids.network}/subnets/snet-${at}`;
        return watched({ ...like, id: findingId(like.rule, like.resource, where), where });
      });
      return { ...report, findings };
    },
  };
  const stdout = { columns: 140, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
  let now = Date.parse('2026-03-01T12:00:00Z');
  const shell = createShell(fakeOptions({ session, stdout, screen, now: () => new Date(now) }));
  await shell.begin();
  await prepared(() => looks);
  const press = (key: string): number => {
    const before = looks;
    now += 60_000;
    if (key === 'resize') shell.resized(120, 40);
    else shell.press(key);
    const state = shell.store.get();
    bodyRows(state);
    for (const { disabledReason: off, line } of hintsFor(state.bindings, placesOf(state)))
      [off?.(state), line?.(state)];
    return looks - before;
  };
  return { press, shell };
}

/** Until nothing is worked out beforehand any more. */
async function prepared(looks: () => number): Promise<void> {
  for (let [before, quiet] = [-1, 0]; quiet < 5; before = looks()) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = looks() === before ? quiet + 1 : 0;
  }
}

/** What both screens are asked after `before`, which may look at everything. */
const cases = [
  {
    what: 'moves',
    before: ['g', 'G'],
    keys: ['g', 'G', 'k', 'j', 'page-up', 'page-down', 'ctrl-u', 'ctrl-d', 'g', 'j'],
  },
  {
    what: 'the detail',
    before: ['g', 'j'],
    keys: ['l', 'j', 'esc', 'tab', 'tab', ']', '[', 'd', 'esc', 'esc', 'resize'],
  },
  { what: 'marks', before: ['g', 'j'], keys: [' ', ' ', 'k', ' ', 'j'] },
  { what: 'marks where all are marked', before: ['*', 'g', 'j'], keys: [' ', ' ', 'k', ' ', 'j'] },
  { what: 'folding', before: ['g'], keys: ['enter', 'enter', 'h', 'l'] },
  { what: 'a letter taken back', before: ['/', 's', 't'], keys: ['backspace', 'backspace'] },
  { what: 'a filter cleared', before: ['/', 's', 't', 'o', 'enter'], keys: ['esc'] },
  { what: 'a filter', before: ['/'], keys: ['s', 't', 'o', 'x', 'backspace', 'esc'] },
  { what: 'order', before: ['g'], keys: ['s', 's', 'S', 's', 's', 's', 's'] },
  { what: 'groups', before: ['g'], keys: ['b', 'b', 'b', 'b'] },
  { what: 'all of it', before: ['g'], keys: ['*', '*', 'a', 'a'] },
];

test.each(cases)('findings: $what', async ({ before, keys }) => {
  const [few, many] = [await over(200, 'findings'), await over(4_000, 'findings')];
  for (const key of before) for (const { press } of [few, many]) press(key);
  for (const [at, key] of keys.entries()) {
    const [less, more] = [few.press(key), many.press(key)];
    // A window of rows is read either way; which ones may differ.
    expect(more, `${at}: ${key}`).toBeLessThan(1.3 * less + 200);
  }
});

test('resources: up and down between rows that represent all and few', async () => {
  const [few, many] = [await over(200, 'resources'), await over(4_000, 'resources')];
  const there = ['G', 'g', 'j', 'j', 'k'];
  for (const key of there) for (const { press } of [few, many]) press(key);
  for (const [at, key] of there.entries()) {
    const [less, more] = [few.press(key), many.press(key)];
    expect(more, `${at}: ${key}`).toBeLessThan(1.3 * less + 200);
  }
});

test('overview: moves, whatever the clock says meanwhile', async () => {
  const [few, many] = [await over(200, 'overview'), await over(4_000, 'overview')];
  for (const key of ['j', 'k', 'G', 'resize', 'g']) {
    const [less, more] = [few.press(key), many.press(key)];
    expect(more, key).toBeLessThan(1.3 * less + 200);
  }
});
