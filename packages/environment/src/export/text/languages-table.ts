import type { ExportSource } from '../types.ts';

interface Language {
  readonly name: string;
  /** Words by which a devfile's description or an image's name tells of it. */
  readonly words: RegExp;
  /** Extensions of VS Code that people work with. */
  readonly extensions: readonly string[];
  /** How its debugger is attached to: the type of a launch configuration, with what it needs beside the port. */
  readonly debugger?: {
    readonly type: string;
    /** Words of a command line or of an endpoint's name that tell of it. */
    readonly words: RegExp;
    readonly usualPort: number;
  };
}

/** Languages that exports know more of than their commands. */
const languages: readonly Language[] = [
  {
    name: 'python',
    words: /\b(python|flask|django|fastapi)\b/i,
    extensions: ['ms-python.python', 'ms-python.debugpy'],
    debugger: { type: 'debugpy', words: /debugpy|ptvsd/, usualPort: 5678 },
  },
  {
    name: 'node',
    words: /\b(node|nodejs|javascript|typescript|angular|react|vue|svelte|next\.?js)\b/i,
    extensions: ['dbaeumer.vscode-eslint'],
    debugger: { type: 'node', words: /--inspect|ng serve|debug/, usualPort: 9229 },
  },
  {
    name: 'go',
    words: /\b(go|golang)\b/i,
    extensions: ['golang.go'],
    debugger: { type: 'go', words: /\bdlv\b/, usualPort: 2345 },
  },
  {
    name: 'java',
    words: /\b(java|maven|gradle|quarkus|spring|openjdk|kotlin)\b/i,
    extensions: ['vscjava.vscode-java-pack'],
    debugger: { type: 'java', words: /jdwp|-Ddebug|--debug-jvm|debug/, usualPort: 5005 },
  },
  { name: 'rust', words: /\brust\b/i, extensions: ['rust-lang.rust-analyzer'] },
  { name: 'php', words: /\b(php|laravel|symfony)\b/i, extensions: ['xdebug.php-debug'] },
  { name: 'dotnet', words: /(\.net\b|\bdotnet|\bc#)/i, extensions: ['ms-dotnettools.csharp'] },
];

/** The languages that a devfile's description tells of; without one, those that the images' names do. */
export function findLanguages({ environment, devfile }: ExportSource): readonly Language[] {
  const { language, projectType, tags } = devfile?.metadata ?? {};
  const described = [language, projectType, ...(Array.isArray(tags) ? tags : [])].filter(
    (word) => typeof word === 'string',
  );
  const words =
    described.length > 0
      ? described
      : environment.containers.map(({ image }) => image.slice(image.lastIndexOf('/') + 1));
  return languages.filter((one) => words.some((word) => one.words.test(word)));
}

/** Extensions for those languages, each once. */
export function listExtensions(source: ExportSource): readonly string[] {
  return [...new Set(findLanguages(source).flatMap(({ extensions }) => extensions))];
}
