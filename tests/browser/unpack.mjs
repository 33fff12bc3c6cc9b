// Unpack the browser of the npm package, and what it needs, into a folder.
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { brotliDecompressSync } from 'node:zlib';

const [packed, target] = process.argv.slice(2);
mkdirSync(target, { recursive: true });
for (const name of readdirSync(packed).filter((each) => each.endsWith('.br'))) {
  const plain = brotliDecompressSync(readFileSync(join(packed, name)));
  const file = join(target, `${name.slice(0, -'.br'.length)}.part`);
  writeFileSync(file, plain);
  if (name.endsWith('.tar.br')) execFileSync('tar', ['--extract', '--file', file, '--directory', target]);
}
chmodSync(join(target, 'chromium.part'), 0o755);
renameSync(join(target, 'chromium.part'), join(target, 'chromium'));
