// A client of the simulator over real HTTPS that adds nothing to what is said: raw bodies in, raw bodies out.
import https from 'node:https';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { type ArmJson, at, parseJson, text } from '../../src/simulator/json.ts';

export interface TestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  readonly json: ArmJson | undefined;
  /** Error code of ARM's envelope. */
  readonly code: string | undefined;
  readonly message: string;
  at(...path: readonly string[]): ArmJson | undefined;
}

export interface TestClient {
  readonly sim: Simulator;
  readonly group: string;
  send(method: string, url: string, body?: string | object, headers?: Record<string, string>): Promise<TestReply>;
  get(path: string, version?: string): Promise<TestReply>;
  put(path: string, body: string | object, headers?: Record<string, string>): Promise<TestReply>;
  patch(path: string, body: string | object): Promise<TestReply>;
  delete(path: string): Promise<TestReply>;
  /** Leaves the simulator running. */
  close(): void;
  stop(): Promise<void>;
}

/** The newest api-version that is described, by the last type in a path; the first that fits. */
const versions: readonly (readonly [RegExp, string])[] = [
  [/microsoft\.network\/privatednszones/, '2024-06-01'],
  [/microsoft\.network\//, '2024-01-01'],
  [/microsoft\.storage/, '2023-05-01'],
  [/microsoft\.(keyvault|containerregistry)/, '2023-07-01'],
  [/microsoft\.containerservice/, '2024-05-01'],
  [/microsoft\.containerinstance/, '2023-05-01'],
  [/microsoft\.hdinsight/, '2021-06-01'],
  [/microsoft\.machinelearningservices/, '2024-04-01'],
  [/microsoft\.authorization\/policy/, '2024-05-01'],
  [/microsoft\.authorization\/role|microsoft\.authorization\/permissions/, '2022-04-01'],
  [/microsoft\.authorization/, '2020-05-01'],
  [/\/(resourcegroups|resources|providers)(\/|$)/, '2024-07-01'],
  [/^/, '2022-12-01'],
];

/** The version that a caller of today names. */
export function versionOf(path: string): string {
  const where = path.split('?')[0]?.toLowerCase() ?? '';
  const last = where.slice(Math.max(0, where.lastIndexOf('/providers/')));
  return versions.find(([pattern]) => pattern.test(last))?.[1] ?? '';
}
export const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml';
export const workspace = `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-sim`;
export const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml`;
export const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv-mlsim`;
export const account = (name: string): string => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
export const subnet = (name: string): string => `${network}/subnets/${name}`;

/** Starts a simulator and signs in. Writes are answered at once unless said: what a type makes of a body is the same on both wires. */
export async function start(options: SimulatorOptions = {}): Promise<TestClient> {
  return clientOf(await startSimulator({ wire: 'plain', ...options }));
}

export async function clientOf(sim: Simulator): Promise<TestClient> {
  const agent = new https.Agent({ ca: sim.ca, keepAlive: true });
  const authorization = { authorization: '' };
  const send: TestClient['send'] = (method, url, body, headers = {}) => {
    const target = url.startsWith('https://') ? url : `${sim.endpoint}${url}`;
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return raw(agent, method, target, payload, { ...authorization, 'content-type': 'application/json', ...headers });
  };
  const withVersion = (path: string, wanted = versionOf(path)): string =>
    path.includes('api-version=') ? path : `${path}${path.includes('?') ? '&' : '?'}api-version=${wanted}`;
  const granted = await signIn(send, sim);
  authorization.authorization = `Bearer ${text(granted.json, 'access_token')}`;
  return {
    sim,
    group,
    send,
    get: (path, wanted) => send('GET', withVersion(path, wanted)),
    put: (path, body, headers) => send('PUT', withVersion(path), body, headers),
    patch: (path, body) => send('PATCH', withVersion(path), body),
    delete: (path) => send('DELETE', withVersion(path)),
    close: () => agent.destroy(),
    async stop() {
      agent.destroy();
      await sim.stop();
    },
  };
}

export function signIn(
  send: TestClient['send'],
  sim: Simulator,
  changes: Record<string, string> = {},
): Promise<TestReply> {
  const form = {
    grant_type: 'client_credentials',
    client_id: sim.client,
    client_secret: sim.secret,
    scope: `${sim.endpoint}/.default`,
    ...changes,
  };
  return send('POST', `/${sim.tenant}/oauth2/v2.0/token`, new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
}

function raw(
  agent: https.Agent,
  method: string,
  url: string,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<TestReply> {
  return new Promise((resolve, reject) => {
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
    const request = https.request(url, { method, agent, headers: sent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve(replyOf(response.statusCode ?? 0, response.headers, Buffer.concat(parts).toString())),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

function replyOf(status: number, headers: Record<string, unknown>, content: string): TestReply {
  const isJson = String(headers['content-type'] ?? '').includes('json');
  const parsed = isJson && content !== '' ? parseJson(content) : undefined;
  return {
    status,
    headers: headers as Readonly<Record<string, string | undefined>>,
    text: content,
    json: parsed,
    code: text(parsed, 'error', 'code'),
    message: text(parsed, 'error', 'message') ?? '',
    at: (...path) => at(parsed, ...path),
  };
}
