// The plan before it is sent: its rows at every size, what its keys do, and its what-if.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineWidth, plain } from '../../src/app/draw/text.ts';
import { createAsking } from '../../src/app/state/asking.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { Change } from '../../src/model/change.ts';
import { confirmationOf } from '../../src/model/confirmation.ts';
import type { Json } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { stepRows } from '../../src/plan/describe-settings.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { drain as ended } from '../support/bench.ts';
import { bodyRows } from '../support/drawn.tsx';
import { sampleEffect } from '../support/effect-samples.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { type FakeOptions, fakeSession } from '../support/fake-session.ts';

async function started(fake: FakeOptions = {}, columns = 100, rows = 30, readOnly = false) {
  const session = fakeSession(fake);
  const stdout = { columns, rows, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session, stdout, readOnly }));
  await shell.begin();
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const press = async (...keys: string[]) => {
    for (const key of keys) shell.press(key);
    await rest();
  };
  const text = () => bodyRows(shell.store.get()).map(plain).join('\n');
  return { shell, session, press, text, rest, state: () => shell.store.get() };
}

describe('keys', () => {
  test('Cancel, Apply, What-if: the what-if is part of the plan, and kept in the history', async () => {
    const { press, text, state, session } = await started();
    const before = session.resources();
    await press('F');
    expect(text()).toMatch(/> Cancel +Apply +What-if/);
    await press('tab', 'tab');
    expect(text()).toMatch(/> What-if/);
    await press('enter');
    expect(session.resources()).toBe(before);
    expect(text()).toMatch(/what-if: 3 of 3 changes would succeed/);
    // Cancel is preselected again.
    expect(text()).toMatch(/> Cancel/);
    await press('tab', 'enter');
    expect(state().entries[0]?.rehearsal).toMatchObject({ outcome: 'done' });
  });

  test('Apply is red where it asks for a typed name', async () => {
    const { press, state, shell } = await started();
    await press('F');
    const role = () =>
      bodyRows(state()).flatMap((words) =>
        words.flatMap(({ text, role: one }) => (text.trim() === 'Apply' ? [one] : [])),
      );
    expect(role()).toEqual(['heading']);
    const { overlay } = state();
    if (overlay?.kind !== 'plan') throw new Error('no plan is shown');
    const plan: Plan = { ...overlay.plan, effects: [sampleEffect('deletes', 'route table')] };
    expect(confirmationOf(plan).typed).not.toBeNull();
    shell.store.dispatch({ type: 'overlay', overlay: { ...overlay, plan } });
    expect(role()).toEqual(['critical']);
  });

  test('up and down move between the steps, the first row being the summary', async () => {
    const { press, text } = await started();
    await press('F');
    expect(text()).toMatch(/> Summary/);
    expect(text()).toMatch(/resolved: 3/);
    await press('j');
    expect(text()).toMatch(/step 1 of 3/);
    await press('G');
    expect(text()).toMatch(/step 3 of 3/);
    await press('g', 'k');
    expect(text()).toMatch(/> Summary/);
  });

  test('what may not be sent can run a what-if, and closing ends it', async () => {
    const gate = Promise.withResolvers<void>();
    let slow = false;
    const { press, state, shell, rest, text } = await started({
      pace: () => (slow ? gate.promise : Promise.resolve()),
    });
    await press('F');
    const { overlay } = state();
    if (overlay?.kind !== 'plan') throw new Error('no plan is shown');
    shell.store.dispatch({ type: 'overlay', overlay: { ...overlay, blocked: 'Not now: a lock.' } });
    expect(text()).toMatch(/Not now: a lock[\s\S]*> Cancel +Apply +What-if +Apply unavailable: Not now: a lock\./);
    // What does not fit behind the buttons stands above them, whole.
    const long =
      'The subscription is locked: ask its owner to remove the resource lock named production-network first.';
    shell.store.dispatch({ type: 'overlay', overlay: { ...overlay, blocked: long } });
    for (const columns of [60, 80, 100]) {
      shell.resized(columns, 30);
      const rows = text().split('\n');
      const buttons = rows.findIndex((row) => /> Cancel/.test(row));
      expect([rows.length, buttons]).toEqual([state().view.layout.body, rows.length - 1]);
      expect(rows[buttons]).not.toMatch(/unavailable/);
      const above = rows.slice(0, buttons).slice(-3).join(' ').replaceAll(/\s+/g, ' ');
      expect(above).toContain(`Apply unavailable: ${long}`);
    }
    shell.resized(100, 30);
    slow = true;
    shell.press('r');
    shell.press('esc');
    gate.resolve();
    await rest();
    expect(state().overlay).toBeNull();
  });
});

describe('a plan that a command asks about', () => {
  test('is shown, simulated and answered on the plan screen', async () => {
    const { shell, press, text, state, rest } = await started();
    await press('F');
    const overlay = state().overlay;
    if (overlay?.kind !== 'plan') throw new Error('no plan');
    await press('esc');
    const { plan } = overlay;
    const asking = createAsking(shell.store);
    let played = 0;
    const whatIf = async () => {
      played += 1;
      return {
        ...plan,
        rehearsal: await ended(fakeSession().whatIf(state().snapshot as Snapshot, plan, { profile: 'all' })),
      };
    };
    const answer = asking.ask.confirm({ plan, confirmation: confirmationOf(plan), line: 'fix --all', whatIf });
    expect(state().overlay).toMatchObject({ kind: 'plan', choice: 0 });
    expect(text()).toMatch(/> Cancel +Apply +What-if/);
    await asking.whatIf();
    await rest();
    expect(text()).toMatch(/what-if: 3 of 3 changes would succeed/);
    await asking.whatIf();
    expect([played, state().message?.text]).toEqual([1, 'The what-if result is shown already.']);
    asking.answer();
    expect([await answer, state().overlay]).toEqual([true, null]);
    const refused = asking.ask.confirm({ plan, confirmation: confirmationOf(plan), line: 'fix --all' });
    asking.refuse();
    expect(await refused).toBe(false);
  });
});

describe('rows', () => {
  const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st';
  const planOf = (changes: readonly Change[]): Plan => ({
    id: 'p',
    snapshot: 's',
    source: { kind: 'demo', name: 'demo:x' },
    workspace: null,
    architecture: 'service-endpoint',
    verb: 'fix',
    of: null,
    steps: changes.map((change) => ({
      change,
      phase: 2,
      findings: [],
      needs: [],
      az: '',
      risk: '',
      undo: 'exact' as const,
      does: '',
      effects: [],
    })),
    gates: [],
    skipped: [],
    preview: { resolves: [], introduces: [] },
    irreversible: [],
    effects: [],
  });
  const one = (body: Record<string, Json>) => [{ id, type: 'x', apiVersion: '1', body }];

  test('a setting, what is added to a list beside what stays, and what an earlier step left', () => {
    const key = { member: 'value', fold: true };
    const add = (value: string) => ({
      op: 'add' as const,
      pointer: '/properties/networkAcls/ipRules',
      after: { value, action: 'Allow' },
      key,
    });
    const set = {
      op: 'set' as const,
      pointer: '/properties/networkAcls/defaultAction',
      before: 'Allow',
      after: 'Deny',
    };
    const edit = (...edits: readonly (typeof set | ReturnType<typeof add>)[]): Change => ({
      kind: 'edit',
      resource: id,
      edits,
      body: null,
    });
    const now = one({ properties: { networkAcls: { defaultAction: 'Allow', ipRules: [{ value: '198.51.100.1' }] } } });
    const plan = planOf([edit(add('198.51.100.2')), edit(set, add('198.51.100.3'))]);
    expect(stepRows(plan, 0, now)).toEqual([
      { name: 'IP rule', depth: 0, before: '198.51.100.1', after: '198.51.100.1', stays: true },
      { name: 'IP rule', depth: 0, before: null, after: '198.51.100.2' },
    ]);
    expect(stepRows(plan, 1, now)).toEqual([
      { name: 'default action', depth: 0, before: 'Allow', after: 'Deny' },
      { name: 'IP rule', depth: 0, before: '198.51.100.1', after: '198.51.100.1', stays: true },
      { name: 'IP rule', depth: 0, before: '198.51.100.2', after: '198.51.100.2', stays: true },
      { name: 'IP rule', depth: 0, before: null, after: '198.51.100.3' },
    ]);
  });

  test('a deletion shows what is lost, and equal parts of a whole are not shown', () => {
    const body = { location: 'westeurope', properties: { sku: { name: 'A', tier: 'B' }, empty: [] } };
    expect(stepRows(planOf([{ kind: 'delete', resource: id, edits: [], body }]), 0, [])).toEqual([
      { name: 'location', depth: 0, before: 'westeurope', after: null },
      { name: 'sku', depth: 0, before: null, after: null },
      { name: 'name', depth: 1, before: 'A', after: null },
      { name: 'tier', depth: 1, before: 'B', after: null },
      { name: 'empty', depth: 0, before: 'none', after: null },
    ]);
    const whole = {
      op: 'set' as const,
      pointer: '/properties/sku',
      before: { name: 'A', tier: 'B' },
      after: { name: 'A', tier: 'C' },
    };
    expect(stepRows(planOf([{ kind: 'edit', resource: id, edits: [whole], body: null }]), 0, [])).toEqual([
      { name: 'sku', depth: 0, before: null, after: null },
      { name: 'tier', depth: 1, before: 'B', after: 'C' },
    ]);
  });

  test.each([
    [60, 15],
    [80, 24],
    [140, 40],
  ])('no row of a real plan is wider than the screen, and the buttons are there, at %i x %i', async (columns, rows) => {
    const { shell, state } = await started({}, columns, rows);
    for (const world of ['limited', 'machines', 'managed']) {
      const snapshot = worldSnapshot(world);
      const request = { targets: 'all' as const, answers: {}, ips: [], profile: 'all' as const };
      const plan = buildPlan({ snapshot, rules, id: 'p', request });
      const overlay = { kind: 'plan' as const, plan, line: 'fix --all', blocked: null, choice: 0, top: 0 };
      for (let index = 0; index <= Math.min(plan.steps.length, 12); index += 1) {
        shell.store.dispatch({ type: 'overlay', overlay: { ...overlay, step: { index, top: 0 } } });
        const drawn = bodyRows(state());
        expect(drawn.length).toBeLessThanOrEqual(state().view.layout.body);
        for (const words of drawn) expect(lineWidth(words)).toBeLessThanOrEqual(columns);
        expect(plain(drawn.at(-1) ?? [])).toMatch(/> Cancel/);
      }
    }
  });

  test('whatever a plan holds, it is drawn: no escape reaches the terminal, no row is too wide', async () => {
    const { shell, state } = await started({}, 80, 24);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }).map((json) => json as Json),
      fc.constantFrom<Json>('\u001b]0;x\u0007', '\u202egnp.exe', '長い名前'.repeat(40), 'x'.repeat(3000), ''),
    );
    const edit = fc.record({
      op: fc.constant('set' as const),
      pointer: fc.constantFrom('/properties/networkAcls', '/properties/\u001b[31m', '/sku/name', ''),
      before: value,
      after: value,
    });
    const text = fc.constantFrom('st', '\u001b[2J', 'n'.repeat(300), '長い');
    const change = fc.oneof(
      fc
        .record({ name: text, edits: fc.array(edit, { maxLength: 4 }) })
        .map(({ name, edits }): Change => ({ kind: 'edit', resource: `${id}${name}`, edits, body: null })),
      fc.record({ name: text, properties: value }).map(
        ({ name, properties }): Change => ({
          kind: 'create',
          resource: `${id}${name}`,
          edits: [],
          body: { properties },
        }),
      ),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), text, (changes, line) => {
        const plan = planOf(changes);
        const overlay = { kind: 'plan' as const, plan, line, blocked: line, choice: 0, top: 0 };
        for (let index = 0; index <= changes.length; index += 1) {
          shell.store.dispatch({ type: 'overlay', overlay: { ...overlay, step: { index, top: 0 } } });
          for (const words of bodyRows(state())) {
            expect(lineWidth(words)).toBeLessThanOrEqual(80);
            expect(plain(words)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
