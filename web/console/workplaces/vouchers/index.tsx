import { Typography } from 'antd';

/** The vouchers workplace. */
export default function Vouchers() {
  return <Typography.Title level={2}>vouchers</Typography.Title>;
}
