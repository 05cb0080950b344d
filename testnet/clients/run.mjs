// Runs a network and every check against it:
//
//   node run.mjs --rampart PATH     a network of its own
//   node run.mjs --relay ws://… [--chain ws://…]    one that runs already
//
// With --browser also a page in Chromium, with --python PATH also py-substrate-interface,
// which the Python there must have.
//
// Exit code 0: all passed.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'

const { values: flags } = parseArgs({ options: { rampart: { type: 'string' }, relay: { type: 'string' }, chain: { type: 'string' }, browser: { type: 'boolean' }, python: { type: 'string' } } })
const LIMIT = 235_000 // ms, of everything
const here = new URL('.', import.meta.url).pathname
const children = new Set()

function start(command, args, options) {
  const child = spawn(command, args, options)
  children.add(child)
  child.ended = new Promise((resolve) => child.once('close', (code) => (children.delete(child), resolve(code ?? -1))))
  child.once('error', (e) => console.log(`FAIL  ${command}: ${e.message}`))
  return child
}

// network starts a network and returns the address of each node, once blocks are final.
function network(path) {
  const child = start(path, ['testnet', '--parachains', '1', '--slot', '1s', '--rpc-port', '0', '--timeout', '240s'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const nodes = new Map()
  const last = []
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      last.splice(0, last.length > 20 ? 1 : 0)
      last.push(line)
      const [, name, url] = line.match(/^(\S+)\s+(ws:\/\/\S+)$/) ?? []
      if (url) nodes.set(name, url)
      if (Number(line.match(/finalized #(\d+)/)?.[1]) >= 2) resolve(nodes)
    })
    child.ended.then((code) => reject(new Error(`the network ended with ${code}:\n${last.join('\n')}`)))
  })
}

// script runs one script, and prints what it says when it is done.
async function script(title, args, interpreter = process.execPath) {
  const child = start(interpreter, args, { cwd: here, stdio: ['ignore', 'pipe', 'pipe'] })
  const begin = Date.now()
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data))
  const code = await child.ended
  const count = (word) => text.split('\n').filter((line) => line.startsWith(word)).length
  console.log(`== ${title}\n${text}-- ${title}: ${count('ok ')} ok, ${count('FAIL')} failed, ${count('SKIP')} skipped, ${((Date.now() - begin) / 1000).toFixed(0)} s`)
  return code === 0 && count('FAIL') === 0 && count('ok ') > 0
}

// chain checks one chain by every client at once. Each has an account of its own, on
// a node of its own where there are several.
const chain = (title, urls) => {
  const url = (i) => urls[i % urls.length]
  return [
    script(`polkadot.js on ${title}`, ['pjs.mjs', url(0), '//Alice']),
    script(`PAPI on ${title}`, ['papi.mjs', url(1), '//Bob']),
    script(`PAPI on the older methods of ${title}`, ['papi.mjs', url(2), '//Charlie', '--legacy']),
    script(`dedot on ${title}`, ['dedot.mjs', url(3), '//Eve']),
    ...(flags.python ? [script(`py-substrate-interface on ${title}`, ['substrate.py', url(0), '//Ferdie'], flags.python)] : []),
  ]
}

async function run() {
  let relay = [flags.relay]
  let chain2000 = flags.chain ? [flags.chain] : []
  if (flags.rampart) {
    const nodes = await network(flags.rampart)
    const named = (is) => [...nodes].filter(([name]) => is(name)).map(([, url]) => url)
    relay = named((name) => !name.includes('-'))
    chain2000 = named((name) => name.includes('-2000-'))
  }
  const scripts = [script('the methods of docs/compatibility.md', ['methods.mjs', relay[0]]), ...chain('the relay chain', relay)]
  if (flags.browser) scripts.push(script('a page in a browser', ['browser.mjs', relay.at(-1), '//Dave']))
  if (chain2000.length > 0) scripts.push(...chain('chain 2000', chain2000))
  else console.log('SKIP  !! chain 2000 has no JSON-RPC in this network: its checks did not run')
  return (await Promise.all(scripts)).every(Boolean)
}

const begin = Date.now()
const late = setTimeout(() => end(false, `nothing after ${LIMIT / 1000} s`), LIMIT)
let ending
async function end(passed, why) {
  if (ending) return
  ending = true
  clearTimeout(late)
  for (const child of children) child.kill('SIGINT')
  const killed = setTimeout(() => children.forEach((child) => child.kill('SIGKILL')), 10_000)
  await Promise.all([...children].map((child) => child.ended))
  clearTimeout(killed)
  console.log(`${passed ? 'passed' : `FAILED${why ? `: ${why}` : ''}`} in ${((Date.now() - begin) / 1000).toFixed(0)} s`)
  process.exit(passed ? 0 : 1)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(false, signal))

if (!flags.rampart === !flags.relay) {
  console.error('usage: node run.mjs --rampart PATH | --relay ws://ADDRESS [--chain ws://ADDRESS] [--browser] [--python PATH]')
  process.exit(2)
}
run().then((passed) => end(passed), (e) => end(false, e.message))
