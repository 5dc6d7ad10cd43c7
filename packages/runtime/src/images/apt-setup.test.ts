import { describe, expect, it } from 'vitest';
import { selectTransportOptions } from './apt-setup.ts';

describe('selectTransportOptions', () => {
  it('takes how packages are fetched, and nothing that lets unsigned ones in', () => {
    const dump = `
APT::Architecture "amd64";
Acquire "";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::https::Proxy::mirror.example "DIRECT";
Acquire::https::Verify-Peer "true";
Acquire::https "";
Acquire::Retries "3";
Acquire::Check-Valid-Until "false";
Acquire::AllowInsecureRepositories "1";
Acquire::AllowDowngradeToInsecureRepositories "1";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
DPkg::Post-Invoke:: "rm -rf /";
APT::Update::Post-Invoke:: "Acquire::http::Proxy";
`;
    expect(selectTransportOptions(dump)).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::https::Proxy::mirror.example "DIRECT";',
      'Acquire::https::Verify-Peer "true";',
      'Acquire::Retries "3";',
      'Acquire::Check-Valid-Until "false";',
    ]);
  });
});
