import { filesHere, findVersion } from '../look.ts';
import type { Folder, Reason, Recognised } from '../types.ts';

/** .NET by its project or solution file. */
export function recogniseDotnet(folder: Folder): Recognised | undefined {
  const projects = folder.files.filter((file) => /\.(cs|fs|vb)proj$/.test(file));
  const solution = filesHere(folder).find((file) => /\.slnx?$/.test(file));
  const first = projects.find((file) => !file.includes('/')) ?? solution ?? projects[0];
  if (first === undefined) return undefined;
  const reasons: Reason[] = [{ what: '.NET', file: first }];
  const texts = projects.map((file) => folder.read(file) ?? '');
  const version = findVersion(
    folder,
    [
      ...projects.map((file) => [file, /<TargetFramework>net(\d+\.\d+)</] as const),
      ['global.json', /"version"\s*:\s*"(\d+\.\d+)/],
    ],
    2,
  );
  if (version !== undefined) reasons.push(version.reason);
  const isWeb = texts.some((text) => text.includes('Microsoft.NET.Sdk.Web'));
  const chosen = version?.version ?? '8.0';
  return {
    language: '.NET',
    ...(isWeb ? { framework: 'ASP.NET Core', port: 8080 } : {}),
    weight: isWeb ? 4 : 3,
    version: chosen,
    image: `mcr.microsoft.com/dotnet/sdk:${chosen}`,
    otherImages: [],
    caches: [{ name: 'nuget', path: '/root/.nuget' }],
    env: [
      { name: 'DOTNET_CLI_TELEMETRY_OPTOUT', value: '1' },
      ...(isWeb ? [{ name: 'ASPNETCORE_URLS', value: 'http://0.0.0.0:8080' }] : []),
    ],
    commands: [
      { id: 'build', kind: 'build', line: 'dotnet build' },
      {
        id: 'run',
        kind: 'run',
        line: isWeb ? 'dotnet watch run --no-launch-profile' : 'dotnet run',
        isReloading: isWeb,
      },
      { id: 'test', kind: 'test', line: 'dotnet test' },
    ],
    memory: '2Gi',
    libraries: texts.join('\n'),
    reasons,
  };
}
