// A plan in words, for the preview on the screen and for text. Names from Azure are made safe to show here.

import { type Change, isDeferred } from '../model/change.ts';
import { countedIn } from '../model/compare.ts';
import { type Edit, elementKey } from '../model/edit.ts';
import { type CurrentEffect, type Effect, type EffectKind, effectLabels, isCurrent } from '../model/effect.ts';
import { type EffectGroup, effectGroups, mostNamed } from '../model/effect-groups.ts';
import { effectSummary } from '../model/effect-words.ts';
import type { UndoClass } from '../model/finding.ts';
import { isArray, isObject, type Json, stringifyJson } from '../model/json.ts';
import { managedSentence, managedSentences } from '../model/manager.ts';
import { type Gate, isToSend, type Plan, type Step } from '../model/plan.ts';
import { formatPointer, member, memberNames, parsePointer } from '../model/pointer.ts';
import { attempt } from '../model/readable.ts';
import { nameOf, parseId, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { keyOf, type SettingChange } from '../model/snapshot-changes.ts';
import { clean, counted } from '../model/text.ts';
import { aclsPointer, connectionState, resourceTypeOf, ruleSetPlaces } from '../resource-types/index.ts';

export { withoutEffects } from './risk.ts';

export interface ChangeLine {
  /** Removed, added, or changed in place. */
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}
export interface DescribedStep {
  /** `storage account stml: close` */
  readonly label: string;
  readonly resource: string;
  /** `Allow access`: what it does in two words, without the resource. */
  readonly title: string;
  /** Why it is not sent; absent where it is to be sent. */
  readonly standing?: NonNullable<Step['standing']>;
  readonly lines: readonly ChangeLine[];
  readonly risk: string;
  /** What its rule advises besides its effects; empty where that is nothing. */
  readonly advice: string;
  readonly undo: UndoClass;
  readonly az: string;
  /** On one line, without the resource. */
  readonly does: string;
  readonly effects: readonly Effect[];
  /** What manages the resource, and may revert the change, in a sentence; empty where nothing is known to. */
  readonly managed: string;
}
export interface DescribedPlan {
  readonly title: string;
  readonly steps: readonly DescribedStep[];
  readonly gates: readonly Gate[];
  /** Of all steps, the gravest first. */
  readonly effects: readonly Effect[];
  /** What manages what is changed, a sentence for each; empty of a plan of one step, which says it itself. */
  readonly managed: readonly string[];
  /** What could not be read: for the plan, or to know what manages what is changed. */
  readonly unread: readonly Pick<ReadFailure, 'id' | 'reason'>[];
  /** Warnings to read before applying: lock-outs, unknown gates, changes that cannot be undone, findings that it introduces. */
  readonly warnings: readonly string[];
}

export interface EffectLine {
  readonly kind: EffectKind;
  /** `Cuts off`; empty where the line above has the same. */
  readonly label: string;
  /** Else it must be selected or allowed, and is marked. */
  readonly automatic: boolean;
  readonly text: string;
  readonly effects: readonly CurrentEffect[];
}

/** The effects of a whole plan. */
export interface EffectsInShort {
  /** `opens 1 · cuts off 0 · interrupts 2 subnets · overrides 0 · deletes 0 · costs 0` */
  readonly numbers: string;
  /** The first of them by name, what is not automatic first. */
  readonly lines: readonly EffectLine[];
  /** `and 3 more, listed at each change`; empty where all are named. */
  readonly more: string;
}

const linesOfGroups = (groups: readonly EffectGroup[]): EffectLine[] =>
  groups.map(({ kind, automatic, text, effects }, index) => {
    const above = groups[index - 1];
    const isRepeated = above?.kind === kind && above.automatic === automatic;
    return { kind, label: isRepeated ? '' : effectLabels[kind], automatic, text, effects };
  });

/** The effects of a plan in numbers, and the first of them by name. `listed`: where all are. */
export function effectsInShort(effects: readonly Effect[], listed = 'listed at each change'): EffectsInShort {
  const groups = effectGroups(effects);
  const rest = groups.slice(mostNamed).reduce((sum, group) => sum + group.effects.length, 0);
  return {
    numbers: effectSummary(effects),
    lines: linesOfGroups(groups.slice(0, mostNamed)),
    more: rest === 0 ? '' : `and ${rest} more, ${listed}`,
  };
}

/** All effects of one step, or of one problem; of a list so many names at most. */
export const effectLines = (effects: readonly Effect[], most = Number.POSITIVE_INFINITY): EffectLine[] =>
  linesOfGroups(effectGroups(effects, most));

/** `! Cuts off: snet-train to stml, TCP 443: blocked from now on.` */
export const effectSentence = ({ kind, automatic, text }: Omit<EffectLine, 'label' | 'effects'>): string =>
  `${automatic ? '' : '! '}${effectLabels[kind]}: ${text}`;

/** What each undo class means, its label first. */
export const undoWords: Readonly<Record<UndoClass, string>> = {
  exact: 'full: restores the previous settings',
  equivalent: 'equivalent: restores the same effect in another form',
  partial: 'partial: restores only part of the previous settings, or may be refused',
  none: 'not possible: this change cannot be undone',
};
/** The undo classes as labels. */
export const undoLabels: Readonly<Record<UndoClass, string>> = {
  exact: 'full',
  equivalent: 'equivalent',
  partial: 'partial',
  none: 'not possible',
};

/** ` · Undo: full`; nothing of a step that is not sent. */
export const undoNote = (step: Pick<Step, 'standing' | 'undo'>): string =>
  isToSend(step) ? ` · Undo: ${undoLabels[step.undo]}` : '';

const verbs = { fix: 'Fix', undo: 'Undo', redo: 'Redo' } as const;
const aims = { path: 'Open path', restore: 'Restore' } as const;
/** A form creates something for no finding. */
function verbOf({ verb, aim, steps }: Plan): string {
  if (aim !== undefined && Object.hasOwn(aims, aim)) return aims[aim];
  if (verb !== 'fix' || steps.length === 0 || steps.some(({ findings }) => findings.length > 0)) return verbs[verb];
  return steps.every(({ change }) => change.kind === 'create') ? 'Create' : 'Plan';
}
/** What a step does: creates, deletes or changes a resource, and whose access a change is known to allow or restrict. */
export function stepTitle({ change, effects, standing }: Pick<Step, 'change' | 'effects' | 'standing'>): string {
  if (standing !== undefined) return standing === 'applied' ? 'Not sent: there already' : 'Not sent: changed since';
  if (change.kind !== 'edit') return change.kind === 'create' ? 'Create' : 'Delete';
  const access = effects.filter(isCurrent).filter(({ kind }) => kind === 'opens' || kind === 'cutsOff');
  const [first] = access;
  if (first === undefined) return 'Change';
  if (!access.some(isKnown) || access.some(({ kind }) => kind !== first.kind)) return 'Change access';
  return first.kind === 'opens' ? 'Allow access' : 'Restrict access';
}
/** Else what could not be read decides whether it holds. */
const isKnown = ({ reason, data }: CurrentEffect): boolean =>
  reason !== 'unknown' && !('certain' in data && !data.certain);
/** Names of settings, `*` for the place in a list; a setting that is not here is shown by its path. */
const settings: Readonly<Record<string, string>> = {
  [aclsPointer]: 'network rules',
  [`${aclsPointer}/defaultAction`]: 'default action',
  [`${aclsPointer}/bypass`]: 'exceptions (bypass)',
  [`${aclsPointer}/ipRules`]: 'IP rule',
  [`${aclsPointer}/ipv6Rules`]: 'IPv6 rule',
  [`${aclsPointer}/virtualNetworkRules`]: 'virtual network rule',
  [`${aclsPointer}/resourceAccessRules`]: 'resource instance rule',
  [ruleSetPlaces.rules]: 'network rules',
  [ruleSetPlaces.action]: 'default action',
  [ruleSetPlaces.bypass]: 'exceptions (bypass)',
  [ruleSetPlaces.addresses]: 'IP rule',
  [ruleSetPlaces.subnets]: 'virtual network rule',
  '/sku/name': 'SKU',
  '/properties/publicNetworkAccess': 'public network access',
  [`${connectionState}/status`]: 'connection state',
  [`${connectionState}/description`]: 'description',
  '/properties/serviceEndpoints': 'service endpoint',
  '/properties/serviceEndpointPolicies': 'service endpoint policy',
  '/properties/serviceAssociationLinks': 'service association link',
  '/properties/delegations': 'delegation',
  '/properties/delegations/*/properties/serviceName': 'delegation',
  '/properties/applicationRuleCollections': 'application rule collection',
  '/properties/networkRuleCollections': 'network rule collection',
  '/properties/natRuleCollections': 'NAT rule collection',
  '/properties/properties/loadBalancerType': 'load balancer type',
  '/properties/properties/loadBalancerSubnet': 'load balancer subnet',
  '/properties/imageBuildCompute': 'image build compute',
  '/properties/properties/scaleSettings/maxNodeCount': 'maximum number of nodes',
};

/** `7 changes`, or of a plan from a file how many of them are to be sent. */
export function countedChanges({ steps }: Pick<Plan, 'steps'>): string {
  const toSend = steps.filter(isToSend).length;
  const all = counted(steps.length, 'change');
  return toSend === steps.length ? all : `${toSend} of ${all} to be sent`;
}

export function describePlan(plan: Plan): DescribedPlan {
  const changes = plan.steps.length === 0 ? 'no changes' : countedChanges(plan);
  const of = plan.of === null ? '' : ` ${clean(plan.of, 80)}`;
  const unsure = plan.gates.filter(({ outcome }) => outcome === 'warn' || outcome === 'unknown' || outcome === 'fail');
  const introduced = plan.preview.introduces.map((id) => `Introduces a failing finding: ${clean(id, 400)}`);
  return {
    title: `${verbOf(plan)}${of}: ${changes}`,
    effects: plan.effects,
    managed: plan.steps.length > 1 ? managedSentences(plan.steps) : [],
    unread: [...(plan.gaps ?? []), ...(plan.managersUnread ?? [])],
    steps: plan.steps.map((step) => ({
      label: labelOf(step.change),
      resource: step.change.resource,
      title: stepTitle(step),
      ...(step.standing === undefined ? {} : { standing: step.standing }),
      lines: linesOf(step.change),
      risk: step.risk,
      advice: step.advice ?? '',
      undo: step.undo,
      az: step.az,
      does: step.does,
      effects: step.effects,
      managed: managedSentence([step]),
    })),
    gates: plan.gates,
    warnings: [
      ...gatesByReason(unsure).map(({ detail }) => clean(detail)),
      ...plan.irreversible.map((one) => clean(one)),
      ...(plan.notRestored ?? []).map(({ why }) => clean(`Not restored: ${why}`, 600)),
      ...introduced,
    ],
  };
}

/** Gates that are unknown for one reason, said as one: `36 checks: REASON (RULES)`. */
export function gatesByReason(gates: readonly Gate[]): Gate[] {
  const key = ({ kind, outcome, detail }: Gate): string =>
    kind === 'rule' && outcome === 'unknown' ? detail.slice(detail.indexOf(': ') + 2) : `${outcome} ${kind} ${detail}`;
  return [...Map.groupBy(gates, key)].flatMap(([reason, alike]) => {
    const [first, second] = alike;
    if (first?.outcome !== 'unknown' || first.kind !== 'rule' || second === undefined) return alike;
    const rules = [...new Set(alike.map(({ detail }) => detail.slice(0, detail.indexOf(': '))))];
    return [{ ...first, detail: `${alike.length} checks: ${reason} (${rules.join(', ')})` }];
  });
}

/** Why a plan has no steps: nothing is wrong, each finding was skipped for the reason listed with it, or what was asked is not known. */
export function noChanges({ skipped, unjudged = 0 }: Pick<Plan, 'skipped' | 'unjudged'>): string {
  if (unjudged === 0) return skipped.length > 0 ? 'No changes planned.' : 'No changes needed.';
  const unknown = `${counted(unjudged, 'check is', 'checks are')} unknown`;
  return skipped.length > 0 ? `No changes planned; ${unknown}.` : `No change is known to be needed; ${unknown}.`;
}

/** `resolves 3 · introduces 0 · 1 warning · 2 not included` */
export function previewNumbers({ preview, gates, irreversible, notRestored = [], skipped }: Plan): string {
  const warnings = gates.filter(({ outcome }) => outcome !== 'pass').length + irreversible.length + notRestored.length;
  return [
    `resolves ${countedIn(preview.resolves, preview.rollUps)}`,
    `introduces ${countedIn(preview.introduces, preview.rollUps)}`,
    `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    `${countedIn(
      skipped.map(({ finding }) => finding),
      preview.rollUps,
    )} not included`,
  ].join(' · ');
}

/** What a resource that is created or deleted does, in a few words; null where its type has none. */
export function summaryOf(change: Change): string | null {
  if (change.kind === 'edit' || isDeferred(change)) return null;
  const { resource: id, body } = change;
  const { type, apiVersion, summary } = resourceTypeOf(typeOf(id));
  const said = attempt(
    () => summary?.({ id, type, apiVersion, body }) ?? null,
    () => null,
  );
  return said === null ? null : clean(said, 300);
}

/** With one space behind each comma, and none before it. */
const spaced = (text: string): string => {
  const parts = text.split(',');
  const last = parts.length - 1;
  const trimmed = parts.map((part, at) => (at === last ? part : part.trimEnd()));
  return trimmed.map((part, at) => (at === 0 ? part : part.trimStart())).join(', ');
};

/** `+ service endpoint Microsoft.Storage, Microsoft.KeyVault`: what a change does, on one line, without its resource. */
export function doesWords(change: Change): string {
  const { label } = resourceTypeOf(typeOf(change.resource));
  if (change.kind !== 'edit') {
    const said = summaryOf(change);
    if (change.kind === 'create') return said === null ? `create ${label}` : `${said} (new ${label})`;
    return said === null ? `delete ${label}` : `delete ${label}: ${said}`;
  }
  const parts = new Map<string, string[]>();
  for (const edit of change.edits) {
    const name = settingWords(edit.pointer);
    if (edit.op === 'set') {
      const whole = isObject(edit.after) || isObject(edit.before);
      const head = edit.before === undefined ? 'set' : edit.after === undefined ? 'remove' : 'replace';
      const [was, is] = [edit.before, edit.after].map((value) => spaced(shown(value)));
      parts.set(whole ? `${head} ${name}` : `${name} ${was} → ${is}`, []);
    } else {
      const key = `${edit.op === 'add' ? '+' : '-'} ${name}`;
      parts.set(key, [...(parts.get(key) ?? []), element(edit.op === 'add' ? edit.after : edit.before, edit)]);
    }
  }
  return [...parts].map(([head, items]) => (items.length === 0 ? head : `${head} ${items.join(', ')}`)).join('; ');
}

/** `subnet snet-train of vnet-ml` */
export function labelOf(change: Change): string {
  const kind = resourceTypeOf(typeOf(change.resource));
  const { names } = parseId(change.resource);
  const parent = names.length > 1 ? ` of ${clean(names.at(-2) ?? '', 90)}` : '';
  const verb = { edit: 'change', create: 'create', delete: 'delete' }[change.kind];
  // The placeholder of a late change is not a name, and describes itself.
  if (isDeferred(change)) return `${verb} ${clean(nameOf(change.resource), 90)}${parent}`;
  return `${verb} ${kind.label} ${clean(nameOf(change.resource), 90)}${parent}`;
}

/** What a change does, setting by setting. */
export function linesOf(change: Change): ChangeLine[] {
  if (change.kind === 'edit') return change.edits.flatMap(editLines);
  const sign = change.kind === 'create' ? '+' : '-';
  const properties = member(change.body, 'properties');
  const inside = isObject(properties) ? properties : change.body;
  return memberNames(inside).map((name) => ({ sign, text: `${clean(name, 60)}: ${shown(member(inside, name))}` }));
}

function editLines(edit: Edit): ChangeLine[] {
  const name = settingWords(edit.pointer);
  if (edit.op === 'add') return [{ sign: '+', text: `${name} ${element(edit.after, edit)}` }];
  if (edit.op === 'remove') return [{ sign: '-', text: `${name} ${element(edit.before, edit)}` }];
  if (isObject(edit.after) || isObject(edit.before)) return objectLines(edit, name);
  return [{ sign: ' ', text: `${name}: ${shown(edit.before)} → ${shown(edit.after)}` }];
}

/** A whole object set or removed: member by member, each list element on its own line. */
function objectLines(
  { pointer, before, after }: { pointer: string; before?: Json; after?: Json },
  name: string,
): ChangeLine[] {
  const [old, fresh] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const names = [...new Set([...memberNames(old), ...memberNames(fresh)])];
  const lines = names.flatMap((part): ChangeLine[] => {
    const here = `${pointer}/${part}`;
    const label = settingWords(here);
    const [was, is] = [member(old, part), member(fresh, part)];
    if (isArray(was) || isArray(is)) {
      const row = (sign: '-' | '+', list: Json | undefined): ChangeLine[] =>
        isArray(list) ? list.map((item) => ({ sign, text: `${label} ${element(item)}` })) : [];
      return [...row('-', was), ...row('+', is)];
    }
    return [{ sign: ' ', text: `${label}: ${shown(was)} → ${shown(is)}` }];
  });
  const head = before === undefined ? 'added' : after === undefined ? 'removed' : 'replaced';
  return [{ sign: ' ', text: `${name}: ${head}` }, ...lines];
}

/** What names an element: a subnet by its last two names, else its key. */
function element(item: Json, edit?: Extract<Edit, { op: 'add' | 'remove' }>): string {
  const guess = isObject(item)
    ? (['value', 'id', 'resourceId', 'service', 'name']
        .map((name) => member(item, name))
        .find((one) => typeof one === 'string') ?? item)
    : item;
  const key = edit
    ? elementKey(item, { ...edit.key, fold: false })
    : typeof guess === 'string'
      ? guess
      : stringifyJson(guess);
  const { names } = parseId(key);
  return clean(key.startsWith('/') && names.length > 0 ? names.join('/') : key, 200);
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null || value === '') return 'not set';
  // In quotes where spaces would be lost in a sentence.
  const isPlain = typeof value === 'string' && !/\s[,;]|\s\s|^\s|\s$/.test(value);
  return clean(isPlain ? value : stringifyJson(value), 200);
}

/** So many members of an object that was set or removed as a whole are told on one line. */
const mostMembers = 6;

/** `default action: Deny → Allow`, `+ service endpoint Microsoft.Storage`: a setting that changed, on one line. */
export function settingChangeWords({ kind, pointer, before, after }: SettingChange): string {
  if (kind !== 'changed') return kind;
  const path = parsePointer(pointer);
  const item = before ?? after;
  if ((before === null) !== (after === null) && keyOf(item) === path.at(-1)) {
    return `${after === null ? '-' : '+'} ${pathWords(path.slice(0, -1))} ${element(item)}`;
  }
  const name = pathWords(path);
  if (!isObject(before) && !isObject(after)) return `${name}: ${shown(before)} → ${shown(after)}`;
  const values = { ...(before === null ? {} : { before }), ...(after === null ? {} : { after }) };
  const lines = objectLines({ pointer, ...values }, name).map(({ sign, text }) => `${sign} ${text}`.trim());
  const more = lines.length - mostMembers - 1;
  return [...lines.slice(0, mostMembers + 1), ...(more > 0 ? [`and ${counted(more, 'more value')}`] : [])].join('; ');
}

/** The name of the setting that a path begins with, then what names an item of it, and the rest; else the path. */
function pathWords(path: readonly string[]): string {
  const part = (one: string): string => (one.startsWith('/') ? element(one) : one);
  for (let length = path.length; length > 0; length -= 1) {
    const known = settings[formatPointer(path.slice(0, length))];
    if (known !== undefined) return clean([known, ...path.slice(length).map(part)].join(' '), 300);
  }
  return clean((path[0] === 'properties' && path.length > 1 ? path.slice(1) : path).map(part).join('.'), 300);
}

/** The name of a setting, or its path. */
export const settingWords = (pointer: string): string =>
  settings[pointer.replaceAll(/\/\d+(?=\/)/g, '/*')] ?? plainPath(pointer);
/** What names an element of a list. */
export const elementWords = element;

const plainPath = (pointer: string): string =>
  clean(
    pointer
      .replace(/^\/properties\//, '')
      .replaceAll('/', '.')
      .replace(/^\./, ''),
    120,
  );
