// Bodies that computed worlds are made of: `pieces.json` holds one of each, with places for what differs.
import { type ArmJson, at, isObject, json, parseJson } from '../json.ts';
import { worldText } from '../json-file.ts';

export type PieceValues = Readonly<Record<string, ArmJson | undefined>>;

let pieces: ArmJson | undefined;

export function piece(name: string, values: PieceValues): ArmJson {
  pieces ??= parseJson(worldText('pieces'));
  return filled(at(pieces, name) ?? null, values) ?? null;
}

/**
 * A body with values in its places. In a text `{id}` stands for a value, `{last id}` for the last step of a path and `{guid …}` for the
 * GUID of a text. A text `=rules` stands for any value; a member is left out where there is none.
 */
export function filled(body: ArmJson, values: PieceValues): ArmJson | undefined {
  if (Array.isArray(body)) return body.map((item) => filled(item, values) ?? null);
  if (isObject(body)) {
    const members = [...body].map(([name, item]) => [name, filled(item, values)] as const);
    return new Map(members.flatMap(([name, item]) => (item === undefined ? [] : [[name, item] as const])));
  }
  if (typeof body !== 'string') return body;
  if (body.startsWith('=')) return values[body.slice(1)];
  return withGuids(
    body.replace(/\{(last )?(\w+)\}/g, (_, last, name) => {
      const value = String(values[name]);
      return last === undefined ? value : value.slice(value.lastIndexOf('/') + 1);
    }),
  );
}

/** The innermost first. */
function withGuids(text: string): string {
  const made = text.replace(/\{guid ([^{}]*)\}/g, (_, seed) => guidOf(seed));
  return made === text ? text : withGuids(made);
}

/** A GUID that is always the same for the same text (FNV-1a, four times). */
export function guidOf(text: string): string {
  const words = [0, 1, 2, 3].map((salt) => {
    let hash = 0x811c9dc5 ^ salt;
    for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return (hash >>> 0).toString(16).padStart(8, '0');
  });
  return words.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A private endpoint of one part of a storage account. */
export interface StorageEndpoint {
  readonly name: string;
  readonly target: string;
  /** `blob`, `file` or `dfs`. */
  readonly part: string;
  readonly subnet: string;
  readonly address: string;
  /** Path of the resource group that it is in. */
  readonly group: string;
  /** Path below which its zone is. */
  readonly zones: string;
}

/** The endpoint, its network interface and its zone group. */
export const endpointPieces = (endpoint: StorageEndpoint): ArmJson[] =>
  ['endpoint', 'networkInterface', 'zoneGroup'].map((name) => piece(name, { ...endpoint }));

/** What the subnet of endpoints shows of them. */
export function referencesTo(endpoints: readonly StorageEndpoint[]): { ids: string[]; configurations: string[] } {
  return {
    ids: endpoints.map(({ group, name }) => `${group}/providers/Microsoft.Network/privateEndpoints/${name}`),
    configurations: endpoints.map(
      ({ group, name, part }) =>
        `${group}/providers/Microsoft.Network/networkInterfaces/${name}.nic.${guidOf(name)}/ipConfigurations/${name}.${part}`,
    ),
  };
}

/** References to resources by id. */
export const references = (ids: readonly string[]): ArmJson => ids.map((id) => new Map([['id', id]]));

export const storageZone = (part: string): string => `privatelink.${part}.core.windows.net`;

export interface ZoneParts {
  readonly id: string;
  readonly networks: readonly string[];
  /** Labels and addresses. */
  readonly records: readonly (readonly [label: string, address: string])[];
  /** Records and links that are written elsewhere. */
  readonly more?: { readonly records: number; readonly links: number };
}

/** A zone, its links, its start of authority and its records. */
export const zonePieces = ({ id, networks, records, more = { records: 0, links: 0 } }: ZoneParts): ArmJson[] => [
  piece('zone', { id, records: json(records.length + 1 + more.records), links: json(networks.length + more.links) }),
  ...networks.map((network) => piece('zoneLink', { id, network })),
  piece('startOfAuthority', { id }),
  ...records.map(([label, address]) => piece('record', { id, label, address })),
];
