import { BulbOutlined, CameraOutlined, PauseCircleOutlined } from '@ant-design/icons';
import { Alert, Button, Flex, Spin } from 'antd';
import { useRef } from 'react';
import type { Label } from '../../../../src/contract/schema.ts';
import { useLabels } from '../../language.tsx';
import { type CameraState, useScanner } from './scanner.ts';

const FAULTS: Readonly<Partial<Record<CameraState, Label>>> = {
  insecure: {
    zh: '浏览器只在 https 或本机地址下开放相机。请换用 https 打开本页，或在下面输入票码。',
    en: 'Browsers open the camera over https or on this machine only. Open the page by https, or type the code below.',
  },
  refused: {
    zh: '没有相机权限。请在浏览器的网站设置里允许使用相机，再点重试；也可以在下面输入票码。',
    en: 'The camera was not allowed. Allow it in the settings of the site and try again, or type the code below.',
  },
  missing: {
    zh: '打不开相机：可能没有相机，或正被其他程序使用。可以重试，或在下面输入票码。',
    en: 'The camera does not open: there is none, or another program uses it. Try again, or type the code below.',
  },
  unloaded: {
    zh: '扫码程序没有加载成功。请检查网络后重试，仍不行就刷新页面；也可以在下面输入票码。',
    en: 'The code reader did not load. Check the network and try again, then reload the page; or type the code below.',
  },
};

/** What the camera sees, with a frame for the code; begins when it is asked to, as browsers want. */
export function GateCamera({ onCode, isBusy }: { onCode: (code: string) => void; isBusy: boolean }) {
  const t = useLabels();
  const video = useRef<HTMLVideoElement>(null);
  const { state, start, stop, torch, light } = useScanner(video, onCode);
  const fault = FAULTS[state];
  const isOn = state === 'on';
  return (
    <div className="gate-camera" data-camera={state}>
      <video
        ref={video}
        muted
        playsInline
        hidden={!isOn}
        aria-label={t({ zh: '相机画面', en: 'What the camera sees' })}
      />
      {isOn && <div className={`gate-frame${isBusy ? ' gate-frame-busy' : ''}`} aria-hidden="true" />}
      {isOn ? (
        <Flex gap={8} className="gate-camera-tools">
          {torch !== undefined && (
            <Button
              shape="circle"
              icon={<BulbOutlined />}
              type={torch ? 'primary' : 'default'}
              aria-pressed={torch}
              aria-label={t({ zh: '手电筒', en: 'Torch' })}
              onClick={() => light(!torch)}
            />
          )}
          <Button
            shape="circle"
            icon={<PauseCircleOutlined />}
            aria-label={t({ zh: '关闭相机', en: 'Close the camera' })}
            onClick={stop}
          />
        </Flex>
      ) : (
        <Flex vertical gap={12} align="center" justify="center" className="gate-camera-off">
          {fault && <Alert type="warning" showIcon title={t(fault)} />}
          {state === 'starting' ? (
            <Spin />
          ) : (
            <Button size="large" type="primary" icon={<CameraOutlined />} onClick={start}>
              {fault ? t({ zh: '重试', en: 'Try again' }) : t({ zh: '打开相机扫码', en: 'Scan with the camera' })}
            </Button>
          )}
        </Flex>
      )}
    </div>
  );
}
