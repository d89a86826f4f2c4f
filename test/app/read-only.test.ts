// Where nothing can be sent, because of --read-only or because Bastide reads files: plans can be shown and simulated, and no
// sequence of keys sends one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { needSentence } from '../../src/model/plan-need.ts';
import type { Session } from '../../src/session/session.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';

type Sort = 'read-only' | 'files' | 'writing';
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A screen whose session notes every apply; the workspace's finding is guided. */
async function started(sort: Sort) {
  const fake = fakeSession({ readOnly: sort !== 'writing' });
  const applied: string[] = [];
  const guided = (id: string) => id.includes('workspace.public-access');
  const session: Session = {
    ...fake,
    ...(sort === 'files' ? { source: { kind: 'files' as const, name: 'template.json' } } : {}),
    report(...given) {
      const report = fake.report(...given);
      const findings = report.findings.map((one) =>
        guided(one.id) ? { ...one, fix: { ...one.fix, kind: 'guided' as const } } : one,
      );
      return { ...report, findings };
    },
    plan(snapshot, request) {
      const asked = request.targets === 'all' ? undefined : request.targets.find(guided);
      if (asked === undefined) return fake.plan(snapshot, request);
      const plan = fake.plan(snapshot, { ...request, targets: 'all' });
      if (request.answers.subnet !== undefined) return plan;
      const options = ['snet-a', 'snet-b'].map((value) => ({ name: 'subnet', value, says: '' }));
      const reason = needSentence({ kind: 'choice', options });
      return { ...plan, steps: [], skipped: [{ finding: asked, reason }] };
    },
    apply(plan, how) {
      applied.push(how.line);
      return fake.apply(plan, how);
    },
  };
  const stdout = { columns: 120, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
  const options = fakeOptions({ session, stdout, readOnly: sort === 'read-only' });
  const shell = createShell(options);
  await shell.begin();
  const rest = async () => {
    for (let turns = 0; turns < 8; turns += 1) await turn();
    // A command that asks goes on only when it is answered.
    while (shell.store.get().work !== null && shell.store.get().overlay?.kind === 'output') await turn();
  };
  const press = async (...keys: string[]) => {
    for (const key of keys) shell.press(key);
    await rest();
  };
  const text = () => bodyRows(shell.store.get()).map(plain).join('\n');
  return { shell, press, rest, text, applied, before: fake.resources(), now: fake.resources };
}

const reasons = {
  'read-only': 'Read-only session; start without --read-only to apply changes.',
  files: 'The source is files; changes cannot be applied.',
} as const;

describe.each(['read-only', 'files'] as const)('%s', (sort) => {
  test.each(['f', 'F'])('%s shows the plan with the reason; it can be simulated, not applied', async (key) => {
    const { press, text, applied, shell } = await started(sort);
    await press(key);
    expect(text()).toContain(`> Cancel     Apply     What-if   Apply unavailable: ${reasons[sort]}`.slice(0, 90));
    expect(text()).toMatch(/cannot be applied/);
    // The button that is off is passed over.
    await press('tab');
    expect(text()).toMatch(/> What-if/);
    await press('enter');
    expect(text()).toMatch(/what-if: \d of \d changes? would succeed/);
    await press('enter');
    expect(shell.store.get().overlay).toBeNull();
    expect(applied).toEqual([]);
  });

  test('marked findings are shown as one plan', async () => {
    const { press, text, applied } = await started(sort);
    await press('3', '*', 'f');
    // One of them needs an answer: that comes before the plan.
    expect(text()).toContain('Answer subnet=');
    await press('enter');
    expect(text()).toContain('cannot be applied');
    expect(applied).toEqual([]);
  });

  test('a guided fix asks its questions, and shows the plan they lead to', async () => {
    const { press, text, applied, shell } = await started(sort);
    shell.store.dispatch({ type: 'set', members: { screen: 'findings' } });
    await press('G', 'f');
    expect(text()).toMatch(/Answer [\s\S]*snet-a[\s\S]*snet-b/);
    await press('j', 'enter');
    expect(shell.store.get().overlay).toMatchObject({ kind: 'plan', blocked: reasons[sort] });
    expect(text()).toContain('--answer subnet=snet-b');
    await press('esc', 'f', 'esc');
    expect(shell.store.get().message?.text).toBe('Cancelled: nothing was sent.');
    expect(applied).toEqual([]);
  });

  test('whatever is pressed, nothing is sent', async () => {
    const one = fc.constantFrom(
      'f',
      'F',
      'tab',
      'enter',
      'right',
      'left',
      'r',
      'esc',
      'j',
      'k',
      'G',
      ' ',
      '*',
      'y',
      'n',
    );
    const other = fc.constantFrom('u', 'U', 'w', 'i', 'a', 't', 'R', '1', '2', '3', ':', 's', 'shift-tab', 'down');
    const line = fc.constantFrom('fix --all --yes', 'fix --all', `fix ${ids.storage} --yes`, 'undo --yes');
    const typed = line.map((text) => [':', ...text, 'enter']);
    const keys = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: one.map((key) => [key]) },
        other.map((key) => [key]),
        typed,
      ),
      {
        minLength: 5,
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(keys, async (sequence) => {
        const { press, applied, before, now } = await started(sort);
        for (const group of sequence) await press(...group);
        expect(applied).toEqual([]);
        expect(now()).toBe(before);
      }),
      { numRuns: 40 },
    );
  });
});

test('the same keys do send where that is allowed, so that the law above can fail', async () => {
  const { press, applied } = await started('writing');
  await press('F');
  await press('tab', 'enter');
  expect(applied).toEqual(['fix --all']);
});
