import { createWsClient } from 'polkadot-api/ws'
import { getPolkadotSigner } from 'polkadot-api/signer'
import { Enum } from 'polkadot-api'
import { Keyring } from '@polkadot/keyring'
import {cryptoWaitReady} from '@polkadot/util-crypto'
import WebSocket from 'ws'
await cryptoWaitReady()
const a = new Keyring({type:'sr25519'}).addFromUri('//Dave')
const t0=Date.now()
const c = createWsClient('ws://127.0.0.1:9960',{websocketClass:WebSocket, logger:(e)=>{const m=(e.msg??'').toString(); console.log(((Date.now()-t0)/1000).toFixed(2),e.type, m.slice(0,260), m.length)}})
setTimeout(()=>process.exit(),22000)
const api=c.getUnsafeApi()
await c.getFinalizedBlock()
api.tx.Balances.transfer_keep_alive({dest:Enum('Id',a.address),value:5n}).signSubmitAndWatch(getPolkadotSigner(a.publicKey,'Sr25519',(x)=>a.sign(x))).subscribe(e=>console.log('EVENT',e.type,JSON.stringify(e.block??e.found)),e=>console.log('ERR',e),()=>process.exit())
