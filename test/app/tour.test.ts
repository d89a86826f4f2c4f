// The tour by its own keys: five steps over a fake demo, after which the workspace is as it was.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { footerRows } from '../../src/app/parts/footer-rows.ts';
import { screenNumberOf } from '../../src/app/state/current-screen.ts';
import { createShell } from '../../src/app/state/shell.ts';
import type { State } from '../../src/app/state/state.ts';
import { tourWords } from '../../src/app/state/tour.ts';
import type { Source } from '../../src/model/snapshot.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

async function started(source: Source, more: Pick<AppOptions, 'tour'> = {}) {
  const session = { ...fakeSession(), source };
  const begun: string[] = [];
  const demos = { list: async () => [], start: (...given: [string, boolean?]) => void begun.push(given.join(' ')) };
  const stdout = { columns: 80, rows: 24, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session, stdout, demos, ...more }));
  await shell.begin();
  const state = () => shell.store.get();
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      shell.press(key);
      for (let turn = 0; turn < 3 || state().work !== null; turn += 1)
        await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { shell, session, state, press, begun, said: () => plain(footerRows(state())[0]).trim() };
}

test('five steps, each over when it was done, end with an undone fix', async () => {
  const { state, press, said, session } = await started({ kind: 'demo', name: 'demo:mixed' });
  const before = JSON.stringify(session.resources());
  await press('?', 't');
  const seen: string[] = [];
  const look = () => {
    const words = tourWords(state()) ?? '';
    expect(words.length).toBeLessThanOrEqual(79);
    seen.push(words.slice(0, 11));
  };
  look();
  // Other keys do not disturb it.
  await press(String(screenNumberOf('map')), 'esc', 'm', 'esc');
  look();
  await press(String(screenNumberOf('findings')), 'esc');
  look();
  await press('j', 'enter');
  look();
  await press('f');
  look();
  await press('esc');
  look();
  await press('f', 'tab', 'enter');
  look();
  expect(JSON.stringify(session.resources())).not.toBe(before);
  await press('esc', 'u');
  look();
  await press('tab', 'enter');
  expect(tourWords(state())).toContain('undone and verified');
  await press('esc');
  const step = (number: number) => `Tour ${number} of 5`;
  expect(seen).toEqual([1, 1, 2, 3, 4, 4, 5, 5].map(step));
  expect([state().tour, said()]).toEqual([null, expect.stringContaining('End of the tour')]);
  expect(JSON.stringify(session.resources())).toBe(before);
});

test('while the plan asks or runs, the step says so, and names no key of the screen below', async () => {
  const { state } = await started({ kind: 'demo', name: 'demo:mixed' });
  for (const tour of [3, 4]) {
    const asked = { ...state(), tour, overlay: { kind: 'ask' } } as unknown as State;
    expect(tourWords(asked)).toBe(`Tour ${tour + 1} of 5: Answer the question, then press Enter.`);
    const running = { ...state(), tour, work: { writing: true } } as unknown as State;
    expect(tourWords(running)).toBe(`Tour ${tour + 1} of 5: Wait: the plan is being applied.`);
  }
});

test('the same key ends it, and a workspace is never part of it', async () => {
  const demo = await started({ kind: 'demo', name: 'demo:mixed' });
  await demo.press('?', 't', '?', 't');
  expect(demo.state().tour).toBeNull();
  const azure = await started({ kind: 'azure', name: 'public' });
  await azure.press('?', 't');
  expect([azure.state().tour, azure.state().overlay?.kind]).toEqual([null, 'ask']);
  await azure.press('tab', 'enter');
  await expect(azure.shell.left).resolves.toBe(0);
  expect(azure.begun).toEqual(['mixed true']);
});

test('it is offered in one line at the first start, which says its keys, and is gone when something else is opened', async () => {
  const demo = { kind: 'demo', name: 'demo:mixed' } as const;
  const first = await started(demo, { tour: 'offered' });
  expect(first.said()).toMatch(/^First start: \? then t starts a tour of five steps on a demo; Esc declines\.$/);
  await first.press('?', 't');
  expect(first.said()).toMatch(/^Tour 1 of 5/);

  const declined = await started(demo, { tour: 'offered' });
  await declined.press('j', 'esc');
  expect(declined.said()).toBe('No tour. Press ? then t to start it later.');
  const other = await started(demo, { tour: 'offered' });
  await other.press('m', 'esc');
  expect([declined.state().tour, other.state().tour]).toEqual([null, null]);
  // In a workspace it is begun in the demo, which is opened after a question.
  const azure = await started({ kind: 'azure', name: 'public' }, { tour: 'offered' });
  await azure.press('?', 't', 'tab', 'enter');
  await expect(azure.shell.left).resolves.toBe(0);
  expect(azure.begun).toEqual(['mixed true']);
  expect((await started(demo, { tour: 'begun' })).said()).toMatch(/^Tour 1 of 5/);
});
