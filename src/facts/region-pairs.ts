// Which region Microsoft pairs with which, by ARM's names. Source: "Azure cross-region replication" (Microsoft docs, table of
// paired regions, 2023). Some pairs are one-directional; newer regions have no pair and are not in the table.

const mutual = [
  ['eastasia', 'southeastasia'],
  ['australiaeast', 'australiasoutheast'],
  ['australiacentral', 'australiacentral2'],
  ['canadacentral', 'canadaeast'],
  ['chinanorth', 'chinaeast'],
  ['chinanorth2', 'chinaeast2'],
  ['chinanorth3', 'chinaeast3'],
  ['northeurope', 'westeurope'],
  ['francecentral', 'francesouth'],
  ['germanywestcentral', 'germanynorth'],
  ['centralindia', 'southindia'],
  ['japaneast', 'japanwest'],
  ['koreacentral', 'koreasouth'],
  ['norwayeast', 'norwaywest'],
  ['southafricanorth', 'southafricawest'],
  ['swedencentral', 'swedensouth'],
  ['switzerlandnorth', 'switzerlandwest'],
  ['uksouth', 'ukwest'],
  ['eastus', 'westus'],
  ['eastus2', 'centralus'],
  ['northcentralus', 'southcentralus'],
  ['westus2', 'westcentralus'],
  ['uaenorth', 'uaecentral'],
  ['usdodeast', 'usdodcentral'],
  ['usgovvirginia', 'usgovtexas'],
] as const;
const oneWay = [
  ['brazilsouth', 'southcentralus'],
  ['brazilsoutheast', 'brazilsouth'],
  ['westindia', 'southindia'],
  ['westus3', 'eastus'],
  ['usgovarizona', 'usgovtexas'],
] as const;

const pairs: ReadonlyMap<string, string> = new Map([
  ...mutual.flatMap(([one, other]) => [[one, other] as const, [other, one] as const]),
  ...oneWay,
]);

/** The region paired with one (`eastus2` -> `centralus`); undefined without one. */
export const pairedRegion = (location: string): string | undefined => pairs.get(location);
