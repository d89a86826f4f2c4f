// Assets of a workspace: data, models, environments and components, each a container with versions. The container shows which
// version is the latest.
import { nameOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { child, clone, type object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType, Write } from '../provider.ts';

/** Of each kind: what a version of it must say (mfe.json of 2024-04-01). */
const kinds: Readonly<Record<string, readonly string[]>> = {
  data: ['dataType', 'dataUri'],
  models: [],
  environments: [],
  components: [],
};

const versionsOf = (store: Store, type: string, container: string) => store.ofType(`${type}/versions`, container);

/**
 * `latestVersion` is the newest, `nextVersion` one more than the highest number. A container without versions keeps the next one that it
 * came with, which Azure names by the time.
 */
function withLatest(store: Store, type: string, body: ReturnType<typeof object>): ReturnType<typeof object> {
  const next = clone(body);
  const names = versionsOf(store, type, idOf(body)).map((one) => nameOf(idOf(one)));
  const properties = child(next, 'properties');
  const highest = Math.max(0, ...names.map(Number).filter(Number.isInteger));
  put(properties, 'latestVersion', names.at(-1) ?? null);
  if (names.length > 0 || !properties.has('nextVersion')) put(properties, 'nextVersion', String(highest + 1));
  return next;
}

function version({ before, body }: Write, required: readonly string[]) {
  const missing = required.find((member) => text(body, 'properties', member) === undefined);
  if (missing !== undefined) throw new ArmError(400, 'UserError', `The property ${missing} is required.`);
  const next = replaceDocument(before, body, ['environmentType', 'provisioningState']);
  const properties = child(next, 'properties');
  for (const member of ['isAnonymous', 'isArchived']) if (!properties.has(member)) put(properties, member, false);
  return next;
}

export const assets: readonly ProviderType[] = Object.entries(kinds).flatMap(([kind, required]): ProviderType[] => {
  const type = `Microsoft.MachineLearningServices/workspaces/${kind}`;
  const common = { allows: { patch: false }, provisions: false } as const;
  return [
    {
      type,
      ...common,
      replace: ({ before, body }) => replaceDocument(before, body, ['latestVersion', 'nextVersion']),
      show: ({ store }, body) => withLatest(store, type, body),
    },
    {
      type: `${type}/versions`,
      ...common,
      replace: (write) => version(write, required),
    },
  ];
});
