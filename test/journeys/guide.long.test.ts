// The what-if of the guide, and leaving it at each of its questions.
import { describe, expect, test } from 'vitest';
import { bastide, declareNoServerless } from '../support/bastide.ts';
import { answer, entriesOf, home, kept, question, sit, stateOf } from '../support/guide.ts';
import type { TestScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

describe('what-if', () => {
  test.each([
    ['on the terminal', [], 'r', 'y', /\br what-if\b/],
    ['read out', ['--accessible'], 'rehearse', 'yes', /^\d+, what-if$/m],
  ] as const)(
    '%s: it says what would happen, sends nothing and asks again; a yes keeps it',
    async (_, more, say, yes, offer) => {
      const at = home();
      await bastide(['audit', '--demo=open'], at);
      const start = normalState(stateOf(at));
      const screen = sit(at, 'open', more);
      expect(await screen.until(question)).toMatch(offer);
      const told = await answer(screen, say, /What-if: [\s\S]*\): *$/);
      const after = told.slice(told.indexOf('What-if: '));
      expect(after).toMatch(/^What-if: \d+ of \d+ changes? would succeed\./);
      expect(after).toContain('Would resolve');
      // The what-if runs once; the question stays.
      expect(after).not.toMatch(offer);
      expect(after).toMatch(/\bapply\b/);
      expect(normalState(stateOf(at))).toEqual(start);
      expect(entriesOf(at)).toEqual([]);
      // What comes next has no what-if yet.
      expect(await answer(screen, yes, /Applied and verified[\s\S]*\): *$/)).toMatch(offer);
      expect(entriesOf(at)).toMatchObject([{ state: 'done', rehearsal: { outcome: 'done' } }]);
      screen.type('\u0003');
      await screen.exit;
    },
  );

  test('read-only too, and what still needs an answer has no what-if', async () => {
    const at = home();
    await declareNoServerless(at, 'open');
    await bastide(['fix', '--all', '--demo=open', '--yes'], at);
    const screen = sit(at, 'open', ['--read-only']);
    const first = await screen.until(question);
    expect(first).toContain('Pass --answer sku=Premium');
    expect(first).not.toContain('r what-if');
    screen.type('s\r');
    await screen.exit;
    const other = home();
    const looking = sit(other, 'open', ['--read-only']);
    expect(await looking.until(question)).toContain('r what-if');
    expect(await answer(looking, 'r')).toMatch(/What-if: \d+ of \d+ changes? would succeed/);
    looking.type('s\r');
    expect((await looking.exit).exitCode).toBe(0);
  });
});

describe('leaving', () => {
  const ways: readonly [string, (screen: TestScreen) => void][] = [
    ['Ctrl+C', (screen) => screen.type('\u0003')],
    ['the end of the input', (screen) => screen.type('\u0004')],
    ['a hang-up', (screen) => screen.kill('SIGHUP')],
  ];
  test.each(ways)(
    '%s at a question sends nothing and keeps the place: 130, and 5 after something was sent',
    async (_, leave) => {
      const at = home();
      const screen = sit(at);
      await screen.until(question);
      leave(screen);
      expect((await screen.exit).exitCode).toBe(130);
      expect(entriesOf(at)).toEqual([]);
      expect(kept(at)).toMatchObject({ acting: null, done: [], skipped: [] });

      const second = sit(at);
      await second.until(question);
      await answer(second, 'y');
      leave(second);
      expect((await second.exit).exitCode).toBe(5);
      expect(entriesOf(at)).toHaveLength(1);
      expect(kept(at)).toMatchObject({ acting: null });
      expect(kept(at).done.length).toBeGreaterThan(0);
    },
  );

  test('Ctrl+C at the choice that a fix needs: 130', async () => {
    const at = home();
    await declareNoServerless(at, 'open');
    await bastide(['fix', '--all', '--demo=open', '--yes'], at);
    const before = entriesOf(at).length;
    const screen = sit(at);
    await screen.until(question);
    await answer(screen, 'y', /sku = Premium[\s\S]*\): *$/);
    screen.type('\u0003');
    expect((await screen.exit).exitCode).toBe(130);
    expect(entriesOf(at)).toHaveLength(before);
    expect(kept(at)).toMatchObject({ acting: null, done: [] });
  });
});
