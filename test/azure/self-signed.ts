// A separate certificate for a test's server.
import selfsigned from 'selfsigned';

export async function selfSigned(name = 'localhost'): Promise<{ readonly key: string; readonly cert: string }> {
  const pem = await selfsigned.generate([{ name: 'commonName', value: name }], {
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: name },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
      { name: 'basicConstraints', cA: true },
    ],
  });
  return { key: pem.private, cert: pem.cert };
}
