// The service tags that a managed network of approved outbound opens by itself (learn.microsoft.com, "Workspace managed
// virtual network isolation", list of required outbound rules, read in 2025).

export interface RequiredTag {
  readonly name: string;
  readonly serviceTag: string;
  readonly protocol: string;
  readonly portRanges: string;
}

/** `region`: the workspace's, as ARM spells it. */
export function requiredTags(region: string): RequiredTag[] {
  const tags: readonly (readonly [tag: string, protocol: string, ports: string])[] = [
    ['AzureActiveDirectory', 'TCP', '80, 443'],
    ['AzureMachineLearning', 'TCP', '443, 8787, 18881'],
    ['AzureMachineLearning', 'UDP', '5831'],
    [`BatchNodeManagement.${region}`, 'TCP', '443'],
    ['AzureResourceManager', 'TCP', '443'],
    ['AzureFrontDoor.FirstParty', 'TCP', '443'],
    ['MicrosoftContainerRegistry', 'TCP', '443'],
    ['AzureMonitor', 'TCP', '443'],
    ['VirtualNetwork', '*', '*'],
  ];
  return tags.map(([serviceTag, protocol, portRanges]) => ({
    name: `__SYS_ST_${serviceTag}_${protocol === '*' ? 'ANY' : protocol}`,
    serviceTag,
    protocol,
    portRanges,
  }));
}
