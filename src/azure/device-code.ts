// Signing in with a code that is entered on a web page, on any machine: fit for SSH. Only when asked for,
// and only where a user is present to enter it.
import { clean } from '../model/text.ts';
import type { SignInCode } from './arm-client.ts';
import {
  directAgent,
  entraPolicies,
  issuedSince,
  type SignInCandidate,
  type SignInOptions,
  tokenFrom,
} from './sign-in-way.ts';
import { type EntraError, entraErrorIn } from './sign-in-words.ts';

/** Any work or school account, where no tenant is named. */
const anyTenant = 'organizations';

export function deviceCandidate(options: SignInOptions): SignInCandidate {
  const { AZURE_TENANT_ID, AZURE_AUTHORITY_HOST } = options.environment;
  const tenantId = AZURE_TENANT_ID || anyTenant;
  let spied: EntraError | undefined;
  return {
    step: 'device code',
    how: 'device code',
    decisive: true,
    who: { tenant: tenantId },
    async prepare(show) {
      if (options.interactive !== true) return 'a code can only be entered where there is a terminal';
      const cloud = await options.cloud();
      const authorityHost = AZURE_AUTHORITY_HOST ?? cloud.authority;
      const { DeviceCodeCredential } = await import('@azure/identity');
      const agent = await directAgent(authorityHost, options.ca);
      const credential = new DeviceCodeCredential({
        tenantId,
        authorityHost,
        disableInstanceDiscovery: true,
        userPromptCallback: (info) => show(codeIn(info)),
        ...(options.ca === undefined ? {} : { tlsOptions: { ca: options.ca } }),
        additionalPolicies: entraPolicies(options, agent, {
          refused: (text) => {
            // A code that has not been entered yet is no error.
            if (!text.includes('authorization_pending')) spied = entraErrorIn(text);
          },
          failed: () => {},
        }),
      });
      // A new credential would ask for a new code.
      return ({ claims, isAnew = false } = {}) =>
        tokenFrom(credential, cloud, claims ?? (isAnew ? issuedSince(Date.now()) : undefined));
    },
    trouble: deviceTrouble,
    spied: () => (spied && spied.codes.length > 0 ? spied : undefined),
  };
}

/** The SDK leaves out how long the code is good for; Entra's message is not read for it. */
function codeIn(info: { userCode: string; verificationUri: string; message: string }): SignInCode {
  const given = 'expiresIn' in info && typeof info.expiresIn === 'number' ? info.expiresIn : 900;
  return { code: info.userCode, page: info.verificationUri, expiresIn: given };
}

/** The SDK's own words for how a sign-in by code can end. */
function deviceTrouble(message: string): string {
  if (/authorization_declined/.test(message)) return 'the sign-in was declined';
  if (/expired_token|code_expired|timed? ?out/i.test(message)) return 'the code was not entered in time';
  if (/slow_down/.test(message)) return 'Azure asked to poll more slowly; start again with a new code';
  return clean(message.split(/\r?\n/)[0], 200);
}
