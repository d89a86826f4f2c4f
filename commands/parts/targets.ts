// What to fix: targets, answers and addresses, checked before anything is read or sent.

import * as z from 'zod/mini';
import { allowedEffects } from '../../src/command/allowed-effects.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import { keepAddress, type OwnAddress, ownAddresses } from '../../src/command/own-address.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { nearest } from '../../src/model/nearest.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean } from '../../src/model/text.ts';
import { isClientAddress, parseClientAddress } from '../../src/net/ip-rules.ts';
import { type KnownAnswer, lockoutRules, type RefusedAnswer } from '../../src/plan/index.ts';
import type { PlanRequest, Session } from '../../src/session/session.ts';

/** The resource with this id, or the only one with this name. Throws Failure (exit 2). */
export function pick(resources: readonly Resource[], wanted: string): Resource {
  const exact = resources.find((resource) => sameId(resource.id, wanted));
  const alike = resources.filter((resource) => sameId(nameOf(resource.id), wanted));
  // A record has the name of the account that it leads to, and is seldom meant.
  const others = alike.filter(({ type }) => !/\/(?:private)?DnsZones\//i.test(type));
  const named = others.length > 0 ? others : alike;
  const [first, second] = named;
  if (exact) return exact;
  if (first && !second) return first;
  throw new Failure(
    first ? 'ambiguous-resource' : 'unknown-resource',
    exitStatus.usage,
    first ? `${named.length} resources are named ${clean(wanted, 80)}.` : `No resource is named ${clean(wanted, 80)}.`,
    first
      ? `Use the resource ID of one: ${named.map((resource) => clean(resource.id)).join(', ')}`
      : wanted.includes('@')
        ? 'For a finding, run `bastide explain ID`.'
        : nearestResource(
            wanted,
            resources.map(({ id }) => id),
          ),
  );
}

/** What was most likely meant by the name or id of a resource that there is not. */
export function nearestResource(wanted: string, ids: readonly string[]): string {
  const near = nearest(nameOf(wanted), ids.map(nameOf));
  return near === undefined ? 'Run `bastide scan` for the list.' : `Did you mean ${clean(near, 100)}?`;
}

export const targetArgs = {
  targets: flag(
    z._default(z.array(z.string()), []),
    'finding IDs, or rule IDs for all their findings; * is a wildcard',
    {
      value: 'FINDING|RULE',
      of: 'target' as const,
    },
  ),
  all: flag(z._default(z.boolean(), false), 'all automatic fixes'),
  ip: flag(z._default(z.array(z.string()), []), 'IP address or range to allow, or mine for your own; repeatable', {
    value: 'ADDRESS|CIDR|mine',
  }),
  resource: flag(z.optional(z.string()), 'only on this resource', { value: 'ID|NAME', of: 'resource' as const }),
  answer: flag(z._default(z.record(z.string(), z.string()), {}), 'input for a fix that needs it; repeatable', {
    value: 'NAME=VALUE',
  }),
};
const schema = z.object(targetArgs);
export type TargetArgs = z.output<typeof schema>;

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);

/** The request for the planner. Throws Failure (exit 2) for an address that no firewall takes, with the reason. */
export async function fixRequest(context: CommandContext, args: TargetArgs): Promise<PlanRequest> {
  const { targets, all, resource, answer } = args;
  const allowEffects = allowedEffects(context.flags.allowEffects);
  if (all && targets.length > 0) {
    throw usage('contradicting-flags', '--all cannot be combined with single targets.', 'Remove one of them.');
  }
  if (!all && targets.length === 0) {
    throw usage(
      'no-target',
      'No finding or rule is given.',
      args.ip.length > 0
        ? 'Name the rule that allows an address: `bastide fix storage.dev-client-ip --ip ADDRESS`.'
        : 'Name a finding or a rule (see `bastide findings`), or pass --all.',
    );
  }
  const ips: string[] = [];
  for (const text of args.ip) ips.push(...legal(text.toLowerCase() === 'mine' ? await ownAddress(context) : text));
  await keepAddress(context, ips, isClientAddress);
  return {
    targets: all ? 'all' : targets,
    answers: answer,
    ips: [...new Set(ips)],
    ...(resource === undefined ? {} : { resource }),
    ...(allowEffects.length === 0 ? {} : { allowEffects }),
    profile: context.flags.profile,
  };
}

/**
 * The request with the resource's id in place of its name. Throws Failure (exit 2) for a resource or target that there is not, and for
 * an answer that no selected fix takes. What is known and means nothing here is said.
 */
export function selected(
  context: Pick<CommandContext, 'say'>,
  session: Session,
  request: PlanRequest,
  snapshot: Snapshot,
): PlanRequest {
  const wanted =
    request.resource === undefined ? request : { ...request, resource: pick(snapshot.resources, request.resource).id };
  const { refused, unused, idle } = session.checkRequest(snapshot, wanted);
  const [first] = refused;
  if (first !== undefined) throw refusedAnswer(first);
  for (const name of unused) context.say(`The answer ${clean(name, 60)} is not used: nothing selected here needs it.`);
  for (const target of idle) context.say(`${clean(target, 300)} applies to nothing here.`);
  return wanted;
}

/** Of more answers than this only the names are told. */
const mostWithValues = 8;
const valuesOf = ({ name, values }: KnownAnswer): string =>
  typeof values === 'string' ? `${name}=${values}` : values.map((value) => `${name}=${value}`).join(' or ');

function refusedAnswer(refused: RefusedAnswer): Failure {
  const name = clean(refused.name, 60);
  if (refused.reason === 'unknown-name') {
    const near = nearest(
      refused.name,
      refused.known.map((one) => one.name),
    );
    const { length } = refused.known;
    const known = refused.known.map((one) => (length > mostWithValues ? one.name : valuesOf(one))).join(', ');
    return usage(
      'unknown-answer',
      `No selected fix takes the answer ${name}. Nothing was sent.`,
      known === ''
        ? 'Remove --answer: it takes none.'
        : `${near === undefined ? '' : `Did you mean ${near}? `}Answers: ${known}.`,
    );
  }
  const { valid, says } = refused;
  const value = clean(refused.value, 100);
  return usage(
    'bad-answer',
    `${value === '' ? 'An empty text' : value} is not a valid value of the answer ${name}. Nothing was sent.`,
    says === null ? `Valid values: ${valid.join(', ')}.` : clean(says, 900),
  );
}

function legal(text: string): readonly string[] {
  const parsed = parseClientAddress(text);
  if (parsed.ok) return parsed.value;
  throw usage(
    'illegal-address',
    `This address cannot be allowed. ${clean(parsed.reason, 300)}`,
    'Nothing was sent. Pass the public IPv4 address or range that Azure sees.',
  );
}

/** The operator's own address: from the lookup they configured, else asked for; where nobody can be asked, what they gave before. */
async function ownAddress(context: CommandContext): Promise<string> {
  if ((await context.settings.get('lookupUrl')) !== undefined) return context.host.lookUpAddress(context.signal);
  const session = await context.session();
  const [first] = await ownAddresses(context, (await session.intents()).devClientIps ?? [], isClientAddress);
  const isGiven = first !== undefined && first.from !== 'ssh';
  return !context.host.interactive && isGiven ? first.address : askAddress(context, first);
}

const addressFrom: Readonly<Record<OwnAddress['from'], string>> = {
  given: 'The suggestion is the address that you gave before.',
  declared: 'The suggestion is that of the assumption devClientIps.',
  ssh: 'The suggestion is the client address of your SSH session.',
};

const askAddress = ({ ask }: Pick<CommandContext, 'ask'>, known: OwnAddress | undefined): Promise<string> =>
  ask.text({
    name: 'ip',
    title: `What is your public IP address? ${known === undefined ? '(To look it up, set lookupUrl.)' : addressFrom[known.from]}`,
    ...(known === undefined ? {} : { suggestion: known.address }),
  });

/** A fix that allows an address and has none: it is asked for, with the known one as the suggestion, or the known one is named. */
export async function withAddress(
  context: CommandContext,
  request: PlanRequest,
  { intents }: Snapshot,
): Promise<PlanRequest> {
  const { targets, ips } = request;
  const allows = targets !== 'all' && targets.some((one) => lockoutRules.includes(one.split('@')[0] ?? ''));
  if (!allows || ips.length > 0 || (intents.devClientIps ?? []).length > 0) return request;
  const [known] = await ownAddresses(context, [], isClientAddress);
  if (context.host.interactive && !context.flags.dryRun) {
    const typed = legal(await askAddress(context, known));
    await keepAddress(context, typed, isClientAddress);
    return { ...request, ips: typed };
  }
  if (known !== undefined) context.say(`For your own address, pass --ip ${known.address}.`);
  return request;
}
