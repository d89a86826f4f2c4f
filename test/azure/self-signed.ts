// A separate certificate for a test's server.
import selfsigned from 'selfsigned';

export async function selfSigned(): Promise<{ readonly key: string; readonly cert: string }> {
  const pem = await selfsigned.generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
      { name: 'basicConstraints', cA: true },
    ],
  });
  return { key: pem.private, cert: pem.cert };
}
