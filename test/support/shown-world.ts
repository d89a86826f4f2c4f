// The state of a simulator as text by resource, to compare many worlds quickly and to say where two begin to differ.
import { normalBodies } from './state.ts';

/** By folded id. */
export type ShownWorld = ReadonlyMap<string, string>;

export const shownWorld = (stateText: string): ShownWorld =>
  new Map(
    Object.entries(normalBodies(stateText))
      // The service makes them for an endpoint, with names and addresses in an order of its own.
      .filter(([id]) => !/\/networkinterfaces\/[^/]+\.nic\./.test(id))
      .map(([id, body]) => [sameNames(id), sameNames(JSON.stringify(body))]),
  );

/** Services give what they make another name each time: `acrmlsim.` and a random id, `__sys_pe_acrmlsim_registry_` and another. */
const sameNames = (text: string): string =>
  text.replaceAll(
    /(?<=[\w-]\.)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=__sys_pe_\w+_)[0-9a-f]{8}\b|(?<=with resource guid )[0-9a-f-]{36}/gi,
    'RANDOM',
  );

/** The resources that are as in none of the worlds wanted, a sentence each. */
export function differences(wanted: readonly ShownWorld[], now: ShownWorld): string[] {
  const ids = new Set([...wanted.flatMap((world) => [...world.keys()]), ...now.keys()]);
  return [...ids].flatMap((id) => {
    const were = wanted.map((world) => world.get(id));
    const is = now.get(id);
    return were.includes(is) ? [] : [`${id.split('/').slice(-2).join('/')}: ${apart(were[0] ?? 'none', is ?? 'none')}`];
  });
}

/** Where two texts begin to differ. */
function apart(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `expected ...${a.slice(from, at + 120)}, found ...${b.slice(from, at + 120)}`;
}
