// The bodies of virtual machines, their network interfaces and the network watcher that can be asked about them, as JSON text.
import { inGroup, region, subscription } from './names.ts';
import { etag, guidOf, joined, name } from './parts.ts';

const watcherGroup = `/subscriptions/${subscription}/resourceGroups/NetworkWatcherRG`;
export const cardId = (machine: string): string => inGroup('Microsoft.Network/networkInterfaces', `nic-${machine}`);
/** What a subnet names of a machine's interface. */
export const cardConfiguration = (machine: string): string => `${cardId(machine)}/ipConfigurations/ipconfig1`;
export const machineId = (machine: string): string => inGroup('Microsoft.Compute/virtualMachines', machine);

interface Machine {
  readonly name: string;
  readonly subnet: string;
  readonly address: string;
  readonly power: 'running' | 'deallocated';
  /** A security group of the interface itself. */
  readonly group?: string;
  /** Id of a public address that the interface has. */
  readonly publicAddress?: string;
  /** What it was made from: publisher, offer and sku; Ubuntu unless said. */
  readonly image?: readonly [publisher: string, offer: string, sku: string];
  /** Made from an image of one's own; what its agent says it runs. */
  readonly ownImage?: string;
}

/** The machine and its interface: two bodies. */
export function machineBodies(machine: Machine): string[] {
  const [id, card] = [machineId(machine.name), cardId(machine.name)];
  const [publisher, offer, sku] = machine.image ?? ['Canonical', '0001-com-ubuntu-server-jammy', '22_04-lts-gen2'];
  const image =
    machine.ownImage === undefined
      ? `{"publisher": "${publisher}", "offer": "${offer}", "sku": "${sku}", "version": "latest"}`
      : `{"id": "${inGroup('Microsoft.Compute/images', `img-${machine.name}`)}"}`;
  const agent = machine.ownImage === undefined ? '' : `"osName": "${machine.ownImage}", "osVersion": "22.04",`;
  const outside = machine.publicAddress === undefined ? '' : `"publicIPAddress": {"id": "${machine.publicAddress}"},`;
  const own = machine.group === undefined ? '' : `"networkSecurityGroup": {"id": "${machine.group}"},`;
  return [
    `{"name": "${machine.name}", "id": "${id}", "type": "Microsoft.Compute/virtualMachines", "location": "${region}", "tags": {},
      "properties": {"provisioningState": "Succeeded", "vmId": "${guidOf(machine.name)}",
        "hardwareProfile": {"vmSize": "Standard_B2s"},
        "storageProfile": {"imageReference": ${image},
          "osDisk": {"name": "${machine.name}-os", "osType": "Linux", "createOption": "FromImage", "caching": "ReadWrite"}},
        "networkProfile": {"networkInterfaces": [{"id": "${card}", "properties": {"primary": true}}]},
        "instanceView": {${agent} "statuses": [
          {"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Provisioning succeeded"},
          {"code": "PowerState/${machine.power}", "level": "Info", "displayStatus": "VM ${machine.power}"}]}}}`,
    `{"name": "${name(card)}", "id": "${card}", "etag": "${etag}", "type": "Microsoft.Network/networkInterfaces", "location": "${region}",
      "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(card)}",
        "ipConfigurations": [{"name": "ipconfig1", "id": "${cardConfiguration(machine.name)}", "etag": "${etag}",
          "type": "Microsoft.Network/networkInterfaces/ipConfigurations", "properties": {"provisioningState": "Succeeded",
            "privateIPAddress": "${machine.address}", "privateIPAllocationMethod": "Dynamic", "subnet": {"id": "${machine.subnet}"}, ${outside}
            "primary": true, "privateIPAddressVersion": "IPv4"}}],
        "dnsSettings": {"dnsServers": [], "appliedDnsServers": []}, ${own} "enableAcceleratedNetworking": false, "enableIPForwarding": false,
        "primary": true, "virtualMachine": {"id": "${id}"}, "hostedWorkloads": [], "tapConfigurations": [], "nicType": "Standard"}}`,
  ];
}

/** The public address of a machine's interface. */
export function machineAddress(machine: string, tier: 'Basic' | 'Standard', address: string): string {
  const id = addressId(machine);
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/publicIPAddresses", "location": "${region}",
    "sku": {"name": "${tier}", "tier": "Regional"}, "properties": {"provisioningState": "Succeeded", "resourceGuid": "${guidOf(id)}",
      "ipAddress": "${address}", "publicIPAddressVersion": "IPv4", "publicIPAllocationMethod": "Static", "idleTimeoutInMinutes": 4,
      "ipTags": [], "ipConfiguration": {"id": "${cardConfiguration(machine)}"}}}`;
}
export const addressId = (machine: string): string => inGroup('Microsoft.Network/publicIPAddresses', `pip-${machine}`);

export const hdinsightId = (cluster: string): string => inGroup('Microsoft.HDInsight/clusters', cluster);

/** An HDInsight cluster; a null subnet is one outside every network of the customer. */
export function hdinsightBody(cluster: string, subnet: string | null): string {
  const id = hdinsightId(cluster);
  const network = subnet?.slice(0, subnet.indexOf('/subnets/'));
  const inside = subnet === null ? '' : `, "virtualNetworkProfile": {"id": "${network}", "subnet": "${subnet}"}`;
  const role = (which: string, count: number): string =>
    `{"name": "${which}", "targetInstanceCount": ${count}, "hardwareProfile": {"vmSize": "standard_d3_v2"},
      "osProfile": {"linuxOperatingSystemProfile": {"username": "sshuser"}}${inside}}`;
  return `{"id": "${id}", "name": "${cluster}", "type": "Microsoft.HDInsight/clusters", "location": "${region}", "tags": {},
    "etag": "${guidOf(id)}", "properties": {"clusterVersion": "5.1.3000.0", "osType": "Linux", "tier": "Standard",
      "clusterDefinition": {"kind": "Spark", "blueprint": "https://blueprints.azurehdinsight.net/spark-5.1.json"},
      "computeProfile": {"roles": [${joined([role('headnode', 2), role('workernode', 3)])}]},
      "provisioningState": "Succeeded", "clusterState": "Running", "createdDate": "2024-03-06T06:00:00.000",
      "networkProperties": {"resourceProviderConnection": "Inbound", "privateLink": "Disabled"},
      "connectivityEndpoints": [{"name": "SSH", "protocol": "TCP", "location": "${cluster}-ssh.azurehdinsight.net", "port": 22},
        {"name": "HTTPS", "protocol": "TCP", "location": "${cluster}.azurehdinsight.net", "port": 443}]}}`;
}

/** Azure makes one for each region, in a group of its own. */
export function networkWatcher(): string {
  const id = `${watcherGroup}/providers/Microsoft.Network/networkWatchers/NetworkWatcher_${region}`;
  return `{"name": "${name(id)}", "id": "${id}", "etag": "${etag}", "type": "Microsoft.Network/networkWatchers", "location": "${region}",
    "properties": {"provisioningState": "Succeeded"}}`;
}
