import { Modal, Typography } from 'antd';
import { useLabels } from '../../language.tsx';

/** Shows a first password until the owner has noted it. */
export default function PasswordDialog({ password, hide }: { password: string; hide: () => void }) {
  const t = useLabels();
  return (
    <Modal
      open
      title={t({ zh: '初始密码，只显示这一次', en: 'The first password, shown this once' })}
      cancelButtonProps={{ hidden: true }}
      onOk={hide}
      onCancel={hide}
    >
      <Typography.Paragraph copyable className="console-id">
        {password}
      </Typography.Paragraph>
      <p>{t({ zh: '首次登录时须修改。', en: 'It is to be changed at the first login.' })}</p>
    </Modal>
  );
}
