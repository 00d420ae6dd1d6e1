import { Suspense } from 'react';
import { Boundary } from '../components/boundary.tsx';
import { Notice, Waiting } from '../components/states.tsx';
import { useLabels } from '../language.tsx';
import { themed } from '../lazy-page.tsx';
import { useSession } from '../session.tsx';

const forms = themed(() => import('./account-forms.tsx'));

/** One's own account: password and second factor. A password given by an owner is to be changed here first. */
export function Account() {
  const t = useLabels();
  const { me } = useSession();
  return (
    <div className="console-center" style={{ placeItems: 'start center' }}>
      <div className="console-account">
        <h2 className="console-title">
          {me.display_name} · {me.login}
        </h2>
        {me.password_temporary && (
          <Notice
            kind="warning"
            title={t({ zh: '请先修改初始密码。', en: 'Change the first password before you go on.' })}
          />
        )}
        {me.login === 'demo' && me.sandbox ? (
          <Notice
            kind="info"
            title={t({
              zh: '演示账号一键登录，没有密码，也没有两步验证。',
              en: 'The demo account is entered by one click: it has no password and no second factor.',
            })}
          />
        ) : (
          <Boundary>
            <Suspense fallback={<Waiting />}>
              <forms.Shown />
            </Suspense>
          </Boundary>
        )}
      </div>
    </div>
  );
}
