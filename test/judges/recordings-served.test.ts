// The simulator over what Azure really answered: loaded with a cassette's resources it answers the recorded reads in the
// recorded shape, at the recorded api-versions (2015 to 2025).
import { afterAll, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import { clientOf } from '../simulator/support.ts';
import { absent, areHere, type Cassette, cassettes, isObject, type RecordedCall, resourcesIn } from './recordings.ts';

/** What is no resource and so cannot be loaded, with its reason. */
const notLoadable: readonly (readonly [RegExp, string])[] = [
  [/\/operationResults\//i, 'the result of an action of the recorded service'],
  [/\/providers\/Microsoft\.[A-Za-z]+\?/i, 'a list of the api-versions of another year'],
];
const reasonAgainst = ({ url }: RecordedCall) => notLoadable.find(([pattern]) => pattern.test(url))?.[1];
/** The pages after the first are asked for by the simulator's own links. */
const isFurtherPage = ({ url }: RecordedCall) => /skiptoken/i.test(url);

const all = cassettes(/./);
const reads = ({ exchanges }: Cassette) =>
  exchanges.filter((one) => one.method === 'GET' && !isFurtherPage(one) && reasonAgainst(one) === undefined);
let answered = 0;
afterAll(() => {
  const further = all.flatMap(({ exchanges }) => exchanges).filter(isFurtherPage).length;
  process.stdout.write(
    `\nCassettes served: ${all.length}. Recorded reads answered: ${answered}, and ${further} further pages by links.\n`,
  );
});

/** Every item of a list, page by page, or the one resource. */
async function answerTo(
  recorded: RecordedCall,
  loaded: readonly unknown[],
): Promise<{ status: number; body: unknown }> {
  const simulator = await startSimulator({ load: JSON.stringify(loaded) });
  const client = await clientOf(simulator);
  try {
    const first = await client.send('GET', recorded.url);
    const body = JSON.parse(first.text) as Record<string, unknown>;
    const items = Array.isArray(body.value) ? [...body.value] : undefined;
    for (let link = body.nextLink; typeof link === 'string'; ) {
      const page = JSON.parse((await client.send('GET', link)).text) as Record<string, unknown>;
      items?.push(...(page.value as unknown[]));
      link = page.nextLink;
    }
    answered += 1;
    return { status: first.status, body: items ? { ...body, value: items, nextLink: undefined } : body };
  } finally {
    await client.stop();
  }
}

/** The recorded answer with the pages that follow it. */
function whole({ exchanges }: Cassette, recorded: RecordedCall): unknown {
  const { body } = recorded;
  if (!isObject(body) || !Array.isArray(body.value)) return body;
  const where = recorded.url.split('?')[0];
  const further = exchanges.slice(exchanges.indexOf(recorded) + 1);
  const pages = body.nextLink ? further.filter((one) => isFurtherPage(one) && one.url.split('?')[0] === where) : [];
  const next = pages[0]?.body;
  const items = isObject(next) && Array.isArray(next.value) ? next.value : [];
  return { ...body, value: [...body.value, ...items], nextLink: undefined };
}

/** What the reads up to this one showed, the latest last; the subscription is there even when nothing is in it. */
function shownUntil({ exchanges }: Cassette, recorded: RecordedCall): unknown[] {
  const until = exchanges.slice(0, exchanges.indexOf(recorded) + 1).filter(({ method }) => method === 'GET');
  const found = new Map<string, unknown>();
  for (const resource of until.flatMap(({ body }) => resourcesIn(body))) {
    const id = String(resource.id).toLowerCase();
    found.delete(id);
    found.set(id, resource);
  }
  const subscription = /^\/subscriptions\/[^/]+/i.exec(recorded.url)?.[0] ?? '';
  const subscriptionId = subscription.split('/').at(-1);
  return [{ id: subscription, subscriptionId, state: 'Enabled' }, ...found.values()];
}

describe.skipIf(!areHere)(`recorded reads${absent}`, () => {
  test('there are recordings to serve, and few reads are of no resource', () => {
    const others = all.flatMap(({ exchanges }) => exchanges).filter((one) => reasonAgainst(one) !== undefined);
    expect(all.length).toBeGreaterThan(50);
    expect(others.length).toBeLessThan(5);
  });

  test.each(all.map((cassette) => [cassette.name, cassette] as const))('%s', async (_name, cassette) => {
    for (const recorded of reads(cassette)) {
      const { status, body } = await answerTo(recorded, shownUntil(cassette, recorded));
      expect(status).toBe(recorded.status);
      expect(body).toEqual(whole(cassette, recorded));
    }
  });
});
