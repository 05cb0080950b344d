// Transactions by polkadot.js: from the estimate of the fee to the balances after it.
import { ok, same, skip, outcome, within } from './check.mjs'

// raw makes a call past the library's decoders, which print every error.
export const raw = (api, method, ...params) => api._rpcCore.provider.send(method, params)

const name = ({ event }) => `${event.section}.${event.method}`

// reason is the name of a dispatch error.
const reason = (api, error) => {
  if (!error?.isModule) return error && `${error.type}.${error.value}`
  const { section, name } = api.registry.findMetaError(error.asModule)
  return `${section}.${name}`
}

// Sender sends from an account that is no author of blocks, so that its balance
// changes by what it sends alone.
export class Sender {
  constructor(api, pair, to) {
    Object.assign(this, { api, pair, to })
  }

  // begin sends a transaction, and returns at its first status; done is what watch returns.
  begin(tx, options = {}, pair = this.pair) {
    const statuses = []
    return new Promise((begun, reject) => {
      const done = new Promise((resolve) => {
        tx.signAndSend(pair, { nonce: -1, ...options }, (result) => {
          const { status } = result
          if (statuses.push(status.type) === 1) begun({ done: within(60, 'the end of a transaction', done) })
          if (status.isUsurped || status.isInvalid || status.isDropped || status.isFinalityTimeout) resolve({ statuses, result })
          if (status.isFinalized) resolve({ statuses, result, hash: status.asFinalized, index: result.txIndex, events: result.events })
        }).catch(reject)
      })
    })
  }

  // watch sends a transaction and returns its statuses and, once it is final, the
  // block with it and its events.
  async watch(tx, options, pair) {
    return (await this.begin(tx, options, pair)).done
  }

  // free is the free balance of an account after a block.
  async free(hash, who) {
    return (await (await this.api.at(hash)).query.system.account(who)).data.free.toBigInt()
  }

  async fundedBy(funder, value) {
    const { hash, events } = await this.watch(this.api.tx.balances.transferKeepAlive(this.pair.address, value), {}, funder)
    same('a new account has what it was sent', await this.free(hash, this.pair.address), value)
    ok('its events', ['system.NewAccount', 'balances.Endowed', 'balances.Transfer'].every((e) => events.map(name).includes(e)), events.map(name))
  }

  // settled checks everything about a final transaction that sent value and paid
  // tip. Weight that a call did not take is given back.
  async settled(title, tx, done, value, { tip = 0n, refunded = false } = {}) {
    const { api, pair, to } = this
    const { hash, events, index, statuses } = done
    const { block } = await api.rpc.chain.getBlock(hash)
    const parent = block.header.parentHash
    ok(`${title}: statuses`, statuses[0] === 'Ready' && statuses.includes('InBlock') && statuses.at(-1) === 'Finalized', statuses)
    same(`${title}: found in the block by its bytes`, block.extrinsics.findIndex((x) => x.toHex() === tx.toHex()), index)
    same(`${title}: found by its hash`, block.extrinsics[index].hash.toHex(), tx.hash.toHex())

    const at = await api.at(parent)
    const paid = events.find((e) => api.events.transactionPayment.TransactionFeePaid.is(e.event)).event.data
    const fee = paid.actualFee.toBigInt()
    same(`${title}: tip`, paid.tip.toBigInt(), tip)
    const { weight } = events.at(-1).event.data.dispatchInfo
    const weightFee = (await at.call.transactionPaymentApi.queryWeightToFee(weight)).toBigInt()
    const details = (await at.call.transactionPaymentApi.queryFeeDetails(tx.toU8a(), tx.encodedLength)).inclusionFee.unwrap()
    const multiplier = (await at.query.transactionPayment.nextFeeMultiplier()).toBigInt()
    const formula = details.baseFee.toBigInt() + details.lenFee.toBigInt() + (multiplier * weightFee) / 10n ** 18n
    same(`${title}: the fee by the weight of the event`, fee - tip, formula)
    const estimate = (await at.call.transactionPaymentApi.queryInfo(tx.toU8a(), tx.encodedLength)).partialFee.toBigInt()
    if (refunded) ok(`${title}: less than estimated`, fee - tip < estimate, estimate)
    else same(`${title}: the fee as estimated before the block`, fee - tip, estimate)

    const before = await this.free(parent, pair.address)
    same(`${title}: the sender paid amount and fee to the unit`, before - (await this.free(hash, pair.address)), value + fee)
    same(`${title}: the receiver has the amount`, (await this.free(hash, to)) - (await this.free(parent, to)), value)
    return fee - tip
  }

  async transfers(value) {
    const { api, pair, to } = this
    const tx = api.tx.balances.transferKeepAlive(to, value)
    const info = await tx.paymentInfo(pair)
    const seen = []
    const stop = await api.query.system.account(pair.address, (account) => seen.push(account.nonce.toNumber()))
    const done = await this.watch(tx)
    const names = done.events.map(name)
    same('transfer: events', names.filter((n) => !/Endowed|NewAccount/.test(n)), ['balances.Withdraw', 'balances.Transfer', 'balances.Deposit', 'transactionPayment.TransactionFeePaid', 'system.ExtrinsicSuccess'])
    const fee = await this.settled('transfer', tx, done, value)
    const off = Number(info.partialFee.toBigInt() - fee) / Number(fee)
    ok('transfer: the fee as estimated, but for some blocks of the multiplier', Math.abs(off) < 0.001, off)
    ok('transfer: mortal', tx.era.isMortalEra, tx.era.toHuman())
    const included = (await api.rpc.chain.getHeader(done.hash)).number.toNumber()
    ok('transfer: included within its era', tx.era.asMortalEra.birth(included) < included && included < tx.era.asMortalEra.death(included))
    same('transfer: a subscription saw the nonce change', seen, [0, 1])
    stop()

    // The method's decoder in the library still wants a weight of one number.
    const queried = await raw(api, 'payment_queryInfo', tx.toHex(), done.hash.toHex())
    const details = (await api.rpc.payment.queryFeeDetails(tx.toHex(), done.hash)).inclusionFee.unwrap()
    const sum = details.baseFee.toBigInt() + details.lenFee.toBigInt() + details.adjustedWeightFee.toBigInt()
    same('payment_queryFeeDetails adds up to payment_queryInfo', sum, BigInt(queried.partialFee))

    const tipped = api.tx.balances.transferAllowDeath(to, value)
    await this.settled('transfer with a tip, immortal', tipped, await this.watch(tipped, { tip: 12345, era: 0 }), value, { tip: 12345n })
    ok('immortal', !tipped.era.isMortalEra)

    await this.fails('a transfer of too much', api.tx.balances.transferKeepAlive(to, 10n ** 30n), 'Token.FundsUnavailable')
    if (api.tx.proxy) await this.fails('a call with an error of its pallet', api.tx.proxy.removeProxy(to, 0, 0), 'proxy.NotFound')
    else skip('a call with an error of its pallet', 'the chain has no pallet Proxy')
  }

  // fails checks that a call is in a block, fails with that error, and is paid for.
  async fails(title, tx, error) {
    const done = await this.watch(tx)
    same(`${title}: its error`, reason(this.api, done.result.dispatchError), error)
    same(`${title}: its events`, done.events.map(name).slice(-2), ['transactionPayment.TransactionFeePaid', 'system.ExtrinsicFailed'])
    await this.settled(title, tx, done, 0n)
  }

  async batches(value) {
    const { api, to } = this
    if (!api.tx.utility) return skip('batches', 'the chain has no pallet Utility')
    const call = (amount = value) => api.tx.balances.transferKeepAlive(to, amount)
    const count = (events, wanted) => events.map(name).filter((n) => n === wanted).length

    for (const kind of ['batch', 'batchAll', 'forceBatch']) {
      const tx = api.tx.utility[kind]([call(), call(), api.tx.system.remarkWithEvent('0x01')])
      const done = await this.watch(tx)
      await this.settled(kind, tx, done, 2n * value)
      same(`${kind}: an event for each call`, [count(done.events, 'utility.ItemCompleted'), count(done.events, 'utility.BatchCompleted')], [3, 1])
    }
    const calls = [call(), call(10n ** 30n), call()]
    let tx = api.tx.utility.batch(calls)
    let done = await this.watch(tx)
    await this.settled('batch that stops', tx, done, value, { refunded: true })
    const stopped = done.events.find((e) => api.events.utility.BatchInterrupted.is(e.event))?.event.data
    same('batch that stops: where', stopped?.index.toNumber(), 1)
    same('batch that stops: why', reason(api, stopped?.error), 'Token.FundsUnavailable')
    tx = api.tx.utility.forceBatch(calls)
    done = await this.watch(tx)
    await this.settled('batch that goes on', tx, done, 2n * value)
    same('batch that goes on: events', [count(done.events, 'utility.ItemFailed'), count(done.events, 'utility.BatchCompletedWithErrors')], [1, 1])
    tx = api.tx.utility.batchAll(calls)
    done = await this.watch(tx)
    await this.settled('batch undone', tx, done, 0n, { refunded: true })
    same('batch undone: its error', reason(api, done.result.dispatchError), 'Token.FundsUnavailable')
  }

  // pool checks transactions that wait, that replace others, and that are known.
  async pool(value) {
    const { api, pair, to } = this
    const next = (await api.rpc.system.accountNextIndex(pair.address)).toNumber()
    const transfer = () => api.tx.balances.transferKeepAlive(to, value)

    const early = await this.begin(transfer(), { nonce: next + 1 })
    const waiting = await this.begin(transfer(), { nonce: next + 2, tip: 1 })
    const taking = await this.begin(transfer(), { nonce: next + 2, tip: 10n ** 12n })
    same('a transaction is usurped', (await waiting.done).statuses, ['Future', 'Usurped'])
    const low = await transfer().signAsync(pair, { nonce: next + 2 })
    const why = (await outcome(raw(api, 'author_submitExtrinsic', low.toHex()))).message
    ok('a lower priority is refused', /^1014: Priority is too low/.test(why), why)
    const missing = await transfer().signAsync(pair, { nonce: next })
    const hash = await api.rpc.author.submitExtrinsic(missing)
    same('the hash of a submitted transaction', hash.toHex(), missing.hash.toHex())
    for (const done of [await early.done, await taking.done]) ok('a future transaction becomes final', done.statuses[0] === 'Future' && done.statuses.includes('Ready') && done.statuses.at(-1) === 'Finalized', done.statuses)
    same('the nonce after all', (await api.rpc.system.accountNextIndex(pair.address)).toNumber(), next + 3)

    const later = await transfer().signAsync(pair, { nonce: next + 5 })
    await api.rpc.author.submitExtrinsic(later)
    const again = (await outcome(raw(api, 'author_submitExtrinsic', later.toHex()))).message
    ok('a known transaction is refused', /^1013: .*[Aa]lready [Ii]mported/.test(again), again)
    const pending = (await api.rpc.author.pendingExtrinsics()).map((x) => x.hash.toHex())
    ok('author.pendingExtrinsics lists what is ready', !pending.includes(missing.hash.toHex()))
  }
}
