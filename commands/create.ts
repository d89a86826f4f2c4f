// `create`: creates a compute cluster or instance in a subnet, an AKS cluster, or a subnet for container instances, after
// checking what would prevent it.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import type { SessionEvent } from '../src/session/session.ts';
import { actExit, actFailure, actJson, actLines, settleFirst } from './parts/act.ts';
import { existingLines } from './parts/existing-compute.ts';
import { type Created, makeAks, makeCompute, makeSubnet } from './parts/making.ts';
import { whatIfFlag } from './parts/what-if.ts';

const forComputes = { what: ['cluster', 'instance'] };
const forClusters = { what: ['cluster'] };
const forAks = { what: ['aks'] };
const forSubnets = { what: ['aci-subnet'] };
const text = () => z.optional(z.string());

export const create = defineCommand({
  name: 'create',
  summary: 'Create a compute cluster, a compute instance, an AKS cluster, or a subnet for container instances',
  args: z.object({
    what: flag(z.enum(['cluster', 'instance', 'aks', 'aci-subnet']), 'what to create', { value: 'WHAT' }),
    name: flag(z.string(), 'name of the new resource', { value: 'NAME' }),
    size: flag(text(), 'VM size; default STANDARD_D2_V2, for AKS STANDARD_D3_V2', {
      ...{ value: 'SIZE', of: 'size' },
      only: { what: ['cluster', 'instance', 'aks'] },
    }),
    min: flag(z._default(z.number(), 0), 'minimum number of nodes', { value: 'NODES', only: forClusters }),
    max: flag(z._default(z.number(), 4), 'maximum number of nodes', { value: 'NODES', only: forClusters }),
    nodes: flag(z.optional(z.number()), 'number of nodes; default 3', {
      ...{ value: 'NODES', only: forAks },
    }),
    purpose: flag(
      z.optional(z.enum(['production', 'dense', 'dev-test'])),
      'cluster purpose; production needs 12 cores',
      {
        only: forAks,
      },
    ),
    subnet: flag(text(), 'subnet to use; asked for if omitted', {
      ...{ value: 'ID|VNET/NAME', of: 'subnet' },
      only: { what: ['cluster', 'instance', 'aks'] },
    }),
    serviceCidr: flag(text(), 'service address range; default is the first free one', {
      ...{ value: 'RANGE', only: forAks },
    }),
    dnsServiceIp: flag(text(), 'DNS service IP; default is the tenth address of the service range', {
      ...{ value: 'ADDRESS', only: forAks },
    }),
    dockerBridgeCidr: flag(text(), 'Docker bridge address; default is 172.17.0.1/16 or the next free one', {
      ...{ value: 'ADDRESS/LENGTH', only: forAks },
    }),
    internalLoadBalancer: flag(
      z.optional(z.boolean()),
      'use an internal load balancer, set by an update after creation',
      {
        only: forAks,
      },
    ),
    cluster: flag(text(), 'attach this AKS cluster instead of creating one', {
      ...{ value: 'ID|NAME', of: 'kubernetes', only: forAks },
    }),
    publicIp: flag(z.optional(z.boolean()), 'assign public IP addresses, or not (--no-public-ip)', {
      only: forComputes,
    }),
    ssh: flag(z._default(z.enum(['disabled', 'enabled']), 'disabled'), 'SSH access at the public IP address', {
      ...{ value: 'STATE', only: forComputes },
    }),
    vnet: flag(text(), 'virtual network of the subnet; can be omitted if there is only one', {
      ...{ value: 'ID|NAME', of: 'network', only: forSubnets },
    }),
    prefix: flag(text(), 'address range of the subnet; default is the first free one', {
      ...{ value: 'RANGE', only: forSubnets },
    }),
    whatIf: whatIfFlag,
    identity: flag(text(), 'managed identity: system, or the resource ID of a user-assigned one', {
      value: 'system|ID',
      only: forComputes,
    }),
  }),
  positional: ['what', 'name'],
  effect: 'cloud',
  examples: [
    {
      line: 'create cluster cpu-night --subnet vnet-ml/snet-train --max 2 --dry-run',
      says: 'Show the plan for a cluster in a subnet',
    },
    { line: 'create cluster cpu-cluster', says: 'If the name is taken: show the existing cluster and the differences' },
    {
      line: 'create instance ci-new --subnet snet-dev --size STANDARD_DS3_V2 --yes --allow-effects opens,costs',
      says: 'Create an instance without confirmation',
    },
    {
      line: 'create aks aks-new --subnet snet-dev --internal-load-balancer --dry-run',
      says: 'Show the plan for an AKS cluster with an internal load balancer',
    },
    {
      line: 'create aci-subnet snet-aci --vnet vnet-ml --prefix 10.0.12.0/24 --dry-run',
      says: 'Show the plan for a subnet delegated to container instances',
    },
  ],
  async *run(context, { what, size, ...rest }): AsyncGenerator<SessionEvent, Created> {
    yield* settleFirst(context);
    if (what === 'aci-subnet') return yield* makeSubnet(context, rest);
    if (what === 'aks') return yield* makeAks(context, { ...rest, size });
    return yield* makeCompute(context, { what, ...rest, size: size ?? 'STANDARD_D2_V2' });
  },
  documents: ['markdown'],
  async document(result) {
    const { actMarkdown, textMarkdown } = await import('./parts/act-markdown.ts');
    return result.kind === 'exists' ? textMarkdown(existingLines(result.existing)) : actMarkdown(result);
  },
  json: (result) => (result.kind === 'exists' ? result.existing : actJson(result)),
  text: (result) => (result.kind === 'exists' ? existingLines(result.existing) : actLines(result)),
  exit: (result) => (result.kind === 'exists' ? 0 : actExit(result)),
  failure: (result) => (result.kind === 'exists' ? null : actFailure(result)),
});
