import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** Fail the build when a page's first load is more script than `bytes`, compressed with gzip. */
export function budget(page: string, bytes: number): Plugin {
  return {
    name: 'budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const size = [...firstLoad(chunks, page)]
        .map((chunk) => gzipSync(chunk.code).length)
        .reduce((sum, each) => sum + each, 0);
      const told = `The first load of ${page} is ${Math.ceil(size / 1000)} kB of script; ${bytes / 1000} kB are allowed.`;
      if (size > bytes) this.error(told);
      this.emitFile({ type: 'asset', fileName: `${page}.size.txt`, source: `${told}\n` });
    },
  };
}

function firstLoad(chunks: Rolldown.OutputChunk[], page: string): Set<Rolldown.OutputChunk> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const entry = chunks.find((chunk) => chunk.isEntry && chunk.name === page);
  if (!entry) throw new Error(`There is no page ${page}.`);
  const found = new Set([entry]);
  for (const chunk of found) {
    for (const name of chunk.imports) {
      const imported = byName.get(name);
      if (imported) found.add(imported);
    }
  }
  return found;
}
