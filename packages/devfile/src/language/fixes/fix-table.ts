import type { DiagnosticCode } from '../../codes.ts';
import { fixBadValue } from './fix-bad-value.ts';
import { fixGroup, fixPreStart } from './fix-commands.ts';
import { fixChoice, fixMissingField } from './fix-fields.ts';
import { fixAmbiguousRemote, fixUndefinedVariable, fixUnknownName } from './fix-names.ts';
import { fixQuantity } from './fix-quantity.ts';
import { fixSchemaVersion } from './fix-schema-version.ts';
import { fixUnknownField } from './fix-unknown-field.ts';
import { fixWrongType } from './fix-wrong-type.ts';
import { fixBooleanKey, fixDuplicateKey, fixFurtherDocuments, fixSyntax } from './fix-yaml.ts';
import { removeElement } from './remove-element.ts';
import type { Fixer } from './types.ts';

/** What mends a problem, by its code. An editor offers all of it; `devstead check --fix` makes the safe ones. */
export const fixTable: Readonly<Partial<Record<DiagnosticCode, Fixer>>> = {
  'devfile.yaml-syntax': fixSyntax,
  'devfile.yaml-duplicate-key': fixDuplicateKey,
  'devfile.yaml-boolean-key': fixBooleanKey,
  'devfile.yaml-multiple-documents': fixFurtherDocuments,
  'devfile.schema-version-missing': fixSchemaVersion,
  'devfile.schema-version-invalid': fixSchemaVersion,
  'devfile.schema-version-unsupported': fixSchemaVersion,
  'devfile.schema-unknown-field': fixUnknownField,
  'devfile.schema-missing-field': fixMissingField,
  'devfile.schema-one-of': fixChoice,
  'devfile.schema-wrong-type': fixWrongType,
  'devfile.schema-bad-value': fixBadValue,
  'devfile.bad-quantity': fixQuantity,
  'devfile.undefined-variable': fixUndefinedVariable,
  'devfile.unknown-component': fixUnknownName,
  'devfile.unknown-volume': fixUnknownName,
  'devfile.unknown-subcommand': fixUnknownName,
  'devfile.unknown-event-command': fixUnknownName,
  'devfile.unknown-remote': fixUnknownName,
  'devfile.ambiguous-remote': fixAmbiguousRemote,
  'devfile.no-default-command': fixGroup,
  'devfile.many-default-commands': fixGroup,
  'devfile.prestart-exec': fixPreStart,
  'devfile.reserved-env': removeElement('Remove the variable'),
  'devfile.unused-volume': removeElement('Remove the volume'),
};
