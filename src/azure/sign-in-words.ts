// What a refused sign-in means to the operator, by Entra's code. Pure.
import { clean } from '../model/text.ts';

export interface EntraError {
  readonly codes: readonly number[];
  readonly text: string;
}

export interface SignInWho {
  readonly tenant?: string | undefined;
  readonly client?: string | undefined;
}

/** The sentence and the next step for a refusal, or undefined for a code we have no better word for. */
export function wordsFor(error: EntraError, who: SignInWho): { message: string; next: string } | undefined {
  const client = clean(who.client ?? 'this application', 100);
  const tenant = clean(who.tenant ?? 'this directory', 100);
  for (const code of error.codes) {
    switch (code) {
      case 70043:
      case 700082:
      case 50078:
      case 50173:
        return { message: 'Your Azure CLI sign-in has expired.', next: 'Run `az login`, then try again.' };
      case 7000215:
      case 7000222:
        return {
          message: `The client secret is wrong or has expired (application ${client}).`,
          next: 'Set AZURE_CLIENT_SECRET to a valid secret.',
        };
      case 700027:
        return {
          message: `The certificate is not registered for application ${client}.`,
          next: 'Add it to the app registration, or check AZURE_CLIENT_CERTIFICATE_PATH.',
        };
      case 700016:
        return {
          message: `Tenant ${tenant} does not know application ${client}.`,
          next: 'Check AZURE_TENANT_ID and AZURE_CLIENT_ID.',
        };
      case 53003:
      case 530036:
      case 50005:
        return {
          message: 'Your organization blocks this sign-in method (Conditional Access).',
          next: 'Use `az login` in a browser, or a service principal.',
        };
      case 50076:
      case 50079:
        return {
          message: 'Multi-factor authentication is required.',
          next: 'Run `az login --scope https://management.azure.com/.default`.',
        };
      case 90002:
      case 900023:
        return { message: `There is no tenant ${tenant}.`, next: 'Check AZURE_TENANT_ID.' };
    }
  }
  return undefined;
}

/** The codes in a text such as `AADSTS7000215: ...` or `Error(s): 7000215`. */
export function entraErrorIn(text: string): EntraError {
  const codes = [...text.matchAll(/AADSTS(\d+)|Error\(s\):\s*(\d+)/g)].map((found) => Number(found[1] ?? found[2]));
  return { codes: [...new Set(codes)], text: clean(text.split(/\r?\n/)[0], 300) };
}

/** Why the Azure CLI gave no token, in a few words. */
export function cliTrouble(message: string): string {
  if (/could not be found|not recognized|ENOENT|not installed/i.test(message)) return 'not installed';
  if (/az login/i.test(message) && !/AADSTS/.test(message)) return 'installed, not signed in';
  if (/Unexpected end of JSON|timed out|within/i.test(message)) return 'it did not answer within 15 s';
  return clean(message.split(/\r?\n/)[0], 200);
}

/** What to do when Azure asks for more than the sign-in at hand can fetch by itself; undefined for any other trouble. */
export function renewalWords(message: string): { message: string; next: string } | undefined {
  const command = /az login --claims-challenge [A-Za-z0-9+/=_-]+(?: --\S+ \S+)*/.exec(message)?.[0];
  if (command === undefined) return undefined;
  return {
    message: 'Azure requires a new sign-in.',
    next: `Run \`${clean(command, 1000)}\`, then try again.`,
  };
}
