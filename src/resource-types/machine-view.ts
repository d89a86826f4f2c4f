// The views over virtual machines, network interfaces (NICs), HDInsight clusters and attached machines. They never throw on a
// foreign body.
import type { Resource } from '../model/resource.ts';
import { sameId } from '../model/resource-id.ts';
import { booleanAt, enumAt, lazyMembers, listAt, memoizePerResource, numberAt, textAt } from './read.ts';

export const machineType = 'Microsoft.Compute/virtualMachines';
export const nicType = 'Microsoft.Network/networkInterfaces';
export const hdinsightType = 'Microsoft.HDInsight/clusters';

export interface MachineView {
  readonly osType: 'Linux' | 'Windows' | (string & {}) | undefined;
  /** Of a marketplace image; all undefined for a custom image. */
  readonly publisher: string | undefined;
  readonly offer: string | undefined;
  readonly sku: string | undefined;
  /** What the guest agent reports, where the instance view came with the body. */
  readonly osName: string | undefined;
  /** The primary one first. */
  readonly nics: readonly string[];
}

const image = '/properties/storageProfile/imageReference';
export const osNamePointer = '/properties/instanceView/osName';

export const machineView = memoizePerResource(
  ({ body }: Resource): MachineView =>
    lazyMembers<MachineView>({
      osType: () => enumAt(body, '/properties/storageProfile/osDisk/osType', ['Linux', 'Windows']),
      publisher: () => textAt(body, `${image}/publisher`),
      offer: () => textAt(body, `${image}/offer`),
      sku: () => textAt(body, `${image}/sku`),
      osName: () => textAt(body, osNamePointer),
      nics: () => {
        const all = listAt(body, '/properties/networkProfile/networkInterfaces');
        const isFirst = (item: (typeof all)[number]) => booleanAt(item, '/properties/primary') === true;
        const ordered = [...all.filter(isFirst), ...all.filter((item) => !isFirst(item))];
        return ordered.flatMap((item) => textAt(item, '/id') ?? []);
      },
    }),
);

/** NICs of a machine, the primary one first; [] for any other resource. */
export const nicsOf = (resource: Resource): readonly string[] => machineView(resource).nics;

/** The instance view of a machine, read separately. */
export const instanceViewOf = (machine: string): string => `${machine}/instanceView`;

/** Does the image leave the operating system unknown, so that only the guest agent can report it? */
export const needsInstanceView = (machine: Resource): boolean => {
  const { osType, offer, sku, osName } = machineView(machine);
  return osType !== 'Windows' && offer === undefined && sku === undefined && osName === undefined;
};

export interface NicAddress {
  readonly subnet: string | undefined;
  readonly address: string | undefined;
  readonly publicAddress: string | undefined;
}
export interface NicView {
  /** The NSG of the NIC. */
  readonly group: string | undefined;
  /** The primary one first. */
  readonly addresses: readonly NicAddress[];
}

export const nicView = memoizePerResource(
  ({ body }: Resource): NicView =>
    lazyMembers<NicView>({
      group: () => textAt(body, '/properties/networkSecurityGroup/id'),
      addresses: () => {
        const all = listAt(body, '/properties/ipConfigurations');
        const isFirst = (item: (typeof all)[number]) => booleanAt(item, '/properties/primary') === true;
        return [...all.filter(isFirst), ...all.filter((item) => !isFirst(item))].map((item) => ({
          subnet: textAt(item, '/properties/subnet/id'),
          address: textAt(item, '/properties/privateIPAddress'),
          publicAddress: textAt(item, '/properties/publicIPAddress/id'),
        }));
      },
    }),
);

export interface HdinsightRole {
  readonly name: string | undefined;
  /** Full id; undefined where the role is in no network. */
  readonly subnet: string | undefined;
}
export interface HdinsightView {
  readonly roles: readonly HdinsightRole[];
  /** Each once, in the casing first met. */
  readonly subnets: readonly string[];
  /** Which side opens the connection to the managing service; `Inbound` by default. */
  readonly connection: 'Inbound' | 'Outbound' | (string & {});
  readonly location: string | undefined;
}

export const rolesPointer = '/properties/computeProfile/roles';
export const connectionPointer = '/properties/networkProperties/resourceProviderConnection';

export const hdinsightView = memoizePerResource(({ body }: Resource): HdinsightView => {
  const roles = () =>
    listAt(body, rolesPointer).map((role) => {
      const subnet = textAt(role, '/virtualNetworkProfile/subnet');
      const network = textAt(role, '/virtualNetworkProfile/id');
      const whole = subnet === undefined || subnet.includes('/') || network === undefined;
      return { name: textAt(role, '/name'), subnet: whole ? subnet : `${network}/subnets/${subnet}` };
    });
  return lazyMembers<HdinsightView>({
    roles,
    subnets: () => {
      const all = roles().flatMap(({ subnet }) => subnet ?? []);
      return all.filter((id, index) => all.findIndex((other) => sameId(other, id)) === index);
    },
    connection: () => enumAt(body, connectionPointer, ['Inbound', 'Outbound']) ?? 'Inbound',
    location: () => textAt(body, '/location'),
  });
});

export const sshPortPointer = '/properties/properties/sshPort';
export const addressPointer = '/properties/properties/address';

export interface AttachedView {
  /** The port it was attached with; undefined where absent or invalid. */
  readonly port: number | undefined;
  /** Host name or IP address for SSH. */
  readonly address: string | undefined;
}

/** What the workspace stores about an attached machine or cluster. */
export const attachedView = memoizePerResource(({ body }: Resource): AttachedView => {
  const port = numberAt(body, sshPortPointer);
  const isPort = port !== undefined && Number.isInteger(port) && port > 0 && port < 65536;
  return { port: isPort ? port : undefined, address: textAt(body, addressPointer) };
});
