// The guide as a person meets it: the shipped program in a real terminal, yes and no, a choice, an undo, leaving,
// and coming back.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bastide, bastideJson, declareNoServerless, everyEffect, type Home, launcher } from '../support/bastide.ts';
import { answer, cleanups, entriesOf, home, kept, question, sit, stateOf } from '../support/guide.ts';
import { inEveryRun, inLongRun } from '../support/parts.ts';
import { keys, openScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

inEveryRun(() => {
  test('yes, explain, skip, undo, stop; the next session goes on there', async () => {
    const at = home();
    await bastide(['audit', '--demo=open'], at);
    const start = normalState(stateOf(at));
    const screen = sit(at);
    const first = await screen.until(question);
    expect(first).toMatch(/1 of \d+ {3}high/);
    expect(first).toMatch(/1 of 8 {3}high {3}vnet-ml\/snet-\w+ {3}5 findings/);
    expect(first).toContain('Plan: 1 change');
    expect(first).toContain('full: restores the previous settings');
    expect(await answer(screen, 'e')).toContain('Azure CLI');
    expect(normalState(stateOf(at))).toEqual(start);
    // Enter goes back from the explanation to the problem, and leaves nothing.
    expect(await answer(screen, '')).toContain('Plan: 1 change');

    const second = await answer(screen, 'y');
    expect(second).toContain('Applied and verified: all 5 findings are resolved');
    expect(second).toMatch(/2 of 8 /);
    expect(normalState(stateOf(at))).not.toEqual(start);
    expect(await answer(screen, 'n')).toMatch(/3 of 8 /);
    expect(await answer(screen, 'b', /cancel\n.*\): *$/)).toMatch(/Undo entry .*\n.*Plan: /s);
    // What was allowed is restricted again: the workspace's name is wanted.
    screen.type('y\r');
    await screen.until(/Type mlw-sim to undo 1 change\n.*Answer.*: *$/);
    expect(await answer(screen, 'mlw-sim')).toContain('Undone and verified');
    expect(normalState(stateOf(at))).toEqual(start);
    screen.type('s\r');
    expect((await screen.exit).exitCode).toBe(0);
    expect(await screen.text()).toContain('To continue: bastide guide');
    expect(entriesOf(at).map(({ verb, state }) => [verb, state])).toEqual([
      ['fix', 'done'],
      ['undo', 'done'],
    ]);
    const { skipped, done } = kept(at);
    expect(skipped.length).toBeGreaterThan(1);
    expect(done).toEqual([]);

    const again = sit(at);
    const resumed = await again.until(question);
    expect(resumed).toContain(`Continuing: 0 findings resolved, ${skipped.length} skipped`);
    expect(resumed).toMatch(/3 of 8 /);
    again.type('\r');
    expect((await again.exit).exitCode).toBe(0);

    const anew = sit(at, 'open', ['--restart']);
    expect(await anew.until(question)).toMatch(/\n1 of \d+/);
    anew.type('s\r');
    await anew.exit;
  });
});

inLongRun(() => {
  test('a fix that needs a choice asks for it, and what it allows comes after it', async () => {
    const at = home();
    await declareNoServerless(at, 'open');
    await bastide(['fix', '--all', '--demo=open', '--yes'], at);
    const screen = sit(at);
    expect(await screen.until(question)).toContain('y answer');
    expect(await answer(screen, 'y')).toContain('sku = Premium');
    // Cancelling a choice sends nothing and leads back.
    expect(await answer(screen, '')).toContain('Cancelled; nothing was sent');
    expect(await answer(screen, 'y')).toContain('sku = Premium');
    const plan = await answer(screen, '1');
    expect(plan).toMatch(/SKU: \w+ → Premium/);
    expect(plan).toContain('partial');
    screen.type('y\r');
    await screen.until(/Type mlw-sim to apply \d+\s+changes?[\s\S]*Enter to cancel:$/);
    expect(await answer(screen, 'mlw-sim')).toContain('Applied and verified');
    expect(entriesOf(at).at(-1)?.state).toBe('done');
    // The question of an undo can be left too, and nothing is undone.
    await answer(screen, 'b', /cancel\n.*\): *$/);
    screen.type('\u0003');
    expect((await screen.exit).exitCode).toBe(5);
    expect(entriesOf(at).at(-1)?.verb).toBe('fix');
  });
});

inEveryRun(() => {
  test('input typed before a question does not answer it', async () => {
    const at = home();
    const screen = sit(at);
    await screen.until(question);
    // The second y is there long before the second question.
    screen.type('y\ry\r');
    await screen.until(/2 of \d+[\s\S]*\): *$/);
    await screen.quiet();
    expect(entriesOf(at)).toHaveLength(1);
    screen.type('\u0003');
    expect((await screen.exit).exitCode).toBe(5);
  });
});

inEveryRun(() => {
  test('killed while a fix is in progress: the next session settles it first and reports its state', async () => {
    /** Kills the guide in the middle of a fix; undefined where the fix was quicker. */
    const interrupted = async (): Promise<Home | undefined> => {
      const at = home();
      const screen = sit(at);
      await screen.until(question);
      screen.type('y\r');
      // Progress is on disk before the first request.
      const folder = path.join(at.folder, 'bastide/guide');
      const isActing = () => existsSync(folder) && kept(at).acting !== null;
      for (let tries = 0; tries < 5000 && !isActing(); tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 1));
      screen.kill('SIGKILL');
      await screen.exit;
      return isActing() ? at : undefined;
    };
    let at: Home | undefined;
    for (let tries = 0; tries < 5 && at === undefined; tries += 1) at = await interrupted();
    if (at === undefined) throw new Error('no fix was interrupted');

    const again = sit(at);
    const resumed = await again.until(question);
    expect(resumed).toMatch(/Interrupted at acr\.subnet-service-endpoint/);
    expect(resumed).toMatch(/nothing\s+was\s+sent|fix\s+was\s+applied|0\s+of\s+1\s+change\s+made/);
    again.type('s\r');
    expect((await again.exit).exitCode).toBe(0);
    expect(kept(at).acting).toBeNull();
    expect(entriesOf(at).filter(({ state }) => state === 'open')).toEqual([]);
  });
});

inEveryRun(() => {
  test('on the screen: a separate screen, where a letter only selects what sends', async () => {
    const at = home();
    await bastide(['audit', '--demo=open'], at);
    const start = normalState(stateOf(at));
    const screen = openScreen('sh', [launcher, '--demo=open'], {
      cols: 80,
      rows: 24,
      wholeEnv: at.env,
      cwd: at.folder,
    });
    cleanups.push(() => screen.kill('SIGKILL'));
    const idle = (text: string) => /Findings/.test(text) && /f fix/.test(text) && !/Scanning the workspace/.test(text);
    await screen.until(idle);
    expect(await screen.press('w', /Guide {2}1 of \d+ {2}high/)).toContain('> s stop');
    // While the question is open, nothing is written.
    await screen.quiet(600);
    await screen.press('e', /Impact/);
    const selected = await screen.press('y', /> y apply/);
    expect(normalState(stateOf(at))).toEqual(start);
    expect(selected).toContain('Resolves');
    // The what-if says what would happen, and the question returns; the buttons take two rows where one is too narrow.
    expect(await screen.press('r', /What-if: \d of \d changes? would succeed/)).toMatch(/> p problem/);
    expect(await screen.text()).not.toContain('r what-if');
    expect(normalState(stateOf(at))).toEqual(start);
    // Esc goes back from the what-if to the problem, and from there out of the guide.
    expect(await screen.press(keys.escape, /> s stop/)).toContain('e explain');
    await screen.press(keys.escape, /To continue: bastide guide/);
    await screen.press(keys.escape, idle);

    await screen.press('w', /Continuing: /);
    await screen.press('y', /full: restores the previous settings[\s\S]*> y apply/);
    // The header counts what the guide has resolved.
    expect(await screen.press(keys.enter, /Applied and verified/)).toMatch(/^ 7 problems: .* 31 findings {2}/m);
    expect(normalState(stateOf(at))).not.toEqual(start);
    await screen.press('b', /Undo entry/);
    await screen.press('y', /> y undo/);
    await screen.press(keys.enter, /Type mlw-sim to undo \d+ changes?/);
    await screen.press(`mlw-sim${keys.enter}`, /Undone and verified/);
    expect(normalState(stateOf(at))).toEqual(start);
    // Leaving at a question tells what was sent, and gives the terminal back.
    screen.type('\u0003');
    expect((await screen.exit).exitCode).toBe(5);
    expect(screen.modes().alternate).toBe(false);
    expect(kept(at).acting).toBeNull();
  });
});

describe('without sending', () => {
  inEveryRun(() => {
    test('no terminal: 4, and nothing is read or sent', async () => {
      const ran = await bastide(['guide', '--demo=open'], home());
      expect([ran.status, ran.stdout]).toEqual([4, '']);
      expect(ran.stderr).toContain('no terminal');
    });
  });

  inEveryRun(() => {
    test('read-only: next instead of apply', async () => {
      const at = home();
      await bastide(['audit', '--demo=open'], at);
      const start = normalState(stateOf(at));
      const screen = sit(at, 'open', ['--read-only']);
      const first = await screen.until(question);
      expect(first).toContain('n next');
      expect(first).not.toContain('y apply');
      expect(await answer(screen, 'y')).toContain('y is not one of the choices');
      expect(await answer(screen, 'n')).toMatch(/2 of 8 /);
      screen.type('s\r');
      expect((await screen.exit).exitCode).toBe(0);
      expect(normalState(stateOf(at))).toEqual(start);
    });
  });

  inLongRun(() => {
    test('--yes answers everything, in an order that allows before it restricts, and the script undoes it all', async () => {
      const at = home();
      await bastide(['fix', 'storage.*', 'keyvault.*', '--demo=open', '--yes', ...everyEffect], at);
      const start = normalState(stateOf(at));
      interface Walk {
        readonly done: readonly { readonly finding: string }[];
        readonly left: readonly object[];
        readonly script: readonly string[];
      }
      const ran = await bastideJson<Walk>(
        ['guide', '--yes', ...everyEffect, '--answer', 'sku=Premium', '--demo=open'],
        at,
      );
      // Closing the registry introduces something, and was not named.
      expect([ran.status, ran.result.left]).toEqual([
        0,
        [{ finding: expect.stringMatching(/^acr\.default-action-deny@/), reason: null }],
      ]);
      const done = ran.result.done.map(({ finding }) => finding.replace(/@.*\//, '@'));
      expect(done).toContain('acr.sku-premium@acrmlsim');
      const sent = entriesOf(at).flatMap(({ steps }) => steps.flatMap(({ change }) => change.edits));
      const place = (name: string) => sent.findIndex(({ pointer }) => pointer.includes(name));
      expect(place('networkRuleSet/defaultAction')).toBe(-1);
      expect(place('networkRuleSet/virtualNetworkRules')).toBeGreaterThan(place('/sku/name'));
      const script = ran.result.script.map((line) => `${line} --yes`).join('\n');
      expect((await bastide(['run', '-', '--demo=open'], at, script)).status).toBe(0);
      expect(normalState(stateOf(at))).toEqual(start);
    });
  });
});
