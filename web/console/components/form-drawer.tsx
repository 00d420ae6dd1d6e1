import { Button, Drawer, Form, type FormInstance } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { TopError } from '../../../src/sdk/errors.ts';
import { knownContract } from '../contracts.ts';
import { newKey } from '../key.ts';
import { useLabels } from '../language.tsx';
import type { FormProps } from './action.tsx';
import { ContractFields } from './contract-fields.tsx';
import { useLeave } from './leave.tsx';
import { refusedField } from './refused-field.ts';
import { asShown } from './shown.ts';
import { Refusal, useWordsOf } from './states.tsx';
import { type Request, useAction } from './use-action.ts';

/** Shows a refusal at the field that it is about, where the form has it, and takes those of earlier ones away. */
function markRefused(form: FormInstance, problem: unknown, words: string): void {
  const fields = form.getFieldsError();
  form.setFields(fields.filter(({ errors }) => errors.length > 0).map(({ name }) => ({ name, errors: [] })));
  if (!(problem instanceof TopError) || problem.argument === undefined) return;
  const name = refusedField(
    problem.argument,
    fields.map((field) => field.name),
  );
  if (name === undefined) return;
  form.setFields([{ name: [...name], errors: [words] }]);
  form.scrollToField([...name], { block: 'center' });
}

/** The form of a write method in a drawer; open at first. */
export default function FormDrawer(props: FormProps) {
  const { method, label, initial = {}, wishes, schema, toRequest, keyName, session_user, children, onDone } = props;
  const t = useLabels();
  const [open, setOpen] = useState(true);
  const [problem, setProblem] = useState<unknown>();
  const [form] = Form.useForm();
  const action = useAction(method, session_user);
  const top = useRef<HTMLDivElement>(null);
  const refused = t(useWordsOf(problem).title);
  // A long form is scrolled down to its end when it is refused.
  useEffect(() => {
    if (problem === undefined) return;
    top.current?.scrollIntoView({ block: 'nearest' });
    markRefused(form, problem, refused);
  }, [problem, form, refused]);
  const [key] = useState(() => newKey('console'));
  const extra: Request = { ...props.extra, ...(keyName !== undefined && { [keyName]: key }) };
  const { leave, question } = useLeave(
    () => open && form.isFieldsTouched(),
    () => setOpen(false),
  );
  const asked = schema ?? knownContract(method).request;
  const hidden = [...(wishes?.hidden ?? []), ...Object.keys(extra)];
  const submit = async (values: Request) => {
    const filled = { ...asShown(asked, values, hidden), ...extra };
    const request = toRequest === undefined ? filled : await toRequest(filled);
    const answer = await action.mutateAsync(request);
    setOpen(false);
    onDone?.(answer, request);
  };
  return (
    <Drawer
      open={open}
      title={t(label)}
      size="large"
      destroyOnHidden
      onClose={leave}
      extra={
        <Button type="primary" loading={action.isPending} onClick={form.submit}>
          {t({ zh: '提交', en: 'Submit' })}
        </Button>
      }
    >
      <div ref={top}>
        <Refusal error={problem} />
      </div>
      {children}
      <Form
        form={form}
        layout="vertical"
        scrollToFirstError={{ block: 'center' }}
        initialValues={initial}
        onFinish={(values) => submit(values).catch(setProblem)}
      >
        <ContractFields schema={asked} wishes={{ ...wishes, hidden }} />
      </Form>
      {question}
    </Drawer>
  );
}
