// What is in effect, asked for by a key and by a command line: the shipped program in a real terminal and in a pipe.
import { afterEach, describe, expect, test } from 'vitest';
import type { LiveReport } from '../../src/audit/index.ts';
import { bastide, bastideJson, freshHome, type Home, launcher } from '../support/bastide.ts';
import { keys, openScreen, type TestScreen } from '../support/screen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});
function home(): Home {
  const made = freshHome();
  cleanups.push(() => made.remove());
  return made;
}
function open(world: string, { env, folder }: Home): TestScreen {
  const screen = openScreen('sh', [launcher, `--demo=${world}`], { cols: 140, rows: 40, wholeEnv: env, cwd: folder });
  cleanups.push(() => screen.kill('SIGKILL'));
  return screen;
}
const idle = (text: string): boolean => /f fix/.test(text) && !/Scanning the workspace/.test(text);

describe('L', () => {
  test('shows beside the finding what Azure says, and reports where Azure cannot be asked', async () => {
    const screen = open('limited', home());
    await screen.until(idle, 20_000);
    await screen.press('/', 'filter');
    screen.type('rule:nsg.outbound-arm');
    await screen.press(keys.enter, (text) => idle(text) && /Azure Resource Manager/.test(text));
    const answered = await screen.press('L', 'Effective settings read');
    expect(answered).toContain('the model and Azure agree');
    expect(answered).toContain('nic-vm-jump');
    await screen.press('/', 'filter');
    for (let key = 0; key < 40; key += 1) screen.type(keys.backspace);
    screen.type('rule:nsg.inbound-ssh');
    await screen.press(keys.enter, (text) => idle(text) && /nsg-dev/.test(text));
    await screen.press('L', 'No machine runs in snet-dev: vm-idle is deallocated.');
  });
});

describe('--live', () => {
  test('tells the number of questions on stderr, and the result holds it with every answer', async () => {
    const { result, status, stderr } = await bastideJson<{ readonly live: LiveReport }>(
      ['audit', '--demo=limited', '--live'],
      home(),
    );
    expect(status).toBe(1);
    const { cards, nowhere, questions } = result.live;
    expect(stderr).toContain(`${questions} read-only requests for the effective settings`);
    expect([cards.length, nowhere.length]).toEqual([1, 3]);
    expect(cards[0]?.said.length).toBeGreaterThan(3);
    expect(cards[0]?.said.filter(({ agrees }) => agrees !== true)).toEqual([]);
  });

  test('has no Azure to ask offline', async () => {
    const at = home();
    const scan = await bastide(['scan', '--demo=limited', '--output', 'seen.json'], at);
    expect(scan.status).toBe(0);
    const { status, stderr } = await bastide(['audit', '--from', 'seen.json', '--live'], at);
    expect([status, stderr.includes('Effective rules and routes cannot be read from files.')]).toEqual([2, true]);
  });
});
