// Microsoft.MachineLearningServices/locations/vmSizes and usages: the sizes that computes come in, and the cores of each family that
// a subscription may use in a region. A state may hold a row for a family, which then says the limit.
import { fold } from '../../gateway/address.ts';
import { ok } from '../../gateway/answer.ts';
import { type ArmJson, at, JsonNumber, json, list, object, text } from '../../json.ts';
import type { Store } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';

interface Size {
  readonly name: string;
  readonly family: string;
  readonly cores: number;
  readonly memory: number;
  readonly gpus: number;
}

const sizes: readonly Size[] = (
  [
    ['Standard_D2_v2', 'standardDv2Family', 2, 7],
    ['Standard_D3_v2', 'standardDv2Family', 4, 14],
    ['Standard_DS1_v2', 'standardDSv2Family', 1, 3.5],
    ['Standard_DS2_v2', 'standardDSv2Family', 2, 7],
    ['Standard_DS3_v2', 'standardDSv2Family', 4, 14],
    ['Standard_DS11_v2', 'standardDSv2Family', 2, 14],
    ['Standard_DS12_v2', 'standardDSv2Family', 4, 28],
    ['Standard_F4s_v2', 'standardFSv2Family', 4, 8],
    ['Standard_E4s_v3', 'standardESv3Family', 4, 32],
    ['Standard_NC6', 'standardNCFamily', 6, 56, 1],
    ['Standard_NC6s_v3', 'standardNCSv3Family', 6, 112, 1],
    ['Standard_NC12s_v3', 'standardNCSv3Family', 12, 224, 2],
  ] as const
).map(([name, family, cores, memory, gpus = 0]) => ({ name, family, cores, memory, gpus }));

const usual = 100;
const usagesType = 'Microsoft.MachineLearningServices/locations/usages';

export const sizeOf = (name: string): Size | undefined => sizes.find((size) => fold(size.name) === fold(name));

const sizesType = 'Microsoft.MachineLearningServices/locations/vmSizes';

/** A size that is known here, or that a snapshot's own list of the region holds. */
export function sizeIn(store: Store, subscription: string, region: string, name: string): Size | undefined {
  const known = sizeOf(name);
  if (known || !store.seen) return known;
  const path = `/subscriptions/${subscription}/providers/${sizesType}`.replace(
    '/locations/',
    `/locations/${plainRegion(region)}/`,
  );
  const row = list(store.get(path), 'value').find((one) => fold(text(one, 'name') ?? '') === fold(name));
  const cores = at(row, 'vCPUs');
  if (!(cores instanceof JsonNumber)) return undefined;
  return { name, family: text(row, 'family') ?? '', cores: Number(cores.text), memory: 0, gpus: 0 };
}

/** `Standard DSv2`: how the service's own sentences and rows call a family. */
export const familyWords = (family: string): string =>
  family.replace(/^standard/i, 'Standard ').replace(/Family$/i, '');

const plainRegion = (name: string): string => fold(name).replaceAll(' ', '');

/** Cores of a family in a region: how many there may be, and how many run. */
export function coresOf(store: Store, subscription: string, region: string, family: string) {
  const scope = `/subscriptions/${subscription}`;
  const own = store
    .ofType(usagesType, scope)
    .find((row) => fold(text(row, 'id') ?? '').endsWith(fold(`/locations/${plainRegion(region)}/usages/${family}`)));
  const limit = at(own, 'limit');
  const running = store
    .ofType('Microsoft.MachineLearningServices/workspaces/computes', scope)
    .filter((compute) => {
      const size = sizeOf(text(compute, 'properties', 'properties', 'vmSize') ?? '');
      const here = plainRegion(text(compute, 'properties', 'computeLocation') ?? '') === plainRegion(region);
      return here && size?.family === family;
    })
    .reduce((sum, compute) => {
      const cores = sizeOf(text(compute, 'properties', 'properties', 'vmSize') ?? '')?.cores ?? 0;
      return sum + cores * nodesOf(compute);
    }, 0);
  return { limit: limit instanceof JsonNumber ? Number(limit.text) : usual, used: running };
}

/** Machines of a compute: one of an instance, of a cluster as many as it has nodes. */
export function nodesOf(compute: ArmJson | undefined): number {
  const count = at(compute, 'properties', 'properties', 'currentNodeCount');
  if (count instanceof JsonNumber) return Number(count.text);
  return fold(text(compute, 'properties', 'computeType') ?? '') === 'computeinstance' ? 1 : 0;
}

export const machineSizes: ProviderType = {
  type: sizesType,
  allows: { put: false, patch: false, delete: false },
  // One answer: the document of this list knows no next page.
  items: () => ok(json({ value: sizes.map(sizeBody) })),
};

const sizeBody = ({ name, family, cores, memory, gpus }: Size): ArmJson =>
  json({
    name,
    family,
    vCPUs: cores,
    gpus,
    osVhdSizeMB: 1047552,
    maxResourceVolumeMB: 14336,
    memoryGB: memory,
    lowPriorityCapable: true,
    premiumIO: /s/i.test(name.split('_')[1] ?? ''),
    supportedComputeTypes: ['AmlCompute', 'ComputeInstance'],
  });

export const coreUsages: ProviderType = {
  type: usagesType,
  allows: { put: false, patch: false, delete: false },
  items({ store, address }) {
    const region = address.names[0] ?? '';
    const subscription = address.subscription ?? '';
    return [...new Set(sizes.map(({ family }) => family))].map((family) => {
      const { limit, used } = coresOf(store, subscription, region, family);
      const words = `${familyWords(family)} Family Cluster Dedicated vCPUs`;
      return json({
        id: `/subscriptions/${subscription}/usages/${words.replaceAll(' ', '_')}`,
        type: 'Microsoft.MachineLearningServices/vmFamily/usages',
        currentValue: used,
        limit,
        name: { localizedValue: words, value: words },
        unit: 'Count',
      });
    });
  },
};

/** A list of usages in a snapshot, as limits that leave the room that was seen: others use cores that are not listed. */
export function limitsAsSeen(store: Store): void {
  for (const report of store.ofType(usagesType)) {
    const [, subscription, region] =
      /^\/subscriptions\/([^/]+)\/.*\/locations\/([^/]+)\/usages$/i.exec(text(report, 'id') ?? '') ?? [];
    if (subscription === undefined || region === undefined) continue;
    const seen = store.ofType(sizesType).flatMap((sheet) => list(sheet, 'value'));
    const families = [...sizes.map((size) => size.family), ...seen.flatMap((row) => text(row, 'family') ?? [])];
    for (const family of new Set(families)) {
      const words = `${familyWords(family)} Family Cluster Dedicated vCPUs`;
      const row = list(report, 'value').find((one) => fold(text(one, 'name', 'value') ?? '') === fold(words));
      const [limit, current] = [at(row, 'limit'), at(row, 'currentValue')];
      if (!(limit instanceof JsonNumber && current instanceof JsonNumber)) continue;
      const room = Number(limit.text) - Number(current.text) + coresOf(store, subscription, region, family).used;
      const id = `/subscriptions/${subscription}/providers/${usagesType}`.replace(
        '/locations/',
        `/locations/${region}/`,
      );
      if (Number.isFinite(room))
        store.set(`${id}/${family}`, object({ id: `${id}/${family}`, limit: Math.max(0, room) }));
    }
  }
}
