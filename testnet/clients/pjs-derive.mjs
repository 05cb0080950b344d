// The derived queries of polkadot.js that Apps makes on its pages.
import { ok, same, skip, within } from './check.mjs'

const first = (subscribe) =>
  within(30, 'a derived subscription', new Promise((resolve, reject) => {
    let stop
    subscribe((value) => Promise.resolve(stop).then((end) => (end?.(), resolve(value)))).then((end) => (stop = end), reject)
  }))

// laterSession waits for session 1: where there are no eras, the library takes it for
// the first of an era, and counts from it.
async function laterSession(api) {
  let stop
  const reached = new Promise((resolve, reject) => {
    api.query.session.currentIndex((index) => index.toNumber() >= 1 && resolve()).then((end) => (stop = end), reject)
  })
  await within(60, 'session 1', reached)
  stop?.()
}

// derives checks what Apps shows of blocks, of the session, and of an account.
export async function derives(api, who) {
  const { derive } = api
  const best = (await derive.chain.bestNumber()).toNumber()
  ok('derive.chain.bestNumber', best > 0, best)
  const final = (await derive.chain.bestNumberFinalized()).toNumber()
  ok('derive.chain.bestNumberLag', (await derive.chain.bestNumberLag()).toNumber() >= 0)
  const hash = await api.rpc.chain.getBlockHash(final)
  const header = await derive.chain.getHeader(hash)
  const block = await derive.chain.getBlock(hash)
  same('derive.chain.getBlock', block.block.hash.toHex(), hash.toHex())
  ok('derive.chain.getBlock joins events', block.extrinsics.every((x) => x.events.length > 0), block.events.length)
  same('derive.chain.getBlockByNumber', (await derive.chain.getBlockByNumber(final)).block.hash.toHex(), hash.toHex())
  const head = await first((each) => derive.chain.subscribeNewHeads(each))
  if (api.query.session) {
    const validators = (await api.query.session.validators()).map(String)
    ok('the author of a header', validators.includes(header.author?.toString()), header.author?.toString())
    ok('the author of a new head', validators.includes(head.author?.toString()))
  } else skip('the author of a header', 'the chain has no pallet Session')

  if (api.query.session && api.query.babe) {
    const indexes = await derive.session.indexes()
    ok('derive.session.indexes', indexes.validatorCount !== undefined && indexes.currentIndex.toNumber() >= 0, indexes.currentIndex.toNumber())
    const info = await derive.session.info()
    ok('derive.session.info', info.sessionLength.toNumber() > 0, info.sessionLength.toNumber())
    if (!api.query.staking) await laterSession(api)
    const progress = await derive.session.progress()
    ok('derive.session.progress', progress.sessionProgress.toNumber() <= info.sessionLength.toNumber(), progress.sessionProgress.toNumber())
  } else skip('derive.session', 'the chain has no pallets Session and Babe')
  if (api.query.staking) {
    ok('derive.staking.overview', (await derive.staking.overview()).validators.length > 0)
    ok('derive.staking.stashes', (await derive.staking.stashes()).length > 0)
    ok('derive.staking.electedInfo', (await derive.staking.electedInfo()).info.length > 0)
    ok('derive.staking.waitingInfo', (await derive.staking.waitingInfo()).info.length >= 0)
  } else skip('derive.staking', 'the chain has no pallet Staking')

  const { data } = await api.query.system.account(who)
  const all = await derive.balances.all(who)
  same('derive.balances.all', all.freeBalance.toBigInt(), data.free.toBigInt())
  ok('derive.balances.all: available', all.availableBalance.toBigInt() > 0n)
  same('derive.balances.account', (await derive.balances.account(who)).freeBalance.toBigInt(), data.free.toBigInt())
  ok('derive.balances.votingBalance', (await derive.balances.votingBalance(who)).votingBalance.toBigInt() > 0n)

  same('derive.accounts.info', (await derive.accounts.info(who)).accountId.toString(), who)
  const flags = await derive.accounts.flags(who)
  ok('derive.accounts.flags', typeof flags.isSudo === 'boolean', flags)
  same('derive.accounts.accountId', (await derive.accounts.accountId(who)).toString(), who)
  const signing = await derive.tx.signingInfo(who)
  ok('derive.tx.signingInfo', signing.mortalLength > 5 && signing.header !== null, { mortality: signing.mortalLength, nonce: signing.nonce.toNumber() })
  if (api.query.proxy) ok('derive.proxy', (await api.query.proxy.proxies(who))[0].length >= 0)
}
