// Reads all tables of a package with the two stock libraries of JavaScript, and prints how many rows each has.
import { Dataset } from 'frictionless.js'
import datapackage from 'datapackage'

const descriptor = process.argv[2]

async function withFrictionless() {
  const counts = {}
  const dataset = await Dataset.load(descriptor)
  for (const resource of dataset.resources) {
    counts[resource.descriptor.name] = 0
    for await (const _row of await resource.rows({ keyed: true })) counts[resource.descriptor.name] += 1
  }
  return counts
}

async function withDatapackage() {
  const loaded = await datapackage.Package.load(descriptor)
  if (!loaded.valid) throw loaded.errors[0]
  const counts = {}
  for (const resource of loaded.resources) {
    counts[resource.name] = (await resource.read({ keyed: true, relations: false })).length
  }
  return counts
}

console.log(JSON.stringify({ 'frictionless.js': await withFrictionless(), datapackage: await withDatapackage() }))
