import { Button, DatePicker, Flex } from 'antd';
import dayjs from 'dayjs';
import { formatInstant, parseInstant } from '../../../../src/wire/time.ts';
import { useLabels } from '../../language.tsx';

/** From when and until when; open where nothing is given. */
export type Span = { readonly start_time?: Date | undefined; readonly end_time?: Date | undefined };

const FULL = 'YYYY-MM-DD HH:mm:ss';
/** Pickers speak the browser's zone; what they show is GMT+8, so the text goes across. */
const toPicker = (instant: Date | undefined) => (instant === undefined ? null : dayjs(formatInstant(instant), FULL));

type PickerProps = { span: Span; isChosen: boolean; onChoose: (span: Span | undefined) => void };

/** Picks which draws are judged. */
export default function SpanPicker({ span, isChosen, onChoose }: PickerProps) {
  const t = useLabels();
  return (
    <Flex wrap gap={8} align="center">
      <span>{t({ zh: '统计范围', en: 'Draws' })}</span>
      <DatePicker.RangePicker
        showTime
        allowEmpty={[true, true]}
        value={[toPicker(span.start_time), toPicker(span.end_time)]}
        onChange={(_values, texts) => {
          const [start_time, end_time] = (texts ?? []).map((text) => parseInstant(text));
          onChoose({ ...(start_time && { start_time }), ...(end_time && { end_time }) });
        }}
      />
      {isChosen && <Button onClick={() => onChoose(undefined)}>{t({ zh: '恢复默认', en: 'As at first' })}</Button>}
    </Flex>
  );
}
