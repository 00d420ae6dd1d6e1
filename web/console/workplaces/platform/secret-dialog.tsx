import { Modal, Typography } from 'antd';
import { useLabels } from '../../language.tsx';
import type { Secret } from './secret.tsx';

/** Shows a secret until the operator has kept it. */
export default function SecretDialog({ secret, hide }: { secret: Secret; hide: () => void }) {
  const t = useLabels();
  return (
    <Modal
      open
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
        {secret.app_key}
      </Typography.Paragraph>
      <Typography.Paragraph copyable className="console-id">
        {secret.text}
      </Typography.Paragraph>
    </Modal>
  );
}
