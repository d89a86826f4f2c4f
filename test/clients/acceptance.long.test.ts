// Microsoft's own Azure CLI and Azure ML library against `bastide simulate`, by the scripts of the reference material: every
// command's exit status and output is checked there. Reads only, unless BASTIDE_CLIENTS=all asks for the long run.
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshHome } from '../support/bastide.ts';
import { shared, skippedFor } from '../support/outside.ts';
import { acceptanceWorld, missing, missingFile, run, type SimulatedAzure, simulate } from './simulated.ts';

const script = path.join(shared, 'acceptance/az-against.sh');
const library = path.join(shared, 'acceptance/ml-against.py');
const python = '/usr/bin/python3';
const whole = process.env.BASTIDE_CLIENTS === 'all';
const noAz = missing('az') ?? missingFile(script);
const noLibrary =
  missingFile(python) ?? missingFile('/usr/lib/python3/dist-packages/azure/ai/ml') ?? missingFile(library);
const minutes = 60_000;

const scratch = freshHome();
let simulated: SimulatedAzure;
beforeAll(async () => {
  simulated = await simulate('--load', await acceptanceWorld(scratch.folder));
});
afterAll(async () => {
  await simulated.stop();
  scratch.remove();
});

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
const failed = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('FAIL'));

test.skipIf(noAz !== undefined)(
  `az: every command of the acceptance script${skippedFor(noAz)}`,
  { timeout: 10 * minutes },
  async () => {
    const { ready, home } = simulated;
    const { host } = new URL(ready.endpoint);
    const ran = await run('bash', [script, host, whole ? 'all' : 'read'], {
      ...home.env,
      SIM_CA: ready.ca,
      SIM_IMDS: ready.imds,
      ...(whole ? { SIM_STRICT: '1' } : {}),
    });
    expect(failed(ran.stdout)).toEqual([]);
    expect(lastLine(ran.stdout)).toMatch(/^\d\d+ passed, 0 failed, 0 skipped$/);
    expect(ran.status).toBe(0);
  },
);

test.skipIf(noLibrary !== undefined)(
  `MLClient: every call of the acceptance script${skippedFor(noLibrary)}`,
  { timeout: 2 * minutes },
  async () => {
    const { ready, home } = simulated;
    const { host } = new URL(ready.endpoint);
    const ran = await run(python, [library, host, ...(whole ? ['--write'] : [])], {
      ...home.env,
      REQUESTS_CA_BUNDLE: ready.ca,
    });
    expect(failed(ran.stdout)).toEqual([]);
    expect(lastLine(ran.stdout)).toMatch(/^\d+ passed, 0 failed, 0 skipped$/);
  },
);
