"""py-substrate-interface: python substrate.py ws://ADDRESS [SURI]."""

import os
import sys

from substrateinterface import Keypair, SubstrateInterface
from substrateinterface.exceptions import SubstrateRequestException

UNIT = 10**12
bad = 0


def same(name, got, want):
    global bad
    if got == want:
        print(f"ok    {name}: {got}")
    else:
        bad += 1
        print(f"FAIL  {name}: got {got!r}, want {want!r}")


def again(attempt):
    """Tries up to three times: a test network pays from the same accounts."""
    for left in (2, 1, 0):
        try:
            return attempt()
        except SubstrateRequestException:
            if left == 0:
                raise


def check(url, suri):
    chain = SubstrateInterface(url=url)
    chain.init_runtime()
    same("prefix of addresses", chain.ss58_format, 42)
    same("System.SS58Prefix", chain.get_constant("System", "SS58Prefix").value, 42)

    read = 0
    for pallet in chain.metadata.pallets:
        for entry in pallet.storage or []:
            if entry.get_params_type_string():
                list(chain.query_map(pallet.name, entry.name, max_results=5))
            else:
                chain.query(pallet.name, entry.name)
            read += 1
    same("every entry of the state was read", read > 40, True)

    def call(function, **arguments):
        return chain.compose_call(*function.split("."), arguments)

    def send(pair, what):
        return chain.submit_extrinsic(chain.create_signed_extrinsic(call=what, keypair=pair), wait_for_finalization=True)

    def free(who):
        return chain.query("System", "Account", [who.ss58_address]).value["data"]["free"]

    def names(receipt):
        return [f"{e.value['module_id']}.{e.value['event_id']}" for e in receipt.triggered_events]

    funder = Keypair.create_from_uri(suri)
    sender, receiver = (Keypair.create_from_uri(f"//{os.urandom(8).hex()}") for _ in range(2))
    same("funds", again(lambda: send(funder, call("Balances.transfer_keep_alive", dest=sender.ss58_address, value=100 * UNIT))).is_success, True)

    transfer = call("Balances.transfer_keep_alive", dest=receiver.ss58_address, value=UNIT)
    same("a fee is estimated", chain.get_payment_info(call=transfer, keypair=sender)["partialFee"] > 0, True)
    receipt = send(sender, transfer)
    same("transfer", receipt.is_success, True)
    same("transfer: its last events", names(receipt)[-2:], ["TransactionPayment.TransactionFeePaid", "System.ExtrinsicSuccess"])
    same("transfer: the receiver has the amount", free(receiver), UNIT)
    same("transfer: the sender paid amount and fee to the unit", free(sender), 99 * UNIT - receipt.total_fee_amount)
    same("batch", send(sender, call("Utility.batch_all", calls=[transfer, transfer])).is_success, True)
    same("batch: the receiver has both", free(receiver), 3 * UNIT)
    receipt = send(sender, call("Balances.transfer_keep_alive", dest=receiver.ss58_address, value=10**30))
    same("too much: its last event", names(receipt)[-1], "System.ExtrinsicFailed")

    block = chain.get_block(receipt.block_hash)
    same("a block decodes", "Timestamp.set" in [f"{x.value['call']['call_module']}.{x.value['call']['call_function']}" for x in block["extrinsics"]], True)
    same("heads are told", chain.subscribe_block_headers(lambda head, count, _: count if count == 2 else None), 2)


if __name__ == "__main__":
    check(*(sys.argv[1:] + ["//Ferdie"])[:2])
    sys.exit(1 if bad else 0)
