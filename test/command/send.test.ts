// Every caller requires the same of a plan: it is shown, the name is typed where the plan needs it, and nothing is sent without it.
import { describe, expect, test } from 'vitest';
import { guide } from '../../commands/guide.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { Ask, ConfirmQuestion } from '../../src/command/definition.ts';
import { planAsking } from '../../src/command/needs.ts';
import { parseCommand } from '../../src/command/parse-arguments.ts';
import { parseLine } from '../../src/command/parse-line.ts';
import { type Envelope, runCommand } from '../../src/command/run.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { findingId } from '../../src/model/finding.ts';
import type { Plan } from '../../src/model/plan.ts';
import { deploymentType } from '../../src/plan/managers.ts';
import type { PlanRequest, Session, SessionEvent } from '../../src/session/session.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';

async function ended<T>(events: AsyncGenerator<SessionEvent, T>): Promise<T> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
  }
}

interface Sample {
  readonly session: Session;
  readonly applied: Plan[];
}

/** A session whose every plan has a step without undo and a warning. Two fixes are in its history, a third is undone. */
async function sample(): Promise<Sample> {
  const fake = fakeSession();
  const lost = (plan: Plan): Plan => ({
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, undo: 'none' })),
    gates: [{ kind: 'lockout', outcome: 'warn', detail: 'Your own address loses access.' }],
    irreversible: ['stmlsim: no undo.'],
  });
  const applied: Plan[] = [];
  const session: Session = {
    ...fake,
    plan: (...given) => lost(fake.plan(...given)),
    planUndo: async (...given) => lost(await fake.planUndo(...given)),
    planRedo: async (...given) => lost(await fake.planRedo(...given)),
    async planUndoTo(...given) {
      const [first, ...rest] = await fake.planUndoTo(...given);
      return [lost(first), ...rest.map(lost)];
    },
    apply(plan, how) {
      if (how.acceptWarnings !== true) throw new Failure('warning', exitStatus.notSent, 'A warning.', 'Accept it.');
      applied.push(plan);
      return fake.apply(plan, how);
    },
  };
  const snapshot = await ended(session.scan());
  const apply = (plan: Plan) => ended(session.apply(plan, { line: plan.verb, acceptWarnings: true }));
  const targets = [
    findingId('storage.default-deny', ids.lake),
    'storage.trusted-services',
    findingId('storage.default-deny', ids.storage),
  ];
  for (const target of targets)
    await apply(session.plan(snapshot, { targets: [target], answers: {}, ips: [], profile: 'all' }));
  await apply(await session.planUndo());
  await ended(session.scan());
  applied.length = 0;
  return { session, applied };
}

interface Seen {
  readonly confirmed: ConfirmQuestion[];
  readonly prompts: string[];
}

/** An operator who says yes to every plan, and types this name when one is asked for; of several the last again and again. */
function operator(
  typed: string | readonly string[],
  isWhatIfWanted = false,
): { readonly ask: Ask; readonly seen: Seen } {
  const names = [typed].flat();
  const seen: Seen = { confirmed: [], prompts: [] };
  let answers = 0;
  return {
    seen,
    ask: {
      async confirm(question) {
        seen.confirmed.push(question);
        if (isWhatIfWanted) await question.whatIf?.();
        return true;
      },
      // The guide: yes once, then stop.
      choose: async () => (answers++ === 0 ? 'yes' : 'stop'),
      async text({ title }) {
        seen.prompts.push(title);
        return names.length > 1 ? (names.shift() ?? '') : (names[0] ?? '');
      },
    },
  };
}

async function ran(session: Session, line: string, ask: Ask): Promise<Envelope> {
  const { context } = fakeOptions({ session });
  const verbs = [...context.verbs, guide];
  const parsed = parseCommand(parseLine(line), verbs, { ...context.flags });
  return ended(runCommand(parsed, { ...context, verbs, ask, signal: new AbortController().signal }));
}

const prompt = (verb: string) => new RegExp(`^stmlsim: no undo\\. Type mlw-sim to ${verb} \\d changes?$`);

describe.each([
  ['fix', 'fix --all', 1, prompt('apply')],
  ['fix after a what-if', 'fix --all', 1, prompt('apply')],
  ['undo', 'undo', 1, prompt('undo')],
  ['undo of several', 'undo --to entry-1', 2, prompt('undo')],
  ['redo', 'redo', 1, prompt('redo')],
  ['guide', 'guide', 1, prompt('apply')],
] as const)('%s', (name, line, count, wanted) => {
  const isWhatIfWanted = name.includes('what-if');

  test('wants the name of the workspace typed, and is applied when it is', async () => {
    const { session, applied } = await sample();
    const { ask, seen } = operator('MLW-sim', isWhatIfWanted);
    await ran(session, line, ask);
    expect(seen.prompts).toEqual([expect.stringMatching(wanted)]);
    expect(applied).toHaveLength(count);
    if (isWhatIfWanted) expect(applied[0]?.rehearsal).toBeDefined();
  });

  test('sends nothing for another name', async () => {
    const { session, applied } = await sample();
    const envelope = await ran(session, line, operator('mlw', isWhatIfWanted).ask);
    expect(applied).toEqual([]);
    if (name !== 'guide') expect(envelope).toMatchObject({ exit: exitStatus.notSent, failure: { code: 'wrong-name' } });
  });

  test('asks again after a typo, and is applied when the name is right then', async () => {
    const { session, applied } = await sample();
    const { ask, seen } = operator(['mlw', ' MLW-SIM '], isWhatIfWanted);
    await ran(session, line, ask);
    expect(seen.prompts).toEqual([
      expect.stringMatching(wanted),
      expect.stringMatching(/^The name does not match mlw-sim\. stmlsim: no undo\. Type mlw-sim to /),
    ]);
    expect(applied).toHaveLength(count);
  });

  test('--yes confirms it, warnings included', async () => {
    const { session, applied } = await sample();
    const { ask, seen } = operator('');
    await ran(session, `${line} --yes`, ask);
    expect(seen).toEqual({ confirmed: [], prompts: [] });
    expect(applied.length).toBeGreaterThanOrEqual(count);
  });
});

describe('on the screen', () => {
  async function started(session: Session, screen: string) {
    const stdout = { columns: 120, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
    const shell = createShell(fakeOptions({ session, stdout, screen }));
    await shell.begin();
    const press = async (...all: string[]) => {
      for (const one of all) shell.press(one);
      for (let turns = 0; turns < 30; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    return { press, state: () => shell.store.get() };
  }

  test.each([
    ['f', 'fix', prompt('apply'), 1],
    ['F', 'fix', prompt('apply'), 1],
    ['u', 'undo', prompt('undo'), 1],
    ['U', 'redo', prompt('redo'), 1],
    ['t', 'undo', prompt('undo'), 2],
  ] as const)('%s shows the plan, then wants the name typed', async (key, verb, title, count) => {
    const { session, applied } = await sample();
    const { press, state } = await started(session, key === 't' ? 'history' : 'findings');
    // The oldest entry: it and the newer one are undone.
    if (key === 't') await press('G');
    for (const typed of ['mlw', 'mlw-sim']) {
      await press(key);
      expect(state().overlay).toMatchObject({ kind: 'plan', blocked: null, plan: { verb } });
      await press('tab', 'enter');
      expect(state().overlay).toMatchObject({ kind: 'ask', question: { title: expect.stringMatching(title) } });
      expect(applied).toEqual([]);
      await press(...typed, 'enter');
      if (typed !== 'mlw') continue;
      // A typo asks again; leaving the question shows the plan again, which stayed visible. The result of `t` has a panel.
      const again = { title: expect.stringMatching(/^The name does not match mlw-sim\. .*Type mlw-sim to /) };
      expect(state().overlay).toMatchObject({ kind: 'ask', question: again });
      expect(applied).toEqual([]);
      expect(state().beneath.at(-1)?.overlay).toMatchObject({ kind: 'plan', plan: { verb } });
      await press('esc');
      expect(state().overlay).toMatchObject({ kind: 'plan', plan: { verb } });
      await press('esc');
      if (key === 't') await press('esc');
      expect([state().overlay, applied]).toEqual([null, []]);
    }
    expect(applied).toHaveLength(count);
  });

  test.each(['f', 'F'])(
    '%s plans from what was read: only what manages the resources is read before the plan is shown',
    async (key) => {
      const fake = fakeSession();
      let reads = 0;
      const counted: Session = {
        ...fake,
        scan(...given) {
          reads += 1;
          return fake.scan(...given);
        },
        look(snapshot, ids, signal, lists = []) {
          if (ids.length > 0 || lists.some(({ type }) => type !== deploymentType)) reads += 1;
          return fake.look(snapshot, ids, signal, lists);
        },
      };
      const { press, state } = await started(counted, 'findings');
      expect(reads).toBe(1);
      await press(key);
      expect(state().overlay).toMatchObject({ kind: 'plan' });
      expect(reads).toBe(1);
    },
  );
});

test('a question among several findings names the one it is about, and how many others it settles', async () => {
  const titles: string[] = [];
  const choose: Ask['choose'] = async ({ title, choices }) => {
    titles.push(title);
    return choices[0]?.value ?? '';
  };
  const reason = 'Pass --answer sku=Premium or sku=Basic.';
  const all = [ids.storage, ids.lake].map((id) => findingId('acr.sku-premium', id));
  const planOf = (targets: readonly string[]) => (request: PlanRequest) =>
    ({
      steps: [],
      skipped: request.answers.sku === undefined ? targets.map((finding) => ({ finding, reason })) : [],
    }) as unknown as Plan;
  const asked = async (targets: readonly string[]) => {
    const context = { ask: { choose } as Ask, flags: { dryRun: false }, host: { interactive: true }, line: 'fix' };
    return planAsking(context as never, { targets, answers: {} } as unknown as PlanRequest, planOf(targets));
  };
  expect((await asked(all)).line).toBe('fix --answer sku=Premium');
  await asked(all.slice(0, 1));
  expect(titles).toEqual([`acr.sku-premium on stmlsim and 1 more: ${reason}`, reason]);
});
