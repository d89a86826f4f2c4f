// `create`: makes a compute cluster or instance in a subnet, or a subnet for container instances, after looking whether it may be
// made there (catalogue, P-COMPUTE-CREATE and P-SUBNET-CREATE).
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { act, actExit, actFailure, actLines, requireWritable } from './parts/act.ts';
import { refuseStopped } from './parts/blocked.ts';
import { legalSubnet, networkNamed, standingSubnet, subnetCreation } from './parts/new-aci-subnet.ts';
import { computeCreation, legalCompute } from './parts/new-compute.ts';
import { chooseSeat } from './parts/seat.ts';
import { isStanding, standingCompute, standingLines } from './parts/standing-compute.ts';

export const create = defineCommand({
  name: 'create',
  summary: 'make a compute cluster or instance in a subnet of yours, or a subnet for container instances',
  args: z.object({
    what: flag(z.enum(['cluster', 'instance', 'aci-subnet']), 'what to make', { value: 'WHAT' }),
    name: flag(z.string(), 'its name', { value: 'NAME' }),
    size: flag(z._default(z.string(), 'STANDARD_D2_V2'), 'size of its machines', { value: 'SIZE' }),
    min: flag(z._default(z.number(), 0), 'fewest nodes of a cluster', { value: 'NODES' }),
    max: flag(z._default(z.number(), 4), 'most nodes of a cluster', { value: 'NODES' }),
    subnet: flag(z.optional(z.string()), 'where it goes; asked for when left out', {
      value: 'ID|VNET/NAME',
      of: 'resource',
    }),
    publicIp: flag(z.optional(z.boolean()), 'with a public address, or without (--no-public-ip)'),
    ssh: flag(z._default(z.enum(['disabled', 'enabled']), 'disabled'), 'SSH at its public address', { value: 'STATE' }),
    vnet: flag(z.optional(z.string()), 'the network of a subnet; the only one when left out', {
      value: 'ID|NAME',
      of: 'resource',
    }),
    prefix: flag(z.optional(z.string()), 'the range of a subnet; the first that is free when left out', {
      value: 'RANGE',
    }),
    identity: flag(z.optional(z.string()), 'system, or the id of a managed identity', { value: 'system|ID' }),
  }),
  positional: ['what', 'name'],
  effect: 'cloud',
  examples: [
    {
      line: 'create cluster cpu-night --subnet vnet-ml/snet-train --max 2 --dry-run',
      says: 'the plan for a cluster in a subnet',
    },
    { line: 'create cluster cpu-cluster', says: 'a name that is taken: what stands there, and how it differs' },
    {
      line: 'create instance ci-new --subnet snet-dev --size STANDARD_DS3_V2 --yes',
      says: 'make an instance without asking',
    },
    {
      line: 'create aci-subnet snet-aci --vnet vnet-ml --prefix 10.0.12.0/24 --dry-run',
      says: 'the plan for a subnet that is handed to container instances',
    },
  ],
  async *run(context, { what, ...rest }) {
    if (what === 'aci-subnet') legalSubnet(rest.name);
    else legalCompute({ what, ...rest });
    const session = await context.session();
    requireWritable(context, session);
    const first = yield* session.scan(context.signal);
    if (what === 'aci-subnet') {
      const network = networkNamed(first, rest.vnet);
      const there = standingSubnet(network, rest);
      if (there !== undefined) return there;
      const plan = session.planCreation(first, subnetCreation(first, network, rest, context.flags.profile));
      refuseStopped(context, plan);
      return yield* act(context, session, plan);
    }
    const args = { what, ...rest };
    const standing = standingCompute(first, args);
    if (standing !== undefined) return standing;
    const seat = await chooseSeat(context, first, args.subnet);
    const snapshot = seat === null ? first : yield* session.scan(context.signal, [seat]);
    const { architecture } = session.report(snapshot, context.flags.profile);
    const creation = computeCreation(snapshot, args, seat, architecture.answer, context.flags.profile);
    const plan = session.planCreation(snapshot, creation);
    refuseStopped(context, plan);
    return yield* act(context, session, plan);
  },
  text: (result) => (isStanding(result) ? standingLines(result) : actLines(result)),
  exit: (result) => (isStanding(result) ? 0 : actExit(result)),
  failure: (result) => (isStanding(result) ? null : actFailure(result)),
});
