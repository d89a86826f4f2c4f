// Signing in as the identity of an Azure machine: a virtual machine, App Service, Azure Arc and others, found by the SDK. No answer of
// its endpoint may go through a proxy.
import { clean } from '../model/text.ts';
import {
  issuedSince,
  type SignInCandidate,
  type SignInOptions,
  tokenFrom,
  unavailable,
  within,
} from './sign-in-way.ts';

const step = 'managed identity';
const machineDeadline = 20_000;
/** Milliseconds for one answer of an endpoint on this machine or beside it. */
const answerDeadline = 5000;

export function managedIdentityCandidate(options: SignInOptions): SignInCandidate {
  const isChosen = options.auth === 'managed-identity';
  const {
    IDENTITY_ENDPOINT,
    MSI_ENDPOINT,
    AZURE_POD_IDENTITY_AUTHORITY_HOST: pod,
    AZURE_CLIENT_ID,
  } = options.environment;
  const isThere = [IDENTITY_ENDPOINT, MSI_ENDPOINT, pod].some((one) => one !== undefined && one !== '');
  if (!isChosen && !isThere && !options.isAzureMachine?.()) return unavailable(step, 'this is not an Azure machine');
  const deadline = options.machineDeadline ?? machineDeadline;
  let refusal = '';
  return {
    ...{ step, how: step, decisive: isChosen, who: { client: AZURE_CLIENT_ID } },
    async prepare() {
      const cloud = await options.cloud();
      const [{ ManagedIdentityCredential }, { createDefaultHttpClient }, http, https] = await Promise.all([
        import('@azure/identity'),
        import('@azure/core-rest-pipeline'),
        import('node:http'),
        import('node:https'),
      ]);
      const client = createDefaultHttpClient();
      const settings = {
        retryOptions: { maxRetries: 1 },
        sendProbeRequest: true,
        httpClient: {
          async sendRequest(request: Parameters<typeof client.sendRequest>[0]) {
            // What the proxy's policy has set.
            request.agent = request.url.startsWith('https:') ? new https.Agent() : new http.Agent();
            request.timeout = Math.min(request.timeout || answerDeadline, answerDeadline);
            const answer = await client.sendRequest(request);
            if (answer.status >= 400) refusal = answer.bodyAsText ?? '';
            return answer;
          },
        },
      };
      const credential = AZURE_CLIENT_ID
        ? new ManagedIdentityCredential({ ...settings, clientId: AZURE_CLIENT_ID })
        : new ManagedIdentityCredential(settings);
      return ({ claims, isAnew = false } = {}) =>
        within(tokenFrom(credential, cloud, claims ?? (isAnew ? issuedSince(Date.now()) : undefined)), deadline);
    },
    trouble: (message) => machineTrouble(`${message} ${refusal}`.trim(), AZURE_CLIENT_ID),
    spied: () => undefined,
  };
}

/** `Identity not found`, and what else says so on one line. */
const saysNoIdentity = (text: string): boolean =>
  text.split('\n').some((line) => {
    const at = line.indexOf('identity');
    const not = at < 0 ? -1 : line.indexOf('not', at);
    return not >= 0 && /found|assigned/.test(line.slice(not + 3));
  });

/** Why the machine gave no token, in a few words. */
function machineTrouble(message: string, client: string | undefined): string {
  if (saysNoIdentity(message.slice(0, 10_000).toLowerCase())) {
    return client
      ? `identity ${clean(client, 100)} is not assigned to this machine`
      : 'no identity is assigned to this machine';
  }
  if (/not available|unreachable|network_error|ECONNREFUSED/i.test(message)) return 'its endpoint does not answer';
  return clean(message.split(/\r?\n/)[0], 200);
}
