import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { makeTar } from '../make-tar.ts';
import { makeZip } from './make-zip.ts';

/** What a wheel or sdist is made of. */
export interface DistributionPlan {
  readonly name: string;
  readonly version: string;
  /** `Requires-Dist`. */
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly summary?: string;
  /** Bytes that do not compress, added as a file of the package. */
  readonly paddingBytes?: number;
}

/** A file as an index holds it. */
export interface Distribution {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly content: Buffer;
  /** Hex digits. */
  readonly sha256: string;
  /** The core metadata file that a wheel holds (PEP 658). */
  readonly metadata: string;
  readonly requiresPython?: string;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** A pure wheel with one module that knows its version; the same bytes for the same plan. */
export function makeWheel(plan: DistributionPlan): Distribution {
  const module = moduleName(plan.name);
  const info = `${module}-${plan.version}.dist-info`;
  const metadata = makeMetadata(plan);
  const files = [
    { path: `${module}/__init__.py`, content: `__version__ = "${plan.version}"\n` },
    ...(plan.paddingBytes === undefined
      ? []
      : [{ path: `${module}/padding.bin`, content: makeNoise(plan.paddingBytes, `${module}-${plan.version}`) }]),
    { path: `${info}/METADATA`, content: metadata },
    {
      path: `${info}/WHEEL`,
      content: 'Wheel-Version: 1.0\nGenerator: devstead\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    },
  ];
  const record = files.map(({ path, content }) => {
    const hash = createHash('sha256').update(content).digest('base64url');
    return `${path},sha256=${hash},${Buffer.byteLength(content)}\n`;
  });
  const content = makeZip([...files, { path: `${info}/RECORD`, content: `${record.join('')}${info}/RECORD,,\n` }]);
  return describe(plan, `${module}-${plan.version}-py3-none-any.whl`, content, metadata);
}

/** A source distribution that brings the program that builds it, so that building it needs nothing else. */
export function makeSdist(plan: DistributionPlan): Distribution {
  const module = moduleName(plan.name);
  const root = `${module}-${plan.version}`;
  const metadata = makeMetadata(plan);
  const files = { ...listSources(plan), 'PKG-INFO': metadata };
  const items = Object.entries(files).map(([path, content]) => ({ path: `${root}/${path}`, content, mode: 0o644 }));
  return describe(plan, `${root}.tar.gz`, gzipSync(makeTar(items)), metadata);
}

/** The files of a project from which `build` makes a wheel and an sdist without any other package. */
export function listSources(plan: DistributionPlan): Readonly<Record<string, string>> {
  const wheel = makeWheel(plan);
  return {
    'pyproject.toml':
      `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n` +
      `[project]\nname = "${plan.name}"\nversion = "${plan.version}"\n`,
    'backend.py': makeBackend(plan, wheel),
    [`${moduleName(plan.name)}/__init__.py`]: `__version__ = "${plan.version}"\n`,
  };
}

/** A build backend (PEP 517) that hands out the wheel that was made for it. */
function makeBackend(plan: DistributionPlan, wheel: Distribution): string {
  const root = `${moduleName(plan.name)}-${plan.version}`;
  return `import base64, os, tarfile
WHEEL = base64.b64decode(${JSON.stringify(wheel.content.toString('base64'))})
METADATA = ${JSON.stringify(wheel.metadata)}


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    with open(os.path.join(wheel_directory, "${wheel.filename}"), "wb") as file:
        file.write(WHEEL)
    return "${wheel.filename}"


def build_sdist(sdist_directory, config_settings=None):
    with open("PKG-INFO", "w") as file:
        file.write(METADATA)
    with tarfile.open(os.path.join(sdist_directory, "${root}.tar.gz"), "w:gz") as archive:
        for name in ("PKG-INFO", "pyproject.toml", "backend.py", "tox.ini", "${moduleName(plan.name)}"):
            if os.path.exists(name):
                archive.add(name, "${root}/" + name)
    return "${root}.tar.gz"
`;
}

function describe(plan: DistributionPlan, filename: string, content: Buffer, metadata: string): Distribution {
  const { name, version, requiresPython } = plan;
  const hash = sha256(content);
  return {
    name,
    version,
    filename,
    content,
    sha256: hash,
    metadata,
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
}

function makeMetadata({
  name,
  version,
  requires = [],
  requiresPython,
  summary = 'A package of the tests',
}: DistributionPlan): string {
  const lines = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version}`,
    `Summary: ${summary}`,
    ...(requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`]),
    ...requires.map((requirement) => `Requires-Dist: ${requirement}`),
  ];
  return `${lines.join('\n')}\n\nThe text about ${name}.\n`;
}

/** The part of a file name that stands for the project (binary distribution format, "Escaping and Unicode"). */
function moduleName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '_').toLowerCase();
}

/** Bytes that do not compress and are the same for the same seed. */
function makeNoise(length: number, seed: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 64) }, (_, index) =>
    createHash('sha512').update(`${seed} ${index}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}
