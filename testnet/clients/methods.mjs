// The table of JSON-RPC methods in docs/compatibility.md against what a node serves:
// node methods.mjs ws://ADDRESS.
import { readFileSync } from 'node:fs'
import { main, same } from './check.mjs'
import { WsProvider } from '@polkadot/api'

const [url] = process.argv.slice(2)
const file = new URL('../../docs/compatibility.md', import.meta.url)

// rows returns, of the section of methods, each method and its status: the first
// word of the second column.
function rows(text) {
  const section = text.split(/^## /m).find((part) => part.startsWith('JSON-RPC'))
  return section.split('\n').flatMap((line) => {
    const [, names, status] = line.split('|')
    if (!status || !names.includes('`')) return []
    return [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, status.trim().split(/\W/)[0]])
  })
}

await main(async () => {
  const provider = new WsProvider(url)
  await provider.isReady
  const { methods } = await provider.send('rpc_methods', [])
  const table = rows(readFileSync(file, 'utf8'))
  const names = table.map(([name]) => name)
  const having = (...statuses) => table.filter(([, status]) => statuses.includes(status)).map(([name]) => name)
  same('statuses are yes, some, no', [...new Set(table.map(([, status]) => status))].sort(), ['no', 'some', 'yes'])
  same('methods that are in the table twice', names.filter((name, i) => names.indexOf(name) !== i), [])
  same('methods of the node that the table lacks, or has as no', methods.filter((m) => !having('yes', 'some').includes(m)), [])
  same('methods that the table has as yes, and the node lacks', having('yes').filter((m) => !methods.includes(m)), [])
  await provider.disconnect()
})
