// Addresses of servers as the environment and the command line give them: IPv6 in brackets works, and a proxy that is none is refused.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { badProxy } from '../../src/azure/proxy.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { bastide, freshHome } from '../support/bastide.ts';

test('an endpoint by its IPv6 address is read as by its name', async () => {
  const simulator = await startSimulator({ world: 'mixed' });
  const { port } = new URL(simulator.endpoint);
  const home = freshHome({
    AZURE_TENANT_ID: simulator.tenant,
    AZURE_CLIENT_ID: simulator.client,
    AZURE_CLIENT_SECRET: simulator.secret,
  });
  const ca = path.join(home.folder, 'ca.pem');
  writeFileSync(ca, simulator.ca);
  try {
    for (const host of ['[::1]', '127.0.0.1', 'localhost']) {
      const ran = await bastide(['whoami', '--endpoint', `https://${host}:${port}`, '--ca', ca], home);
      expect([host, ran.status, ran.stderr]).toEqual([host, 0, '']);
    }
  } finally {
    home.remove();
    await simulator.stop();
  }
});

test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'HTTP_PROXY'])(
  '%s that is no address ends with 2, and its value is not shown',
  async (name) => {
    for (const value of ['foo', 'not a url', 'http://', 'localhost:8080', 'ftp://secret@proxy:1']) {
      expect([value, badProxy({ [name]: value })]).toEqual([value, name]);
    }
    const home = freshHome({ [name]: 'secret:pass word' });
    try {
      const ran = await bastide(['audit', '--demo', '--fail-on', 'never'], home);
      expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining(name)]);
      expect(ran.stdout + ran.stderr).not.toContain('pass word');
    } finally {
      home.remove();
    }
  },
);

test('proxies that are some are left alone', () => {
  for (const value of ['', 'http://proxy:8080', 'https://user:pass@proxy', 'http://[::1]:3128']) {
    expect(badProxy({ HTTPS_PROXY: value })).toBeUndefined();
  }
});
