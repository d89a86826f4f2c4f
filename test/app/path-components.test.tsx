// The Path screen as Ink draws it, in a terminal that is only a string.
import { stripVTControlCharacters } from 'node:util';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { App } from '../../src/app/App.tsx';
import { createShell } from '../../src/app/state/shell.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

afterEach(() => cleanup());

async function drawn(size: { columns: number; rows: number }) {
  const stdout = { ...size, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(), stdout }));
  const { stdin, lastFrame } = render(<App shell={shell} />);
  const frame = () => stripVTControlCharacters(lastFrame() ?? '');
  const until = async (words: RegExp): Promise<string> => {
    const end = Date.now() + 10_000;
    while (!words.test(frame())) {
      if (Date.now() > end) throw new Error(`never drawn: ${words}\n${frame()}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return frame();
  };
  void shell.begin();
  await until(/f = bastide fix|f:/);
  stdin.write(':path --source snet-train --destination stmlsim\r');
  return { stdin, until };
}

test('hops are on the left with their verdicts, the detail of the one that stops it on the right', async () => {
  const { until } = await drawn({ columns: 100, rows: 28 });
  const rows = (await until(/> Hops/)).split('\n');
  expect(rows).toHaveLength(28);
  expect(rows.join('\n')).toMatch(/vnet-ml\/snet-train to storage account stmlsim {2}TCP 443/);
  expect(rows.join('\n')).toMatch(/^ denied {2}stmlsim does not allow snet-train\./m);
  expect(rows.join('\n')).toMatch(/^> ✗ Service firewall +denied ! *│/m);
  expect(rows.join('\n')).toMatch(/^ {2}· Source +- +│ firewall of stmlsim/m);
  expect(rows.at(-1)).toMatch(/o resource .*r rescan .*Esc back/);
});

test('in a narrow terminal they are one above the other', async () => {
  const { stdin, until } = await drawn({ columns: 62, rows: 20 });
  const rows = (await until(/> Hops/)).split('\n');
  expect(rows).toHaveLength(20);
  const at = (words: RegExp) => rows.findIndex((row) => words.test(row));
  expect(at(/Hops/)).toBeLessThan(at(/Service firewall +denied/));
  expect(at(/Service firewall +denied/)).toBeLessThan(at(/Detail/));
  stdin.write('\t');
  await until(/> Detail/);
});
