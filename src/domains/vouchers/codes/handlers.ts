import { createLoader } from '../../../batching/loader.ts';
import { createWeighed } from '../../../batching/weighed.ts';
import { type CallContext, fault, type Handlers } from '../../../contract/method.ts';
import { type adminVoucherCodeContracts, codeBind } from '../../../contract/vouchers/admin-codes.ts';
import type { Sql } from '../../../database/pool.ts';
import { mask } from '../../../secrets/masks.ts';
import { personOf } from '../../../secrets/personal.ts';
import type { Vault } from '../../../secrets/vault.ts';
import { codeState } from '../rules.ts';
import { openBinder, sealBinder } from '../stored.ts';
import { type FoundText, findTyped } from '../typed.ts';
import { createGuesses, waitWords } from './guesses.ts';
import {
  type Catalogue,
  findCatalogues,
  findCode,
  hasOperation,
  type Operation,
  type OperationResult,
  operate,
} from './queries.ts';

/** Purpose under which the vault hashes users who bind codes. */
export const USER_PURPOSE = 'voucher-user';
/** Keyed hash in hex by which a user who binds codes is found. */
export const hashUser = (vault: Vault, user_id: string): string =>
  vault.hash(USER_PURPOSE, personOf(user_id)).toString('hex');
const OPERATION_PURPOSE = 'voucher-operation';
/** Codes of the operations in one statement, and of those that wait for it: a code costs a quarter of a millisecond. */
const ROOM = { batch: 2500, queue: 10_000 };

type Parts = { sql: Sql; vault: Vault };
type Request = { mix_id: string; codes: string[]; unique_id: string; user_id?: string | null | undefined };

const refused = (sub_code: keyof typeof codeBind.errors, sub_msg?: string) => fault(codeBind, sub_code, sub_msg);

/** The administration of single codes: bound, redeemed, reversed, voided and shown, one or many at a time. */
export function codeHandlers({ sql, vault }: Parts): Handlers<typeof adminVoucherCodeContracts> {
  const look = createLookUp({ sql, vault });
  const submit = createOperations(sql);

  const carryOut = async (kind: Operation['kind'], request: Request, context: CallContext) => {
    const { app_key, now, actor, method, request_id } = context;
    const { mix_id, codes, unique_id, user_id } = request;
    const user = user_id == null ? undefined : hashUser(vault, user_id);
    const content = vault.hash(OPERATION_PURPOSE, JSON.stringify([kind, codes, user])).toString('hex');
    const isRepeated = () => hasOperation(sql, mix_id, { app_key, unique_id, content });
    const found = await look({ app_key, mix_id, codes, user, now, isRepeated });
    const sequences = found.map((each) => each?.sequence ?? null);
    const results = await submit(mix_id, now, {
      kind,
      sequences,
      app_key,
      unique_id,
      content,
      writer: { actor, method, request_id },
      ...(user !== undefined && { user }),
      ...(kind === 'bind' && { sealed: sealBinder(vault, mix_id, user as string, personOf(user_id as string)) }),
    });
    if (results === null) throw refused('isv.voucher-unique-id-conflict');
    return {
      success_count: results.filter(([word]) => word === 'OK').length,
      results: results.map(([result, consume_sequence], index) => ({
        code: codes[index] as string,
        result,
        consume_sequence,
      })),
    };
  };

  return {
    'piaoquan.voucher.code.bind': (request, context) => carryOut('bind', request, context),
    'piaoquan.voucher.code.consume': (request, context) => carryOut('consume', request, context),
    'piaoquan.voucher.code.consume.reverse': (request, context) => carryOut('reverse', request, context),
    'piaoquan.voucher.code.void': (request, context) => carryOut('void', request, context),
    'piaoquan.voucher.code.get': async ({ mix_id, code, user_id }, { app_key, now }) => {
      const user = user_id == null ? undefined : hashUser(vault, user_id);
      const isRepeated = async () => false;
      const [meant] = await look({ app_key, mix_id, codes: [code], user, now, isRepeated });
      const found = meant == null ? undefined : await findCode(sql, mix_id, meant.sequence);
      if (meant == null || found === undefined) throw refused('isv.voucher-code-not-exist');
      const { bound_sealed, issued_to: _kept, ...record } = found;
      const bound = bound_sealed === null ? undefined : openBinder(vault, mix_id, bound_sealed);
      const state = codeState({ ...record, bound: record.bound_time !== null }, now);
      return {
        code_info: {
          ...record,
          ...state,
          code: meant.code,
          bound_user: bound === undefined ? undefined : mask(bound),
        },
      };
    },
  };
}

type Asked = {
  app_key: string;
  mix_id: string;
  codes: string[];
  user: string | undefined;
  now: Date;
  /** Whether this very call was answered before. */
  isRepeated: () => Promise<boolean>;
};

/**
 * Finds codes by what was typed for them, null for those that the batch does not have. Wrong ones count as guesses of
 * the app and its user before anything is told of them; a caller over the limit is refused, right codes and all, but for
 * a call that was answered before, which is told nothing new.
 */
function createLookUp({ sql, vault }: Parts): (asked: Asked) => Promise<(FoundText | null)[]> {
  const catalogue = createLoader<string, Catalogue>({
    load: async (mix_ids) => new Map((await findCatalogues(sql, mix_ids)).map((each) => [each.mix_id, each])),
  });
  const waitFor = createGuesses(sql);
  return async ({ app_key, mix_id, codes, user, now, isRepeated }) => {
    const batch = await catalogue(mix_id);
    if (batch === undefined) throw refused('isv.voucher-batch-not-exist');
    const found = await findTyped(
      { sql, vault },
      codes.map((text) => ({ batch, text })),
    );
    const wrong = new Set(codes.filter((_, index) => found[index] === null)).size;
    const wait = await waitFor({ app_key, caller: user ?? null, wrong, now });
    if (wait > 0 && !(await isRepeated())) throw refused('isv.voucher-guess-limit', waitWords(wait));
    return found;
  };
}

/** Carries out operations in micro-batches by batch of codes. */
function createOperations(sql: Sql) {
  const run = (mix_id: string, commands: { operation: Operation; now: Date }[]) =>
    operate(
      sql,
      mix_id,
      commands.map(({ operation }) => operation),
      // The latest command's instant is that of the batch.
      commands.at(-1)?.now as Date,
    );
  const submit = createWeighed<{ operation: Operation; now: Date }, OperationResult[] | null>({ run, room: ROOM });
  return (mix_id: string, now: Date, operation: Operation): Promise<OperationResult[] | null> =>
    submit(mix_id, operation.sequences.length, { operation, now });
}
