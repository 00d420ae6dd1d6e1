import type { Label } from '../../../../src/contract/schema.ts';
import { grouped } from '../../numbers.ts';

/** What can be done to codes. */
export type Kind = 'bind' | 'consume' | 'reverse' | 'void';

type Operation = {
  readonly method:
    | 'piaoquan.voucher.code.bind'
    | 'piaoquan.voucher.code.consume'
    | 'piaoquan.voucher.code.consume.reverse'
    | 'piaoquan.voucher.code.void';
  readonly label: Label;
  readonly danger: boolean;
  /** Whether a user is named with it. */
  readonly user?: 'needed' | 'optional';
  /** What it will do to so many codes. */
  readonly consequence: (count: number) => Label;
};

const plural = (count: number): string => (count === 1 ? '1 code' : `${grouped(count)} codes`);

/** Everything that can be done to codes, one or many at a time. */
export const operations: Readonly<Record<Kind, Operation>> = {
  bind: {
    method: 'piaoquan.voucher.code.bind',
    label: { zh: '绑定', en: 'Bind' },
    danger: false,
    user: 'needed',
    consequence: (count) => ({
      zh: `把 ${grouped(count)} 个券码绑定到一个用户，此后别人不能再绑定。`,
      en: `Binds ${plural(count)} to one user; nobody else can bind them then.`,
    }),
  },
  consume: {
    method: 'piaoquan.voucher.code.consume',
    label: { zh: '核销', en: 'Redeem' },
    danger: false,
    user: 'optional',
    consequence: (count) => ({
      zh: `核销 ${grouped(count)} 个券码。核销立即出现在渠道的 CONSUME 导出中，可以撤销。`,
      en: `Redeems ${plural(count)}. Partners see it in their CONSUME export at once; it can be reversed.`,
    }),
  },
  reverse: {
    method: 'piaoquan.voucher.code.consume.reverse',
    label: { zh: '撤销核销', en: 'Reverse' },
    danger: true,
    consequence: (count) => ({
      zh: `撤销 ${grouped(count)} 个券码的核销：券码恢复可用，并离开渠道的 CONSUME 导出。`,
      en: `Takes back the redemption of ${plural(count)}: they can be used again and leave the CONSUME export.`,
    }),
  },
  void: {
    method: 'piaoquan.voucher.code.void',
    label: { zh: '作废', en: 'Void' },
    danger: true,
    consequence: (count) => ({
      zh: `作废 ${grouped(count)} 个券码，不可恢复；已核销的券码不会作废。`,
      en: `Voids ${plural(count)} for good. Codes that are redeemed already stay as they are.`,
    }),
  },
};

/** Codes of a text, each once, however they are set apart; and how many stood there more than once. */
export function readCodes(text: string): { codes: string[]; doubled: number } {
  const all = text.split(/[\s,，;；]+/).filter((each) => each !== '');
  const codes = [...new Set(all)];
  return { codes, doubled: all.length - codes.length };
}
