// Whatever Azure answers: every answer of a scan mutated on its way, the scan ends with a snapshot, or with a failure in a sentence;
// what it holds is audited, planned and printed. Nothing ends as a bug.
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { mapOf } from '../../src/audit/map.ts';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { signInWith } from '../../src/azure/sign-in.ts';
import { isFailure } from '../../src/model/failure.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { plain, renderText } from '../../src/render/text.ts';
import { rules } from '../../src/rules/index.ts';
import { scanWorkspace } from '../../src/session/scan.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { selfSigned } from '../azure/self-signed.ts';
import { tellTrust, trustRuns, trustSeed } from '../support/trust-size.ts';
import { cut, mutated, Random } from './mutate.ts';

let simulator: Simulator;
let client: ArmClient;
let proxy: https.Server;
let random = new Random(0);
/** Answers that were changed so far. */
let mutations = 0;

/** Answers as the simulator does, some of them changed. */
function forward(request: IncomingMessage, response: ServerResponse): void {
  const { port } = new URL(simulator.endpoint);
  const options = {
    host: 'localhost',
    port,
    path: request.url,
    method: request.method,
    headers: { ...request.headers, 'accept-encoding': 'identity' },
  };
  const onward = https.request({ ...options, ca: simulator.ca }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    answer.on('end', () => {
      const { 'content-length': _length, ...headers } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, headers).end(changed(text));
    });
  });
  request.pipe(onward);
}
function changed(text: string): string {
  if (random.below(3) !== 0 || text === '') return text;
  mutations += 1;
  try {
    return mutated(JSON.parse(text), random);
  } catch {
    return cut(text, random);
  }
}

beforeAll(async () => {
  simulator = await startSimulator({ world: 'mixed' });
  const pem = await selfSigned();
  proxy = https.createServer(pem, forward);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const endpoint = `https://localhost:${(proxy.address() as AddressInfo).port}`;
  const credential = signInWith({
    cloud: async () => ({ endpoint: simulator.endpoint, authority: simulator.authority, audience: simulator.endpoint }),
    auth: 'sim',
    environment: {},
    simulator,
    ca: simulator.ca,
  });
  const source = { kind: 'endpoint', name: endpoint } as const;
  client = openArmClient({ source, endpoint, credential, ca: pem.cert, version: 'test', sleep: async () => {} });
});
afterAll(async () => {
  await client.close();
  proxy.closeAllConnections();
  proxy.close();
  await simulator.stop();
});

test('every answer of a scan', async ({ task }) => {
  const wrong: string[] = [];
  const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
  const first = (trustSeed - 1) * 1_000_000 + 1;
  // A scan asks for some forty answers.
  for (let seed = first; mutations < trustRuns * 2; seed += 1) {
    random = new Random(seed);
    try {
      const snapshot = await scanWorkspace({
        ...{ arm: client, workspace: simulator.workspace, intents: {}, id: 'x' },
        ...{ now: () => new Date(0), progress: () => {} },
      });
      audit(snapshot, rules, 'all');
      mapOf(snapshot);
      if (seed % 4 === 0) renderText(planLines(buildPlan({ snapshot, rules, request, id: 'p' })), plain);
    } catch (error) {
      if (isFailure(error) && [2, 3, 6, 7].includes(error.exit)) continue;
      wrong.push(`seed ${seed}: ${error instanceof Error ? error.stack?.split('\n').slice(0, 4).join(' | ') : error}`);
    }
  }
  tellTrust(task, { suite: 'parsers', what: 'answers of Azure', tried: mutations, wrong: wrong.length });
  expect(wrong).toEqual([]);
}, 3_600_000);
