// Rules as a fix writes them into a firewall: one a purpose, from the ranges of the subnet, in collections of Bastide's own.
import type { Json, JsonObject } from '../../../model/json.ts';
import type { HostNeed, TagNeed } from './purposes.ts';
import type { Standing } from './standing.ts';

/** `classic`: as a firewall's own body has them; `policy`: as a rule collection group does. */
export type Dialect = 'classic' | 'policy';

export interface Wanted {
  readonly slug: string;
  readonly tags: readonly TagNeed[];
  readonly hosts: readonly HostNeed[];
}

const isWeb = ({ protocol, ports }: HostNeed): boolean =>
  protocol === 'Tcp' && ports.every((port) => port === '80' || port === '443');

/** What is missing, by tag where there is one; `byHosts`: by name where names on 80 and 443 are all it takes. */
export function wantedOf({ purpose, tags, hosts }: Standing, byHosts: boolean): Wanted {
  const { slug } = purpose;
  const named = purpose.tags.length === 0 || (byHosts && purpose.hosts.length > 0 && purpose.hosts.every(isWeb));
  return named ? { slug, tags: [], hosts } : { slug, tags, hosts: [] };
}

/** One entry a slug. */
export const together = (wanted: readonly Wanted[]): Wanted[] =>
  [...Map.groupBy(wanted, ({ slug }) => slug)].map(([slug, some]) => ({
    slug,
    tags: some.flatMap(({ tags }) => tags),
    hosts: some.flatMap(({ hosts }) => hosts),
  }));

/** Needs that one rule can hold: those of the same protocol and ports. */
const alike = <Need extends TagNeed | HostNeed>(needs: readonly Need[]): Need[][] => [
  ...Map.groupBy(needs, ({ protocol, ports }) => `${protocol} ${ports.join(',')}`).values(),
];
const numbered = (slug: string, index: number): string => (index === 0 ? slug : `${slug}-${index + 1}`);

function networkRules({ slug, tags }: Wanted, source: readonly string[], dialect: Dialect): JsonObject[] {
  return alike(tags).map((some, index): JsonObject => {
    const [first] = some;
    const protocol = first?.protocol === '*' ? 'Any' : (first?.protocol ?? 'Tcp').toUpperCase();
    return {
      ...(dialect === 'policy' ? { ruleType: 'NetworkRule' } : {}),
      name: numbered(slug, index),
      [dialect === 'policy' ? 'ipProtocols' : 'protocols']: [protocol],
      sourceAddresses: [...source],
      destinationAddresses: some.map(({ tag }) => tag),
      destinationPorts: [...(first?.ports ?? [])],
    };
  });
}

function applicationRules({ slug, hosts }: Wanted, source: readonly string[], dialect: Dialect): JsonObject[] {
  return alike(hosts).map(
    (some, index): JsonObject => ({
      ...(dialect === 'policy' ? { ruleType: 'ApplicationRule' } : {}),
      name: numbered(slug, index),
      sourceAddresses: [...source],
      protocols: (some[0]?.ports ?? []).map((port) => ({
        protocolType: port === '80' ? 'Http' : 'Https',
        port: Number(port),
      })),
      targetFqdns: some.map(({ host }) => host),
    }),
  );
}

export interface WrittenRules {
  readonly network: readonly JsonObject[];
  readonly application: readonly JsonObject[];
}
export const writtenRules = (wanted: readonly Wanted[], source: readonly string[], dialect: Dialect): WrittenRules => ({
  network: wanted.flatMap((one) => networkRules(one, source, dialect)),
  application: wanted.flatMap((one) => applicationRules(one, source, dialect)),
});

/** A collection of a firewall's own, which allows. */
export const classicCollection = (name: string, priority: number, rules: readonly JsonObject[]): JsonObject => ({
  name,
  properties: { priority, action: { type: 'Allow' }, rules: [...rules] },
});

/** A new rule collection group: its network rules in one collection, its application rules in another. */
export function groupBody(priority: number, { network, application }: WrittenRules): JsonObject {
  const collection = (name: string, at: number, rules: readonly JsonObject[]): Json[] =>
    rules.length === 0
      ? []
      : [
          {
            ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
            ...{ name, priority: at, action: { type: 'Allow' }, rules: [...rules] },
          },
        ];
  const ruleCollections = [...collection('bastide-net', 200, network), ...collection('bastide-app', 300, application)];
  return { properties: { priority, ruleCollections } };
}
