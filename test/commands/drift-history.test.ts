// `drift` and `restore --since` where the history hides what Bastide did, or the change records cannot be read: what is not known is never
// told as a change of others, nor restored as one, and nothing judged never ends with 0.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { drift } from '../../commands/drift.ts';
import { restore } from '../../commands/restore.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { editChange } from '../../src/model/change.ts';
import type { DriftReport } from '../../src/model/drift.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { plainText } from '../../src/model/words.ts';
import { driftMarkdown } from '../../src/render/drift-text.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';
import { drain } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';
import { fakeOptions } from '../support/fake-options.ts';

let beside: Beside;
// An older entry with the same change would prove it.
beforeEach(async () => {
  beside = await openBeside('open');
});
afterEach(() => beside.close());

const account = (name: string) => `${beside.group}/Microsoft.Storage/storageAccounts/${name}`;
const action = '/properties/networkAcls/defaultAction';
/** What the last plan does not restore. */
const left: string[] = [];
function contextOf(session: Session): CommandContext {
  const { context } = fakeOptions();
  return {
    ...{ ...context, ask: {}, signal: new AbortController().signal, rules, now: () => new Date() },
    ...{ say: () => {}, session: async () => session },
    flags: { ...context.flags, profile: 'all', failOn: 'never', dryRun: true },
  } as unknown as CommandContext;
}
async function drifted(session: Session) {
  const context = contextOf(session);
  const report = await drain(drift.run(context, { since: '10m' }) as AsyncGenerator<SessionEvent, DriftReport>);
  const text = drift.text(report).map(plainText).join('\n');
  return { report, text, status: drift.exit?.(report as never, context.flags as never) };
}
/** The resources of the plan, or the code and message of the refusal. */
async function restored(session: Session, ...resource: readonly string[]): Promise<readonly string[]> {
  const wanted = { since: '10m', resource: [...resource], setting: [], whatIf: false };
  const act = drain(restore.run(contextOf(session), wanted as never) as AsyncGenerator<SessionEvent, unknown>);
  const result = await act.catch((error: unknown) => error);
  if (isFailure(result)) return [`${result.code} ${result.exit}`, result.message];
  const { plan } = result as { readonly plan: Plan };
  left.splice(0, left.length, ...(plan.notRestored ?? []).map(({ why }) => why));
  return plan.steps.map(({ change }) => change.resource.split('/').at(-1) ?? '');
}
/** Bastide closes one account; another client changes another. */
async function both(): Promise<string> {
  const deny = { op: 'set', pointer: action, before: 'Allow', after: 'Deny' } as const;
  const { entry } = await beside.apply(await beside.planOf(editChange(account('stmldata'), [deny])));
  beside.write('PATCH', account('stmlsim'), {
    properties: { networkAcls: { bypass: 'None', defaultAction: 'Allow' } },
  });
  expect(valueAt(await beside.read(account('stmldata')), action)).toBe('Deny');
  return entry ?? '';
}
/** The next run over a journal in which a line of the newest entry is damaged; `all`: of which nothing can be read. */
function damaged(all = false): Session {
  const name = readdirSync(beside.folder).find((one) => one.endsWith('.journal')) ?? '';
  const file = path.join(beside.folder, name);
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.findLastIndex((line) => line.includes('"kind":"change"'));
  const spoilt = (line: string) => `${line.slice(0, 130)}XXXXXXXX${line.slice(138)}`;
  const text = all ? 'nothing\n' : lines.with(at, spoilt(lines[at] ?? '')).join('\n');
  const { session, folder } = beside.elsewhere();
  for (const one of readdirSync(beside.folder)) {
    const source = path.join(beside.folder, one);
    if (/\.(?:journal|head)$/.test(one))
      writeFileSync(path.join(folder, one), one === name ? text : readFileSync(source));
  }
  return session;
}

test('with a history that can be read, a change of Bastide is its own and not restored', async () => {
  const entry = await both();
  const { report, status } = await drifted(beside.session);
  expect(report.changes.map(({ author }) => author?.entry)).toEqual(expect.arrayContaining([entry, null]));
  expect([report.notes, status]).toEqual([[], 0]);
  expect(await restored(beside.session, 'stmldata')).toEqual(['nothing-to-restore 4', expect.any(String)]);
});

test.each([
  [false, /^Whether Bastide itself changed stmldata is not known: the record of history entry \S+ is damaged\.$/],
  [true, /^Whether Bastide itself changed stmldata is not known\. The history cannot be read: /],
])('with a damaged one that is not known, and it is left as it is (all: %s)', async (all, says) => {
  await both();
  const session = damaged(all);
  const { report, text } = await drifted(session);
  expect(report.notes.filter((note) => says.test(note))).toHaveLength(1);
  const own = report.changes.find(({ target }) => target.endsWith('/stmldata'));
  expect([own?.author?.entry ?? null, own?.notRestorable]).toEqual([null, expect.stringMatching(says)]);
  expect(text).toContain('whether Bastide itself did is not known');
  expect(driftMarkdown(report)).toContain('whether Bastide itself did is not known');
  const [code, message] = await restored(session, 'stmldata');
  expect([code, message]).toEqual(['restore-not-known 4', expect.stringContaining('Nothing is restored.')]);
  // What a record proves to be of another identity is restored all the same.
  expect(await restored(session)).toEqual(['stmlsim']);
  expect(left.join('\n')).toContain('Whether Bastide itself changed stmldata');
});

test('where the change records cannot be read, what changed is not known', async () => {
  await both();
  beside.simulator.setGraph(`denied=${beside.simulator.subscription}`);
  const { report, status } = await drifted(beside.session);
  expect([report.changes, typeof report.olderUnread, status]).toEqual([[], 'string', 3]);
  expect(await restored(beside.session)).toEqual([
    'restore-not-known 4',
    expect.stringMatching(/^What others changed is not known, or not all: .* Nothing is restored\.$/),
  ]);
});
