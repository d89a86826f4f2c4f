// A what-if requested at the question itself: shown, asked again, and kept in the history.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bastideJson, freshHome, type Home, launcher } from '../support/bastide.ts';
import { openScreen } from '../support/screen.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

test('w at the question simulates the plan, and the question is put again', async () => {
  const words = ['fix', 'storage.dev-client-ip', '--ip', '203.0.113.9', '--demo=mixed'];
  const screen = openScreen('sh', [launcher, ...words], { cols: 120, rows: 60, wholeEnv: home.env });
  try {
    await screen.until(/Type yes to confirm, w for a what-if, Enter to cancel:$/, 20_000);
    const played = await screen.press(
      'w\r',
      /4 of 4 changes would succeed[\s\S]*Type yes to confirm, Enter to cancel:$/,
    );
    expect(played).toMatch(/nothing was sent/i);
    screen.type('yes\r');
    expect((await screen.exit).exitCode).toBe(0);
  } finally {
    screen.kill();
  }
  const { result } = await bastideJson<{ entries: readonly { rehearsal: { outcome: string } | null }[] }>(
    ['history', '--demo=mixed'],
    home,
  );
  expect(result.entries.map(({ rehearsal }) => rehearsal?.outcome)).toEqual(['done']);
});
