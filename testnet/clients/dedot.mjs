// dedot: node dedot.mjs ws://ADDRESS [SURI]. It runs twice, over the new families of
// methods and over the older ones.
import { again, main, ok, quiet, same, within } from './check.mjs'
import { Keyring } from '@polkadot/keyring'
import { cryptoWaitReady } from '@polkadot/util-crypto'
import { DedotClient, LegacyClient, WsProvider } from 'dedot'
import { randomBytes } from 'node:crypto'

const [url, suri = '//Eve'] = process.argv.slice(2)
const UNIT = 10n ** 12n

const keyring = new Keyring({ type: 'sr25519' })
const fresh = () => keyring.addFromUri(`//${randomBytes(8).toString('hex')}`)
const names = (events) => events.map(({ event: { pallet, palletEvent } }) => `${pallet}.${palletEvent.name ?? palletEvent}`)

// finalized sends a call and returns its last status and its events.
const finalized = (title, tx, signer) =>
  within(60, title, new Promise((resolve, reject) => {
    tx.signAndSend(signer, (result) => {
      if (result.status.type === 'Finalized') resolve(result)
      if (['Invalid', 'Drop'].includes(result.status.type)) reject(new Error(`${result.status.type} ${result.status.value?.error}`))
    }).catch(reject)
  }))

async function chain(client) {
  ok('chain name', (await client.chainSpec.chainName()).length > 0)
  const { specName, specVersion, apis } = client.runtimeVersion
  const called = await client.call.core.version()
  same('Core_version', [called.specName, called.specVersion, called.apis.length], [specName, specVersion, Object.keys(apis).length])
  same('SS58Prefix', client.consts.system.ss58Prefix, 42)
  ok('existential deposit', client.consts.balances.existentialDeposit > 0n)
  const numbers = await within(60, 'System.Number', new Promise((resolve, reject) => {
    const seen = []
    const watching = client.query.system.number((n) => {
      if (seen.push(n) === 3) watching.then((end) => end()).then(() => resolve(seen), reject)
    })
    watching.catch(reject)
  }))
  ok('a watched value changes', new Set(numbers).size === 3, numbers)
  // The first block puts it there.
  same('System.BlockHash of genesis', await client.query.system.blockHash(0), await client.chainSpec.genesisHash())
}

async function transactions(client, funder) {
  const [from, { address: to }] = [fresh(), fresh()]
  const funded = await again(() => finalized('funds', client.tx.balances.transferKeepAlive(from.address, 100n * UNIT), funder))
  ok('a new account', names(funded.events).includes('System.NewAccount'), names(funded.events))
  const free = async (who) => (await client.query.system.account(who)).data.free
  const before = await free(from.address)

  const transfer = client.tx.balances.transferKeepAlive(to, UNIT)
  const { partialFee } = await transfer.paymentInfo(from.address)
  const sent = await finalized('transfer', transfer, from)
  same('transfer: no error', sent.dispatchError, undefined)
  same('transfer: its last events', names(sent.events).slice(-2), ['TransactionPayment.TransactionFeePaid', 'System.ExtrinsicSuccess'])
  const fee = sent.events.find(({ event }) => event.pallet === 'TransactionPayment').event.palletEvent.data.actualFee
  ok('transfer: about the fee as estimated', fee > 0n && fee * 100n < partialFee * 101n && partialFee * 100n < fee * 101n, `${fee} of ${partialFee}`)
  same('transfer: the receiver has the amount', await free(to), UNIT)
  same('transfer: the sender paid amount and fee to the unit', before - (await free(from.address)), UNIT + fee)

  const batch = await finalized('batch', client.tx.utility.batchAll([transfer.call, transfer.call]), from)
  same('batch: no error', batch.dispatchError, undefined)
  same('batch: the receiver has both', await free(to), 3n * UNIT)

  const failed = await finalized('too much', client.tx.balances.transferKeepAlive(to, 10n ** 30n), from)
  same('too much: its error', failed.dispatchError, { type: 'Token', value: 'FundsUnavailable' })
  same('too much: its last event', names(failed.events).at(-1), 'System.ExtrinsicFailed')
}

await main(async () => {
  await cryptoWaitReady()
  const funder = keyring.addFromUri(suri)
  for (const Client of [DedotClient, LegacyClient]) {
    const client = await within(60, `connection of ${Client.name}`, Client.new(new WsProvider(url)))
    ok(`${Client.name}: connected`, true)
    await chain(client)
    const entries = await (Client === LegacyClient ? client.query.system.account.pagedEntries({ pageSize: 100 }) : client.query.system.account.entries())
    ok('System.Account entries', entries.length > 1, `${entries.length} accounts`)
    await transactions(client, funder)
    await client.disconnect()
    quiet(Client.name)
  }
})
