import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Alert, Button, Card, Flex, Form, Input, Select, Space } from 'antd';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';
import { instantText } from '../../components/value.tsx';
import { useLabels } from '../../language.tsx';
import { useSession } from '../../session.tsx';
import { GateCamera } from './gate-camera.tsx';
import { type Check, isAdmitted, useGateCheck } from './gate-check.ts';
import { Earlier, Verdict } from './gate-verdict.tsx';
import { useProject } from './model.ts';

const GATE_NAME = 'ticketing gate';
const MOST_OFFERED = 50;
const SHOWN_MS = 6000;
const YES_MS = 60;
const NO_MS = [120, 60, 120];

/** Lets people in: the event is chosen once, then codes are read by camera, by a reader that types, or by hand. */
export function Gate() {
  const t = useLabels();
  const { may } = useSession();
  const [query] = useSearchParams();
  const [gate, setGate] = useState(() => localStorage.getItem(GATE_NAME) ?? '');
  const event_id = Number(query.get('event_id') ?? '');
  const name = (text: string) => {
    setGate(text);
    localStorage.setItem(GATE_NAME, text);
  };
  if (!may('piaoquan.ticketing.ticket.check'))
    return (
      <Alert
        type="info"
        showIcon
        title={t({
          zh: '您的角色不能检票，请使用运营或所有者账号。',
          en: 'Your role may not check tickets. Log in as an operator or owner.',
        })}
      />
    );
  return (
    <Flex vertical gap={12} className="gate">
      <Card size="small">
        <EventChoice />
        <Space.Compact block>
          <Space.Addon>{t({ zh: '闸机', en: 'Gate' })}</Space.Addon>
          <Input
            value={gate}
            maxLength={100}
            aria-label={t({ zh: '闸机名称', en: 'Name of the gate' })}
            placeholder={t({ zh: '如 A1，记在入场记录里', en: 'such as A1; kept with each entry' })}
            onChange={(event) => name(event.target.value)}
          />
        </Space.Compact>
      </Card>
      {event_id > 0 ? (
        <GateDesk key={event_id} event_id={event_id} gate={gate} />
      ) : (
        <Alert
          type="info"
          showIcon
          title={t({ zh: '先选择这道门检哪一场。', en: 'First choose the event of this gate.' })}
        />
      )}
    </Flex>
  );
}

/** Project and event of the gate, kept in the address so that it can be shared with whoever stands there. */
function EventChoice() {
  const t = useLabels();
  const { client } = useSession();
  const [query, setQuery] = useSearchParams();
  const [search, setSearch] = useState('');
  const project_id = Number(query.get('project_id') ?? '') || undefined;
  const event_id = Number(query.get('event_id') ?? '') || undefined;
  const projects = useQuery({
    queryKey: ['ticketing gate projects', search],
    queryFn: async () => {
      const filter = search === '' ? {} : { project_name: search };
      return (await client.call('piaoquan.ticketing.project.list', { ...filter, page_size: MOST_OFFERED })).projects;
    },
    placeholderData: keepPreviousData,
  });
  const project = useProject(project_id ?? Number.NaN).data;
  const choices = (projects.data ?? []).map((each) => ({ value: each.project_id, label: each.project_name }));
  const known = project && { value: project.project_id, label: project.project_name };
  return (
    <Flex vertical gap={8} style={{ marginBottom: 8 }}>
      <Select
        aria-label={t({ zh: '项目', en: 'Project' })}
        placeholder={t({ zh: '选择项目', en: 'Choose the project' })}
        showSearch={{ filterOption: false, onSearch: setSearch }}
        value={project_id ?? null}
        options={known && !choices.some(({ value }) => value === known.value) ? [known, ...choices] : choices}
        onChange={(value) => setQuery({ project_id: String(value) })}
      />
      {project && (
        <Select
          aria-label={t({ zh: '场次', en: 'Event' })}
          placeholder={t({ zh: '选择场次', en: 'Choose the event' })}
          value={event_id ?? null}
          options={project.event_list.map((event) => ({
            value: event.event_id,
            label: `${event.event_name} · ${instantText(event.event_show_start_time).slice(0, 16)}`,
          }))}
          onChange={(value) => setQuery({ project_id: String(project_id), event_id: String(value) })}
        />
      )}
    </Flex>
  );
}

function GateDesk({ event_id, gate }: { event_id: number; gate: string }) {
  const { checks, check, undone, isBusy } = useGateCheck({ event_id, gate });
  const [latest] = checks;
  const isOver = useIsOver(latest);
  const take = (code: string, check_id?: string) => {
    check(code, check_id).then((done) => done && navigator.vibrate?.(isAdmitted(done) ? YES_MS : NO_MS));
  };
  return (
    <>
      <div className="gate-place">
        <GateCamera onCode={take} isBusy={isBusy} />
        {latest && !isOver && (
          <Verdict key={latest.check_id} check={latest} again={() => take(latest.code, latest.check_id)} />
        )}
      </div>
      <ByHand onCode={take} isBusy={isBusy} />
      <Earlier checks={checks} undone={undone} />
    </>
  );
}

/** Whether an admission has been shown for long enough: the next bearer must not profit from it. Refusals stay. */
function useIsOver(check: Check | undefined): boolean {
  const [over, setOver] = useState<Check>();
  useEffect(() => {
    if (check === undefined || !isAdmitted(check)) return;
    const timer = setTimeout(() => setOver(check), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [check]);
  return check !== undefined && over === check;
}

function ByHand({ onCode, isBusy }: { onCode: (code: string) => void; isBusy: boolean }) {
  const t = useLabels();
  const [form] = Form.useForm<{ code: string }>();
  return (
    <Form
      form={form}
      onFinish={({ code }) => {
        onCode(code);
        form.resetFields();
      }}
    >
      <Flex gap={8}>
        <Form.Item
          name="code"
          style={{ flex: 1, marginBottom: 0 }}
          rules={[{ required: true, whitespace: true, message: t({ zh: '请输入票码', en: 'Type the code' }) }]}
        >
          <Input
            size="large"
            maxLength={600}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            aria-label={t({ zh: '票码', en: 'Ticket code' })}
            placeholder={t({ zh: '扫码枪或手工输入 PQ1.…', en: 'Reader or by hand: PQ1.…' })}
          />
        </Form.Item>
        <Button size="large" type="primary" htmlType="submit" loading={isBusy}>
          {t({ zh: '检票', en: 'Check' })}
        </Button>
      </Flex>
    </Form>
  );
}
