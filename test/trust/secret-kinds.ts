// Secrets of the kinds that an answer of Azure may hold, made up from a seed. `at`: the member that holds it, where the name
// matters; `planted`: the text that must never be kept.

export interface PlantedSecret {
  readonly kind: string;
  readonly planted: string;
  /** What stands in the body. */
  readonly member: Readonly<Record<string, unknown>>;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The same letters for the same seed: nothing here is, or ever was, a secret. */
function random(seed: number, length: number, letters = alphabet): string {
  let state = seed * 2_654_435_761 + 12_345;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return letters[(state >>> 16) % letters.length];
  }).join('');
}
const hex = '0123456789abcdef';
const at = (kind: string, name: string, planted: string, shown: unknown = planted): PlantedSecret => ({
  kind,
  planted,
  member: { [name]: shown },
});

export function plantedSecrets(seed: number): readonly PlantedSecret[] {
  let next = seed * 100;
  const text = (length: number, letters?: string): string => {
    next += 1;
    return random(next, length, letters);
  };
  const within = (kind: string, name: string, planted: string, show: (secret: string) => unknown): PlantedSecret =>
    at(kind, name, planted, show(planted));
  return [
    // By the name of the member.
    at('administrator password', 'adminPassword', `${text(12)}!x9`),
    at('password without a digit', 'password', 'correct horse battery'),
    at('storage account key by name', 'storageAccountKey', text(24)),
    at('primary key', 'primaryKey', text(32, hex)),
    at('second key of a service', 'key2', text(32, hex)),
    at('client secret by name', 'clientSecret', text(20)),
    at('shared key of a gateway', 'sharedKey', text(16)),
    at('authorization key of a circuit', 'authorizationKey', text(30)),
    at('user data of a machine', 'customData', Buffer.from(text(60)).toString('base64')),
    at('kubeconfig', 'kubeconfig', Buffer.from(text(90)).toString('base64')),
    at('protected settings', 'protectedSettings', text(50)),
    at('SAS token by name', 'sasToken', text(40)),
    at('registry password', 'registryPassword', text(32)),
    at('secure value', 'secureValue', text(14)),
    within('secret in a list', 'passwords', text(18), (secret) => [{ name: 'password', value: secret }]),
    // Values of an environment.
    within('environment variable', 'environmentVariables', 'plain-words', (secret) => [
      { name: 'MODE', value: secret },
    ]),
    within('environment variables by name', 'environmentVariables', 'more-words', (secret) => ({ MODE: secret })),
    within('environment variable with its own object', 'environmentVariables', 'other-words', (secret) => ({
      MODE: { value: secret, type: 'local' },
    })),
    within('application setting', 'appSettings', 'setting-words', (secret) => [{ name: 'A', value: secret }]),
    // By their form, whatever the member is called.
    within(
      'connection string of storage',
      'note',
      `${text(86)}==`,
      (secret) => `DefaultEndpointsProtocol=https;AccountName=x;AccountKey=${secret};EndpointSuffix=core.windows.net`,
    ),
    within(
      'connection string of a bus',
      'note',
      `${text(43)}=`,
      (secret) => `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=a;SharedAccessKey=${secret}`,
    ),
    within(
      'connection string of a database',
      'note',
      text(14),
      (secret) => `Server=tcp:x;Database=y;User ID=z;Password=${secret};Encrypt=True`,
    ),
    within(
      'shared access signature',
      'note',
      text(40),
      (secret) => `https://x.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig=${secret}%3D`,
    ),
    at('bare key of storage', 'note', `${text(86)}==`),
    at('bare key of a bus', 'note', `${text(43)}=`),
    at('application secret of Entra', 'note', `${text(3)}8Q~${text(34)}`),
    at('key that names its service', 'note', `${text(42)}AzSeA${text(5)}`),
    at('key of 84 characters', 'note', `${text(52)}JQQJ9${text(27)}`),
    at('JSON web token', 'note', `eyJ${text(20)}.eyJ${text(40)}.${text(43)}`),
    within('bearer token', 'note', text(40), (secret) => `Authorization: Bearer ${secret}`),
    within(
      'private key',
      'note',
      text(64),
      (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
    ),
    within(
      'password in an address',
      'note',
      text(12),
      (secret) => `https://deploy:${secret}@example.com/repository.git`,
    ),
    at('token of GitHub', 'note', `ghp_${text(36)}`),
    at('fine-grained token of GitHub', 'note', `github_pat_${text(60)}`),
    at('token of Azure DevOps', 'note', text(52, 'abcdefghijklmnopqrstuvwxyz234567')),
    at('token of Databricks', 'note', `dapi${text(32, hex)}`),
    at('token of Hugging Face', 'note', `hf_${text(34)}`),
    at('key of OpenAI', 'note', `sk-proj-${text(48)}`),
    at('access key of AWS', 'note', `AKIA${text(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`),
    at('key of Google', 'note', `AIza${text(35)}`),
    at('token of Slack', 'note', `xoxb-${text(12, '0123456789')}-${text(24)}`),
    at('token of npm', 'note', `npm_${text(36)}`),
    within('password on a command line', 'command', text(12), (secret) => ['sh', '-c', `login --password ${secret}`]),
    within('token in a script', 'command', text(20), (secret) => ['sh', '-c', `export API_TOKEN=${secret}; run`]),
    within('password in JSON in a text', 'note', text(15), (secret) => JSON.stringify({ user: 'x', password: secret })),
    within(
      'key of a function in an address',
      'note',
      text(40),
      (secret) => `https://f.azurewebsites.net/api/x?code=${secret}`,
    ),
  ];
}
