// Whether an attached machine is healthy, runs Ubuntu, and is in a network that the workspace storage allows.
import { hdinsightView, instanceViewOf, machineView, osNamePointer, rolesPointer } from '../../kinds/machine-view.ts';
import { vnetOf } from '../../kinds/network-view.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Evidence } from '../../model/finding.ts';
import { valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { reachedPrivately } from '../../posture/endpoints.ts';
import { defaultAccountId } from '../../posture/links.ts';
import { attachedTo, everySubnetOf } from '../../posture/machines.ts';
import { defineRule } from '../define.ts';
import { checkFirewall, subnetsPointer, unclear, type Wall } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { fail, few, listed, notApplicable, noted, pass, quoted, seen, shown, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';
import {
  type ExistingMachine,
  existing,
  type Machine,
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
  check(machine, { world, profile }) {
    const { compute, name, isHdinsight } = machine;
    const { provisioningState: state = 'Succeeded', resourceId } = computeView(compute);
    const evidence = [
      ...machineEvidence(machine),
      seen(compute, '/properties/provisioningState', 'provisioning state'),
      seen(compute, errorsPointer, 'provisioning errors'),
      seen(compute, '/properties/isAttachedCompute', 'attached compute (isAttachedCompute)'),
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
    if (!attachedTo(compute, world)) {
      return fail(`The ${name} is attached, but ${shown(resourceId)} no longer exists.`, evidence);
    }
    const legacy = profile !== 'seed-2020' && !isHdinsight ? ' Attaching virtual machines is a legacy feature.' : '';
    return pass(`The ${name} is attached and provisioned.${legacy}`, evidence);
  },
});

const isUbuntu = (text: string | undefined): boolean => text?.toLowerCase().includes('ubuntu') === true;

/** The operating system that the VM agent reports, in the machine or its instance view. Throws GapRead where Azure denied the read. */
function reportedSystem(machine: Resource, world: World): { name: string | undefined; evidence: Evidence[] } {
  const own = machineView(machine).osName;
  if (own !== undefined) return { name: own, evidence: [seen(machine, osNamePointer, 'OS reported by the VM agent')] };
  const view = world.get(instanceViewOf(machine.id));
  return {
    name: textAt(view?.body, '/osName'),
    evidence: view ? [seen(view, '/osName', 'OS reported by the VM agent')] : [],
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
  check(one, { world }) {
    const { attached: machine, name } = one;
    const { osType, publisher, offer, sku, osName } = machineView(machine);
    const evidence = [
      ...machineEvidence(one),
      seen(machine, '/properties/storageProfile/osDisk/osType', 'OS type'),
      seen(machine, '/properties/storageProfile/imageReference', 'image reference'),
    ];
    if (osType === 'Windows') return fail(`The ${name} runs Windows; only Ubuntu is supported.`, evidence);
    if (isUbuntu(osName) || isUbuntu(offer) || isUbuntu(sku)) return pass(`The ${name} runs Ubuntu.`, evidence);
    if (osName === undefined && (offer !== undefined || sku !== undefined)) {
      const image = [publisher, offer, sku].filter((text) => text !== undefined).join(' ');
      return fail(`The ${name} uses the image ${quoted(image)}; only Ubuntu is supported.`, evidence);
    }
    const reported = reportedSystem(machine, world);
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
function outsideNetwork(one: ExistingMachine): Verdict | undefined {
  const { roles } = hdinsightView(one.attached);
  const evidence = [...machineEvidence(one), seen(one.attached, rolesPointer, 'roles and their networks')];
  if (roles.length === 0) return unknown(`The roles of the ${one.name} are not shown.`, evidence);
  const bare = roles.filter(({ subnet }) => subnet === undefined).map((role) => quoted(role.name ?? 'no name'));
  return bare.length === 0
    ? undefined
    : fail(`The ${one.name} has roles without a virtual network: ${few(bare)}.`, evidence);
}

function checkStorage(one: Machine, networks: readonly string[], wall: Wall, world: World): Verdict {
  const evidence = [
    ...machineEvidence(one),
    noted(one.compute.id, [...networks], 'virtual networks of the machine'),
    seen(wall.resource, subnetsPointer, 'virtual network rules'),
  ];
  if (wall.access !== 'closed') {
    return unclear(wall) ?? pass(`The ${wall.name} allows all networks, including the ${one.name}.`, evidence);
  }
  const where = `The ${one.name} is in ${listed(networks.map(shown))}`;
  if (strategyOf(wall.resource.id, world) !== 'service-endpoint') {
    return networks.some((network) => reachedPrivately(wall.resource.id, network, world))
      ? pass(`${where}, which connects to the ${wall.name} by a private endpoint.`, evidence)
      : fail(`${where}, which has no private endpoint for the ${wall.name}.`, evidence);
  }
  const allowed = wall.acls.subnetRules.map(({ id }) => vnetOf(id));
  return networks.some((network) => allowed.some((id) => sameId(id, network)))
    ? pass(`${where}, a network that the ${wall.name} allows.`, evidence)
    : fail(`${where}; the ${wall.name} allows no subnet of it.`, evidence);
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
  check(one, judgement) {
    const { world } = judgement;
    const outside = one.isHdinsight ? outsideNetwork(one) : undefined;
    if (outside) return outside;
    const networks = onceEach(everySubnetOf(one.compute, world).map(vnetOf));
    if (networks.length === 0) return unknown(`The subnet of the ${one.name} is not shown.`, machineEvidence(one));
    const account = defaultAccountId(world);
    if (account === undefined) return notApplicable('The workspace has no default storage account.');
    return checkFirewall(account, 'storage', judgement, (wall) => checkStorage(one, networks, wall, world));
  },
});
