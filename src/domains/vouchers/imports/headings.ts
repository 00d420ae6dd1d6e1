/** Headings of columns that hold codes, as `plainHeading` leaves them; the second row is vaguer and yields to the first. */
const CODES: readonly ReadonlySet<string>[] = [
  'code codes couponcode couponcodes vouchercode vouchercodes vouchernumber voucherno couponnumber couponno promocode promotioncode promotionalcode discountcode giftcode redeemcode redemptioncode activationcode accesscode fcode cdkey cdk 码 券码 券号 券编码 券代码 券码明文 优惠码 优惠券码 优惠券号 优惠券明码 优惠券编码 优惠券代码 代金券码 兑换码 兑换券码 兑换券号 激活码 核销码 验证码 卡券码 卡券号 电子码 电子券码 电子券号 礼品码 礼品券码 提货码 提货券码 串码 明码 票券码 折扣码 券碼 兌換碼 優惠碼 優惠券碼 序號碼 啟用碼',
  'voucher vouchers coupon coupons 券 优惠券 代金券 兑换券 卡号 卡密 卡號 卡密码',
].map((words) => new Set(words.split(' ')));

/** Headings of columns that hold something else, whatever their cells look like. */
const OTHERS: ReadonlySet<string> = new Set(
  'id no nr num number index row line serial serialno serialnumber sn sequence seq key name title user username userid customer phone phoneno phonenumber mobile tel email mail address addr city date time day status state type batch batchid batchno batchcode mixid amount price value denomination remark remarks note notes memo comment comments description channel order orderid orderno ordernumber sku pin password 序号 序列号 流水号 编号 行号 编码 代码 号码 名称 姓名 标题 用户 用户名 用户id 客户 手机 手机号 手机号码 电话 电话号码 邮箱 地址 城市 日期 时间 状态 类型 批次 批次号 批次编码 金额 面值 价格 备注 说明 描述 渠道 订单 订单号 有效期 密码 序號 編號 名稱 備註 手機 電話'.split(
    ' ',
  ),
);

/** A heading without case, blanks, punctuation and what stands in brackets. */
export const plainHeading = (cell: string): string =>
  cell
    .slice(0, 100)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[(（【[].*$/u, '')
    .replace(/[\s_\-.:：*#'"’]/gu, '');

/** Whether a cell is the usual heading of something, codes or not. */
export const isHeading = (cell: string): boolean => {
  const plain = plainHeading(cell);
  return OTHERS.has(plain) || CODES.some((names) => names.has(plain));
};

/** Where the codes stand by the headings: the column, or undefined when no heading or more than one says so. */
export function codeColumn(headings: readonly string[]): number | undefined {
  const plain = headings.map(plainHeading);
  for (const names of CODES) {
    const found = plain.flatMap((name, column) => (names.has(name) ? [column] : []));
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}
