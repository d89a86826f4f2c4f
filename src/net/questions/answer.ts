// The five kinds of network question, answered from their own input. Pure.

import { blockingRules } from '../blockers.ts';
import { type ContextInput, contextOf } from '../context.ts';
import { decideAt } from '../decide.ts';
import type { Flow } from '../flow.ts';
import { type LayerKind, layersOf } from '../layers.ts';
import { type NsgRules, readAdminRules, readGroup } from '../nsg.ts';
import { peeredSpace } from '../peering.ts';
import { protocols } from '../ports.ts';
import { refusals, routeRefusals } from '../refusals.ts';
import { chooseRoute, type ReadRoutes, type Route, readRoutes, tagPrefixes } from '../routes.ts';
import type { ServiceTags } from '../service-tags.ts';
import { subnetTable } from '../subnet-table.ts';
import { virtualNetworkTag } from '../virtual-network-tag.ts';
import { QuestionError, QuestionReader } from './reader.ts';

const questionKinds = ['nsg', 'route', 'subnetRoute', 'virtualNetworkTag', 'invalid'] as const;

export interface NsgAnswer {
  readonly verdict: 'allowed' | 'denied' | 'partly' | 'unknown';
  readonly allowedBy: readonly string[];
  readonly deniedBy: readonly string[];
  /** Every rule that denies some of the flow, or would once the rules before it are gone, in the order they apply. */
  readonly blockers: readonly RuleBlocker[];
  readonly unsure: readonly string[];
  /** Decimal texts. */
  readonly measure: { readonly allowed: string; readonly denied: string; readonly unknown: string };
  readonly witness: { readonly allowed?: string; readonly denied?: string; readonly unknown?: string };
  /** Service tags compared by name, because their addresses are unknown; only where there are any. */
  readonly uncounted?: readonly string[];
}
export interface RuleBlocker {
  /** As in `deniedBy`: `subnet/rule`. */
  readonly rule: string;
  readonly place: LayerKind;
  readonly priority: number;
}
export interface RouteAnswer {
  /** `None` where no route covers the destination. */
  readonly nextHopType: string;
  readonly source: string | null;
  readonly prefix: string | null;
  readonly name?: string;
  /** Tags of routes with unknown prefixes; only where there are any. */
  readonly unknownTags?: readonly string[];
}
export interface TagAnswer {
  readonly in: readonly string[];
  readonly maybe: readonly string[];
}
export interface InvalidAnswer {
  readonly codes: readonly string[];
  readonly refusals: readonly {
    readonly code: string;
    readonly names: readonly string[];
    readonly member: string;
    readonly value: string;
  }[];
}
export interface QuestionHead {
  readonly id: string;
  readonly kind: string;
}
export type QuestionAnswer = QuestionHead &
  (
    | NsgAnswer
    | RouteAnswer
    | TagAnswer
    | InvalidAnswer
    | { readonly error: { readonly member: string; readonly reason: string } }
  );

/** Answers one question (`{id, kind, input}`); an invalid one returns its `error`. `position` from 1. */
export function answerQuestion(
  question: unknown,
  position: number,
  serviceTags: ServiceTags | undefined,
): QuestionAnswer {
  const reader = new QuestionReader(question, 'question');
  const asked = { id: idOf(reader, position), kind: kindText(reader) };
  try {
    return { ...asked, ...answerOf(reader, serviceTags) };
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error;
    return { ...asked, error: { member: error.member.replace(/^question\./, ''), reason: error.reason } };
  }
}

function idOf(reader: QuestionReader, position: number): string {
  const { value } = reader.at('id');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : `question-${position}`;
}
function kindText(reader: QuestionReader): string {
  const { value } = reader.at('kind');
  return typeof value === 'string' ? value : '';
}

function answerOf(question: QuestionReader, serviceTags: ServiceTags | undefined) {
  question.record();
  const kind = question.at('kind').oneOf(questionKinds);
  const input = question.at('input');
  input.record();
  if (kind === 'nsg') return answerNsg(input, serviceTags);
  if (kind === 'route') return answerRoute(input, serviceTags);
  if (kind === 'subnetRoute') return answerSubnetRoute(input, serviceTags);
  if (kind === 'virtualNetworkTag') return answerTag(input, serviceTags);
  return answerInvalid(input);
}

/** Throws where a group holds a value that Azure would reject: it is never replaced by another. */
function checkGroup(reader: QuestionReader, read: (raw: unknown) => NsgRules): unknown {
  if (reader.missing) return undefined;
  if (!Array.isArray(reader.value)) reader.record();
  const [wrong] = read(reader.value).misreadings;
  if (wrong)
    throw new QuestionError(`${reader.path}: ${wrong.rule}.${wrong.member}`, `${wrong.value}: ${wrong.reason}`);
  return reader.value;
}

function contextInput(env: QuestionReader, serviceTags: ServiceTags | undefined): ContextInput {
  if (env.missing) return { serviceTags };
  env.record();
  return {
    virtualNetwork: env.at('virtualNetwork').prefixLists(),
    virtualNetworkMaybe: env.at('virtualNetworkMaybe').prefixes(),
    internet: env.at('internet').prefixLists(),
    tags: env.at('tags').prefixTable(),
    groups: env.at('asgs').prefixTable(),
    serviceTags,
  };
}

function answerNsg(input: QuestionReader, serviceTags: ServiceTags | undefined): NsgAnswer {
  const flow = input.at('flow');
  flow.record();
  const asked: Flow = {
    direction: input.at('direction').oneOf(['Inbound', 'Outbound']),
    protocol: flow.at('protocol').oneOf([...protocols, '*']),
    source: { of: flow.at('src').ends() },
    destination: { of: flow.at('dst').ends() },
    sourcePorts: flow.at('srcPorts').ports(),
    destinationPorts: flow.at('dstPorts').ports(),
    established: flow.at('established').flag(),
  };
  const groups = {
    subnetNsg: checkGroup(input.at('subnetNsg'), readGroup),
    nicNsg: checkGroup(input.at('nicNsg'), readGroup),
    adminRules: checkGroup(input.at('adminRules'), readAdminRules),
  };
  const layers = layersOf(groups, asked.direction);
  const context = contextOf(contextInput(input.at('env'), serviceTags));
  const decision = decideAt(asked, layers, context);
  const blocking = decision.deniedBy.length === 0 ? [] : blockingRules(asked, layers, context);
  const { verdict, allowedBy, deniedBy, unsure, measure, witness, uncounted } = decision;
  return {
    verdict,
    allowedBy,
    deniedBy,
    blockers: blocking.map(({ label, place, rule }) => ({ rule: label, place, priority: rule?.priority ?? 0 })),
    unsure,
    measure: { allowed: `${measure.allowed}`, denied: `${measure.denied}`, unknown: `${measure.unknown}` },
    witness,
    ...(uncounted.length > 0 ? { uncounted } : {}),
  };
}

/** Routes as raw JSON, each an object with valid prefixes. */
function rawRoutes(reader: QuestionReader): unknown {
  if (reader.missing) return [];
  for (const item of reader.items()) {
    item.record();
    const [wrong] = readRoutes([item.value], 'User').refused;
    if (wrong) throw item.at('addressPrefix').wrong(`${wrong.text} is not an address prefix. ${wrong.reason}`);
  }
  return reader.value;
}

function answerFrom(read: ReadRoutes, destination: QuestionReader): RouteAnswer {
  const chosen = chooseRoute(read.routes, destination.text());
  if (!chosen.ok) throw destination.wrong(`${destination.text()} is not an address. ${chosen.reason}`);
  return routeAnswer(chosen.value, read.unknownTags);
}
function routeAnswer(route: Route | undefined, unknownTags: readonly string[]): RouteAnswer {
  const tags = unknownTags.length > 0 ? { unknownTags } : {};
  if (!route) return { nextHopType: 'None', source: null, prefix: null, ...tags };
  const { nextHopType, source, prefix, name } = route;
  return { nextHopType, source, prefix, ...(name === undefined ? {} : { name }), ...tags };
}

function answerRoute(input: QuestionReader, serviceTags: ServiceTags | undefined): RouteAnswer {
  return answerFrom(readRoutes(rawRoutes(input.at('routes')), 'Default', tagPrefixes(serviceTags)), input.at('dst'));
}

function answerSubnetRoute(input: QuestionReader, serviceTags: ServiceTags | undefined): RouteAnswer {
  const network = input.at('vnet');
  network.record();
  const peered = network.at('peered');
  const endpoints = network.at('privateEndpoints');
  const table = subnetTable({
    addressSpace: network.at('addressSpace').prefixes(),
    peered: [...peered.prefixes(), ...peeredSpace(network.at('peerings').value)],
    serviceEndpointPrefixes: network.at('serviceEndpointPrefixes').prefixes(),
    privateEndpoints: endpoints.missing
      ? []
      : endpoints.items().map((item) => ({
          address: item.at('address').prefixes()[0] ?? '',
          policies: item.at('policies').missing ? undefined : item.at('policies').text(),
        })),
    userRoutes: rawRoutes(input.at('userRoutes')),
    gatewayRoutes: rawRoutes(input.at('gatewayRoutes')),
    disableBgpRoutePropagation: input.at('disableBgpRoutePropagation').flag(),
    tags: tagPrefixes(serviceTags),
  });
  return answerFrom(table, input.at('dst'));
}

/** Routes of a gateway: prefixes, or route objects. */
function gatewayPrefixes(reader: QuestionReader): string[] {
  if (reader.missing) return [];
  if (reader.items().every(({ value }) => typeof value === 'string')) return reader.prefixes();
  return readRoutes(rawRoutes(reader), 'VirtualNetworkGateway').routes.map(({ prefix }) => prefix);
}

function answerTag(input: QuestionReader, serviceTags: ServiceTags | undefined): TagAnswer {
  const gateway = ['gatewayPrefixes', 'gatewayRoutes', 'onPremises'].flatMap((name) => gatewayPrefixes(input.at(name)));
  const peerings = input.at('peerings');
  if (!peerings.missing) for (const item of peerings.items()) item.record();
  return virtualNetworkTag({
    addressSpace: input.at('addressSpace').prefixes(),
    peerings: peerings.value,
    gatewayPrefixes: gateway,
    userRoutes: rawRoutes(input.at('userRoutes')),
    tags: tagPrefixes(serviceTags),
  });
}

function answerInvalid(input: QuestionReader): InvalidAnswer {
  const group = input.at('nsg');
  const table = input.at('routeTable');
  if (group.missing && table.missing) throw group.wrong('There is neither a group nor a route table to check.');
  const found = [
    ...(group.missing ? [] : refusals(group.record())),
    ...(table.missing ? [] : routeRefusals(table.record())),
  ];
  return { codes: [...new Set(found.map(({ code }) => code))].sort(), refusals: found };
}
