// PAPI: node papi.mjs ws://ADDRESS [SURI] [--legacy]. With --legacy it gets a node
// without the new families of methods, and must do by its fallback.
import { again, main, modern, ok, pass, quiet, same, skip, outcome, within } from './check.mjs'
import { sr25519CreateDerive } from '@polkadot-labs/hdkd'
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy, ss58Address } from '@polkadot-labs/hdkd-helpers'
import { blake2AsHex } from '@polkadot/util-crypto'
import { Enum } from 'polkadot-api'
import { getPolkadotSigner } from 'polkadot-api/signer'
import { createWsClient, SocketEvents } from 'polkadot-api/ws'
import { randomBytes } from 'node:crypto'
import WebSocket from 'ws'
import { legacyOnly } from './proxy.mjs'

const legacy = process.argv.includes('--legacy')
const [url, suri = '//Alice'] = process.argv.slice(2).filter((a) => !a.startsWith('--'))
const UNIT = 10n ** 12n

const derive = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)))
function account(path) {
  const pair = derive(path)
  return { address: ss58Address(pair.publicKey, 42), signer: getPolkadotSigner(pair.publicKey, 'Sr25519', pair.sign) }
}

const fresh = () => account(`//${randomBytes(8).toString('hex')}`)

// take returns so many items of an observable.
const take = (count, what, observable) =>
  within(60, what, new Promise((resolve, reject) => {
    const seen = []
    const subscription = observable.subscribe({
      next(item) {
        if (seen.push(item) !== count) return
        resolve(seen)
        queueMicrotask(() => subscription.unsubscribe())
      },
      error: reject,
    })
  }))

// until returns the nonces of a watched account, up to the first that is as wanted.
const until = (wanted, observable) =>
  within(60, 'a change of nonce', new Promise((resolve, reject) => {
    const seen = []
    const subscription = observable.subscribe({
      next({ value: { nonce } }) {
        seen.push(nonce)
        if (!wanted(nonce)) return
        resolve(seen)
        queueMicrotask(() => subscription.unsubscribe())
      },
      error: reject,
    })
  }))

// complete returns all items of an observable that ends.
const complete = (what, observable) =>
  within(60, what, new Promise((resolve, reject) => {
    const seen = []
    observable.subscribe({ next: (item) => seen.push(item), error: reject, complete: () => resolve(seen) })
  }))

// opaque is an extrinsic of a body without its length, which its codec adds again.
const opaque = (extrinsic) => extrinsic.subarray([1, 2, 4][extrinsic[0] & 3])

const names = (events) => events.map((e) => `${e.type}.${e.value.type}`)

async function chain(client, api) {
  const { name, genesisHash, properties } = await client.getChainSpecData()
  same('chain spec', [properties.ss58Format, properties.tokenDecimals].flat(), [42, 12])
  ok('symbol', /^[A-Z]+$/.test(`${properties.tokenSymbol}`), properties.tokenSymbol)
  ok('chain name', name.length > 0, name)
  same('System.BlockHash of genesis', await api.query.System.BlockHash.getValue(0), genesisHash)
  const version = await api.constants.System.Version()
  same('Core_version', await api.apis.Core.version(), version)
  ok('metadata', (await client.getMetadata((await client.getFinalizedBlock()).hash)).length > 10_000)
  ok('existential deposit', (await api.constants.Balances.ExistentialDeposit()) > 0n)
}

async function blocks(client, api) {
  const final = await take(3, 'three finalized blocks', client.finalizedBlock$)
  ok('finalized blocks follow each other', final.every((b, i) => i === 0 || b.parent === final[i - 1].hash), final.map((b) => b.number))
  const best = await take(3, 'three best blocks', client.bestBlocks$)
  ok('best blocks end with the finalized one', best.every((list) => list.every((b, i) => i === 0 || b.hash === list[i - 1].parent)), best.map((l) => l.length))
  const { hash, number } = await client.getFinalizedBlock()
  const release = client.hodlBlock(hash)
  const header = await client.getBlockHeader(hash)
  same('header', [header.number, header.digests.length > 0], [number, true])
  const body = await client.getBlockBody(hash)
  ok('body', body.length > 0, `${body.length} extrinsics`)
  same('System.Number at a block', await api.query.System.Number.getValue({ at: hash }), number)
  const events = await api.query.System.Events.getValue({ at: hash })
  ok('events: one success for each extrinsic', names(events.map((e) => e.event)).filter((n) => n === 'System.ExtrinsicSuccess').length === body.length)
  const raw = await client.rawQuery(await api.query.Timestamp.Now.getKey(), { at: hash })
  ok('rawQuery', raw !== null, raw)
  release()
  return { hash, number }
}

async function state(api, who) {
  const { Account } = api.query.System
  const at = 'finalized'
  const entries = await Account.getEntries({ at })
  const own = entries.find(({ keyArgs }) => keyArgs[0] === who)
  ok('System.Account entries', own !== undefined && entries.length > 1, `${entries.length} accounts`)
  same('an entry is the single value', own.value.data.free, (await Account.getValue(who, { at })).data.free)
  const many = await Account.getValues(entries.map(({ keyArgs }) => keyArgs), { at })
  same('getValues', many.length, entries.length)
  const [watched] = await take(1, 'watchEntries', Account.watchEntries({ at: 'best' }))
  same('watchEntries', watched.entries.length, entries.length)
  const stamps = await take(3, 'Timestamp.Now', api.query.Timestamp.Now.watchValue({ at: 'best' }))
  ok('watchValue', new Set(stamps.map(({ value }) => value)).size === 3)
  same('AccountNonceApi', await api.apis.AccountNonceApi.account_nonce(who), (await Account.getValue(who)).nonce)
  same('Metadata_metadata_versions', (await api.apis.Metadata.metadata_versions()).filter((v) => v < 0xffffffff), [14, 15, 16])
}

// send signs, sends and watches a call until it is final, and checks its events, its
// fee, and the balances.
async function send(client, api, title, tx, from, to, value, { tip = 0n, refunded = false, error } = {}) {
  const seen = await complete(title, tx.signSubmitAndWatch(from.signer, { tip }))
  same(`${title}: events of its life`, [...new Set(seen.map((e) => e.type))], ['signed', 'broadcasted', 'txBestBlocksState', 'finalized'])
  const { ok: success, events, block, dispatchError } = seen.at(-1)
  const { parentHash } = await client.getBlockHeader(block.hash)
  same(`${title}: outcome`, success ? undefined : `${dispatchError.type}.${dispatchError.value.type}`, error)
  same(`${title}: its last events`, names(events).slice(-2), ['TransactionPayment.TransactionFeePaid', `System.${success ? 'ExtrinsicSuccess' : 'ExtrinsicFailed'}`])

  const extrinsic = (await client.getBlockBody(block.hash))[block.index]
  same(`${title}: its hash`, blake2AsHex(extrinsic), seen[0].txHash)
  const paid = events.find((e) => e.type === 'TransactionPayment').value.value
  same(`${title}: tip`, paid.tip, tip)
  const info = await api.apis.TransactionPaymentApi.query_info(opaque(extrinsic), extrinsic.length, { at: parentHash })
  if (refunded) ok(`${title}: less than estimated`, paid.actual_fee - tip < info.partial_fee)
  else same(`${title}: the fee as estimated before the block`, paid.actual_fee - tip, info.partial_fee)
  const change = async (who) => {
    const at = async (hash) => (await api.query.System.Account.getValue(who, { at: hash })).data.free
    return (await at(block.hash)) - (await at(parentHash))
  }
  same(`${title}: the sender paid amount and fee to the unit`, await change(from.address), -value - paid.actual_fee)
  same(`${title}: the receiver has the amount`, await change(to.address), value)
  return { events, fee: paid.actual_fee }
}

async function transfers(client, api, funder) {
  const [from, to] = [fresh(), fresh()]
  const transfer = (dest, value = UNIT) => api.tx.Balances.transfer_keep_alive({ dest: Enum('Id', dest.address), value })
  const funded = await again(() => within(60, 'funds', transfer(from, 100n * UNIT).signAndSubmit(funder.signer)))
  ok('a new account', funded.ok && names(funded.events).includes('System.NewAccount'), names(funded.events))

  const estimate = await transfer(to).getEstimatedFees(from.address)
  const nonces = until((nonce) => nonce === 1, api.query.System.Account.watchValue(from.address, { at: 'best' }))
  const { fee } = await send(client, api, 'transfer', transfer(to), from, to, UNIT)
  const off = Number(estimate - fee) / Number(fee)
  ok('transfer: the fee as estimated, but for some blocks of the multiplier', Math.abs(off) < 0.001, off)
  same('transfer: a subscription saw the nonce change', [...new Set(await nonces)], [0, 1])
  await send(client, api, 'transfer with a tip', transfer(to), from, to, UNIT, { tip: 12345n })
  await send(client, api, 'transfer of too much', transfer(to, 10n ** 30n), from, to, 0n, { error: 'Token.FundsUnavailable' })

  const batch = await outcome(api.tx.Utility.batch({ calls: [] }).getEncodedData())
  if (batch instanceof Error) skip('batches', 'the chain has no pallet Utility')
  else {
    const calls = [transfer(to).decodedCall, transfer(to).decodedCall]
    for (const kind of ['batch', 'batch_all']) await send(client, api, kind, api.tx.Utility[kind]({ calls }), from, to, 2n * UNIT)
    const half = [calls[0], transfer(to, 10n ** 30n).decodedCall, calls[1]]
    const { events } = await send(client, api, 'batch that stops', api.tx.Utility.batch({ calls: half }), from, to, UNIT, { refunded: true })
    same('batch that stops: where', events.find((e) => e.value.type === 'BatchInterrupted')?.value.value.index, 1)
    const undone = { refunded: true, error: 'Token.FundsUnavailable' }
    await send(client, api, 'batch undone', api.tx.Utility.batch_all({ calls: half }), from, to, 0n, undone)
  }

  const stale = await outcome(transfer(to).signAndSubmit(from.signer, { nonce: 0 }))
  same('stale nonce', [stale.name, stale.error?.type, stale.error?.value?.type], ['InvalidTxError', 'Invalid', 'Stale'])
  const poor = await outcome(transfer(to).signAndSubmit(account('//nobody').signer))
  same('no funds', [poor.name, poor.error?.type, poor.error?.value?.type], ['InvalidTxError', 'Invalid', 'Payment'])
}

// routes checks which methods were called. Those of archive_v1 stand for states that
// are no longer followed; a node without them is asked by the older ones instead.
function routes(called, served) {
  const archive = served.some((m) => m.startsWith('archive_v1_'))
  const reading = /^(chain_(getBlockHash|getHeader|getBlock|subscribe\w+)|state_\w+)$/
  const stray = called.filter((m) => m !== 'rpc_methods' && modern(m) === legacy && (legacy || archive || !reading.test(m)))
  same(legacy ? 'a method of the new families was called' : 'an older method was called', stray, [])
  const needed = legacy ? ['chain_subscribeAllHeads', 'author_submitExtrinsic'] : ['chainHead_v1_follow', 'transaction_v1_broadcast']
  ok('methods that were called', needed.every((m) => called.includes(m)), called)
}

await main(async () => {
  const calls = new Map()
  const proxy = legacy ? await legacyOnly(url) : { url, calls, close() {} }
  const logger = ({ type, msg }) => {
    if (type !== SocketEvents.OUT || legacy) return
    const { method } = JSON.parse(msg)
    calls.set(method, (calls.get(method) ?? 0) + 1)
  }
  const client = createWsClient(proxy.url, { websocketClass: WebSocket, logger })
  const api = client.getUnsafeApi()
  await within(30, 'connection', client.getFinalizedBlock())
  await chain(client, api)
  quiet('connection')
  const old = await blocks(client, api)
  const funder = account(suri)
  await state(api, funder.address)
  quiet('queries')
  await transfers(client, api, funder)
  quiet('transactions')

  routes([...proxy.calls.keys()].sort(), (await client._request('rpc_methods', [])).methods)
  same('state of a block that is followed no more', await outcome(api.query.System.Number.getValue({ at: old.hash })), old.number)
  quiet('archive')
  client.destroy()
  proxy.close()
  pass('ended')
})
