import { describe, expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { groupsOf } from './pages/categories.ts';
import { highlight } from './pages/code.ts';
import { renderGuide } from './pages/guides.ts';

describe('a guide', () => {
  const guide =
    '# Title\n\n## Ärger & 错误 `x`\n\n### Deep\n\n## Deep\n\n[one](/guides/errors#a) [two](/console/) [three](https://example.com)\n';

  test('has headings that can be linked to, each by a name of its own', () => {
    const { body, headings } = renderGuide(guide, 'en');
    expect(headings).toEqual([
      { id: 'ärger-错误-x', text: 'Ärger & 错误 x' },
      { id: 'deep-2', text: 'Deep' },
    ]);
    for (const id of ['ärger-错误-x', 'deep', 'deep-2']) expect(body).toContain(`id="${id}"`);
    expect(body).not.toContain('Title');
  });

  test("links to other pages in the reader's language, and elsewhere as written", () => {
    const { body } = renderGuide(guide, 'en');
    for (const href of ['/en/guides/errors#a', '/console/', 'https://example.com'])
      expect(body).toContain(`href="${href}"`);
  });

  test('keeps room for the calculator', () => {
    expect(renderGuide('a\n\n<div id="calculator"></div>\n\nb', 'zh').body).toContain('<div id="calculator"></div>');
  });
});

describe('marked code', () => {
  const plain = (marked: string) =>
    marked.replace(/<\/?span[^>]*>/g, '').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

  test.each([
    ['json', '{"a": ["<b>", -1.5e3, true], "c": "\\"x\\""}'],
    ['xml', '<?xml version="1.0" ?><a b="c"><d>&quot;é&quot;</d></a>'],
    ['python', "# it's\nx = 'a' + \"b\" # 5\n"],
    ['java', '// it is "so"\nint x = 5; /* y */ String s = "a//b";'],
    ['nothing known', 'a < b && "c'],
  ])('in %s is the code, escaped', (language, code) => {
    const marked = highlight(code, language);
    expect(plain(marked)).toBe(code);
    expect(marked.replace(/<\/?span[^>]*>/g, '')).not.toMatch(/[<>]/);
  });

  test('tells names, texts, numbers and comments apart', () => {
    expect(highlight('{"a":"b"}', 'json')).toMatch(/t-keyword">[^<]*a[^<]*<\/span>:<span class="t-string">[^<]*b/);
    expect(highlight('"a//b" // c', 'java')).toMatch(
      /t-string">[^<]*a\/\/b[^<]*<\/span> <span class="t-comment">\/\/ c/,
    );
  });
});

test('every group of administration methods has a heading in both languages', () => {
  const unnamed = groupsOf(catalogue, 'admin').filter(({ id, title }) => title.zh === id || title.en === id);
  expect(unnamed).toEqual([]);
});
