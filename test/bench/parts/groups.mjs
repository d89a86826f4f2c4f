// Security groups for the bench, the same in every run: a typical one by service tags, and the largest that Azure takes.

// A small generator, so that every run sees the same prefixes.
let seed = 12345;
export const random = (below) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
export const prefix = () => {
  const length = 20 + random(13);
  const size = 2 ** (32 - length);
  const first = Math.floor(random(2 ** 32) / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${length}`;
};
const prefixes = (count) => Array.from({ length: count }, prefix);

const rule = (name, priority, access, more) => ({
  name,
  properties: {
    priority,
    access,
    direction: 'Outbound',
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
    ...more,
  },
});
const group = (securityRules) => ({ properties: { securityRules } });

/** What training traffic needs where outbound is limited. */
export const needed = [
  'AzureActiveDirectory',
  'AzureMachineLearning',
  'AzureResourceManager',
  'Storage.WestEurope',
  'AzureContainerRegistry.WestEurope',
  'MicrosoftContainerRegistry',
  'AzureFrontDoor.FirstParty',
  'AzureMonitor',
  'AzureKeyVault.WestEurope',
  'BatchNodeManagement.WestEurope',
];
export const typicalGroup = () =>
  group([
    ...needed.map((tag, at) =>
      rule(`allow${at}`, 100 + at, 'Allow', {
        protocol: 'Tcp',
        destinationAddressPrefix: tag,
        destinationPortRange: '443',
      }),
    ),
    rule('deny', 4000, 'Deny', { destinationAddressPrefix: 'Internet' }),
  ]);

/** 1,000 rules, 4,000 literal destinations. `sources`: as many on the other side. `salt`: which of two neighbours allows. */
export const largeGroup = (sources, salt = 0) =>
  group(
    Array.from({ length: 1000 }, (_, at) =>
      rule(`r${at}`, 100 + at, (at + salt) % 2 === 0 ? 'Allow' : 'Deny', {
        protocol: 'Tcp',
        ...(sources ? { sourceAddressPrefix: '', sourceAddressPrefixes: prefixes(4) } : {}),
        destinationAddressPrefix: '',
        destinationAddressPrefixes: prefixes(4),
        destinationPortRange: at % 3 === 0 ? '443' : `${random(60000)}-${60000 + random(5000)}`,
      }),
    ),
  );
