// What cuts secrets out of a text never hides the code of an error, and what cuts by a name goes on cutting what is no code.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { refusalOf } from '../../src/azure/refusal.ts';
import { knownErrors } from '../../src/diagnosis/errors/index.ts';
import { cutSecret, withoutSecrets, withoutSecretText } from '../../src/model/secrets.ts';

/** Every code that the diagnosis knows, and every one that the simulator answers with. */
const simulator = path.resolve(import.meta.dirname, '../../src/simulator');
const answered = readdirSync(simulator, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => readFileSync(path.join(simulator, file), 'utf8').match(/(?<=code: ')[A-Z]\w{4,}(?=')/g) ?? []);
const codes = [
  ...new Set([...knownErrors.flatMap(({ names }) => names), ...answered, 'AADSTS700016', 'invalid_client']),
].filter((code) => /^\w+$/.test(code) && /[a-z][A-Z]|_|AADSTS/.test(code));

test('there are many codes', () => {
  expect(codes.length).toBeGreaterThan(100);
});

test('a code is there in each way in which errors spell it', () => {
  const hidden = codes.filter((code) => {
    const texts = [
      `Status=403 Code="${code}" Message="x"`,
      `autorest/azure: Service returned an error. Status=403 Code=${code} Message=x`,
      `(${code}) The client has no permission. Code: ${code}`,
      `https://example.org/?error_code=${code}&state=x`,
      `error=${code}, code=${code}.`,
      `{"error":{"code":"${code}","message":"x"}}`,
    ];
    return texts.some((text) => withoutSecretText(text) !== text);
  });
  expect(hidden).toEqual([]);
});

test('the code of a refusal is the code of the answer, at each depth', () => {
  for (const code of codes) {
    const body = { error: { code, message: 'x', details: [{ code, message: 'y' }], innererror: { code } } };
    const refusal = refusalOf(400, body);
    expect([refusal.code, refusal.details[0]?.code]).toEqual([code, code]);
    expect(withoutSecrets(body)).toEqual(body);
  }
});

test.each([
  'https://func.azurewebsites.net/api/f?code=8fQ2hT7xZ0aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789AzFuAbCd==',
  'https://login.example.org/?code=0.AXkAabcDEF123-456_ghi&state=1',
  'code=hunter2hunter2',
  'code=abcdefghijklmnop',
])('a secret behind the same name is cut: %s', (text) => {
  expect(withoutSecretText(text)).toContain(`code=${cutSecret}`);
});
