import { adminPackages, packages } from '../../../../src/contract/catalogue.ts';
import type { Role } from '../../../../src/contract/platform/roles.ts';
import type { Choice } from '../../components/contract-fields.tsx';

/** The permission packages that a role may give to an app: the server lets none but owners give those of administration. */
export const packagesFor = (role: Role): readonly Choice[] =>
  packages
    .filter((name) => role === 'owner' || !adminPackages.includes(name))
    .map((name) => ({ value: name, label: name }));

/** Whether a role may learn the secret of an app that holds these packages: none but owners, where some are of administration. */
export const mayLearnSecret = (role: Role, held: readonly string[]): boolean =>
  role === 'owner' || !held.some((name) => adminPackages.includes(name));
