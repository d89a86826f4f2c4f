// The bodies of virtual machines, their network interfaces and the network watcher that can be asked about them, as JSON text.
import { inGroup, region, subscription } from './names.ts';
import { etag, guidOf, name } from './parts.ts';

const watcherGroup = `/subscriptions/${subscription}/resourceGroups/NetworkWatcherRG`;
export const cardId = (machine: string): string => inGroup('Microsoft.Network/networkInterfaces', `nic-${machine}`);
/** What a subnet names of a machine's interface. */
export const cardConfiguration = (machine: string): string => `${cardId(machine)}/ipConfigurations/ipconfig1`;
const machineId = (machine: string): string => inGroup('Microsoft.Compute/virtualMachines', machine);

interface Machine {
  readonly name: string;
  readonly subnet: string;
  readonly address: string;
  readonly power: 'running' | 'deallocated';
  /** A security group of the interface itself. */
  readonly group?: string;
}

/** The machine and its interface: two bodies. */
export function machineBodies(machine: Machine): string[] {
  const [id, card] = [machineId(machine.name), cardId(machine.name)];
  const own = machine.group === undefined ? '' : `"networkSecurityGroup": {"id": "${machine.group}"},`;
  return [
    `{"name": "${machine.name}", "id": "${id}", "type": "Microsoft.Compute/virtualMachines", "location": "${region}", "tags": {},
      "properties": {"provisioningState": "Succeeded", "vmId": "${guidOf(machine.name)}",
        "hardwareProfile": {"vmSize": "Standard_B2s"},
        "networkProfile": {"networkInterfaces": [{"id": "${card}", "properties": {"primary": true}}]},
        "instanceView": {"statuses": [
          {"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Provisioning succeeded"},
          {"code": "PowerState/${machine.power}", "level": "Info", "displayStatus": "VM ${machine.power}"}]}}}`,
    `{"name": "${name(card)}", "id": "${card}", "etag": "${etag}", "type": "Microsoft.Network/networkInterfaces", "location": "${region}",
      "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(card)}",
        "ipConfigurations": [{"name": "ipconfig1", "id": "${cardConfiguration(machine.name)}", "etag": "${etag}",
          "type": "Microsoft.Network/networkInterfaces/ipConfigurations", "properties": {"provisioningState": "Succeeded",
            "privateIPAddress": "${machine.address}", "privateIPAllocationMethod": "Dynamic", "subnet": {"id": "${machine.subnet}"},
            "primary": true, "privateIPAddressVersion": "IPv4"}}],
        "dnsSettings": {"dnsServers": [], "appliedDnsServers": []}, ${own} "enableAcceleratedNetworking": false, "enableIPForwarding": false,
        "primary": true, "virtualMachine": {"id": "${id}"}, "hostedWorkloads": [], "tapConfigurations": [], "nicType": "Standard"}}`,
  ];
}

/** Azure makes one for each region, in a group of its own. */
export function networkWatcher(): string {
  const id = `${watcherGroup}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${region}`;
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/networkWatchers", "location": "${region}",
    "properties": {"provisioningState": "Succeeded"}}`;
}
