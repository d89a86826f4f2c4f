// The operator's public address, requested only from the address they configured for it.
import { isIP } from 'node:net';
import { readStreamBytes } from '../disk/read-text.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import { clean } from '../model/text.ts';

const tooLong = 10_000;
/** In bytes: an address, however it is wrapped. */
const largestAnswer = 64 * 1024;

/** Asks `url` (https, answers with an address as text or as JSON member `ip`). Throws Failure: exit 2 without a URL, 7 without an answer. */
export async function lookUpAddress(url: Json | undefined, signal: AbortSignal): Promise<string> {
  if (typeof url !== 'string') {
    throw new Failure(
      'no-lookup',
      exitStatus.usage,
      'No lookup URL is set, so your public IP address is unknown.',
      'Pass --ip ADDRESS, or set a lookup URL: `bastide config set lookupUrl https://...`.',
    );
  }
  const said = await ask(url, signal);
  const address = /"ip"\s*:\s*"([^"]+)"/.exec(said)?.[1] ?? said.trim();
  if (isIP(address) > 0) return address;
  throw new Failure(
    'no-address',
    exitStatus.refused,
    `${clean(url, 200)} did not return an IP address: ${clean(said, 80)}.`,
    'Pass --ip ADDRESS.',
  );
}

async function ask(url: string, signal: AbortSignal): Promise<string> {
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(tooLong)]),
      redirect: 'error',
      headers: { accept: 'text/plain, application/json' },
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await readStreamBytes(answer.body ?? [], largestAnswer)).toString('utf8').slice(0, 1000);
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Failure(
      'lookup-failed',
      exitStatus.refused,
      `${clean(url, 200)} did not respond: ${clean(error instanceof Error ? error.message : error, 200)}.`,
      'Pass --ip ADDRESS.',
    );
  }
}
