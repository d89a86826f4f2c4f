// The list of service tags that a simulator answers with: its own table of facts, or a whole list in either of Microsoft's shapes,
// always laid out as ARM does, with numbers as strings.
import { SimulatorError } from '../../error.ts';
import { ok } from '../../gateway/answer.ts';
import {
  type ArmJson,
  type ArmObject,
  at,
  isObject,
  JsonNumber,
  json,
  list,
  object,
  parseJson,
  text,
} from '../../json.ts';
import type { ProviderType } from '../provider.ts';
import { source, tags } from './service-tag-facts.ts';

export interface TagList {
  readonly cloud: string;
  readonly changeNumber: string;
  /** ARM's `values`. */
  readonly values: readonly ArmObject[];
  /** The prefixes of a tag, whatever the case of its name; undefined for one that the list does not hold. */
  prefixesOf(name: string): readonly string[] | undefined;
}

/**
 * The list of a file where one is given, else that of the snapshot the simulator is loaded with, else the table of facts. Throws
 * {@link SimulatorError} when the file is in neither of Microsoft's shapes.
 */
export function tagListOf({ serviceTags, load }: { readonly serviceTags?: string; readonly load?: string }): TagList {
  if (serviceTags !== undefined) {
    const given = tagsIn(parsed(serviceTags));
    if (given) return given;
    throw new SimulatorError('service-tags', 'The service tag file has no tag with a name and prefixes.');
  }
  const kept = load?.includes('"serviceTags"') ? tagsIn(at(parsed(load), 'serviceTags', 'document')) : undefined;
  return kept ?? ownTags();
}

function parsed(content: string): ArmJson {
  try {
    return parseJson(content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SimulatorError('service-tags', `The service tag file is not JSON: ${why}.`);
  }
}

function ownTags(): TagList {
  const values = tags.map((tag) => armValue(tag.name, source.changeNumber, json({ ...tag })));
  return listOf(source.cloud, source.changeNumber, values);
}

/** Of a document in either shape; undefined when it holds no tag. */
function tagsIn(document: ArmJson | undefined): TagList | undefined {
  const changeNumber = number(at(document, 'changeNumber'));
  const values = list(document, 'values').flatMap((value) => {
    const name = text(value, 'name');
    const properties = at(value, 'properties');
    return name === undefined || !isObject(properties) ? [] : [armValue(name, changeNumber, properties)];
  });
  return values.length === 0 ? undefined : listOf(text(document, 'cloud') ?? source.cloud, changeNumber, values);
}

function listOf(cloud: string, changeNumber: string, values: readonly ArmObject[]): TagList {
  const byName = new Map(values.map((value) => [text(value, 'name')?.toLowerCase(), value]));
  return {
    cloud,
    changeNumber,
    values,
    prefixesOf(name) {
      const value = byName.get(name.toLowerCase());
      return value && list(value, 'properties', 'addressPrefixes').filter((item) => typeof item === 'string');
    },
  };
}

/** One tag as ARM lays it out: neither `platform` nor `regionId`, which the download has. */
function armValue(name: string, serviceTagChangeNumber: string, properties: ArmJson): ArmObject {
  const features = at(properties, 'networkFeatures');
  return object({
    name,
    id: name,
    serviceTagChangeNumber,
    properties: {
      changeNumber: number(at(properties, 'changeNumber')),
      region: text(properties, 'region') ?? '',
      state: text(properties, 'state') ?? 'GA',
      networkFeatures: Array.isArray(features) ? features : undefined,
      systemService: text(properties, 'systemService') ?? '',
      addressPrefixes: list(properties, 'addressPrefixes'),
    },
  });
}

const number = (value: ArmJson | undefined): string =>
  typeof value === 'string' ? value : value instanceof JsonNumber ? value.text : '';

// Microsoft.Network/locations/serviceTags: the simulator's list of service tags, which is the same in every region.

export const serviceTags: ProviderType = {
  type: 'Microsoft.Network/locations/serviceTags',
  allows: { put: false, patch: false, delete: false },
  /** Not paged, and its array is called `values`. */
  items: ({ address, tags: { cloud, changeNumber, values } }) =>
    ok(
      json({
        name: cloud,
        id: `/subscriptions/${address.subscription}/providers/Microsoft.Network/serviceTags/${cloud}`,
        type: 'Microsoft.Network/serviceTags',
        changeNumber,
        cloud,
        values: [...values],
      }),
    ),
};
