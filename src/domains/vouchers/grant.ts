import type { Vault } from '../../secrets/vault.ts';
import { type CodeForm, createSeries } from './series.ts';
import { openStored } from './stored.ts';

export { CODE_SEALED } from './sealed.ts';

const STORED = 0;

type Computed = { mix_id: string; sequence: number } & CodeForm;

/**
 * The one way by which other domains hand out codes: the plain codes behind what `voucher_issue_many` gave, in their
 * order; computed ones must be of one batch. Throws when bytes were changed or belong to another master key.
 */
export function openIssuedCodes(vault: Vault, handles: readonly Uint8Array[]): string[] {
  const computed = handles.filter(([first]) => first !== STORED).map(readComputed);
  const [form] = computed;
  const codes = form ? createSeries(vault, form.mix_id, form).codes(computed.map(({ sequence }) => sequence)) : [];
  let next = 0;
  return handles.map((handle) =>
    handle[0] === STORED ? openStored(vault, handle.subarray(1)) : (codes[next++] as string),
  );
}

const readComputed = (handle: Uint8Array): Computed =>
  JSON.parse(Buffer.from(handle.subarray(1)).toString('utf8')) as Computed;
