// A certificate authority and a server certificate, made anew at each start. It must not know what is served.

export interface Certificate {
  /** PEM of the authority, for clients to trust. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

/** Loads the X.509 library only here: it is slow to load and most runs never start a server. */
export async function makeCertificate(days = 30): Promise<Certificate> {
  // By its default export, which Node and a bundle agree on: the package is CommonJS.
  const { generate } = (await import('selfsigned')).default;
  const validity = {
    notBeforeDate: new Date(Date.now() - 86_400_000),
    notAfterDate: new Date(Date.now() + days * 86_400_000),
  };
  const authority = await generate([{ name: 'commonName', value: 'Simulated Azure CA' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { ca: authority.cert, key: server.private, cert: server.cert };
}
