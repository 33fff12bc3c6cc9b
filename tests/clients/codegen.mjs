// graphql-codegen with its client preset: write what it makes of a schema and of documents into a folder, and print
// the hash that each operation carries.
import { readFileSync, writeFileSync } from 'node:fs';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { buildASTSchema, parse } from 'graphql';

const [schemaFile, documents, folder] = process.argv.slice(2);
const schema = parse(readFileSync(schemaFile, 'utf8'));
const rawSDL = readFileSync(documents, 'utf8');
const sections = await preset.buildGeneratesSection({
  baseOutputDir: `${folder}/`,
  schema,
  schemaAst: buildASTSchema(schema),
  documents: [{ location: documents, document: parse(rawSDL), rawSDL }],
  plugins: [],
  pluginMap: {},
  presetConfig: { persistedDocuments: true },
  config: {
    useTypeImports: true,
    strictScalars: true,
    scalars: { Color: 'string', Date: 'string', DateTime: 'string', JSON: 'unknown', TimeZone: 'string' },
  },
});
// Together: one of them waits for another.
await Promise.all(sections.map(async (section) => writeFileSync(section.filename, await codegen(section))));

const operations = Object.entries(await import(`${folder}/graphql.ts`)).filter(([, made]) => made.__meta__?.hash);
console.log(JSON.stringify(Object.fromEntries(operations.map(([name, made]) => [name, made.__meta__.hash]))));
