// Plain JavaScript, so that a Node that is too old can still say what is wrong.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`devstead needs Node 24 or newer, this is ${process.version}\n`);
  process.stderr.write('  next: run `npm install` in its folder, which brings the right one, and start bin/devstead\n');
  process.exitCode = 4;
} else {
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
  // Whatever is still open now is done with; taking it apart piece by piece would only take time.
  if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
}
