import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeConfigSchema } from './config-schema.ts';
import { parseConfig } from './read-config-file.ts';

describe('the published schema of the configuration', () => {
  const validate = new Ajv2020().compile(makeConfigSchema());

  it.each([
    '{}',
    'up: {timeout: 90s, commands: false}',
    'up: {timeout: 5}',
    'ports: {first: 1024}',
    'images: {rewrite: {a/b: python}}',
    'up: {timeout: soon}',
    'up: {timeout: 0}',
    'up: {commands: "yes"}',
    'ports: {first: 80}',
    'ports: {first: 2000.5}',
    'images: {rewrite: {a/b: Python!}}',
    'images: {rewrite: [a]}',
    'debian: {mirror: /srv/debian}',
    'debian: {mirror: "https://mirror.example/debian"}',
    'ca: {bundle: relative.pem}',
    'x: 1',
    'ports: 1',
  ])('judges %j as the reader does', (text) => {
    const isAccepted = parseConfig(text, { file: 'config.yaml', isRepository: false }).diagnostics.length === 0;
    expect(validate(parse(text))).toBe(isAccepted);
  });
});
