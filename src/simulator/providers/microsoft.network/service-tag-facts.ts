// Service tags as Microsoft published them, cut to what an audit of a workspace asks for: twelve tags, and their entries for three
// pairs of regions, a few prefixes each. Every prefix of a regional tag is in its global tag, and in AzureCloud where it is there
// in the whole list. Facts, not a source to build rules from.

export interface Tag {
  readonly name: string;
  readonly changeNumber: string;
  /** Microsoft's own code of the region, which is not always the ARM location. */
  readonly region: string;
  readonly systemService: string;
  readonly networkFeatures: readonly string[];
  readonly addressPrefixes: readonly string[];
}

/** Azure IP Ranges and Service Tags, public cloud (Microsoft Download Center, id 56519), file of 10 November 2025. */
export const source = { cloud: 'Public', changeNumber: '376', date: '2025-11-10' } as const;

/** `name | change number | region | service | features`, and below it the prefixes, indented. */
const table = `
Storage | 54 |  | AzureStorage | API NSG UDR FW VSE
  13.65.107.32/28 13.65.160.16/28 13.65.160.48/28 13.65.160.64/28 13.68.163.32/28 13.68.165.64/28 13.68.167.240/28
  13.69.40.16/28 13.70.208.16/28 13.74.208.64/28 13.74.208.112/28 13.83.72.16/28 13.88.144.112/28 13.88.144.240/28
  13.95.96.176/28 13.95.240.16/28 20.33.128.0/17 20.47.0.0/18 20.60.0.0/16 2603:1000:5::/48 2603:1020:6::/48
  2603:1020:207::/48 2603:1020:806::/48 2603:1020:906::/48 2603:1030:213::/48 2603:1030:a0a::/48
AzureKeyVault | 70 |  | AzureKeyVault | API NSG UDR FW VSE
  4.190.147.140/30 4.199.88.12/30 4.232.30.216/29 4.232.106.124/30 13.69.64.72/30 13.69.111.192/30 13.69.227.72/30
  13.74.111.148/30 20.42.64.44/30 20.42.73.8/30 20.50.80.192/30 20.61.103.224/29 20.62.134.76/30 20.66.2.28/30 20.66.5.128/29
  20.168.162.76/30 40.79.130.40/30 40.79.141.136/30 40.79.148.84/30 40.79.178.64/30 52.136.184.236/30 52.136.185.176/29
  2603:1000:4::100/125 2603:1020:5::340/125 2603:1020:206::340/125 2603:1020:805::340/125 2603:1020:905::100/125
  2603:1030:210::340/125 2603:1030:a07::2a0/125
AzureContainerRegistry | 96 |  | AzureContainerRegistry | API NSG UDR FW VSE
  4.145.75.128/25 4.150.255.0/24 4.172.217.128/25 4.190.137.192/26 4.207.245.0/24 13.69.64.88/29 13.69.106.80/29
  13.69.110.0/24 13.69.112.192/26 13.69.227.88/29 13.69.236.0/23 13.69.238.0/24 20.42.66.0/23 20.42.74.64/26 20.43.46.64/26
  20.49.127.0/26 20.62.128.0/26 20.111.77.0/26 20.111.79.0/26 20.168.162.128/26 20.168.165.0/25 40.79.130.56/29
  40.79.132.192/26 40.79.138.32/29 40.79.178.80/29 51.138.160.128/26 2603:1000:4:5::740/122 2603:1020:5:9::300/122
  2603:1020:206:b::400/122 2603:1020:805:3::240/122 2603:1020:905::128/125 2603:1030:210:d::680/122 2603:1030:a07:9::10/125
AzureMachineLearning | 53 |  | AzureMachineLearning | API NSG UDR FW
  4.171.27.64/27 4.171.27.160/28 4.199.83.64/27 4.232.25.0/27 13.69.64.192/28 13.69.106.192/28 13.69.227.192/28
  13.74.107.160/28 13.86.195.35/32 13.87.160.129/32 20.38.80.96/28 20.40.141.171/32 20.42.0.240/28 20.43.40.96/28
  20.62.135.208/28 20.66.6.48/28 20.82.244.0/28 20.86.88.160/28 40.66.61.146/32 40.71.11.64/28 40.74.24.96/28 40.78.227.32/28
  40.79.130.192/28 40.79.178.224/28 40.82.248.80/28 51.105.88.224/28 2603:1000:4::300/122 2603:1020:5:1::2c0/122
  2603:1020:206:1::2c0/122 2603:1020:805:1::2c0/122 2603:1020:905::300/122 2603:1030:210:1::2c0/122 2603:1030:a07::300/122
BatchNodeManagement | 33 |  | BatchNodeManagement | API NSG UDR FW
  4.232.25.64/27 9.160.41.64/27 9.205.33.64/27 13.65.192.161/32 13.69.65.64/26 13.69.106.128/26 13.69.125.173/32
  13.69.229.32/27 13.73.153.226/32 13.74.107.128/27 13.79.172.125/32 13.86.218.192/27 13.91.55.167/32 13.91.88.93/32
  13.91.107.154/32 13.92.114.103/32 20.38.85.224/27 20.40.137.186/32 20.40.149.165/32 20.42.6.224/27 20.43.42.96/27
  23.96.12.112/32 23.96.101.73/32 40.79.131.96/27 51.105.89.192/27 52.136.143.192/31 2603:1000:4::400/122
  2603:1020:5:1::340/122 2603:1020:206:1::340/122 2603:1020:805:1::340/122 2603:1020:905::400/122 2603:1030:210:1::340/122
  2603:1030:a07::400/122
AzureActiveDirectory | 26 |  | AzureAD | API NSG UDR FW VSE
  4.149.98.192/27 4.149.105.224/27 4.150.253.96/28 4.156.6.96/28 2603:1006:2000::/48
AzureResourceManager | 61 |  | AzureResourceManager | API NSG UDR FW
  4.150.240.0/23 4.232.96.0/23 4.232.107.192/26 9.160.48.0/23 2603:1000:4::6c0/122
AzureFrontDoor.Frontend | 35 |  |  | API NSG UDR FW
  4.232.98.112/29 13.73.248.8/29 13.105.221.0/24 13.107.208.0/24 2603:1000:4::5e0/123
AzureFrontDoor.FirstParty | 20 |  | AzureFrontDoor | API NSG UDR FW
  13.107.3.0/24 13.107.4.0/22 13.107.9.0/24 13.107.12.0/23 2603:1061:f::/48
MicrosoftContainerRegistry | 59 |  | MicrosoftContainerRegistry | API NSG UDR FW
  4.190.144.0/29 4.199.88.0/29 4.232.106.64/29 4.232.122.64/29 13.69.64.80/29 13.69.106.72/29 13.69.227.80/29 13.74.107.72/29
  20.168.162.64/29 40.71.10.208/29 40.78.226.200/29 40.79.130.48/29 40.79.138.24/29 40.79.146.24/29 40.79.154.96/29
  40.79.178.72/29 40.112.242.152/29 52.138.226.72/29 52.236.186.72/29 2603:1000:4:402::88/125 2603:1020:5:402::88/125
  2603:1020:206:402::88/125 2603:1020:805:402::88/125 2603:1020:905:402::88/125 2603:1030:210:402::88/125
  2603:1030:a07:402::88/125
AzureMonitor | 169 |  | AzureMonitor | API NSG UDR FW
  4.144.10.32/27 4.144.10.64/26 4.145.79.224/27 4.149.98.72/29 2603:1000:4::780/121
AzureCloud | 274 |  |  | API NSG
  4.144.0.0/17 4.144.128.0/17 4.145.0.0/16 4.146.0.0/16 4.149.96.0/19 4.150.224.0/19 4.156.0.0/15 4.170.0.0/15 4.172.0.0/15
  4.175.0.0/16 4.176.0.0/16 4.178.0.0/16 4.180.0.0/16 4.190.128.0/17 4.199.0.0/17 4.207.0.0/16 4.208.0.0/15 4.227.128.0/17
  4.232.0.0/17 4.251.208.0/20 4.251.224.0/19 9.160.0.0/17 9.205.0.0/17 13.64.0.0/16 13.65.0.0/16 13.68.128.0/17 13.69.0.0/17
  13.69.128.0/17 13.70.192.0/18 13.73.128.0/18 13.73.240.0/20 13.74.0.0/16 13.79.0.0/16 13.83.0.0/16 13.86.128.0/17
  13.87.128.0/17 13.88.128.0/18 13.91.0.0/16 13.92.0.0/16 13.95.0.0/16 20.33.132.0/24 20.33.188.0/24 20.33.237.0/24
  20.38.64.0/19 20.40.128.0/19 20.42.0.0/17 20.43.32.0/19 20.47.28.0/24 20.49.120.0/21 20.50.80.0/21 20.60.11.0/24
  20.60.188.0/23 20.61.0.0/16 20.62.128.0/17 20.66.0.0/17 20.82.128.0/17 20.86.0.0/16 20.111.64.0/18 20.168.160.0/21
  23.96.0.0/17 40.66.32.0/19 40.71.0.0/16 40.74.0.0/18 40.78.224.0/21 40.79.128.0/20 40.79.144.0/21 40.79.152.0/21
  40.79.176.0/21 40.82.248.0/21 40.112.128.0/17 51.105.88.0/21 51.138.160.0/21 52.136.128.0/18 52.138.128.0/17 52.236.128.0/17
  2602:fd5e:1::/63 2603:1000:4::/47 2603:1020::/47 2603:1020:5::/48 2603:1020:6::/47 2603:1020:200::/46 2603:1020:206::/47
  2603:1020:800::/47 2603:1020:805::/48 2603:1020:806::/47 2603:1020:900::/47 2603:1020:905::/48 2603:1020:906::/47
  2603:1030:210::/47 2603:1030:213::/48 2603:1030:a00::/46 2603:1030:a07::/48 2603:1030:a0a::/47
Storage.WestEurope | 39 | westeurope | AzureStorage | API NSG UDR FW
  13.69.40.16/28 13.95.96.176/28 13.95.240.16/28 2603:1020:207::/48
Storage.NorthEurope | 28 | northeurope | AzureStorage | API NSG UDR FW
  13.70.208.16/28 13.74.208.64/28 13.74.208.112/28 2603:1020:6::/49
Storage.EastUS | 48 | eastus | AzureStorage | API NSG UDR FW
  13.68.163.32/28 13.68.165.64/28 13.68.167.240/28 2603:1030:213::/49
Storage.WestUS | 25 | westus | AzureStorage | API NSG UDR FW
  13.83.72.16/28 13.88.144.112/28 13.88.144.240/28 2603:1030:a0a::/49
Storage.FranceCentral | 14 | centralfrance | AzureStorage | API NSG UDR FW
  20.33.132.0/24 20.33.188.0/24 20.33.237.0/24 2603:1020:806::/48
Storage.FranceSouth | 6 | southfrance | AzureStorage | API NSG UDR FW
  20.47.28.0/24 20.60.11.0/24 20.60.188.0/23 2603:1020:906::/48
AzureKeyVault.WestEurope | 8 | westeurope | AzureKeyVault | API NSG UDR FW
  13.69.64.72/30 13.69.111.192/30 20.61.103.224/29 2603:1020:206::340/125
AzureKeyVault.NorthEurope | 8 | northeurope | AzureKeyVault | API NSG UDR FW
  13.69.227.72/30 13.74.111.148/30 20.50.80.192/30 2603:1020:5::340/125
AzureKeyVault.EastUS | 8 | eastus | AzureKeyVault | API NSG UDR FW
  20.42.64.44/30 20.42.73.8/30 20.62.134.76/30 2603:1030:210::340/125
AzureKeyVault.WestUS | 6 | westus | AzureKeyVault | API NSG UDR FW
  20.66.2.28/30 20.66.5.128/29 20.168.162.76/30 2603:1030:a07::2a0/125
AzureKeyVault.FranceCentral | 7 | centralfrance | AzureKeyVault | API NSG UDR FW
  40.79.130.40/30 40.79.141.136/30 40.79.148.84/30 2603:1020:805::340/125
AzureKeyVault.FranceSouth | 5 | southfrance | AzureKeyVault | API NSG UDR FW
  40.79.178.64/30 52.136.184.236/30 52.136.185.176/29 2603:1020:905::100/125
AzureContainerRegistry.WestEurope | 9 | westeurope | AzureContainerRegistry | API NSG UDR FW
  13.69.64.88/29 13.69.106.80/29 13.69.110.0/24 13.69.112.192/26 2603:1020:206:b::400/122
AzureContainerRegistry.NorthEurope | 8 | northeurope | AzureContainerRegistry | API NSG UDR FW
  4.207.245.0/24 13.69.227.88/29 13.69.236.0/23 13.69.238.0/24 2603:1020:5:9::300/122
AzureContainerRegistry.EastUS | 10 | eastus | AzureContainerRegistry | API NSG UDR FW
  20.42.66.0/24 20.42.67.0/24 20.42.74.64/26 20.62.128.0/26 2603:1030:210:d::680/122
AzureContainerRegistry.WestUS | 8 | westus | AzureContainerRegistry | API NSG UDR FW
  4.150.255.0/24 20.49.127.0/26 20.168.162.128/26 20.168.165.0/25 2603:1030:a07:9::10/125
AzureContainerRegistry.FranceCentral | 8 | centralfrance | AzureContainerRegistry | API NSG UDR FW
  20.43.46.64/26 40.79.130.56/29 40.79.132.192/26 40.79.138.32/29 2603:1020:805:3::240/122
AzureContainerRegistry.FranceSouth | 7 | southfrance | AzureContainerRegistry | API NSG UDR FW
  20.111.77.0/26 20.111.79.0/26 40.79.178.80/29 51.138.160.128/26 2603:1020:905::128/125
AzureMachineLearning.WestEurope | 2 | westeurope | AzureMachineLearning | 
  13.69.64.192/28 13.69.106.192/28 20.86.88.160/28 40.74.24.96/28 2603:1020:206:1::2c0/122
AzureMachineLearning.NorthEurope | 2 | northeurope | AzureMachineLearning | 
  13.69.227.192/28 13.74.107.160/28 20.38.80.96/28 20.82.244.0/28 2603:1020:5:1::2c0/122
AzureMachineLearning.EastUS | 3 | eastus | AzureMachineLearning | 
  20.42.0.240/28 20.62.135.208/28 40.71.11.64/28 40.78.227.32/28 2603:1030:210:1::2c0/122
AzureMachineLearning.WestUS | 2 | westus | AzureMachineLearning | 
  13.86.195.35/32 13.87.160.129/32 20.66.6.48/28 40.82.248.80/28 2603:1030:a07::300/122
AzureMachineLearning.FranceCentral | 2 | centralfrance | AzureMachineLearning | 
  20.40.141.171/32 20.43.40.96/28 40.66.61.146/32 40.79.130.192/28 2603:1020:805:1::2c0/122
AzureMachineLearning.FranceSouth | 1 | southfrance | AzureMachineLearning | 
  40.79.178.224/28 51.105.88.224/28 2603:1020:905::300/122
BatchNodeManagement.WestEurope | 2 | westeurope | BatchNodeManagement | API NSG
  13.69.65.64/26 13.69.106.128/26 13.69.125.173/32 13.73.153.226/32 2603:1020:206:1::340/122
BatchNodeManagement.NorthEurope | 2 | northeurope | BatchNodeManagement | API NSG
  13.69.229.32/27 13.74.107.128/27 13.79.172.125/32 20.38.85.224/27 2603:1020:5:1::340/122
BatchNodeManagement.EastUS | 2 | eastus | BatchNodeManagement | API NSG
  13.92.114.103/32 20.42.6.224/27 23.96.12.112/32 23.96.101.73/32 2603:1030:210:1::340/122
BatchNodeManagement.WestUS | 2 | westus | BatchNodeManagement | API NSG
  13.86.218.192/27 13.91.55.167/32 13.91.88.93/32 13.91.107.154/32 2603:1030:a07::400/122
BatchNodeManagement.FranceCentral | 2 | centralfrance | BatchNodeManagement | API NSG
  20.40.137.186/32 20.40.149.165/32 20.43.42.96/27 40.79.131.96/27 2603:1020:805:1::340/122
BatchNodeManagement.FranceSouth | 2 | southfrance | BatchNodeManagement | API NSG
  51.105.89.192/27 52.136.143.192/31 2603:1020:905::400/122
MicrosoftContainerRegistry.WestEurope | 3 | westeurope | MicrosoftContainerRegistry | API NSG UDR FW
  13.69.64.80/29 13.69.106.72/29 52.236.186.72/29 2603:1020:206:402::88/125
MicrosoftContainerRegistry.NorthEurope | 2 | northeurope | MicrosoftContainerRegistry | API NSG UDR FW
  13.69.227.80/29 13.74.107.72/29 52.138.226.72/29 2603:1020:5:402::88/125
MicrosoftContainerRegistry.EastUS | 2 | eastus | MicrosoftContainerRegistry | API NSG UDR FW
  40.71.10.208/29 40.78.226.200/29 40.79.154.96/29 2603:1030:210:402::88/125
MicrosoftContainerRegistry.WestUS | 3 | westus | MicrosoftContainerRegistry | API NSG UDR FW
  20.168.162.64/29 40.112.242.152/29 2603:1030:a07:402::88/125
MicrosoftContainerRegistry.FranceCentral | 2 | centralfrance | MicrosoftContainerRegistry | API NSG UDR FW
  40.79.130.48/29 40.79.138.24/29 40.79.146.24/29 2603:1020:805:402::88/125
MicrosoftContainerRegistry.FranceSouth | 2 | southfrance | MicrosoftContainerRegistry | API NSG UDR FW
  40.79.178.72/29 2603:1020:905:402::88/125
AzureCloud.westeurope | 169 | westeurope |  | API NSG
  4.175.0.0/16 4.180.0.0/16 13.69.0.0/17 13.73.128.0/18 13.95.0.0/16 20.61.0.0/16 20.86.0.0/16 40.74.0.0/18 52.236.128.0/17
  2603:1020:200::/46 2603:1020:206::/47
AzureCloud.northeurope | 132 | northeurope |  | API NSG
  4.207.0.0/16 4.208.0.0/15 13.69.128.0/17 13.70.192.0/18 13.74.0.0/16 13.79.0.0/16 20.38.64.0/19 20.50.80.0/21 20.82.128.0/17
  52.138.128.0/17 2603:1020::/47 2603:1020:5::/48 2603:1020:6::/47
AzureCloud.eastus | 186 | eastus |  | API NSG
  4.156.0.0/15 4.227.128.0/17 13.68.128.0/17 13.92.0.0/16 20.42.0.0/17 20.62.128.0/17 23.96.0.0/17 40.71.0.0/16 40.78.224.0/21
  40.79.152.0/21 2602:fd5e:1::/63 2603:1030:210::/47 2603:1030:213::/48
AzureCloud.westus | 124 | westus |  | API NSG
  4.150.224.0/19 13.64.0.0/16 13.83.0.0/16 13.86.128.0/17 13.87.128.0/17 13.88.128.0/18 13.91.0.0/16 20.49.120.0/21
  20.66.0.0/17 20.168.160.0/21 40.82.248.0/21 40.112.128.0/17 2603:1030:a00::/46 2603:1030:a07::/48 2603:1030:a0a::/47
AzureCloud.centralfrance | 88 | centralfrance |  | API NSG
  4.176.0.0/16 4.178.0.0/16 20.33.132.0/24 20.33.188.0/24 20.33.237.0/24 20.40.128.0/19 20.43.32.0/19 40.66.32.0/19
  40.79.128.0/20 40.79.144.0/21 2603:1020:800::/47 2603:1020:805::/48 2603:1020:806::/47
AzureCloud.southfrance | 35 | southfrance |  | API NSG
  4.251.208.0/20 4.251.224.0/19 20.47.28.0/24 20.60.11.0/24 20.60.188.0/23 20.111.64.0/18 40.79.176.0/21 51.105.88.0/21
  51.138.160.0/21 52.136.128.0/18 2603:1020:900::/47 2603:1020:905::/48 2603:1020:906::/47
`;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const tagOf = (entry: string): Tag => {
  const [head = '', ...rows] = entry.split('\n');
  const [name = '', changeNumber = '', region = '', systemService = '', features = ''] = head
    .split('|')
    .map((part) => part.trim());
  const addressPrefixes = words(rows.join(' '));
  return { name, changeNumber, region, systemService, networkFeatures: words(features), addressPrefixes };
};

export const tags: readonly Tag[] = table
  .trim()
  .split(/\n(?! )/)
  .map(tagOf);
