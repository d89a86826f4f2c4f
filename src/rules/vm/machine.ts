// Whether an attached machine is healthy, runs Ubuntu, and is in a network that the workspace storage allows.

import { strategyOf } from '../../facts/architecture.ts';
import { defaultAccountId } from '../../facts/links.ts';
import { attachedTo, everySubnetOf, isUnattached } from '../../facts/machines.ts';
import { reachedPrivately } from '../../facts/reach.ts';
import type { Evidence } from '../../model/finding.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import {
  hdinsightView,
  instanceViewOf,
  machineView,
  osNamePointer,
  rolesPointer,
} from '../../resource-types/machine-view.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { checkFirewall, type ServiceFirewall, subnetsPointer, unclear } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { unreachedSentence } from '../parts/private-link.ts';
import { noDefaultAccount } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  few,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  unknown,
} from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import {
  type AttachedMachine,
  type ExistingMachine,
  existing,
  machineEvidence,
  machines,
  virtualMachines,
  vmRule,
} from './parts/machines.ts';

const errorsPointer = '/properties/provisioningErrors';

/** The first provisioning error; undefined where there is none. */
function firstError({ body }: Resource): string | undefined {
  const [first] = listAt(body, errorsPointer);
  if (first === undefined) return undefined;
  const texts = ['/error/message', '/message', '/error/code', '/code'].flatMap(
    (pointer) => textAt(first, pointer) ?? [],
  );
  return quoted(texts[0] ?? first);
}

export const vmAttached = defineRule({
  ...vmRule,
  id: 'vm.attached',
  title: 'Attached machine exists and is provisioned',
  problem: 'Attachment failed or the machine is deleted',
  severity: 'low',
  explain: {
    why: 'Jobs for a compute target that is deleted or failed stay queued or fail.',
    fix: 'None: attaching needs the key or password of the machine, which only you have. Detach the compute and attach it again.',
    links: [links.attachedTargets],
  },
  subjects: machines,
  check(machine, { index, profile }) {
    const { compute, name, isHdinsight } = machine;
    if (isUnattached(compute)) return notApplicable(`No workspace in these files attaches the ${name}.`);
    const { provisioningState: state = 'Succeeded', resourceId } = computeView(compute);
    const evidence = [
      ...machineEvidence(machine),
      evidenceAt(compute, '/properties/provisioningState', 'provisioning state'),
      evidenceAt(compute, errorsPointer, 'provisioning errors'),
      evidenceAt(compute, '/properties/isAttachedCompute', 'attached compute (isAttachedCompute)'),
    ];
    const error = firstError(compute);
    if (error !== undefined) return fail(`The attachment of the ${name} failed: ${error}.`, evidence);
    const said = `The provisioning state of the ${name} is ${quoted(state)}`;
    if (['failed', 'canceled', 'deleting'].includes(fold(state))) return fail(`${said}.`, evidence);
    if (fold(state) !== 'succeeded') return unknown(`${said}, which is temporary.`, evidence);
    if (resourceId === undefined) {
      return (valueAt(compute.body, '/properties/resourceId') ?? null) === null
        ? fail(`The ${name} has no resource ID (resourceId).`, evidence)
        : unknown(`The resource ID (resourceId) of the ${name} has an unexpected value.`, evidence);
    }
    if (!attachedTo(compute, index)) {
      return fail(`The ${name} is attached, but ${displayName(resourceId)} no longer exists.`, evidence);
    }
    const legacy = profile !== 'article-2020' && !isHdinsight ? ' Attaching virtual machines is a legacy feature.' : '';
    return pass(`The ${name} is attached and provisioned.${legacy}`, evidence);
  },
});

const isUbuntu = (text: string | undefined): boolean => text?.toLowerCase().includes('ubuntu') === true;

/**
 * The operating system that the VM agent reports, in the machine or its instance view. Throws UnreadableError where Azure
 * denied the read.
 */
function reportedSystem(machine: Resource, index: SnapshotIndex): { name: string | undefined; evidence: Evidence[] } {
  const own = machineView(machine).osName;
  if (own !== undefined)
    return { name: own, evidence: [evidenceAt(machine, osNamePointer, 'OS reported by the VM agent')] };
  const view = index.get(instanceViewOf(machine.id));
  return {
    name: textAt(view?.body, '/osName'),
    evidence: view ? [evidenceAt(view, '/osName', 'OS reported by the VM agent')] : [],
  };
}

export const vmUbuntuOnly = defineRule({
  ...vmRule,
  id: 'vm.ubuntu-only',
  title: 'Attached virtual machine runs Ubuntu',
  problem: 'Attached virtual machine does not run Ubuntu',
  severity: 'high',
  explain: {
    why: 'The service installs agents on an attached machine by SSH. They support Ubuntu only.',
    fix: 'None: attach a machine that runs Ubuntu, and detach this one.',
    links: [links.attachedTargets],
  },
  subjects: existing(virtualMachines),
  check(one, { index }) {
    const { attached: machine, name } = one;
    const { osType, publisher, offer, sku, osName } = machineView(machine);
    const evidence = [
      ...machineEvidence(one),
      evidenceAt(machine, '/properties/storageProfile/osDisk/osType', 'OS type'),
      evidenceAt(machine, '/properties/storageProfile/imageReference', 'image reference'),
    ];
    if (osType === 'Windows') return fail(`The ${name} runs Windows; only Ubuntu is supported.`, evidence);
    if (isUbuntu(osName) || isUbuntu(offer) || isUbuntu(sku)) return pass(`The ${name} runs Ubuntu.`, evidence);
    if (osName === undefined && (offer !== undefined || sku !== undefined)) {
      const image = [publisher, offer, sku].filter((text) => text !== undefined).join(' ');
      return fail(`The ${name} uses the image ${quoted(image)}; only Ubuntu is supported.`, evidence);
    }
    const reported = reportedSystem(machine, index);
    const all = [...evidence, ...reported.evidence];
    if (reported.name === undefined) {
      return unknown(`The ${name} uses a custom image, and its VM agent reports no operating system.`, all);
    }
    return isUbuntu(reported.name)
      ? pass(`The ${name} runs Ubuntu, as its VM agent reports.`, all)
      : fail(`The ${name} runs ${quoted(reported.name)}; only Ubuntu is supported.`, all);
  },
});

/** The result for a cluster with a role outside a virtual network; undefined where each is in one. */
function outsideNetwork(one: ExistingMachine): CheckResult | undefined {
  const { roles } = hdinsightView(one.attached);
  const evidence = [...machineEvidence(one), evidenceAt(one.attached, rolesPointer, 'roles and their networks')];
  if (roles.length === 0) return unknown(`The roles of the ${one.name} are not known.`, evidence);
  const bare = roles.filter(({ subnet }) => subnet === undefined).map((role) => quoted(role.name ?? 'no name'));
  return bare.length === 0
    ? undefined
    : fail(`The ${one.name} has roles without a virtual network: ${few(bare)}.`, evidence);
}

function checkStorage(
  one: AttachedMachine,
  subnets: readonly string[],
  firewall: ServiceFirewall,
  index: SnapshotIndex,
): CheckResult {
  const networks = onceEach(subnets.map(vnetOf));
  const evidence = [
    ...machineEvidence(one),
    noted(one.compute.id, [...networks], 'virtual networks of the machine'),
    evidenceAt(firewall.resource, subnetsPointer, 'virtual network rules'),
  ];
  if (firewall.access !== 'closed') {
    return unclear(firewall) ?? pass(`The ${firewall.name} allows all networks, including the ${one.name}.`, evidence);
  }
  const where = `The ${one.name} is in ${listed(networks.map(displayName))}`;
  if (strategyOf(firewall.resource.id, index) !== 'service-endpoint') {
    const target = { id: firewall.resource.id, name: firewall.name };
    return subnets.some((subnet) => reachedPrivately(firewall.resource.id, subnet, index))
      ? pass(`${where}, which connects to the ${firewall.name} by a private endpoint.`, evidence)
      : fail(`${where}. ${unreachedSentence(target, subnets[0] ?? '', index)}`, evidence);
  }
  const allowed = (firewall.overruled ? [] : firewall.acls.subnetRules).map(({ id }) => vnetOf(id));
  return networks.some((network) => allowed.some((id) => sameId(id, network)))
    ? pass(`${where}, a network that the ${firewall.name} allows.`, evidence)
    : fail(`${where}; the ${firewall.name} allows no subnet of it.`, evidence);
}

export const vmInVnet = defineRule({
  ...vmRule,
  id: 'vm.in-vnet',
  title: 'Machine is in a network that workspace storage allows',
  problem: 'Machine is not in a network that workspace storage allows',
  severity: 'high',
  explain: {
    why: 'The machine must access the storage account of the workspace, whose firewall allows only the configured networks.',
    fix: 'None: machines and clusters cannot be moved to another virtual network. Create the machine again in a network that the account allows, and attach it.',
    links: [links.secureTraining],
  },
  subjects: existing(machines),
  check(one, context) {
    const { index } = context;
    const outside = one.isHdinsight ? outsideNetwork(one) : undefined;
    if (outside) return outside;
    const subnets = onceEach(everySubnetOf(one.compute, index));
    if (subnets.length === 0) return unknown(`The subnet of the ${one.name} is not known.`, machineEvidence(one));
    const account = defaultAccountId(index);
    if (index.snapshot.workspace === null) {
      const networks = onceEach(subnets.map(vnetOf));
      const evidence = [...machineEvidence(one), noted(one.compute.id, networks, 'virtual networks of the machine')];
      return pass(
        `The ${one.name} is in ${listed(networks.map(displayName))}; there is no workspace whose storage must allow it.`,
        evidence,
      );
    }
    if (account === undefined) return noDefaultAccount(index);
    return checkFirewall(account, 'storage', context, (firewall) => checkStorage(one, subnets, firewall, index));
  },
});
