import { useNavigate } from 'react-router';
import { fieldsOf } from '../../../../src/contract/schema.ts';
import { TopError } from '../../../../src/sdk/errors.ts';
import { ApiError } from '../../api.ts';
import { ConfirmButton, FormButton, shelving } from '../../components/action.tsx';
import type { Row } from '../../components/contract-list.tsx';
import { fieldAt, knownContract } from '../../contracts.ts';
import { newKey } from '../../key.ts';
import { useLabels } from '../../language.tsx';
import { grouped } from '../../numbers.ts';
import { useSession } from '../../session.tsx';
import { type Batch, pathOf } from './batch-info.ts';

const SAVE = 'piaoquan.voucher.batch.save';
const schema = fieldAt(knownContract(SAVE).request, 'batch').schema;

/** An id that no batch has, for those who have none of their own. */
const newMixId = (): string => newKey('code').replace('-', '_');

/** What of a batch its settings are; the rest is what became of it. */
function settingsOf(batch: Batch): Row {
  const names = fieldsOf(schema).map(({ name }) => name);
  return Object.fromEntries(Object.entries(batch).filter(([name]) => names.includes(name)));
}

/** Makes a batch; with `from`, as a copy of that one's settings without its codes. */
export function NewBatch({ from }: { from?: Batch }) {
  const t = useLabels();
  const go = useNavigate();
  const { client } = useSession();
  // Saving an id that exists would change that batch.
  const refuseExisting = async (mix_id: string): Promise<void> => {
    const found = await client.call('piaoquan.voucher.batch.get', { mix_id }).catch((error) => {
      if (error instanceof TopError && error.sub_code === 'isv.voucher-batch-not-exist') return undefined;
      throw error;
    });
    if (found === undefined) return;
    const message = {
      zh: `批次 ${mix_id} 已存在。请换一个 mix_id；要修改它，请到它的页面。`,
      en: `There is a batch ${mix_id} already. Choose another mix_id; to change that one, open its page.`,
    };
    throw new ApiError(409, { code: 'batch-exists', message, field: 'mix_id' });
  };
  return (
    <FormButton
      method={SAVE}
      label={from === undefined ? { zh: '新建批次', en: 'New batch' } : { zh: '复制', en: 'Clone' }}
      button={{ type: from === undefined ? 'primary' : 'default' }}
      schema={schema}
      initial={
        from === undefined
          ? { mix_id: newMixId(), valid_duration_type: 'GENERAL' }
          : {
              ...settingsOf(from),
              mix_id: newMixId(),
              name: t({ zh: `${from.name}（副本）`, en: `${from.name} (copy)` }),
            }
      }
      toRequest={async (batch) => {
        await refuseExisting(String(batch.mix_id));
        return { batch };
      }}
      onDone={(_answer, request) => go(pathOf(String((request.batch as Row).mix_id), 'codes'))}
    >
      <p>
        {t({
          zh: '新批次立即上架，但在有了券码与授权之前什么也发不出。时间均为 GMT+8，金额单位为分。',
          en: 'A new batch is on shelf at once, but nothing can be issued before it has codes and a grant. Times are GMT+8, amounts in fen.',
        })}
      </p>
    </FormButton>
  );
}

/** Changes the settings of a batch. */
export function EditBatch({ batch }: { batch: Batch }) {
  return (
    <FormButton
      method={SAVE}
      label={{ zh: '修改', en: 'Edit' }}
      schema={schema}
      initial={settingsOf(batch)}
      wishes={{ fixed: ['mix_id'] }}
      toRequest={(values) => ({ batch: values })}
    />
  );
}

/** Puts a batch on shelf or takes it off. */
export function ShelfButton({ batch }: { batch: Batch }) {
  const { mix_id, status, total_count, issued_count, voided_count } = batch;
  const isOn = status === 1;
  const out = grouped(issued_count);
  const rest = grouped(Math.max(0, total_count - issued_count - voided_count));
  return (
    <ConfirmButton
      method="piaoquan.voucher.batch.status.update"
      request={{ mix_id, status: isOn ? 2 : 1 }}
      button={{ size: 'middle' }}
      {...shelving(isOn)}
      consequence={
        isOn
          ? {
              zh: `立即停止发放与绑定，未发放的约 ${rest} 个券码留在批次中。已发出的 ${out} 个仍可核销，随时可以再上架。`,
              en: `Nothing is issued or bound from now on; some ${rest} codes stay in the batch. The ${out} that are out can still be redeemed, and it can be put on again at any time.`,
            }
          : { zh: `约 ${rest} 个券码可以发放与绑定。`, en: `Some ${rest} codes can be issued and bound.` }
      }
    />
  );
}
