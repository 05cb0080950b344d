// polkadot.js: node pjs.mjs ws://ADDRESS [SURI]. The account SURI (//Alice) needs funds.
import { main, modern, ok, pass, quiet, same, skip, outcome, warnings, within } from './check.mjs'
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api'
import { hexToU8a, u8aToHex } from '@polkadot/util'
import { blake2AsHex, cryptoWaitReady, randomAsHex } from '@polkadot/util-crypto'
import { derives } from './pjs-derive.mjs'
import { raw, Sender } from './pjs-send.mjs'

const [url, suri = '//Alice'] = process.argv.slice(2)
const UNIT = 10n ** 12n

// heads takes so many items of a subscription.
export const heads = (count, subscribe) =>
  within(
    60,
    `${count} heads`,
    new Promise((resolve, reject) => {
      const seen = []
      let stop
      subscribe((head) => {
        seen.push(head)
        if (seen.length === count) Promise.resolve(stop).then((end) => (end?.(), resolve(seen)))
      }).then((end) => (stop = end), reject)
    }),
  )

async function connection(provider) {
  const api = await within(30, 'connection', ApiPromise.create({ provider, throwOnUnknown: true }))
  const { methods } = await provider.send('rpc_methods', [])
  const lines = warnings()
  const list = lines.length === 1 && lines[0].match(/RPC methods not decorated: (.*)$/)?.[1].split(', ').sort()
  same('the one warning lists the methods of the new families', list || lines, methods.filter(modern).sort())
  same('the list of methods is sorted and has none twice', methods, [...new Set(methods)].sort())
  ok('signed extensions are all known', api.registry.signedExtensions.length > 0, api.registry.signedExtensions)
  return api
}

async function chain(api) {
  const pallets = api.runtimeMetadata.asLatest.pallets.map((p) => p.name.toString())
  const needed = ['System', 'Timestamp', 'Balances', 'TransactionPayment']
  ok('pallets', needed.every((p) => pallets.includes(p)), pallets.join(' '))
  for (const version of [14, 15, 16]) {
    const got = await api.call.metadata.metadataAtVersion(version)
    same(`metadata ${version}`, got.isSome && got.unwrap()[4], version)
  }
  same('metadata of the state call', (await api.rpc.state.getMetadata()).version, 14)

  const properties = await api.rpc.system.properties()
  same('address prefix', properties.ss58Format.unwrap().toNumber(), api.consts.system.ss58Prefix.toNumber())
  same('decimals', api.registry.chainDecimals, [12])
  ok('symbol', api.registry.chainTokens.length === 1 && /^[A-Z]+$/.test(api.registry.chainTokens[0]), api.registry.chainTokens[0])
  const version = await api.rpc.state.getRuntimeVersion()
  same('Core_version', (await api.call.core.version()).toHex(), version.toHex())
  same('System.Version', api.consts.system.version.toHex(), version.toHex())
  same('genesis', api.genesisHash.toHex(), (await api.rpc.chain.getHeader(await api.rpc.chain.getBlockHash(0))).hash.toHex())

  const health = await api.rpc.system.health()
  ok('health', !health.isSyncing.valueOf(), health.toJSON())
  const named = ['chain', 'name', 'version', 'chainType', 'nodeRoles', 'localPeerId', 'localListenAddresses']
  for (const name of named) ok(`system.${name}`, (await api.rpc.system[name]()).toHuman().length > 0)
}

// operator does what the operator of a node does.
async function operator(api) {
  const { system, author } = api.rpc
  const id = '12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp'
  await system.addReservedPeer(`/ip4/127.0.0.1/tcp/1/p2p/${id}`)
  ok('a reserved peer', (await system.reservedPeers()).map(String).includes(id))
  await system.removeReservedPeer(id)
  ok('a reserved peer is removed', !(await system.reservedPeers()).map(String).includes(id))
  if (!author.rotateKeys) return skip('session keys', 'this node is no validator of the relay chain')
  const keys = await author.rotateKeys()
  same('session keys are kept', (await author.hasSessionKeys(keys)).isTrue, true)
  const alice = u8aToHex(new Keyring({ type: 'sr25519' }).addFromUri('//Alice').publicKey)
  await author.insertKey('imon', '//Alice', alice)
  same('a key is inserted', (await author.hasKey(alice, 'imon')).isTrue, true)
}

async function blocks(api) {
  for (const kind of ['subscribeNewHeads', 'subscribeAllHeads', 'subscribeFinalizedHeads']) {
    const seen = await heads(3, (each) => api.rpc.chain[kind](each))
    const numbers = seen.map((h) => h.number.toNumber())
    ok(`chain.${kind}`, numbers.every((n, i) => i === 0 || n >= numbers[i - 1]), numbers)
    if (kind !== 'subscribeFinalizedHeads') continue
    const all = await heads(4, (each) => api.derive.chain.subscribeFinalizedHeads(each)) // it fetches what is between
    ok('finalized heads follow each other', all.every((h, i) => i === 0 || h.parentHash.eq(all[i - 1].hash)), all.map((h) => h.number.toNumber()))
    for (const head of seen)
      same(`hash of header ${head.number} is the block's`, head.hash.toHex(), (await api.rpc.chain.getBlockHash(head.number.unwrap())).toHex())
  }
  const hash = await api.rpc.chain.getFinalizedHead()
  const { block } = await api.rpc.chain.getBlock(hash)
  same('chain.getBlock', block.header.hash.toHex(), hash.toHex())
  ok('the block sets the time', block.extrinsics.some((x) => x.method.section === 'timestamp'), block.extrinsics.map((x) => `${x.method.section}.${x.method.method}`))
  const now = (await (await api.at(hash)).query.timestamp.now()).toNumber()
  ok('Timestamp.Now is near', Math.abs(Date.now() - now) < 60_000, now)
  same('System.Number at a block', (await (await api.at(hash)).query.system.number()).toNumber(), block.header.number.toNumber())

  const key = api.query.timestamp.now.key()
  const { proof } = await api.rpc.state.getReadProof([key], hash)
  ok('a storage proof begins at the state root', proof.some((node) => blake2AsHex(hexToU8a(node.toHex())) === block.header.stateRoot.toHex()), `${proof.length} nodes`)
}

async function state(api, who) {
  same('System.BlockHash of genesis', (await api.query.system.blockHash(0)).toHex(), api.genesisHash.toHex())
  const { account } = api.query.system
  const one = await account(who)
  const entries = await account.entries()
  const own = entries.find(([key]) => key.args[0].toString() === who)
  ok('System.Account entries', own !== undefined && entries.length > 1, `${entries.length} accounts`)
  same('an entry is the single query', own[1].data.free.toBigInt(), one.data.free.toBigInt())
  same('keys', (await account.keys()).length, entries.length)
  same('paged entries', (await account.entriesPaged({ args: [], pageSize: 2 })).length, 2)
  const multi = await api.queryMulti([[account, who], api.query.timestamp.now, api.query.balances.totalIssuance])
  same('queryMulti', multi[0].data.free.toBigInt(), one.data.free.toBigInt())
  const many = await account.multi(entries.map(([key]) => key.args[0]))
  same('multi', many.length, entries.length)
  same('size', (await account.size(who)).toNumber(), one.encodedLength)
  same('hash', (await account.hash(who)).toHex(), blake2AsHex(one.toU8a()))
  same('what is not stored has its default', (await account(u8aToHex(new Uint8Array(32).fill(7)))).data.free.toBigInt(), 0n)
  const at = await api.at(await api.rpc.chain.getFinalizedHead())
  const sum = (await at.query.system.account.entries()).reduce((n, [, a]) => n + a.data.free.toBigInt() + a.data.reserved.toBigInt(), 0n)
  same('all balances are the total issuance', sum, (await at.query.balances.totalIssuance()).toBigInt())
  ok('existential deposit', api.consts.balances.existentialDeposit.toBigInt() > 0n, api.consts.balances.existentialDeposit.toBigInt())
}

async function runtimeCalls(api, who) {
  same('AccountNonceApi', (await api.call.accountNonceApi.accountNonce(who)).toNumber(), (await api.rpc.system.accountNextIndex(who)).toNumber())
  same('Metadata_metadata_versions', (await api.call.metadata.metadataVersions()).map(Number).filter((v) => v < 0xffffffff), [14, 15, 16])
  if (api.call.babeApi) {
    const [c, authorities] = [await api.call.babeApi.configuration(), await api.query.babe.authorities()]
    same('BabeApi', c.authorities.toHex(), authorities.toHex())
    ok('GrandpaApi', (await api.call.grandpaApi.grandpaAuthorities()).length === authorities.length)
  } else skip('BabeApi, GrandpaApi', 'the chain has no such runtime calls')
  if (api.call.parachainHost) {
    same('ParachainHost', (await api.call.parachainHost.validators()).length, (await api.query.session.validators()).length)
    for (const name of ['sessionIndexForChild', 'availabilityCores', 'validatorGroups', 'asyncBackingParams', 'nodeFeatures'])
      ok(`parachainHost.${name}`, (await api.call.parachainHost[name]()) !== undefined)
  } else skip('ParachainHost', 'the chain has no such runtime calls')
}

// errors checks the answers to transactions that cannot be, and to bad requests.
async function errors(api, { pair, to }) {
  const next = (await api.rpc.system.accountNextIndex(pair.address)).toNumber()
  const signed = (options, by = pair) => api.tx.balances.transferKeepAlive(to, UNIT).signAsync(by, { nonce: next, ...options })
  const message = async (method, ...params) => (await outcome(raw(api, method, ...params))).message
  const refused = async (name, tx, want) => same(name, await message('author_submitExtrinsic', tx), `1010: Invalid Transaction: ${want}`)

  await refused('stale nonce', (await signed({ nonce: next - 1 })).toHex(), 'Transaction is outdated')
  const bad = (await signed()).toU8a()
  bad[50] ^= 1 // in the signature
  await refused('bad signature', u8aToHex(bad), 'Transaction has a bad signature')
  const other = { genesisHash: u8aToHex(new Uint8Array(32)) }
  await refused('signed for another chain', (await signed(other)).toHex(), 'Transaction has a bad signature')
  const poor = new Keyring({ type: 'sr25519' }).addFromUri('//nobody')
  await refused('no funds', (await signed({ nonce: 0 }, poor)).toHex(), 'Inability to pay some fees , e.g. account balance too low')

  ok('not an extrinsic', /^\d+: /.test(await message('author_submitExtrinsic', '0x0402')), await message('author_submitExtrinsic', '0x0402'))
  same('no such method', await message('no_such'), '-32601: Method not found')
  ok('not hexadecimal', (await message('author_submitExtrinsic', 'zz')).startsWith('-32602: '), await message('author_submitExtrinsic', 'zz'))
  same('a header of no block', await raw(api, 'chain_getHeader', u8aToHex(new Uint8Array(32))), null)
  ok('state of no block', /^4003: /.test(await message('state_getStorage', '0x00', u8aToHex(new Uint8Array(32)))))
}

await main(async () => {
  await cryptoWaitReady()
  const provider = new WsProvider(url)
  const api = await connection(provider)
  quiet('connection')
  await chain(api)
  quiet('chain')
  await operator(api)
  quiet('operator')
  await blocks(api)
  const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 })
  const funder = keyring.addFromUri(suri)
  await state(api, funder.address)
  await runtimeCalls(api, funder.address)
  quiet('queries')
  await derives(api, funder.address)
  quiet('derived queries')

  const sender = new Sender(api, keyring.addFromUri(`//${randomAsHex(8)}`), keyring.addFromUri(`//${randomAsHex(8)}`).address)
  await sender.fundedBy(funder, 1000n * UNIT)
  await sender.transfers(UNIT)
  quiet('transfers')
  await sender.batches(UNIT)
  quiet('batches')
  await sender.pool(UNIT)
  quiet('pool')
  await errors(api, sender)
  await api.disconnect()
  pass('disconnected')
})
