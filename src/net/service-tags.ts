// Microsoft's service tags, read from either of the shapes they are published in: the weekly download (numbers as
// numbers) and the answer of ARM's serviceTags call (numbers as strings).
import { type Addresses, readPrefixes } from './addresses.ts';

export interface ServiceTag {
  /** As Microsoft writes it. */
  readonly name: string;
  readonly prefixes: readonly string[];
  /** Where the tag may be used (`API`, `NSG`, `UDR`, `FW`, `VSE`); undefined when the file does not say. */
  readonly features: readonly string[] | undefined;
}
export interface ServiceTags {
  /** Of the whole file, as text; '' when the file does not say. */
  readonly changeNumber: string;
  readonly cloud: string;
  readonly size: number;
  /** By name, in any case. */
  get(name: string): ServiceTag | undefined;
  /** Every tag, in the file's order. */
  all(): Iterable<ServiceTag>;
  /** The addresses of a tag, merged; undefined for a tag that the file lacks or holds in an unreadable form. Cached per tag. */
  addressesOf(name: string): Addresses | undefined;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
const asText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/**
 * Reads a service-tag document. undefined when it is in neither shape; entries without a name or a list of texts are skipped,
 * which makes their tag unknown rather than empty.
 */
export function readServiceTags(document: unknown): ServiceTags | undefined {
  const values = member(document, 'values');
  if (!Array.isArray(values)) return undefined;
  const tags = new Map<string, ServiceTag>();
  for (const value of values) {
    const name = member(value, 'name');
    const properties = member(value, 'properties');
    const prefixes = member(properties, 'addressPrefixes');
    if (typeof name !== 'string' || !Array.isArray(prefixes)) continue;
    if (texts(prefixes).length < prefixes.length) continue;
    const features = member(properties, 'networkFeatures');
    tags.set(name.toLowerCase(), {
      name,
      prefixes: texts(prefixes),
      features: Array.isArray(features) ? texts(features) : undefined,
    });
  }
  const compiled = new Map<string, Addresses | undefined>();
  return {
    changeNumber: asText(member(document, 'changeNumber')),
    cloud: asText(member(document, 'cloud')),
    size: tags.size,
    get: (name) => tags.get(name.toLowerCase()),
    all: () => tags.values(),
    addressesOf(name) {
      const key = name.toLowerCase();
      const tag = tags.get(key);
      if (!tag || compiled.has(key)) return compiled.get(key);
      const { addresses, refused } = readPrefixes(tag.prefixes);
      const known = refused.length > 0 ? undefined : addresses;
      compiled.set(key, known);
      return known;
    },
  };
}

/** `Storage` for `Storage.WestEurope`; the name itself for a global tag. Front Door's parts are tags of their own. */
export function globalTagOf(name: string): string {
  const dot = name.lastIndexOf('.');
  if (dot < 0 || /^(?:backend|firstparty|frontend)$/i.test(name.slice(dot + 1))) return name;
  return name.slice(0, dot);
}

/**
 * Microsoft's own codes of regions, where they differ from ARM's names: the file's `properties.region`, and the spelling of
 * `AzureCloud.<region>` alone (Azure IP Ranges and Service Tags, public cloud, 10 November 2025).
 */
const ownCodes: Readonly<Record<string, string>> = {
  brazilsoutheast: 'brazilse',
  chilecentral: 'chilec',
  eastusstg: 'usstagee',
  francecentral: 'centralfrance',
  francesouth: 'southfrance',
  germanynorth: 'germanyn',
  germanywestcentral: 'germanywc',
  norwayeast: 'norwaye',
  norwaywest: 'norwayw',
  southcentralusstg: 'usstagec',
  switzerlandnorth: 'switzerlandn',
  switzerlandwest: 'switzerlandw',
};

/** The suffixes of a tag of this region: ARM's name, and Microsoft's own code where there is one. */
export function codesOf(location: string): readonly string[] {
  const name = location.toLowerCase().replaceAll(' ', '');
  return Object.hasOwn(ownCodes, name) ? [name, ownCodes[name] ?? name] : [name];
}

/** The name of a tag in a region, by ARM's name for the region (`westeurope`); in the file's spelling where present. */
export function regionalTag(tags: ServiceTags | undefined, name: string, location: string): string {
  const [usual = '', ...others] = codesOf(location).map((code) => `${name}.${code}`);
  const held = [usual, ...others].find((one) => tags?.get(one) !== undefined);
  return (held === undefined ? undefined : tags?.get(held)?.name) ?? usual;
}
