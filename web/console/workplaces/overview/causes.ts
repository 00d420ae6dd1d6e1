import { catalogue } from '../../../../src/contract/catalogue.ts';
import { type ErrorEntry, platformErrors } from '../../../../src/contract/error-table.ts';
import type { Contract } from '../../../../src/contract/method.ts';
import { refusalCodes } from '../../../../src/contract/outcome.ts';
import type { Label } from '../../../../src/contract/schema.ts';

/** Why an error comes, by its sub_code or else its code; why an answer refuses, by its business code. */
export const causes = new Map<string, Label>([
  ...catalogue.flatMap((contract: Contract) =>
    Object.entries(contract.errors).map(([sub_code, { cause }]) => [sub_code, cause] as const),
  ),
  ...catalogue.flatMap((contract: Contract) => Object.entries(refusalCodes(contract))),
  ...Object.values(platformErrors).map(
    ({ code, sub_code, cause }: ErrorEntry) => [sub_code ?? String(code), cause] as const,
  ),
]);
