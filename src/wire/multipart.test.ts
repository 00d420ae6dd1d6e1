import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EncodingError } from './form.ts';
import { boundaryOf, decodeMultipart, MAX_PARTS, MultipartError } from './multipart.ts';

/** Reads a body that is given line by line; the lines are joined by CRLF and nothing is added. */
async function decode(boundary: string | undefined, lines: readonly string[]) {
  const texts = new Map<string, string>();
  const files = await decodeMultipart(Buffer.from(lines.join('\r\n')), boundary, texts);
  return { texts: [...texts], files: files.map(({ name, bytes }) => [name, bytes.toString()]) };
}

test('Java and .NET: a line break first, headers without spaces, charset before boundary', async () => {
  expect(boundaryOf('multipart/form-data;charset=utf-8;boundary=8da1cc7f4b3c2e0')).toBe('8da1cc7f4b3c2e0');
  const lines = [
    '',
    '--8da1cc7f4b3c2e0',
    'Content-Disposition:form-data;name="title"',
    'Content-Type:text/plain',
    '',
    '测试 a=b&c',
    '--8da1cc7f4b3c2e0',
    'Content-Disposition:form-data;name="image";filename="a.png"',
    'Content-Type:image/png',
    '',
    'PNG\r\n--8da1 bytes',
    '--8da1cc7f4b3c2e0--',
    '',
  ];
  expect(await decode('8da1cc7f4b3c2e0', lines)).toEqual({
    texts: [['title', '测试 a=b&c']],
    files: [['image', 'PNG\r\n--8da1 bytes']],
  });
});

test('PHP: a blank after the file name, no line break after the closing boundary', async () => {
  expect(boundaryOf('multipart/form-data; boundary=----------5f2b1c0a9d8e7')).toBe('----------5f2b1c0a9d8e7');
  const lines = [
    '------------5f2b1c0a9d8e7',
    'Content-Disposition: form-data; name="price"',
    '',
    '12.50',
    '------------5f2b1c0a9d8e7',
    'Content-Disposition: form-data; name="image"; filename="b.jpg" ',
    'Content-Type: image/jpeg',
    '',
    'JPEG',
    '------------5f2b1c0a9d8e7--',
  ];
  expect(await decode('----------5f2b1c0a9d8e7', lines)).toEqual({
    texts: [['price', '12.50']],
    files: [['image', 'JPEG']],
  });
});

test('Qt: unquoted names with a blank before the equals sign', async () => {
  const lines = [
    '--boundary_.oOo._NzU2',
    'Content-Disposition: form-data; name =method',
    '',
    'taobao.time.get',
    '--boundary_.oOo._NzU2',
    'Content-Disposition: form-data; name =file; filename=c.txt',
    '',
    'text',
    '--boundary_.oOo._NzU2--',
    '',
  ];
  expect(boundaryOf('multipart/form-data; boundary="boundary_.oOo._NzU2"')).toBe('boundary_.oOo._NzU2');
  expect(await decode('boundary_.oOo._NzU2', lines)).toEqual({
    texts: [['method', 'taobao.time.get']],
    files: [['file', 'text']],
  });
});

test('Node: every parameter as a part of its own', async () => {
  const lines = [
    '----------------------------101905268350268',
    'Content-Disposition: form-data; name="app_key"',
    '',
    '12345678',
    '----------------------------101905268350268',
    'Content-Disposition: form-data; name="v"',
    '',
    '2.0',
    '----------------------------101905268350268--',
    '',
  ];
  expect((await decode('--------------------------101905268350268', lines)).texts).toEqual([
    ['app_key', '12345678'],
    ['v', '2.0'],
  ]);
});

const part = (disposition: string, content: string) => [
  '--B',
  `Content-Disposition: form-data; ${disposition}`,
  '',
  content,
];

test('an empty file and an empty value are there and empty', async () => {
  const lines = [...part('name="f"; filename="empty.txt"', ''), ...part('name="k"', ''), '--B--'];
  expect(await decode('B', lines)).toEqual({ texts: [['k', '']], files: [['f', '']] });
});

test('a file without a name of its own is a file still', async () => {
  expect((await decode('B', [...part('name="f"; filename=""', 'x'), '--B--'])).files).toEqual([['f', 'x']]);
  expect((await decode('B', [...part("name=f; filename*=UTF-8''a", 'x'), '--B--'])).files).toEqual([['f', 'x']]);
});

test('what stands in quotes is a value and never a parameter of the header', async () => {
  expect(await decode('B', [...part('name="a; filename=b"', 'x'), '--B--'])).toEqual({
    texts: [['a; filename=b', 'x']],
    files: [],
  });
  expect((await decode('B', [...part('filename="; name=evil"; name="f"', 'x'), '--B--'])).files).toEqual([['f', 'x']]);
});

test('a form without parts is empty', async () => {
  expect(await decode('B', ['--B--'])).toEqual({ texts: [], files: [] });
});

test('every body that is cut off is refused, wherever the cut is', async () => {
  const whole = [...part('name="a"', '1'), ...part('name="f"; filename="x"', '2'), '--B--'].join('\r\n');
  expect((await decode('B', [whole])).texts).toEqual([['a', '1']]);
  for (let length = 0; length < whole.length; length++)
    await expect(decode('B', [whole.slice(0, length)]), `cut after ${length}`).rejects.toThrow(MultipartError);
});

test('a part without a name refuses the form', async () => {
  for (const disposition of ['filename="x"', 'name=""', 'nome="x"', ''])
    await expect(decode('B', [...part(disposition, 'x'), '--B--']), disposition).rejects.toThrow('a part has no name');
  await expect(decode('B', ['--B', '', 'x', '--B--'])).rejects.toThrow(MultipartError);
});

test('a content type without a boundary refuses the form', async () => {
  expect(boundaryOf('multipart/form-data')).toBeUndefined();
  expect(boundaryOf('multipart/form-data; charset=utf-8')).toBeUndefined();
  await expect(decode(undefined, ['--', '----'])).rejects.toThrow(MultipartError);
});

test('a form of too many parts is refused, one of just enough is read', async () => {
  const parts = Array.from({ length: MAX_PARTS }, (_, n) => part(`name="p${n}"`, String(n))).flat();
  expect((await decode('B', [...parts, '--B--'])).texts).toHaveLength(MAX_PARTS);
  await expect(decode('B', [...parts, ...part('name="more"', ''), '--B--'])).rejects.toThrow(MultipartError);
});

test('text that is not UTF-8 is refused, a file of any bytes is not', async () => {
  const gbk = Buffer.from('b2e2cad4', 'hex');
  const body = (disposition: string) =>
    Buffer.concat([Buffer.from(part(disposition, '').join('\r\n')), gbk, Buffer.from('\r\n--B--')]);
  await expect(decodeMultipart(body('name="a"'), 'B', new Map())).rejects.toThrow(EncodingError);
  expect(await decodeMultipart(body('name="a"; filename="b"'), 'B', new Map())).toEqual([{ name: 'a', bytes: gbk }]);
});

const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
const anyPart = fc.oneof(
  fc.record({ name, text: fc.string({ unit: 'binary' }) }),
  fc.record({ name, bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)) }),
);
type AnyPart = { name: string; text?: string; bytes?: Buffer };

function encode(parts: readonly AnyPart[], { colon, semicolon, last }: Dialect): Buffer {
  const chunks = parts.flatMap((each) => {
    const quoted = each.name.replace(/["\\]/g, '\\$&');
    const file = each.bytes === undefined ? '' : `${semicolon}filename="${quoted}"`;
    const header = `--BOUNDARY\r\nContent-Disposition${colon}form-data${semicolon}name="${quoted}"${file}\r\n\r\n`;
    return [Buffer.from(header), each.bytes ?? Buffer.from(each.text ?? ''), Buffer.from('\r\n')];
  });
  return Buffer.concat([...chunks, Buffer.from(`--BOUNDARY--${last}`)]);
}
type Dialect = { colon: string; semicolon: string; last: string };

test('any fields and files survive in any dialect', async () => {
  const dialect = fc.record({
    colon: fc.constantFrom(':', ': '),
    semicolon: fc.constantFrom(';', '; ', ' ; '),
    last: fc.constantFrom('', '\r\n', '\r\n\r\n'),
  });
  const parts = fc.uniqueArray(anyPart, { selector: (each) => each.name, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(parts as fc.Arbitrary<AnyPart[]>, dialect, async (all, how) => {
      const texts = new Map<string, string>();
      const files = await decodeMultipart(encode(all, how), 'BOUNDARY', texts);
      expect([...texts]).toEqual(all.flatMap((each) => (each.bytes === undefined ? [[each.name, each.text]] : [])));
      expect(files).toEqual(all.flatMap(({ name, bytes }) => (bytes === undefined ? [] : [{ name, bytes }])));
    }),
  );
});

test('any bytes are read or refused, by no other error than the two declared', async () => {
  const pieces = fc.constantFrom(
    '--B',
    '\r\n',
    '--',
    'Content-Disposition:form-data',
    ';',
    'name=',
    '"',
    'filename',
    '\\',
    'x',
  );
  const body = fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 2 })), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(body, async (all) => {
      try {
        await decodeMultipart(Buffer.from(all.join('')), 'B', new Map());
      } catch (error) {
        expect(error instanceof MultipartError || error instanceof EncodingError).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
