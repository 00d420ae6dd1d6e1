import { expect, test } from 'vitest';
import { catalogue } from '../contract/catalogue.ts';
import { guides } from './guides/index.ts';
import { llmsTxt } from './llms.ts';

const origin = 'http://127.0.0.1:7001';
const text = llmsTxt(catalogue, guides, origin);
const LINK = /^- \[([^\]]+)\]\((https?:\/\/[^\s()]+)\): \S.*$/;

test('the file keeps the grammar of llmstxt.org: one title, a summary, notes without headings, then lists of links', () => {
  const [head = '', ...sections] = text.split(/^(?=## )/m);
  expect(head).toMatch(/^# \S.*\n\n> \S.*\n\n/);
  expect(head.match(/^#/gm)).toHaveLength(1);
  expect(sections.length).toBeGreaterThan(4);
  for (const section of sections) {
    const [title = '', blank, ...lines] = section.trimEnd().split('\n');
    expect(title).toMatch(/^## \S/);
    expect(blank).toBe('');
    expect(
      lines.filter((line) => !LINK.test(line)),
      title,
    ).toEqual([]);
  }
  expect(sections.at(-1)).toMatch(/^## Optional\n/);
});

test('every method and every guide has its one link', () => {
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, url]) => url as string);
  expect(new Set(links).size).toBe(links.length);
  const wanted = [
    ...catalogue.map(({ name }) => `${origin}/en/api/${name}`),
    ...guides.map(({ slug }) => `${origin}/en/guides/${slug}`),
  ];
  expect(wanted.filter((url) => !links.includes(url))).toEqual([]);
});
