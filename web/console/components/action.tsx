import { type ReactNode, Suspense, useState } from 'react';
import type { TSchema } from 'typebox';
import type { Label } from '../../../src/contract/schema.ts';
import { useLabels } from '../language.tsx';
import { themed } from '../lazy-page.tsx';
import { useSession } from '../session.tsx';
import { type Look, PlainButton } from './button.tsx';
import type { FieldWishes } from './contract-fields.tsx';
import type { Request } from './use-action.ts';

/** What the buttons open: dialogs and forms are a good part of the library, which no page needs before. */
export const confirmDialog = themed(() => import('./confirm-dialog.tsx'));
/** The form of a {@link FormButton}. */
export const formDrawer = themed(() => import('./form-drawer.tsx'));

/** What a {@link ConfirmButton} does. */
export type ConfirmProps = {
  /** A write method; without the right to call it there is no button. */
  readonly method: string;
  readonly request: Request;
  readonly label: Label;
  /** What will happen, with the figures of this case. */
  readonly consequence: Label;
  readonly danger?: boolean;
  /** The user to act for, by TOP's methods that need a user's session. */
  readonly session_user?: number;
  readonly button?: Look;
  readonly onDone?: (answer: Request) => void;
};

/** What a {@link ConfirmButton} that takes a thing off shelf, or puts it on again, is called and looks like. */
export const shelving = (isOn: boolean): Pick<ConfirmProps, 'label' | 'danger'> => ({
  label: isOn ? { zh: '下架', en: 'Take off shelf' } : { zh: '上架', en: 'Put on shelf' },
  danger: isOn,
});

/** A button whose act is carried out only after the operator has read what it will do. */
export function ConfirmButton(props: ConfirmProps) {
  const { method, label, danger = false, button } = props;
  const t = useLabels();
  const { may } = useSession();
  const [opened, setOpened] = useState(0);
  if (!may(method as never)) return null;
  return (
    <>
      <PlainButton size="small" danger={danger} {...button} onClick={() => setOpened(opened + 1)}>
        {t(label)}
      </PlainButton>
      {opened > 0 && (
        <Suspense>
          <confirmDialog.Shown key={opened} {...props} />
        </Suspense>
      )}
    </>
  );
}

/** What a {@link FormButton} opens. */
export type FormProps = {
  readonly method: string;
  readonly label: Label;
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
  readonly button?: Look;
  /** Stands above the fields. */
  readonly children?: ReactNode;
  readonly onDone?: (answer: Request, request: Request) => void;
};

/** A button that opens the form of a write method, made from its contract; the platform's refusal stands above the form. */
export function FormButton(props: FormProps) {
  const { method, label, button } = props;
  const t = useLabels();
  const { may } = useSession();
  const [opened, setOpened] = useState(0);
  if (!may(method as never)) return null;
  return (
    <>
      <PlainButton {...button} onClick={() => setOpened(opened + 1)}>
        {t(label)}
      </PlainButton>
      {/* Each opening is a form of its own, which knows nothing of what was filled in before. */}
      {opened > 0 && (
        <Suspense>
          <formDrawer.Shown key={opened} {...props} />
        </Suspense>
      )}
    </>
  );
}
