// Does an audit of files cost more per resource where there are more? The same accounts, 1, 4 and 16 thousand of them, each as a process of
// its own. `node test/bench/files.mjs [COUNT ...] [FORMAT ...]`, on Linux, after `npm run build`. It judges nothing; it prints figures
// and ratios, for JSON unless other formats are named. Of 20,000 accounts JUnit takes 277 MB, each other format 260 at most.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const named = process.argv.slice(2);
const numbers = named.filter((one) => /^\d+$/.test(one)).map(Number);
const counts = numbers.length > 0 ? numbers : [1000, 4000, 16_000];
const others = named.filter((one) => !/^\d+$/.test(one));
const formats = others.length > 0 ? others : ['json'];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-files-bench-'));

/** A storage account as Azure answers, in some of the settings that matter. */
const account = (index) => {
  const name = `st${String(index).padStart(6, '0')}`;
  const services = ['blob', 'dfs', 'file', 'queue', 'table', 'web'];
  return {
    id: `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-${index % 50}/providers/Microsoft.Storage/storageAccounts/${name}`,
    ...{ name, type: 'Microsoft.Storage/storageAccounts', location: 'westeurope', kind: 'StorageV2' },
    sku: { name: 'Standard_LRS', tier: 'Standard' },
    properties: {
      ...{ provisioningState: 'Succeeded', allowSharedKeyAccess: true, minimumTlsVersion: 'TLS1_2' },
      publicNetworkAccess: index % 3 === 0 ? 'Disabled' : 'Enabled',
      networkAcls: {
        ...{ bypass: 'AzureServices', defaultAction: index % 2 === 0 ? 'Deny' : 'Allow', virtualNetworkRules: [] },
        ipRules: [{ value: `52.10.${index % 250}.1`, action: 'Allow' }],
      },
      primaryEndpoints: Object.fromEntries(services.map((one) => [one, `https://${name}.${one}.core.windows.net/`])),
      privateEndpointConnections: [],
    },
  };
};

/** Seconds of CPU and the peak of memory in MB, as Linux last told them while the program ran: the launcher becomes the program. */
async function run(args) {
  const env = { ...process.env, BASTIDE_HOME: path.join(scratch, 'home') };
  const child = spawn(path.join(root, 'bin/bastide'), args, { env, stdio: 'ignore' });
  const seen = { seconds: 0, peak: 0 };
  const timer = setInterval(() => {
    try {
      const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13);
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      // Of a process that has just ended Linux tells the time and no longer the memory.
      Object.assign(seen, {
        seconds: (Number(user) + Number(system)) / 100,
        peak: Math.max(seen.peak, Number(peak ?? 0) / 1024),
      });
    } catch {
      // It has ended.
    }
  }, 20);
  const status = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  return { ...seen, status };
}

try {
  let before;
  for (const [format, count] of formats.flatMap((one) => counts.map((many) => [one, many]))) {
    if (count === counts[0]) before = undefined;
    const file = path.join(scratch, `${count}.json`);
    writeFileSync(file, JSON.stringify(Array.from({ length: count }, (_, index) => account(index))));
    const out = path.join(scratch, `out.${format}`);
    const now = await run(['audit', '--from', file, '--format', format, '--output', out, '--fail-on', 'never']);
    if (now.status !== 0) throw new Error(`${count} accounts: exit status ${now.status}`);
    const ratio =
      before === undefined
        ? ''
        : `, ${(now.seconds / before.seconds).toFixed(1)} times as much for ${(count / before.count).toFixed(1)} times as many`;
    console.log(
      `${String(count).padStart(7)} accounts, ${format}: ${now.seconds.toFixed(1)} s of CPU, ${now.peak.toFixed(0)} MB${ratio}`,
    );
    before = { count, ...now };
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
