// The proxy that the environment names, checked before the SDK reads it: it would fail at a request, and say only that an address is not
// valid. The value is never shown: it may hold a password.
import { exitStatus, Failure } from '../model/failure.ts';

/** In the order of the SDK. */
const names = ['HTTPS_PROXY', 'ALL_PROXY', 'HTTP_PROXY'];

type Environment = Readonly<Record<string, string | undefined>>;

/** The first variable that names no proxy; undefined where all do, or none is set. */
export function badProxy(environment: Environment): string | undefined {
  return names
    .flatMap((name) => [name, name.toLowerCase()])
    .find((name) => {
      const value = environment[name];
      return value !== undefined && value !== '' && !isProxy(value);
    });
}

function isProxy(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return /^https?:$/.test(protocol) && hostname !== '';
}

/** Throws Failure (exit 2). */
export function requireProxy(environment: Environment): void {
  const name = badProxy(environment);
  if (name === undefined) return;
  throw new Failure(
    'bad-proxy',
    exitStatus.usage,
    `The environment variable ${name} is not the address of a proxy.`,
    `Set it to http://HOST:PORT, or unset it.`,
    { variable: name },
  );
}
