// Which templates of the files are deployed, and each with which parameters: a template that another links to is a part of that one;
// in a folder each parameter file of a template is a deployment of its own, since one environment has one.
import path from 'node:path';
import { exitStatus, Failure } from '../../model/failure.ts';
import { isObject, type JsonObject, memberName } from '../../model/json.ts';
import { memberIgnoringCase } from '../../model/pointer.ts';
import { fold } from '../../model/resource-id.ts';
import type { SkippedFile } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import type { LinkedTemplates } from '../../template/index.ts';
import type { Document } from './documents.ts';

export interface TemplateDeployment {
  readonly template: Document;
  readonly parameters: readonly Document[];
  /** Never that of another. */
  readonly name: string;
}

/** A file's name without folder and ending. */
export const stemOf = (file: string): string =>
  clean(file.split(/[\\/]/).at(-1) ?? file, 60).replace(/\.(?:jsonc?|bicep|bicepparam)$/i, '') || 'file';
/** The name a parameter file shares with its template: `main` of `main.parameters.json`. */
const sharedName = (file: string): string => fold(stemOf(file)).replace(/[.-](?:parameters|params|param)$/, '');

const slashed = (file: string): string => file.replaceAll('\\', '/');
const folderOf = (file: string): string => path.posix.dirname(slashed(file));
const isBelow = (file: string, folder: string): boolean =>
  folder === '.' || folderOf(file) === folder || folderOf(file).startsWith(`${folder}/`);

const parameterNames = ({ json }: Document): string[] => {
  const parameters = isObject(json) ? memberIgnoringCase(json, 'parameters') : undefined;
  return isObject(parameters) ? Object.keys(parameters).map((key) => fold(memberName(key))) : [];
};

/** Throws Failure (exit 2) for a parameter file that was named and belongs to no template. */
export function deploymentsOf(
  templates: readonly Document[],
  parameters: readonly Document[],
  skipped: SkippedFile[],
): TemplateDeployment[] {
  const linked = linkedOnes(templates);
  const roots = templates.filter((one) => one.file.role !== 'linked' && one.isLinked === undefined && !linked.has(one));
  const owners = new Map(parameters.map((one) => [one, ownersOf(one, roots)]));
  for (const [one, own] of owners) if (own.length === 0) refuse(one, skipped);
  const names = new Map<string, number>();
  const uniqueName = (name: string): string => {
    const before = names.get(fold(name)) ?? 0;
    names.set(fold(name), before + 1);
    return before === 0 ? name : `${name}-${before + 1}`;
  };
  return roots.flatMap((template): TemplateDeployment[] => {
    const own = parameters.filter((one) => owners.get(one)?.includes(template));
    const named = own.filter(({ file }) => file.role === undefined);
    const found = own.filter(({ file }) => file.role === 'folder');
    if (named.length > 0 || found.length < 2) {
      const used = named.length > 0 ? named : found;
      return [{ template, parameters: used, name: uniqueName(stemOf(template.path)) }];
    }
    return found.map((one) => ({ template, parameters: [one], name: uniqueName(sharedName(one.path)) }));
  });
}

/**
 * The templates that a parameter file is for: the one it names; those of its name; without such a one, the only template, or the only
 * one that has all these parameters.
 */
function ownersOf(parameters: Document, templates: readonly Document[]): readonly Document[] {
  const { using, role } = parameters.file;
  if (using !== undefined) return templates.filter(({ path: of }) => slashed(of) === slashed(using));
  const name = sharedName(parameters.path);
  const near = role === 'folder' ? templates.filter((one) => isBelow(parameters.path, folderOf(one.path))) : templates;
  const same = near.filter(({ path: of }) => fold(stemOf(of)) === name);
  if (same.length > 0) return role === 'folder' ? [nearest(same)] : same;
  if (role !== 'folder' && templates.length === 1) return templates;
  const begun = near.filter(
    ({ path: of }) => /^[.\-_]/.test(name.slice(stemOf(of).length)) && name.startsWith(fold(stemOf(of))),
  );
  if (role === 'folder' && begun.length > 0) return [nearest(begun)];
  const names = parameterNames(parameters);
  const fitting = near.filter(
    (one) => names.length > 0 && names.every((wanted) => parameterNames(one).includes(wanted)),
  );
  return fitting.length === 1 ? fitting : [];
}

/** The one in the deepest folder, of the longest name. */
const nearest = (all: readonly Document[]): Document =>
  all.toSorted(
    (a, b) => folderOf(b.path).length - folderOf(a.path).length || b.path.length - a.path.length,
  )[0] as Document;

function refuse({ path: file, file: { role } }: Document, skipped: SkippedFile[]): void {
  if (role === 'linked') return;
  if (role === 'folder') {
    skipped.push({ file, reason: 'it contains parameters, but no template in the folder is known to use them' });
    return;
  }
  throw new Failure(
    'unreadable-file',
    exitStatus.usage,
    `${clean(file, 300)}: this is a parameter file, and its template is not among the files.`,
    'Pass its template too: --from main.json --from main.parameters.json.',
    { file },
  );
}

/** The path at the end of a link: `nested/nic.json` of `{parameters('_artifactsLocation')}/nested/nic.json{...}`. */
const tailOf = (link: string): string | undefined =>
  jsonPaths(slashed(link))
    .at(-1)
    ?.replace(/^(?:\.\/)+/, '');

/** Every path in a text that ends in `.json` or `.jsonc`. */
const jsonPaths = (text: string): string[] =>
  (text.match(/[\w.\-/]+/g) ?? []).flatMap((run) => {
    const path = run.replace(/^\/+/, '');
    const last = [...path.matchAll(/\.jsonc?\b/gi)].at(-1);
    return last === undefined || last.index === 0 ? [] : [path.slice(0, last.index + last[0].length)];
  });

const sameEnd = (a: string, b: string): number => {
  const [x, y] = [a, b].map((one) => fold(one).split('/').reverse());
  const differs = x?.findIndex((part, at) => part !== y?.[at]) ?? 0;
  return differs < 0 ? (x?.length ?? 0) : differs;
};

/** The template that a link leads to: by its path from the folder of its file, else the one whose path ends most like the link. */
function linkTarget(link: string, from: string, templates: readonly Document[]): Document | undefined {
  const tail = tailOf(link);
  if (tail === undefined) return undefined;
  const exact = path.posix.join(folderOf(from), tail);
  const found = templates.find((one) => path.posix.normalize(slashed(one.path)) === exact);
  if (found !== undefined) return found;
  const near = templates
    .filter((one) => one.path !== from && isBelow(one.path, folderOf(from)))
    .map((one) => ({ one, shared: sameEnd(slashed(one.path), tail) }))
    .filter(({ shared }) => shared > 0)
    .toSorted((a, b) => b.shared - a.shared);
  const [best, second] = near;
  return best === undefined || best.shared === second?.shared ? undefined : best.one;
}

export const linksAmong =
  (templates: readonly Document[]): LinkedTemplates =>
  (link, from) => {
    const target = linkTarget(link, from, templates);
    return target === undefined ? undefined : { template: target.json as JsonObject, file: target.path };
  };

/** The texts of a template that may be links: what deployments of other files are named by. */
export const linksIn = (text: string): string[] => (/templateLink/i.test(text) ? [...new Set(jsonPaths(text))] : []);

/** The templates that others link to. Where each is linked to by another, as in a circle, none is left out. */
function linkedOnes(templates: readonly Document[]): ReadonlySet<Document> {
  if (templates.length < 2) return new Set();
  const linked = new Set<Document>();
  for (const one of templates) {
    for (const link of linksIn(one.file.text)) {
      const target = linkTarget(link, one.path, templates);
      if (target !== undefined && target !== one) linked.add(target);
    }
  }
  return linked.size === templates.length ? new Set() : linked;
}
