// Selecting the steps of a plan on the screen: what goes along, what is computed again, what is sent; and the promise of the overview.
import { describe, expect, test } from 'vitest';
import { fix } from '../../commands/fix.ts';
import { plain } from '../../src/app/draw/text.ts';
import type { PlanOverlay } from '../../src/app/overlays/plan/value.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { countedIn } from '../../src/model/compare.ts';
import { confirmationOf } from '../../src/model/confirmation.ts';
import { isCurrent, isRisky } from '../../src/model/effect.ts';
import { effectSummary } from '../../src/model/effect-words.ts';
import type { Plan } from '../../src/model/plan.ts';
import { resolvedWords } from '../../src/model/problem.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import { finish } from '../../src/model/stepwise.ts';
import { dependsOn, effectLines } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession } from '../../src/session/create-file-session.ts';
import type { Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { bodyRows } from '../support/drawn.tsx';
import { sampleEffect } from '../support/effect-samples.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { sandbox } from '../support/sandbox.ts';

/** A session over a world that plans as the real one does; what is applied is noted, not sent. */
function worldSession(world: string) {
  const snapshot = worldSnapshot(world);
  let ids = 0;
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const real = createFileSession({ snapshot, rules, sandbox, now: () => new Date(0), newId });
  const fake = fakeSession();
  const [applied, lines]: [Plan[], string[]] = [[], []];
  const { report, plan, planInSteps, offer, selectable, without, map } = real;
  const session: Session = {
    ...fake,
    ...{ report, plan, planInSteps, offer, selectable, without, map },
    latest: () => snapshot,
    // biome-ignore lint/correctness/useYield: there is nothing to say on the way.
    async *scan() {
      return snapshot;
    },
    // biome-ignore lint/correctness/useYield: there is nothing to say on the way.
    async *apply(what, { line }) {
      applied.push(what);
      lines.push(line);
      const none = { persisting: [], unknown: [], introduced: [], notApplicable: [] };
      const verified = { resolved: what.preview.resolves, ...none };
      return { entry: 'entry-1', state: 'done', steps: [], verified, skipped: [], ended: null, vanished: [] };
    },
  };
  return { session, snapshot, applied, lines };
}

async function started(session: Session, size = { columns: 140, rows: 40 }, screen = 'overview') {
  const written: string[] = [];
  const stdout = { ...size, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const options = fakeOptions({ session, stdout, screen });
  const verbs = [...options.context.verbs.filter(({ name }) => name !== 'fix'), fix as never];
  const shell = createShell({ ...options, context: { ...options.context, verbs } });
  await shell.begin();
  const state = () => shell.store.get();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const rest = async () => {
    await turn();
    const isBusy = () => {
      const { work, overlay } = state();
      return work !== null || (overlay?.kind === 'plan' && overlay.picks?.out !== overlay.picks?.computed);
    };
    while (isBusy()) await turn();
  };
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      shell.press(key);
      await rest();
    }
  };
  const overlay = (): PlanOverlay => {
    const now = state().overlay;
    if (now?.kind !== 'plan') throw new Error(`no plan is shown, but ${now?.kind}`);
    return now;
  };
  const text = () => bodyRows(state()).map(plain).join('\n');
  const promised = async () => {
    while (state().promise === null) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const copied = () => Buffer.from(/52;c;([^\x07]*)/.exec(written.splice(0).join(''))?.[1] ?? '', 'base64').toString();
  const show = (plan: Plan) => shell.store.dispatch({ type: 'overlay', overlay: { ...overlay(), plan } });
  return { state, press, turn, promised, overlay, text, said: () => state().message?.text, copied, show };
}

const down = (times: number): string[] => Array.from({ length: times }, () => 'j');
const numbers = (plan: Plan): number[] => plan.steps.map((_step, index) => index);

inEveryRun(() => {
  describe('the plan of all fixes', () => {
    test('offers what is not automatic, and leaves it unselected', async () => {
      const { session, snapshot, applied, lines } = worldSession('kubernetes');
      const { press, overlay, text, said, state } = await started(session);
      await press('F');
      const { plan, picks } = overlay();
      const risky = picks?.whole.steps.flatMap(({ effects }, index) => (effects.some(isRisky) ? [index] : [])) ?? [];
      expect(risky.length).toBeGreaterThan(0);
      expect(picks?.out).toEqual(expect.arrayContaining(risky));
      expect(plan.effects.filter(isRisky)).toEqual([]);
      // It is what `fix --all` plans in the shell.
      const asked = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
      const shell = session.plan(snapshot, asked);
      expect(plan.steps.map(({ change }) => change)).toEqual(shell.steps.map(({ change }) => change));
      expect(plan.preview).toEqual(shell.preview);
      expect(text()).toMatch(/\[x\] +1 ~ stmlsim +\+ virtual network rule vnet-ml\/snet-aks/);
      expect(text()).toMatch(/\[ \] +\d+ - DenyInternet +(?:[A-Z][a-z ]+, )*Deletes · delete /);
      expect(text()).toMatch(/opens \d+ · cuts off \d+ · interrupts .* · overrides 0 · deletes 0 · costs 0/);

      const deletion = picks?.whole.steps.findIndex(({ change }) => change.kind === 'delete') ?? -1;
      await press(...down(deletion + 1), ' ');
      expect(said()).toBe(`Step ${deletion + 1} is selected.`);
      expect(overlay().plan.effects.map(({ kind }) => kind)).toContain('deletes');
      expect(text()).toMatch(/ · deletes 1 · /);
      // What is not automatic is marked, in red, with its step.
      expect(text()).toMatch(new RegExp(`! Deletes .*DenyInternet.*\\(${deletion + 1}\\)`));
      const red = bodyRows(state())
        .flat()
        .find((one) => one.text.startsWith('! Deletes  '));
      expect(red?.role).toBe('bad');

      await press('tab', 'enter', ...nameOf(snapshot.workspace ?? ''), 'enter');
      expect(applied.map(({ steps }) => steps.map(({ change }) => change))).toEqual([
        [...shell.steps, ...(picks?.whole.steps.slice(deletion, deletion + 1) ?? [])].map(({ change }) => change),
      ]);
      expect(lines).toEqual([`fix --all  # ${shell.steps.length + 1} of ${picks?.whole.steps.length} steps`]);
    });

    test('effects that say the same are one, and what does not fit is counted', async () => {
      const size = { columns: 80, rows: 24 };
      const open = await started(worldSession('open').session, size);
      await open.press('F');
      const { effects } = open.overlay().plan;
      const lines = effectLines(effects);
      expect(lines.length).toBeLessThan(effects.filter(isCurrent).length);
      const [, ...said] = open.text().split(effectSummary(effects));
      expect(said.join().replaceAll(/\s+/g, ' ')).toContain(lines[0]?.text.replace(/\.$/, ''));
      // Of more than fit, one row each is shown.
      const many = Array.from({ length: 9 }, (_, at) => sampleEffect('opens', `Source ${at}.`, true));
      open.show({ ...open.overlay().plan, effects: many });
      expect(open.text()).toMatch(/^ and \d more, listed in the summary$/m);
    });

    test('its line is copied only where it makes the plan shown', async () => {
      const { session } = worldSession('drifted');
      const { press, overlay, said, copied, text } = await started(session);
      await press('F', 'C');
      expect(copied()).toBe('bastide fix --all');
      const { needs = [], out = [] } = overlay().picks ?? {};
      // A selected step, on which none depends.
      const alone = needs.findIndex(
        (own, at) => own.length === 0 && !out.includes(at) && needs.every((other) => !other.includes(at)),
      );
      expect(alone).toBeGreaterThanOrEqual(0);
      await press('g', ...down(alone + 1), ' ', 'C');
      expect(copied()).toBe('');
      expect(said()).toMatch(/No command line selects these steps of the plan\. Save it \(w\)/);
      expect(text()).toMatch(/\$ bastide fix --all {2}# \d+ of \d+ steps/);
      await press(' ', 'C');
      expect(copied()).toBe('bastide fix --all');
    });

    test('a step takes along what depends on it, and brings what it depends on; the footer says which', async () => {
      const { session } = worldSession('open');
      const { press, overlay, said, text } = await started(session);
      await press('F');
      const { whole } = overlay().picks ?? { whole: overlay().plan };
      const closing = whole.steps.findIndex(
        (step, index) => step.phase === 5 && whole.steps.slice(0, index).some((one) => dependsOn(step, one)),
      );
      const opening = whole.steps.findIndex(
        (one, index) => index < closing && dependsOn(whole.steps[closing] as never, one),
      );
      // What closes is selected by hand.
      await press(...down(closing + 1), ' ');
      expect(overlay().picks?.out).not.toContain(closing);
      const before = overlay().plan;
      await press('g', ...down(opening + 1), ' ');
      expect(overlay().picks?.out).toEqual(expect.arrayContaining([opening, closing]));
      expect(said()).toMatch(
        new RegExp(
          `^Step ${opening + 1} is deselected\\. Steps? .*\\b${closing + 1}\\b.* depends? on step ${opening + 1} and (is|are) deselected as well\\.$`,
        ),
      );
      const { plan } = overlay();
      expect(plan.steps).toHaveLength(whole.steps.length - (overlay().picks?.out.length ?? 0));
      expect(plan.preview.resolves.length).toBeLessThan(before.preview.resolves.length);
      expect(plan.effects.length).toBeLessThan(before.effects.length);
      // Each finding that is not resolved any more is listed with its reason.
      for (const id of before.preview.resolves.filter((one) => !plan.preview.resolves.includes(one)))
        expect(plan.skipped.map(({ finding }) => finding)).toContain(id);
      expect(text()).toMatch(new RegExp(`, ${overlay().picks?.out.length} not selected`));

      await press('g', ...down(closing + 1), ' ');
      expect(said()).toMatch(
        new RegExp(
          `^Step ${closing + 1} is selected, and steps? .*\\b${opening + 1}\\b.* too: step ${closing + 1} depends on`,
        ),
      );
      expect(overlay().picks?.out).not.toContain(opening);
    });

    test('a selects the steps up to the cursor; with none selected nothing is applied', async () => {
      const { session, applied } = worldSession('mixed');
      const { press, overlay, said, state, text } = await started(session);
      await press('F', ...down(3), 'a');
      expect(overlay().plan.steps.map(({ change }) => change)).toEqual(
        (overlay().picks?.whole.steps ?? []).slice(0, 3).map(({ change }) => change),
      );
      expect(said()).toBe('Steps 1 to 3 are selected, the others are deselected.');
      // Nothing of it restricts access: Enter on Apply is enough.
      expect(confirmationOf(overlay().plan).typed).toBeNull();
      expect(text()).not.toContain('asks for the name');
      await press('g', 'j', 'a', ' ');
      expect(overlay().plan.steps).toEqual([]);
      await press('tab', 'enter');
      expect(said()).toBe('No step is selected: select one with Space.');
      expect([state().overlay?.kind, applied]).toEqual(['plan', []]);
      await press('j', 'a', 'tab', 'enter');
      expect(applied).toHaveLength(1);
      expect(applied[0]?.steps).toHaveLength(2);
    });

    test('a step that is not automatic comes in with "up to here" only by itself, or where it is needed', async () => {
      const { session } = worldSession('tunnelled');
      const { press, overlay, said } = await started(session);
      await press('F');
      const { picks } = overlay();
      const steps = picks?.whole.steps ?? [];
      const last = steps.length - 1;
      const neededBy = (at: number): number[] => [at, ...(picks?.needs[at] ?? []).flatMap(neededBy)];
      const risky = numbers(picks?.whole ?? overlay().plan).filter((at) => steps[at]?.effects.some(isRisky));
      expect(picks?.out).toEqual(expect.arrayContaining(risky));
      await press('G', 'a');
      const out = overlay().picks?.out ?? [];
      expect(out).not.toContain(last);
      const others = risky.filter((at) => !neededBy(last).includes(at));
      expect(others.length).toBeGreaterThan(0);
      expect(out).toEqual(expect.arrayContaining(others));
      expect(said()).toMatch(/^Steps 1 to \d+ are selected, the others are deselected\. Not selected: /);
      await press('k', 'a');
      expect(overlay().picks?.out).toContain(last);
      expect(overlay().picks?.out).not.toContain(last - 1);
    });

    test('what is computed is what the engine says of these steps alone', async () => {
      const { session, snapshot } = worldSession('machines');
      const { press, overlay } = await started(session);
      await press('F', ...down(2), ' ', ...down(2), ' ');
      const { plan, picks } = overlay();
      if (picks === undefined) throw new Error('no steps to select');
      const alone = finish(session.without(snapshot, picks.whole, picks.out, 'all')).plan;
      expect(plan).toEqual(alone);
      expect(picks.out.length + plan.steps.length).toBe(numbers(picks.whole).length);
    });
  });

  describe('the fix of one finding', () => {
    test('starts unselected where it is not automatic, and is applied when it is selected and the name typed', async () => {
      const { session, snapshot, applied } = worldSession('kubernetes');
      const { press, overlay, said, state } = await started(session);
      const risky = session
        .report(snapshot, 'all')
        .findings.find(
          ({ effects, fix: { kind } }) => kind === 'guided' && effects?.some(({ kind: one }) => one === 'deletes'),
        );
      await press(':', ...`fix ${risky?.id}`, 'enter');
      expect(overlay().plan.steps).toEqual([]);
      await press('tab', 'enter');
      expect(said()).toBe('No step is selected: select one with Space.');
      await press(' ', 'tab', 'enter');
      expect(state().overlay).toMatchObject({
        kind: 'ask',
        question: {
          title: expect.stringMatching(/^Effects: (?:[a-z -]+, )*deletes(?:, [a-z -]+)*\. Type \S+ to apply 1 change$/),
        },
      });
      await press(...nameOf(snapshot.workspace ?? ''), 'enter');
      expect(applied.map(({ steps }) => steps.length)).toEqual([1]);
    });
  });

  describe('undo and redo', () => {
    test('start with every step selected; some of them leave the entry for the rest', async () => {
      const fake = fakeSession();
      const sent: Plan[] = [];
      const session: Session = {
        ...fake,
        apply(plan, how) {
          sent.push(plan);
          return fake.apply(plan, how);
        },
      };
      const { press, overlay, state } = await started(session, undefined, 'history');
      await press('F', 'tab', 'enter', 'esc');
      sent.length = 0;
      await press('u');
      expect(overlay()).toMatchObject({ plan: { verb: 'undo' }, picks: { out: [] } });
      await press('j', ' ');
      expect(overlay().picks?.out).toEqual([0]);
      await press('tab', 'enter');
      expect(sent.map(({ steps }) => steps.length)).toEqual([2]);
      expect(state().overlay?.kind).not.toBe('plan');
    });
  });
});

describe('the promise of the overview', () => {
  inEveryRun(() => {
    test('is none until the plan is computed while nothing is pressed; a key is handled in between', async () => {
      const { session } = worldSession('mixed');
      const { text, state, turn, press, promised } = await started(session);
      expect(state().promise).toBeNull();
      expect(text()).toMatch(/F {2}Preview all auto-fixes ─/);
      // On another screen it waits.
      await press('4');
      for (let n = 0; n < 400; n += 1) await turn();
      expect(state().promise).toBeNull();
      await press('1');
      await promised();
      const { changes, resolves = [] } = state().promise ?? {};
      const words = resolvedWords(state().report?.problems ?? [], resolves);
      expect(words).toBe('34 findings (10 of 17 problems)');
      expect(text()).toContain(`F  ${changes} changes resolve ${words}`);
    });
  });

  const names = worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet');
  test.each(partOf(names, 6))('is what the plan then resolves: %s', async (world) => {
    const { session } = worldSession(world);
    const { state, promised, press, overlay, text } = await started(session);
    await promised();
    const promise = state().promise;
    await press('F');
    const { automatic } = state().view.findings.value;
    if (state().overlay?.kind !== 'plan') return expect([automatic, promise?.resolves]).toEqual([0, []]);
    const { plan } = overlay();
    // What only repeats other findings is resolved, and not counted.
    const { resolves, rollUps } = plan.preview;
    expect([promise?.changes, promise?.resolves.length]).toEqual([plan.steps.length, countedIn(resolves, rollUps)]);
    // Header, overview and plan say the same numbers.
    const { problems = [], summary } = state().report ?? {};
    const failing = problems.filter(({ kind }) => kind !== 'unreadable');
    expect(text()).toContain(` resolves ${resolvedWords(problems, promise?.resolves ?? [])}`);
    const header = headerRows(state()).rest.map(plain).join('\n');
    expect(header).toMatch(new RegExp(`^ ${failing.length} problems?:.* ${summary?.fail} findings?  `));
  });
});
