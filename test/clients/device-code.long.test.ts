// Signing in with a code: by Bastide at a real terminal, refused where there is none, and by Microsoft's own Azure CLI.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bastide, launcher } from '../support/bastide.ts';
import { skippedFor } from '../support/outside.ts';
import { openScreen } from '../support/screen.ts';
import { azEnvironment, missing, run, type SimulatedAzure, simulate } from './simulated.ts';

const noAz = missing('az');
let simulated: SimulatedAzure;
beforeAll(async () => {
  simulated = await simulate('--world', 'mixed');
});
afterAll(() => simulated.stop());

test('the shell shows page and code each on a line, and goes on by itself once the code is entered', async () => {
  const { home, ready, source } = simulated;
  const screen = openScreen('sh', [launcher, 'whoami', '--auth', 'device', '--quiet', ...source], {
    cols: 100,
    rows: 30,
    wholeEnv: home.env,
    cwd: home.folder,
  });
  try {
    const text = await screen.until(/device code\s[\s\S]*source/);
    const lines = text.split('\n').map((line) => line.trim());
    expect(lines).toContain(`${ready.endpoint}/common/oauth2/deviceauth`);
    expect(lines).toContain('SIMULATED');
    expect(text).toContain('Enter it only if you started this sign-in yourself.');
    expect(text).toContain('operator@simulated.example');
  } finally {
    screen.kill('SIGKILL');
  }
});

test('the full screen shows them too, and then the workspace', async () => {
  const { home, ready, source } = simulated;
  const screen = openScreen('sh', [launcher, '--auth', 'device', ...source], {
    cols: 120,
    rows: 40,
    wholeEnv: home.env,
    cwd: home.folder,
  });
  try {
    const asked = await screen.until('SIMULATED');
    expect(asked.split('\n').map((line) => line.trim())).toContain(`${ready.endpoint}/common/oauth2/deviceauth`);
    await screen.until(/f fix/);
  } finally {
    screen.kill('SIGKILL');
  }
});

test('without a terminal no code is waited for', async () => {
  const { home, source } = simulated;
  const ran = await bastide(['whoami', '--auth', 'device', ...source], home);
  expect(ran.status).toBe(6);
  expect(ran.stderr).toContain('a code can only be entered where there is a terminal');
});

test.each([['--demo'], ['--from', 'x.json']])('--auth beside %s is a contradiction', async (...other) => {
  const ran = await bastide(['whoami', '--auth', 'cli', ...other], simulated.home);
  expect(ran.status).toBe(2);
});

test.skipIf(noAz !== undefined)(`az login --use-device-code${skippedFor(noAz)}`, async () => {
  const env = azEnvironment(simulated);
  const { ready } = simulated;
  for (const line of [
    `cloud register -n Sim --endpoint-resource-manager ${ready.endpoint}`,
    'cloud set -n Sim',
    `login --use-device-code --tenant ${ready.tenant}`,
  ]) {
    expect(await run('az', line.split(' '), env)).toMatchObject({ status: 0 });
  }
  const shown = await run('az', ['account', 'show', '--query', 'user', '-o', 'json'], env);
  expect(JSON.parse(shown.stdout)).toEqual({ name: 'operator@simulated.example', type: 'user' });
  const listed = await run('az', ['group', 'list', '--query', '[].name', '-o', 'tsv'], env);
  expect(listed.stdout.trim()).toBe('rg-ml');
});
