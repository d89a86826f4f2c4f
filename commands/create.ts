// `create`: makes a compute cluster or instance in a subnet, a Kubernetes cluster, or a subnet for container instances, after
// looking whether it may be made there (catalogue, P-COMPUTE-CREATE, aks.subnet-assigned and P-SUBNET-CREATE).
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { actExit, actFailure, actJson, actLines } from './parts/act.ts';
import { existingLines } from './parts/existing-compute.ts';
import { type Created, makeAks, makeCompute, makeSubnet } from './parts/making.ts';
import { whatIfFlag } from './parts/rehearsed.ts';

const forComputes = { what: ['cluster', 'instance'] };
const forClusters = { what: ['cluster'] };
const forAks = { what: ['aks'] };
const forSubnets = { what: ['aci-subnet'] };
const text = () => z.optional(z.string());

export const create = defineCommand({
  name: 'create',
  summary: 'make a compute cluster, an instance, a Kubernetes cluster, or a subnet for container instances',
  args: z.object({
    what: flag(z.enum(['cluster', 'instance', 'aks', 'aci-subnet']), 'what to make', { value: 'WHAT' }),
    name: flag(z.string(), 'its name', { value: 'NAME' }),
    size: flag(text(), 'size of its machines; STANDARD_D2_V2, of a Kubernetes cluster STANDARD_D3_V2', {
      ...{ value: 'SIZE', of: 'size' },
      only: { what: ['cluster', 'instance', 'aks'] },
    }),
    min: flag(z._default(z.number(), 0), 'fewest nodes', { value: 'NODES', only: forClusters }),
    max: flag(z._default(z.number(), 4), 'most nodes', { value: 'NODES', only: forClusters }),
    nodes: flag(z.optional(z.number()), 'nodes of a Kubernetes cluster, 3 unless said', {
      ...{ value: 'NODES', only: forAks },
    }),
    purpose: flag(
      z.optional(z.enum(['production', 'dense', 'dev-test'])),
      'what it is for; production takes 12 cores',
      {
        only: forAks,
      },
    ),
    subnet: flag(text(), 'where it goes; asked for when left out', {
      ...{ value: 'ID|VNET/NAME', of: 'subnet' },
      only: { what: ['cluster', 'instance', 'aks'] },
    }),
    serviceCidr: flag(text(), 'range of its services; the first that is free when left out', {
      ...{ value: 'RANGE', only: forAks },
    }),
    dnsServiceIp: flag(text(), 'address of its DNS service; the tenth of the range when left out', {
      ...{ value: 'ADDRESS', only: forAks },
    }),
    dockerBridgeCidr: flag(text(), 'bridge on its nodes; 172.17.0.1/16 or the next that is free when left out', {
      ...{ value: 'ADDRESS/LENGTH', only: forAks },
    }),
    internalLoadBalancer: flag(z.optional(z.boolean()), 'scoring at a private address, by an update afterwards', {
      only: forAks,
    }),
    cluster: flag(text(), 'attach this Kubernetes cluster instead of making one', {
      ...{ value: 'ID|NAME', of: 'kubernetes', only: forAks },
    }),
    publicIp: flag(z.optional(z.boolean()), 'with a public address, or without (--no-public-ip)', {
      only: forComputes,
    }),
    ssh: flag(z._default(z.enum(['disabled', 'enabled']), 'disabled'), 'SSH at its public address', {
      ...{ value: 'STATE', only: forComputes },
    }),
    vnet: flag(text(), 'the network of a subnet; the only one when left out', {
      ...{ value: 'ID|NAME', of: 'network', only: forSubnets },
    }),
    prefix: flag(text(), 'the range of a subnet; the first that is free when left out', {
      ...{ value: 'RANGE', only: forSubnets },
    }),
    whatIf: whatIfFlag,
    identity: flag(text(), 'system, or the id of a managed identity', { value: 'system|ID', only: forComputes }),
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
      line: 'create aks aks-new --subnet snet-dev --internal-load-balancer --dry-run',
      says: 'the plan for a Kubernetes cluster with its address plan, met at a private address',
    },
    {
      line: 'create aci-subnet snet-aci --vnet vnet-ml --prefix 10.0.12.0/24 --dry-run',
      says: 'the plan for a subnet that is handed to container instances',
    },
  ],
  async *run(context, { what, size, ...rest }): AsyncGenerator<SessionEvent, Created> {
    if (what === 'aci-subnet') return yield* makeSubnet(context, rest);
    if (what === 'aks') return yield* makeAks(context, { ...rest, size });
    return yield* makeCompute(context, { what, ...rest, size: size ?? 'STANDARD_D2_V2' });
  },
  json: (result) => (result.kind === 'exists' ? result.existing : actJson(result)),
  text: (result) => (result.kind === 'exists' ? existingLines(result.existing) : actLines(result)),
  exit: (result) => (result.kind === 'exists' ? 0 : actExit(result)),
  failure: (result) => (result.kind === 'exists' ? null : actFailure(result)),
});
