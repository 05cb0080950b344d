// A page with polkadot.js in headless Chromium: node browser.mjs ws://ADDRESS [SURI].
// It shows blocks and accounts, and sends a transfer; a picture of it goes to the file
// that BROWSER_PICTURE names.
import { main, ok, outcome, quiet, same, skip, within } from './check.mjs'
import { createServer } from 'node:http'
import { existsSync } from 'node:fs'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import WebSocket from 'ws'

const [url, suri = '//Dave'] = process.argv.slice(2)
const binary = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

const page = `<!doctype html><meta charset=utf-8><title>Rampart</title><link rel=icon href="data:,">
<style>body{font:14px sans-serif;margin:2em} td{padding:.2em 1em .2em 0;font-family:monospace}</style>
<h1 id=chain></h1><p id=status></p><h2>Blocks</h2><table id=blocks></table><h2>Accounts</h2><table id=accounts></table>
<script type=module src="/page.js"></script>`

// inPage is the script of the page; it runs in the browser.
async function inPage(url, suri, { ApiPromise, WsProvider, Keyring, cryptoWaitReady, randomAsHex }) {
  const element = (id) => document.getElementById(id)
  const row = (id, ...cells) => {
    const line = element(id).insertRow(0)
    for (const cell of cells) line.insertCell().textContent = cell
  }
  await cryptoWaitReady()
  const api = await ApiPromise.create({ provider: new WsProvider(url), throwOnUnknown: true })
  element('chain').textContent = `${await api.rpc.system.chain()}, ${await api.rpc.system.version()}`
  await api.derive.chain.subscribeNewHeads((h) => row('blocks', `${h.number}`, h.hash.toHex(), h.author ? `${h.author}` : ''))
  const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 })
  const from = keyring.addFromUri(suri)
  const to = keyring.addFromUri(`//${randomAsHex(8)}`)
  for (const [key, { data }] of await api.query.system.account.entries()) row('accounts', `${key.args[0]}`, data.free.toHuman())
  await new Promise((resolve, reject) => {
    api.tx.balances.transferKeepAlive(to.address, 10n ** 12n).signAndSend(from, { nonce: -1 }, ({ status, dispatchError }) => {
      element('status').textContent = `transfer: ${status.type}`
      if (dispatchError) reject(new Error(`${dispatchError}`))
      if (status.isFinalized) resolve()
    }).catch(reject)
  })
  const { data } = await api.query.system.account(to.address)
  row('accounts', to.address, data.free.toHuman())
  window.received = data.free.toString()
}

async function script() {
  const libraries = `import { ApiPromise, WsProvider, Keyring } from '@polkadot/api'
    import { cryptoWaitReady, randomAsHex } from '@polkadot/util-crypto'`
  const call = `(${inPage})(${JSON.stringify(url)}, ${JSON.stringify(suri)}, { ApiPromise, WsProvider, Keyring, cryptoWaitReady, randomAsHex })
    .catch((e) => { window.failed = String(e) })`
  const built = await build({
    stdin: { contents: `${libraries}\n${call}`, resolveDir: new URL('.', import.meta.url).pathname },
    bundle: true, write: false, format: 'esm', platform: 'browser', minifySyntax: true, logLevel: 'warning',
  })
  return built.outputFiles[0].text
}

async function serve() {
  const files = new Map([['/', ['text/html', page]], ['/page.js', ['text/javascript', await script()]]])
  const server = createServer((request, response) => {
    const [type, body] = files.get(request.url) ?? []
    response.writeHead(type ? 200 : 404, { 'content-type': type ?? 'text/plain' }).end(body)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

// origins checks that a node answers the pages that wallets are on.
async function origins() {
  const opened = (origin) =>
    outcome(within(10, 'an answer', new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { origin })
      socket.on('open', () => (socket.close(), resolve('open')))
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode))
      socket.on('error', reject)
    })))
  for (const origin of ['https://polkadot.js.org', 'http://localhost:3000', 'http://127.0.0.1:3000']) same(`a page of ${origin}`, await opened(origin), 'open')
}

await main(async () => {
  await origins()
  if (!binary) return skip('!! the page', 'no Chromium here')
  const server = await serve()
  const options = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  const browser = await chromium.launch({ executablePath: binary, args: options })
  const tab = await browser.newPage()
  const said = []
  tab.on('console', (m) => said.push(m.text()))
  tab.on('pageerror', (e) => said.push(`${e}`))
  const answer = await tab.goto(`http://127.0.0.1:${server.address().port}/`)
  ok('the page loads', answer.ok())
  await tab.waitForFunction(() => window.received || window.failed, null, { timeout: 90_000 })
  same('the script of the page', await tab.evaluate(() => window.failed ?? 'ended'), 'ended')
  same('the receiver has the amount', await tab.evaluate(() => window.received), '1000000000000')
  await tab.waitForFunction(() => document.querySelectorAll('#blocks tr').length >= 3, null, { timeout: 60_000 })
  const blocks = await tab.$$eval('#blocks tr', (rows) => rows.map((r) => [...r.cells].map((c) => c.textContent)))
  ok('the page shows blocks with their authors', blocks.every(([number, hash, author]) => /^\d/.test(number) && /^0x\w{64}$/.test(hash) && author.length > 40), blocks.length)
  ok('the page shows accounts', (await tab.$$eval('#accounts tr', (rows) => rows.length)) >= 4)
  if (process.env.BROWSER_PICTURE) await tab.screenshot({ path: process.env.BROWSER_PICTURE })
  same('what the page prints, but the one line', said.filter((line) => !/RPC methods not decorated/.test(line)), [])
  await browser.close()
  server.close()
  quiet('browser')
})
