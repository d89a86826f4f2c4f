// Failing samples for which there is no fix, and what the sentence must say.

export const noFix: Readonly<Record<string, RegExp>> = {
  'compute.endpoint-path a peering that is cut off': /cannot be changed in place: delete the peering/,
  'compute.endpoint-path a peering for IPv6 only': /cannot be changed in place: delete the peering/,
  'compute.endpoint-path a firewall beyond which nothing leads there': /cannot be changed in place: delete the peering/,
  'compute.endpoint-path a firewall that denies it':
    /Allow vnet-ml\/snet-train to reach vnet-far\/snet-far on TCP 443 there/,
  'workspace.studio-blocked-by-secured-storage closed, no identity': /az ml workspace update/,
  'workspace.studio-blocked-by-secured-storage closed, identity None': /az ml workspace update/,
  'workspace.ip-allowlist 201 entries': /201 valid entries; the limit is 200/,
  // Whether computes keep access is not known either, and they are asked first.
  'storage.default-action-deny open, and the list may not be read':
    /^Blocked: storage\.vnet-rule-compute-subnet: The caller may not read it/,
  'storage.dev-client-ip a private address': /private/,
  'storage.dev-client-ip an IPv6 address': /IPv6/,
  'storage.studio-colocation P, the workspace endpoint in another network':
    /Pass --answer subnet=VNET\/NAME, one of vnet-far\/snet-far \(\d+ free\)\./,
  'firewall.current-rules what is inherited denies': /^no\/no of inherited comes before any rule/,
  'compute.placed-in-vnet nothing to train on': /bastide create cluster/,
  'compute.no-public-ip S, in none, true':
    /Neither vnet-ml nor a connected peer has a private endpoint of the workspace/,
  'compute.no-public-ip P, unsaid': /Neither vnet-ml nor a connected peer has a private endpoint of the workspace/,
  'compute.no-public-ip P, null': /Neither vnet-ml nor a connected peer has a private endpoint of the workspace/,
  'compute.npip-private-endpoint an endpoint in a network that is no peer':
    /Pass --answer subnet=VNET\/NAME, one of vnet-far\/snet-far/,
  'keyvault.ip-rules-legal a subnet more': /Remove rules that are no longer needed/,
  'keyvault.public-network-access Disabled, rules hidden, no endpoint': /are not edited/,
  'acr.shared-private-link-approved both wait': /Pass --answer connection=NAME/,
  'acr.shared-private-link-approved the registry rejected it, whatever the workspace shows': /only pending connections/,
  "acr.shared-private-link-approved somebody else's is approved, and the one that says what the link asks with waits":
    /Pass --answer connection=NAME/,
  'compute.explicit-outbound nothing but the default, and another subnet has a NAT gateway': /Pass --answer nat=NAME/,
  'acr.image-build-compute no nodes': /needs a provisioned CPU cluster/,
  'acr.image-build-compute an instance': /needs a provisioned CPU cluster/,
  'acr.image-build-compute a cluster that failed': /needs a provisioned CPU cluster/,
  'compute.explicit-outbound a route that drops everything': /take precedence over a NAT gateway/,
  'compute.explicit-outbound an appliance that no peering leads to': /take precedence over a NAT gateway/,
  'compute.explicit-outbound an appliance behind a peering that is cut off': /take precedence over a NAT gateway/,
  'nsg.outbound-deny-internet limited is meant, and Kubernetes nodes share the group': /snet-aks contains AKS nodes/,
  'nsg.outbound-deny-internet limited is meant, and Kubernetes nodes of a cluster that is not attached share the group':
    /snet-second contains AKS nodes.*disconnects the cluster/,
  'nsg.outbound-deny-internet limited is meant, and Kubernetes nodes that may not be read may share the group':
    /snet-aks shares the group and may contain nodes of .*aks-serve/,
  'nsg.inbound-azureml-44224 allowed, and a network manager denies it': /Change it in Virtual Network Manager/,
  'nsg.inbound-azureml-44224 no security group, and a network manager denies it': /no network security group/,
  'storage.perimeter-override secured, and in no perimeter': /in no perimeter/,
  'keyvault.perimeter-override secured, and in no perimeter': /in no perimeter/,
  'storage.perimeter-override Learning, SMB mounts of an instance': /No access rule allows SMB/,
  'storage.default-action-deny closed, Learning, an access rule for half of the Internet': /Narrow the access rules/,
  'storage.default-action-deny enforced, an access rule for a /8': /Narrow the access rules/,
  'storage.dev-client-ip enforced: its IP rule is overruled': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet enforced: its rule is overruled': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet enforced, service endpoint': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet enforced, another address is allowed': /overrules the network rules/,
  'storage.vnet-rule-compute-subnet secured, and in no perimeter': /overrules the network rules/,
  'keyvault.vnet-rule-compute-subnet enforced: its rule is overruled': /overrules the network rules/,
  'storage.bypass-azure-services enforced': /overrules the network rules/,
  'storage.bypass-azure-services secured, and in no perimeter': /overrules the network rules/,
  'storage.shared-key-access keys are refused, and a datastore of yours uses a SAS token': /changed by hand/,
  'storage.shared-key-access keys are refused, the mode is Identity, and a datastore of yours uses one':
    /credentials of own are changed by hand/,
  'workspace.managed-network-provisioned version 2, a rule Failed': /has version 2: add the rules .* again/,
  'workspace.managed-network-provisioned version 2, a rule Inactive': /has version 2: add the rules .* again/,
  'acr.build-cluster-same-subnet no subnet': /--answer cluster=cpu-cluster \(builds images instead\)\./,
  'vm.ssh-inbound-azureml one group may not be read, and the other stops it': /could not be read/,
  'keyvault.private-endpoint an endpoint in a network that is not peered':
    /already has a record for kv-mlsim .* Pass --answer way=zone \(.*\) or way=hosts/,
  'dns.endpoint-record the address of a second endpoint elsewhere': /See dns\.endpoint-collision/,
  'dns.endpoint-collision records that may not be listed': /was not read/,
  'aks.ip-plan a /26 for three nodes of thirty pods': /already need more addresses than vnet-ml\/snet-aks has/,
  'aks.ip-plan upgrades that double the pool': /already need more addresses than vnet-ml\/snet-aks has/,
  'aks.ip-plan pods in a subnet that is too small': /already need more addresses than vnet-ml\/snet-second has/,
};
