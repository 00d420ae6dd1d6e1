import { Modal, Typography } from 'antd';
import { useState } from 'react';
import { useWords } from '../../language.tsx';

type Secret = { readonly app_key: string; readonly text: string };

/** Holds a secret between the answer that shows it once and the operator who notes it. */
export function useSecret() {
  const [secret, setSecret] = useState<Secret>();
  return {
    secret,
    show: (app_key: string, text: string) => setSecret({ app_key, text }),
    hide: () => setSecret(undefined),
  };
}

/** Shows a new secret, which nobody can ask for again. */
export function SecretShown({ secret, hide }: { secret: Secret | undefined; hide: () => void }) {
  const t = useWords();
  return (
    <Modal
      open={secret !== undefined}
      title={t({ zh: '请现在保存密钥', en: 'Keep the secret now' })}
      okText={t({ zh: '已保存', en: 'Kept' })}
      cancelButtonProps={{ hidden: true }}
      closable={false}
      mask={{ closable: false }}
      onOk={hide}
    >
      <p>
        {t({
          zh: '密钥只显示这一次，之后任何人都无法再查看。',
          en: 'It is shown this once; nobody can look at it again.',
        })}
      </p>
      <Typography.Paragraph copyable className="console-id">
        {secret?.app_key ?? ''}
      </Typography.Paragraph>
      <Typography.Paragraph copyable className="console-id">
        {secret?.text ?? ''}
      </Typography.Paragraph>
    </Modal>
  );
}
