// Unpack the browser of the npm package, and what it needs, into a folder: whole, or not at all.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const [packed, target] = process.argv.slice(2);
const folder = mkdtempSync(`${target}-`);
try {
  for (const name of readdirSync(packed).filter((each) => each.endsWith('.br'))) {
    const file = join(folder, name.slice(0, -'.br'.length));
    writeFileSync(file, brotliDecompressSync(readFileSync(join(packed, name))));
    if (!file.endsWith('.tar')) continue;
    execFileSync('tar', ['--extract', '--file', file, '--directory', folder]);
    rmSync(file);
  }
  chmodSync(join(folder, 'chromium'), 0o755);
  renameSync(folder, target); // fails where another process was faster: its folder is as good
} finally {
  rmSync(folder, { recursive: true, force: true });
}
