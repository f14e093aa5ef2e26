// Reads Parquet files with the stock readers of JavaScript, and prints how many rows each of them has read.
import { readFileSync } from 'node:fs'
import { tableFromIPC } from 'apache-arrow'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import parquetjs from '@dsnp/parquetjs'
import wasm from 'parquet-wasm/node'

const readers = {
  hyparquet: async path => (await parquetReadObjects({ file: await asyncBufferFromFile(path) })).length,
  'parquet-wasm': async path => tableFromIPC(wasm.readParquet(readFileSync(path)).intoIPCStream()).numRows,
  '@dsnp/parquetjs': async path => {
    const reader = await parquetjs.ParquetReader.openFile(path)
    const cursor = reader.getCursor()
    let rows = 0
    while (await cursor.next()) rows += 1
    await reader.close()
    return rows
  },
}

const counts = {}
for (const [name, read] of Object.entries(readers)) {
  counts[name] = []
  for (const path of process.argv.slice(2)) counts[name].push(await read(path))
}
console.log(JSON.stringify(counts))
