// Microsoft's descriptions at hand: which document describes which operation at which api-version, and which one to hold an
// exchange against. The documents are read from the reference folder beside the repository and are no part of it.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { outside } from '../support/outside.ts';

export const { place: specs, isHere, note: noSpecs } = outside('specs');

/** `openapi`: as Microsoft published it. `openapi-derived`: made from Microsoft's own clients, for newer versions. */
export type DocumentSet = 'openapi' | 'openapi-derived';
export interface DocumentedOperation {
  readonly set: DocumentSet;
  /** Inside `specs/<set>`. */
  readonly file: string;
  readonly version: string;
  /** Path template as the document writes it. */
  readonly template: string;
  readonly method: string;
  readonly id: string;
  /** Statuses it describes, and `default` where it describes every other one. */
  readonly statuses: readonly string[];
}
export interface DocumentChoice extends DocumentedOperation {
  /** The path as oav finds it: the template with the names that were asked for. */
  readonly asked: string;
  /** False when an older document stands in for a version that has none. */
  readonly exact: boolean;
}

/**
 * Namespaces whose newest published document may stand in for a newer api-version, which has none: Microsoft's SDKs and services
 * use versions that are published later.
 */
const mayStandIn = [
  'microsoft.network',
  'microsoft.storage',
  'microsoft.keyvault',
  'microsoft.containerregistry',
  'microsoft.containerservice',
  'microsoft.databricks',
  'microsoft.containerinstance',
  'microsoft.machinelearningservices',
  'microsoft.compute',
  'microsoft.resources',
];

/**
 * Previews that Bastide asks for because they alone show a member: the document of a published version stands in and lacks it
 * (the exception `preview-members`).
 */
export const previews = [
  // Bodies are validated against 2023-07-01, the closest published document; the preview adds one member.
  { namespace: 'microsoft.containerregistry', version: '2021-08-01-preview', by: '2023-07-01' },
  // So is the newest stable version, which adds it again, and the bypass of tasks.
  { namespace: 'microsoft.containerregistry', version: '2026-11-01', by: '2025-11-01' },
  // `ipAllowlist` is in previews alone.
  { namespace: 'microsoft.machinelearningservices', version: '2024-10-01-preview', by: '2024-04-01' },
  { namespace: 'microsoft.machinelearningservices', version: '2026-05-15-preview', by: '2025-09-01' },
  // Of this stable version there is no document either; that of the clients is the newest at hand.
  { namespace: 'microsoft.machinelearningservices', version: '2026-05-01', by: '2025-09-01' },
];

/** Finds the operation for a method, a path and an api-version; undefined when no document speaks of it. */
export type Finder = (method: string, where: string, version: string) => DocumentChoice | undefined;

export function readOperations(): Finder {
  const known = (['openapi', 'openapi-derived'] as const)
    .flatMap(operationsOf)
    .map((operation) => ({ operation, pattern: patternOf(operation.template) }));
  const matching = new Map<string, DocumentedOperation[]>();
  return (method, where, version) => {
    const key = `${method} ${where.toLowerCase()}`;
    const found =
      matching.get(key) ??
      known
        .filter(({ operation, pattern }) => operation.method === method && pattern.test(where))
        .map(({ operation }) => operation);
    matching.set(key, found);
    const exact = leastOpen(found.filter((one) => one.version === version));
    const chosen = exact ?? standIn(found, version, namespaceOf(where));
    return chosen && { ...chosen, asked: filled(chosen.template, where), exact: exact !== undefined };
  };
}

function standIn(
  found: readonly DocumentedOperation[],
  version: string,
  namespace: string,
): DocumentedOperation | undefined {
  const preview = previews.find((one) => one.namespace === namespace && one.version === version);
  const chosen = preview && leastOpen(found.filter((one) => one.version === preview.by));
  if (chosen) return chosen;
  if (!mayStandIn.includes(namespace) || version.includes('preview')) return undefined;
  // The document of 2022 lacks what the versions of 2023 show; the next one is of 2024.
  if (namespace === 'microsoft.machinelearningservices' && version < '2024-04-01') return undefined;
  const older = found.filter((one) => one.set === 'openapi' && one.version < version).map((one) => one.version);
  const newest = older.toSorted().at(-1);
  return leastOpen(found.filter((one) => one.set === 'openapi' && one.version === newest));
}

interface Written {
  readonly operationId?: string;
  readonly responses?: Readonly<Record<string, unknown>>;
}

function operationsOf(set: DocumentSet): DocumentedOperation[] {
  const root = path.join(specs, set);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.json') && !/[\\/](examples|common-types|common)[\\/]/.test(file),
  );
  return files.flatMap((file) => {
    const document = JSON.parse(readFileSync(path.join(root, file), 'utf8')) as {
      readonly info: { readonly version: string };
      readonly paths?: Readonly<Record<string, Readonly<Record<string, Written>>>>;
    };
    return Object.entries(document.paths ?? {}).flatMap(([template, verbs]) =>
      Object.entries(verbs)
        .filter(([verb]) => verb !== 'parameters' && !saysNothing.test(template))
        .map(([verb, { operationId = '', responses = {} }]) => ({
          set,
          file,
          version: document.info.version,
          template,
          method: verb.toUpperCase(),
          id: operationId,
          statuses: Object.keys(responses),
        })),
    );
  });
}

/** What is said of every resource whatever its type says nothing of its body, and oav finds no provider as such. */
const saysNothing =
  /^\/\{resourceId\}|\{parentResourcePath\}\/\{resourceType\}\/\{resourceName\}$|\/providers\/\{[^}]*\}$/;
const name = /(\{[^}]*\})/;
/** A name is one segment; a scope is any number of them, and the path to a parent may be none. */
const anyNumber = /scope|parentresourcepath/i;

function patternOf(template: string): RegExp {
  const written = template
    .replace(/\/+$/, '')
    .split(name)
    .map((part) => {
      if (!part.startsWith('{')) return part.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
      return anyNumber.test(part) ? '(.*?)' : '([^/]+)';
    });
  // A parent that is not there leaves one slash or two.
  return new RegExp(`^${written.join('').replaceAll('/(.*?)/', '(?:/(.*?))?/{1,2}')}/?$`, 'i');
}

function filled(template: string, where: string): string {
  const names = patternOf(template).exec(where)?.slice(1) ?? [];
  let next = 0;
  return template
    .split(name)
    .map((part) => {
      if (!part.startsWith('{')) return part;
      next += 1;
      return anyNumber.test(part) ? 'any' : names[next - 1];
    })
    .join('');
}

/** Of the templates that match, the one that leaves least open: `…/virtualNetworkLinks/{}` before `…/{recordType}/{}`. */
function leastOpen(found: readonly DocumentedOperation[]): DocumentedOperation | undefined {
  const open = (one: DocumentedOperation) => one.template.split('{').length + (anyNumber.test(one.template) ? 100 : 0);
  return found.toSorted((a, b) => open(a) - open(b))[0];
}

function namespaceOf(where: string): string {
  return /.*\/providers\/([^/]+)\/[^/]+/.exec(where)?.[1]?.toLowerCase() ?? 'microsoft.resources';
}
