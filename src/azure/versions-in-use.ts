// The api-versions of reads in one run: the table's, and an older one where a cloud does not have that. Writes have the table's alone.
import { newestOf, readVersionOf, readVersionsOf } from '../model/api-versions.ts';
import { fold } from '../model/resource-id.ts';
import { refusalOf } from './refusal.ts';
import type { TransportAnswer } from './transport.ts';

/** Codes by which Azure says that it does not have a type, or not at the version asked for. */
const notHere = ['NoRegisteredProviderFound', 'InvalidApiVersionParameter', 'InvalidResourceType'];

export const isUnknownVersion = (code: string | undefined): boolean => code !== undefined && notHere.includes(code);

/** Longest list of versions that a refusal is searched for. */
const longest = 20_000;

/** The versions that a refusal names: `The supported api-versions are '2024-05-01, 2024-01-01'.` */
function namedIn(message: string): readonly string[] {
  const [, list = ''] = /supported (?:api-)?versions are '([^']*)'/i.exec(message.slice(0, longest)) ?? [];
  return list
    .split(',')
    .map((one) => fold(one.trim()))
    .filter((one) => /^\d{4}-\d\d-\d\d(?:-[a-z0-9.]+)?$/.test(one));
}

export class VersionsInUse {
  readonly #found = new Map<string, string>();

  /** The version to ask a type at. */
  of(type: string): string {
    return this.#found.get(fold(type)) ?? readVersionOf(type);
  }

  /** The rest of the run asks at the version that was answered. */
  keep(type: string, version: string): void {
    if (version !== this.of(type)) this.#found.set(fold(type), version);
  }

  /**
   * What to ask after a refusal: the first of the table's versions that Azure names, or, where it names none of them, the newest that
   * it does name. Undefined where the refusal is about something else, or all was asked.
   */
  after(type: string, answer: TransportAnswer, tried: readonly string[]): string | undefined {
    const { code, message } = refusalOf(answer.status, answer.body);
    if (!notHere.includes(code)) return undefined;
    const named = namedIn(message);
    const wanted = readVersionsOf(type).filter((one) => !tried.includes(one));
    if (named.length === 0) return wanted[0];
    return wanted.find((one) => named.includes(one)) ?? newestOf(named.filter((one) => !tried.includes(one)));
  }
}
