import fc from 'fast-check';
import { expect, test } from 'vitest';
import { responseValue } from '../../test/harness/arbitrary.ts';
import { everyKind } from '../../test/harness/every-kind.ts';
import { parseXml } from '../../test/harness/xml.ts';
import { compileWriters } from '../wire/render.ts';
import { indentJson, indentXml } from './indent.ts';

const { json, xml } = compileWriters(everyKind);

test('JSON is laid out two spaces a level, empty objects and lists on one line', () => {
  expect(indentJson('{"a":[1,{"b":{}}],"c":[],"d":"{\\"e\\":[1, 2]}"}')).toBe(`{
  "a": [
    1,
    {
      "b": {}
    }
  ],
  "c": [],
  "d": "{\\"e\\":[1, 2]}"
}`);
});

test('numbers keep their digits: those beyond 2^53, exponents and trailing zeros', () => {
  const text = '[9007199254740993,-12345678901234567890,1.50,1E400]';
  expect(indentJson(text).replace(/\s/g, '')).toBe(text);
});

test('what is no JSON stays as it is', () => {
  for (const text of ['', 'no', '{"a":1', '[1,]', '<html>', '"a" "b"']) expect(indentJson(text)).toBe(text);
});

test('XML is laid out two spaces a level, elements with text on one line', () => {
  expect(indentXml('<?xml version="1.0" encoding="utf-8" ?><a><b><c>1 &lt; 2</c><d></d></b><e> x\n </e></a>')).toBe(
    `<?xml version="1.0" encoding="utf-8" ?>
<a>
  <b>
    <c>1 &lt; 2</c>
    <d></d>
  </b>
  <e> x
 </e>
</a>`,
  );
});

test('a laid out answer says what the answer says, whatever its texts', () => {
  fc.assert(
    fc.property(responseValue(everyKind.response), (value) => {
      const [asJson, asXml] = [json(value, 'id'), xml(value, 'id')];
      expect(JSON.parse(indentJson(asJson))).toEqual(JSON.parse(asJson));
      expect(parseXml(indentXml(asXml).replace(/>\n *</g, '><'))).toEqual(parseXml(asXml.replace(/>\n *</g, '><')));
    }),
    { numRuns: 100 },
  );
});
