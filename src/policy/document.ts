// Findings as Azure Policy definitions and assignments, each a body that a PUT at its id takes as it is; and the same as Azure CLI
// lines. What Policy does not hold is said for each finding, never dropped.
import { writeVersionOf } from '../model/api-versions.ts';
import type { Finding } from '../model/finding.ts';
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { fold, nameInParent, nameOf, subscriptionOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { line } from '../resource-types/parts/shell.ts';
import type { PolicyDefinition, PolicyEffect, PolicyParameterType } from './definitions.ts';
import type { Held, HeldFinding, PolicyRow } from './table.ts';

/** What is to be held: a finding in the state to be held, and whether that state is there already. */
export interface ToHold {
  readonly finding: HeldFinding & Pick<Finding, 'problem'>;
  /** False: the finding still fails, so that Deny would refuse every write to its resource until it is fixed. */
  readonly isFixed: boolean;
}
/** A finding that has to stay as it is, and that nothing in the document holds. */
export interface NotExpressed {
  readonly finding: string;
  readonly rule: string;
  readonly reason: string;
}
export interface PolicyDocumentInput {
  readonly workspace: string | null;
  readonly effect: PolicyEffect;
  readonly findings: readonly ToHold[];
  /** Findings for which it is known already that nothing can hold them. */
  readonly notExpressed: readonly NotExpressed[];
  readonly table: Readonly<Record<string, PolicyRow | string>>;
  readonly index: Parameters<PolicyRow>[1];
  /** Hexadecimal digest of a text; names of assignments and the digest of the document are made with it. */
  digest(value: Json): string;
}

/** One definition or assignment: the body of a PUT at `id` with `apiVersion`. */
export interface PolicyBody {
  readonly id: string;
  readonly apiVersion: string;
  readonly body: JsonObject;
}
export interface HeldBy {
  readonly finding: string;
  readonly rule: string;
  /** Names of its assignments. */
  readonly assignments: readonly string[];
  /** What they do not hold, in sentences. */
  readonly limits: readonly string[];
}
export interface PolicyDocument {
  readonly schema: 'bastide/policy/v1';
  /** Over the bodies: SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly workspace: string | null;
  readonly effect: PolicyEffect;
  /** To be created first. */
  readonly definitions: readonly PolicyBody[];
  readonly assignments: readonly PolicyBody[];
  readonly held: readonly HeldBy[];
  readonly notExpressed: readonly NotExpressed[];
}

const apiVersion = writeVersionOf('Microsoft.Authorization/policyDefinitions');
const authorization = 'providers/Microsoft.Authorization';
/** Microsoft.Authorization/policyAssignments: length of a display name and of a name at a resource. */
const longest = { displayName: 128, name: 64 };

interface Assignment {
  readonly held: Held;
  readonly effect: PolicyEffect;
  readonly findings: ToHold['finding'][];
}

export function policyDocument(input: PolicyDocumentInput): PolicyDocument {
  const { digest, effect, workspace } = input;
  const assignments = new Map<string, Assignment>();
  const held: HeldBy[] = [];
  const notExpressed = [...input.notExpressed];
  for (const { finding, isFixed } of input.findings) {
    const row = input.table[finding.rule] ?? 'The rule has no fix that a policy could keep.';
    const found = typeof row === 'string' ? row : row(finding, input.index);
    const outside = typeof found === 'string' ? found : whyNowhere(found);
    if (typeof found === 'string' || outside !== undefined) {
      notExpressed.push({ finding: finding.id, rule: finding.rule, reason: outside ?? '' });
      continue;
    }
    const asked = isFixed ? effect : 'Audit';
    const names = found.map((one) => {
      const key = nameOfAssignment(one, digest);
      const known = assignments.get(key);
      // Of two findings with one assignment, the one that still fails decides.
      if (known === undefined) assignments.set(key, { held: one, effect: effectOf(one, asked), findings: [finding] });
      else {
        known.findings.push(finding);
        if (asked === 'Audit') assignments.set(key, { ...known, effect: 'Audit' });
      }
      return key;
    });
    const limits = found.flatMap((one) => limitsOf(one, effect, isFixed));
    held.push({ finding: finding.id, rule: finding.rule, assignments: unique(names), limits: unique(limits) });
  }
  const definitions = definitionsOf([...assignments.values()].map((one) => one.held));
  const bodies = [...assignments].map(([name, one]) => assignmentBody(name, one));
  const sent = [...definitions, ...bodies].map(({ id, body }) => ({ id, body }));
  return {
    ...{ schema: 'bastide/policy/v1', digest: digest(sent), workspace, effect },
    ...{ definitions, assignments: bodies, held, notExpressed },
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

/** A resource of a file may have no subscription yet, and then nothing can be assigned to it. */
const whyNowhere = (found: readonly Held[]): string | undefined =>
  found.every(({ scope }) => /^\/subscriptions\/[^/]+\/resourceGroups\//i.test(scope))
    ? undefined
    : 'The ID of its resource names no resource group, so nothing can be assigned to it.';

const effectOf = ({ definition }: Held, asked: PolicyEffect): PolicyEffect =>
  definition.kind === 'custom' || definition.effects.includes(asked) ? asked : 'Audit';

function limitsOf(one: Held, asked: PolicyEffect, isFixed: boolean): string[] {
  const { definition } = one;
  const isAudited = asked === 'Deny' && isFixed && effectOf(one, asked) === 'Audit';
  return [
    ...(definition.limit === undefined ? [] : [definition.limit]),
    ...(isAudited ? [`Audit, not Deny: the built-in definition "${definition.displayName}" offers no Deny.`] : []),
    ...(asked === 'Deny' && !isFixed
      ? [
          'Audit, not Deny: the finding still fails, and Deny would refuse every write to its resource. Fix it, then export again.',
        ]
      : []),
  ];
}

/** The definition, and a digest over what is assigned where: the same at each export, whichever findings ask for it. */
function nameOfAssignment(one: Held, digest: PolicyDocumentInput['digest']): string {
  const { definition, scope, parameters } = one;
  const identity = digest([fold(scope), definition.name, parameters]).slice(0, 12);
  const spoken = definition.kind === 'custom' ? definition.name : `bastide-${definition.displayName}`;
  const words = fold(spoken).replaceAll(/[^a-z0-9]+/g, '-');
  return `${words.slice(0, longest.name - identity.length - 1)}-${identity}`;
}

const definitionId = (definition: PolicyDefinition, scope: string): string =>
  definition.kind === 'built-in'
    ? `/${authorization}/policyDefinitions/${definition.name}`
    : `/subscriptions/${subscriptionOf(scope) ?? ''}/${authorization}/policyDefinitions/${definition.name}`;

const parameterDeclaration = (type: PolicyParameterType, displayName: string): JsonObject => ({
  type,
  metadata: { displayName },
});

/** Our own definitions, once in each subscription. */
function definitionsOf(all: readonly Held[]): PolicyBody[] {
  const made = new Map<string, PolicyBody>();
  for (const { definition, scope } of all) {
    if (definition.kind !== 'custom') continue;
    const id = definitionId(definition, scope);
    const own = Object.entries(definition.parameters).map(
      ([name, type]) => [name, parameterDeclaration(type, name)] as const,
    );
    const effect = {
      type: 'String',
      metadata: { displayName: 'Effect' },
      allowedValues: ['Audit', 'Deny', 'Disabled'],
      defaultValue: 'Audit',
    };
    const { displayName, description, category, condition } = definition;
    const body = {
      properties: {
        ...{ displayName, description, policyType: 'Custom', mode: 'All' },
        metadata: { category, version: '1.0.0', createdBy: 'Bastide' },
        parameters: { effect, ...Object.fromEntries(own) },
        // biome-ignore lint/suspicious/noThenProperty: the member is Azure's.
        policyRule: { if: condition, then: { effect: "[parameters('effect')]" } },
      },
    };
    made.set(fold(id), { id, apiVersion, body });
  }
  return [...made.values()];
}

function assignmentBody(name: string, { held: one, effect, findings }: Assignment): PolicyBody {
  const { definition, scope, parameters } = one;
  const builtIn = definition.kind === 'built-in' ? definition : undefined;
  const value = effect === 'Audit' ? (builtIn?.audit ?? effect) : effect;
  const [first] = findings;
  const problem = first?.problem ?? definition.displayName;
  const given = Object.entries({ ...parameters, [builtIn?.effectParameter ?? 'effect']: value });
  return {
    id: `${scope}/${authorization}/policyAssignments/${name}`,
    apiVersion,
    body: {
      properties: {
        displayName: clean(`${definition.displayName} (${nameOf(scope)})`, longest.displayName),
        description: `Keeps fixed: ${unique(findings.map(({ rule }) => rule)).join(', ')} (Bastide).`,
        policyDefinitionId: definitionId(definition, scope),
        enforcementMode: 'Default',
        parameters: Object.fromEntries(given.map(([key, item]) => [key, { value: item }])),
        nonComplianceMessages: [
          { message: clean(`${problem}: ${nameInParent(scope)}. See ${first?.rule ?? ''} of Bastide.`, 500) },
        ],
        metadata: { assignedBy: 'Bastide', findings: unique(findings.map(({ id }) => id)) },
      },
    },
  };
}

/** What a reader must know, in sentences: what is held in part, and what is not. Many of one kind are counted. */
export function policyNotes({ definitions, assignments, held, notExpressed }: PolicyDocument): string[] {
  const limits = Map.groupBy(
    held.flatMap(({ finding, limits: own }) => own.map((limit) => ({ finding, limit }))),
    ({ limit }) => limit,
  );
  const reasons = Map.groupBy(notExpressed, ({ rule, reason }) => `${rule}: ${reason}`);
  const several = (count: number) => (count === 1 ? '' : ` (${count} findings)`);
  return [
    ...(assignments.length === 0 ? ['No assignment: Azure Policy can express none of the findings.'] : []),
    ...(definitions.length === 0
      ? []
      : ['Custom definitions are created in the subscription: this needs the role Resource Policy Contributor there.']),
    ...[...limits].map(([limit, all]) => `Partly expressed${several(all.length)}: ${limit}`),
    ...[...reasons].map(([reason, all]) => `Not expressed${several(all.length)}: ${reason}`),
  ];
}

/** The Azure CLI takes a built-in definition by its name alone: an ID without a subscription is none to it (2.74). */
const definitionWord = (id: string): string => (subscriptionOf(id) === undefined ? nameOf(id) : id);

/** The document as a script for a POSIX shell: definitions first, then assignments, each under a comment of what it holds. */
export function policyScript(document: PolicyDocument): string {
  const comment = (text: string): string => `# ${clean(text, 1000).replaceAll(/[\r\n]+/g, ' ')}`;
  const head = [
    '#!/bin/sh',
    comment(
      `Azure Policy for ${document.workspace ?? 'no workspace'}, effect ${document.effect}, digest ${document.digest}.`,
    ),
    'set -eu',
  ];
  const at = (body: JsonObject, name: string): Json =>
    isObject(body.properties) ? (body.properties[name] ?? null) : null;
  const text = (body: JsonObject, name: string): string => String(at(body, name) ?? '');
  const json = (body: JsonObject, name: string): string => JSON.stringify(at(body, name));
  const definitions = document.definitions.map(({ id, body }) =>
    line(
      ...['az', 'policy', 'definition', 'create', '--subscription', subscriptionOf(id) ?? '', '--name', nameOf(id)],
      ...['--mode', text(body, 'mode'), '--display-name', text(body, 'displayName')],
      ...['--description', text(body, 'description')],
      ...['--params', json(body, 'parameters'), '--rules', json(body, 'policyRule')],
    ),
  );
  const assignments = document.assignments.map(({ id, body }) => {
    const scope = id.slice(0, id.lastIndexOf(`/${authorization}/`));
    const create = line(
      ...['az', 'policy', 'assignment', 'create', '--name', nameOf(id), '--scope', scope],
      ...['--policy', definitionWord(text(body, 'policyDefinitionId')), '--display-name', text(body, 'displayName')],
      ...['--description', text(body, 'description'), '--params', json(body, 'parameters')],
    );
    return `${comment(text(body, 'description'))}\n${create}`;
  });
  const skipped = document.notExpressed.map(({ finding, reason }) => comment(`Not expressed: ${finding}: ${reason}`));
  return `${[...head, '', ...definitions, '', ...assignments, ...(skipped.length === 0 ? [] : ['', ...skipped])].join('\n')}\n`;
}
