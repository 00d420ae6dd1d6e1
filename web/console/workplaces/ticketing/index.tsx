import { Typography } from 'antd';

/** The ticketing workplace. */
export default function Ticketing() {
  return <Typography.Title level={2}>ticketing</Typography.Title>;
}
