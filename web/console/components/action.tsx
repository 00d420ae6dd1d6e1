import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button, type ButtonProps, Drawer, Form, Modal } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { TSchema } from 'typebox';
import type { Words } from '../../../src/contract/schema.ts';
import { knownContract } from '../contracts.ts';
import { newKey } from '../key.ts';
import { useWords } from '../language.tsx';
import { useSession } from '../session.tsx';
import { ContractFields, type FieldWishes } from './contract-form.tsx';
import { withoutEmpties } from './empties.ts';
import { Refusal } from './states.tsx';

type Request = Readonly<Record<string, unknown>>;

/**
 * Calls a method as an action of a page: shows that it was done, and has every list and detail asked for again.
 * Rejects with the error of the call; `error` holds it for the page.
 */
export function useAction(method: string, session_user?: number) {
  const { client, clientFor } = useSession();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const t = useWords();
  return useMutation({
    mutationFn: (request: Request) =>
      (session_user === undefined ? client : clientFor(session_user)).call(method, request) as Promise<Request>,
    onSuccess: () => {
      message.success(t({ zh: '已完成', en: 'Done' }));
      // The act is done: its dialog closes now, not when the slowest page has been read again.
      void queries.invalidateQueries();
    },
  });
}

type ConfirmProps = {
  /** A write method; without the right to call it there is no button. */
  readonly method: string;
  readonly request: Request;
  readonly label: Words;
  /** What will happen, with the figures of this case. */
  readonly consequence: Words;
  readonly danger?: boolean;
  /** The user to act for, by TOP's methods that need a user's session. */
  readonly session_user?: number;
  readonly button?: ButtonProps;
  readonly onDone?: (answer: Request) => void;
};

/** What a {@link ConfirmButton} that takes a thing off shelf, or puts it on again, is called and looks like. */
export const shelving = (isOn: boolean): Pick<ConfirmProps, 'label' | 'danger'> => ({
  label: isOn ? { zh: '下架', en: 'Take off shelf' } : { zh: '上架', en: 'Put on shelf' },
  danger: isOn,
});

/** A button whose act is carried out only after the operator has read what it will do. */
export function ConfirmButton(props: ConfirmProps) {
  const { method, request, label, consequence, danger = false, session_user, button, onDone } = props;
  const t = useWords();
  const { may } = useSession();
  const [open, setOpen] = useState(false);
  const action = useAction(method, session_user);
  if (!may(method as never)) return null;
  const act = async () => {
    const answer = await action.mutateAsync(request);
    setOpen(false);
    onDone?.(answer);
  };
  return (
    <>
      <Button size="small" danger={danger} {...button} onClick={() => setOpen(true)}>
        {t(label)}
      </Button>
      <Modal
        open={open}
        title={t(label)}
        okText={t(label)}
        okButtonProps={{ danger, loading: action.isPending }}
        onOk={() => act().catch(() => undefined)}
        onCancel={() => setOpen(false)}
        afterClose={action.reset}
      >
        <Refusal error={action.error} />
        <p>{t(consequence)}</p>
      </Modal>
    </>
  );
}

type FormProps = {
  readonly method: string;
  readonly label: Words;
  /** What the form begins with; a thing that is edited or cloned. */
  readonly initial?: Request;
  readonly wishes?: FieldWishes;
  /** Added to what was filled in, as the id of the thing that the page is about. */
  readonly extra?: Request;
  /** What is filled in, where that is but a part of the request, as one item of a list; the whole request unless given. */
  readonly schema?: TSchema;
  /** Makes the request of what was filled in; may reject with an error to show above the form. */
  readonly toRequest?: (values: Request) => Request | Promise<Request>;
  /** The member that names a write, so that one sent twice counts once: each opening of the form has one of its own. */
  readonly keyName?: string;
  /** The user to act for, by TOP's methods that need a user's session. */
  readonly session_user?: number;
  readonly button?: ButtonProps;
  /** Stands above the fields. */
  readonly children?: ReactNode;
  readonly onDone?: (answer: Request, request: Request) => void;
};

/** A button that opens the form of a write method, made from its contract; the platform's refusal stands above the form. */
export function FormButton(props: FormProps) {
  const { method, label, button } = props;
  const t = useWords();
  const { may } = useSession();
  const [opened, setOpened] = useState(0);
  if (!may(method as never)) return null;
  return (
    <>
      <Button {...button} onClick={() => setOpened(opened + 1)}>
        {t(label)}
      </Button>
      {/* Each opening is a form of its own, which knows nothing of what was filled in before. */}
      {opened > 0 && <FormDrawer key={opened} {...props} />}
    </>
  );
}

function FormDrawer(props: FormProps) {
  const { method, label, initial = {}, wishes, schema, toRequest, keyName, session_user, children, onDone } = props;
  const t = useWords();
  const [open, setOpen] = useState(true);
  const [problem, setProblem] = useState<unknown>();
  const [form] = Form.useForm();
  const action = useAction(method, session_user);
  const top = useRef<HTMLDivElement>(null);
  // A long form is scrolled down to its end when it is refused.
  useEffect(() => {
    if (problem !== undefined) top.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  const [key] = useState(() => newKey('console'));
  const extra: Request = { ...props.extra, ...(keyName !== undefined && { [keyName]: key }) };
  const submit = async (values: Request) => {
    const filled = { ...withoutEmpties(values), ...extra };
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
      onClose={() => setOpen(false)}
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
        <ContractFields
          schema={schema ?? knownContract(method).request}
          wishes={{ ...wishes, hidden: [...(wishes?.hidden ?? []), ...Object.keys(extra)] }}
        />
      </Form>
    </Drawer>
  );
}
