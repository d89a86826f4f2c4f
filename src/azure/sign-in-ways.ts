// The sign-in methods that Bastide knows, in the order in which they are tried.
import { clean } from '../model/text.ts';
import { deviceCandidate } from './device-code.ts';
import {
  type ClientSecret,
  directAgent,
  entraPolicies,
  noAnswerWithin,
  type SignInCandidate,
  type SignInOptions,
  tokenFrom,
} from './sign-in-way.ts';
import { cliTrouble, type EntraError, entraErrorIn } from './sign-in-words.ts';

/** The chosen method alone, or the chain. */
export function candidates(options: SignInOptions): SignInCandidate[] {
  const simulator = options.simulator ? [secretCandidate('simulator', options, options.simulator, undefined)] : [];
  const environment = environmentCandidate(options);
  const cli = cliCandidate(options);
  switch (options.auth) {
    case 'sim':
      return simulator.length > 0 ? simulator : [environment];
    case 'env':
      return [environment];
    case 'cli':
      return [cli];
    case 'device':
      return [deviceCandidate(options)];
    default:
      return simulator.length > 0 ? simulator : [environment, cli];
  }
}

function environmentCandidate(options: SignInOptions): SignInCandidate {
  const {
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: client,
    AZURE_CLIENT_SECRET: secret,
    AZURE_AUTHORITY_HOST: authority,
  } = options.environment;
  const step = 'environment';
  if (tenant && client && secret) return secretCandidate(step, options, { tenant, client, secret }, authority);
  const missing = client
    ? `AZURE_CLIENT_ID is set, but no ${secret ? 'AZURE_TENANT_ID' : 'AZURE_CLIENT_SECRET'}`
    : 'no AZURE_CLIENT_ID';
  return {
    step,
    how: step,
    decisive: false,
    who: {},
    prepare: async () => missing,
    trouble: clean,
    spied: () => undefined,
  };
}

function secretCandidate(
  step: string,
  options: SignInOptions,
  given: ClientSecret,
  authority: string | undefined,
): SignInCandidate {
  let spied: EntraError | undefined;
  let unreached: string | undefined;
  return {
    step,
    how: step === 'simulator' ? 'simulator' : 'client secret',
    decisive: true,
    who: given,
    async prepare() {
      const cloud = await options.cloud();
      const { ClientSecretCredential } = await import('@azure/identity');
      const authorityHost = authority ?? cloud.authority;
      const agent = await directAgent(authorityHost, options.ca);
      const credential = new ClientSecretCredential(given.tenant, given.client, given.secret, {
        authorityHost,
        disableInstanceDiscovery: true,
        retryOptions: { maxRetries: 2 },
        ...(options.ca === undefined ? {} : { tlsOptions: { ca: options.ca } }),
        additionalPolicies: entraPolicies(options, agent, {
          refused: (text) => {
            spied = entraErrorIn(text);
          },
          failed: (reason) => {
            unreached = `${clean(new URL(authorityHost).host, 200)} gave no token: ${reason}.`;
          },
        }),
      });
      return (claims) => tokenFrom(credential, cloud, claims);
    },
    trouble: (message) => clean(message.split(/\r?\n/)[0], 200),
    spied: () => (spied && spied.codes.length > 0 ? spied : undefined),
    unreached: () => unreached,
  };
}

function cliCandidate(options: SignInOptions): SignInCandidate {
  const deadline = options.cliDeadline ?? 15_000;
  return {
    step: 'Azure CLI',
    how: 'Azure CLI',
    decisive: options.auth === 'cli',
    who: {},
    async prepare() {
      const cloud = await options.cloud();
      const { AzureCliCredential } = await import('@azure/identity');
      const credential = new AzureCliCredential({ processTimeoutInMs: deadline });
      return (claims) => within(tokenFrom(credential, cloud, claims), deadline);
    },
    trouble: cliTrouble,
    spied: () => undefined,
  };
}

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(noAnswerWithin(ms))), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
