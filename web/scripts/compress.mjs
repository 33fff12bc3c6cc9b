// Write each built text beside itself as .br and .gz, where that makes it smaller: the server only picks one.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const folder = new URL('../dist/assets/', import.meta.url);
const brotli = (text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
const gzip = (text) => gzipSync(text, { level: 9 });

for (const name of readdirSync(folder).filter((each) => /\.(js|css|json|svg|ttf)$/.test(each))) {
  const text = readFileSync(new URL(name, folder));
  for (const [suffix, compress] of Object.entries({ '.br': brotli, '.gz': gzip })) {
    const compressed = compress(text);
    if (compressed.length < text.length) writeFileSync(new URL(name + suffix, folder), compressed);
  }
}
